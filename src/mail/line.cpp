#include "base/c_ptr.hpp"
#include "base/text.hpp"
#include "mail/line_private.hpp"

#include <algorithm>
#include <glib.h>

namespace kalends::mail {

void cut(std::string& utf8, std::size_t max) {
    if (utf8.size() <= max) return;
    while (max > 0 && (static_cast<unsigned char>(utf8[max]) & 0xC0U) == 0x80U) --max;
    utf8.resize(max);
}

std::string one_line(std::string_view bytes, std::size_t max) {
    std::string result(bytes);
    std::ranges::replace_if(
        result, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, ' ');
    if (!text::is_utf8(result))
        result = CPtr<char, g_free>(g_utf8_make_valid(result.c_str(), -1)).get();
    cut(result, max);
    return std::string(text::trim(result));
}

}  // namespace kalends::mail
