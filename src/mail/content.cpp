#include "base/text.hpp"
#include "mail/content_private.hpp"
#include "mail/gmime_private.hpp"

#include <algorithm>
#include <iterator>

namespace kalends::mail {
namespace {

/// What mail is written in. The names go to iconv, which would load other modules for other names.
constexpr std::string_view charsets[] = {
    "iso-8859-1",   "iso-8859-2",   "iso-8859-3",   "iso-8859-4",   "iso-8859-5",   "iso-8859-6",
    "iso-8859-7",   "iso-8859-8",   "iso-8859-9",   "iso-8859-10",  "iso-8859-13",  "iso-8859-14",
    "iso-8859-15",  "iso-8859-16",  "windows-1250", "windows-1251", "windows-1252", "windows-1253",
    "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258", "koi8-r",
    "koi8-u",       "gb2312",       "gbk",          "gb18030",      "big5",         "shift_jis",
    "euc-jp",       "iso-2022-jp",  "euc-kr",       "utf-16",       "utf-16le",     "utf-16be",
    "utf-7",        "macintosh",
};

std::optional<std::string> converted(const std::string& bytes, const char* charset) {
    gsize size = 0;
    const GText text{g_convert(bytes.data(), static_cast<gssize>(bytes.size()), "UTF-8", charset,
                               nullptr, &size, nullptr)};
    if (!text) return std::nullopt;
    return std::string(text.get(), size);
}

/// windows-1252, or ISO 8859-1, which has all bytes.
std::string from_western(const std::string& bytes) {
    if (auto text = converted(bytes, "windows-1252")) return *std::move(text);
    return converted(bytes, "iso-8859-1").value_or("");
}

bool is_plain(const std::string& bytes) {
    return std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string decoded(std::string_view body, const std::string& encoding) {
    const auto kind = encoding == "base64"             ? GMIME_CONTENT_ENCODING_BASE64
                      : encoding == "quoted-printable" ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
                                                       : GMIME_CONTENT_ENCODING_DEFAULT;
    if (kind == GMIME_CONTENT_ENCODING_DEFAULT) return std::string(body);
    GMimeEncoding state{};
    g_mime_encoding_init_decode(&state, kind);
    std::string result(g_mime_encoding_outlen(&state, body.size()), '\0');
    result.resize(g_mime_encoding_flush(&state, body.data(), body.size(), result.data()));
    return result;
}

Converted to_utf8(std::string bytes, const std::string& charset) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    const bool utf8 = text::is_utf8(bytes);
    if (charset.empty() || charset == "utf-8" || charset == "utf8" || charset == "us-ascii") {
        if (!utf8) return {from_western(bytes), true};
        const bool lies = charset == "us-ascii" && !is_plain(bytes);
        if (bytes.starts_with(byte_order_mark)) bytes.erase(0, byte_order_mark.size());
        return {std::move(bytes), lies};
    }
    const bool known = std::ranges::find(charsets, charset) != std::end(charsets);
    // Text in a single-byte charset is hardly ever UTF-8 by chance.
    const bool wide = charset.starts_with("utf-") || charset.starts_with("iso-2022");
    if (!wide && utf8 && !is_plain(bytes)) return {std::move(bytes), true};
    if (known)
        if (auto text = converted(bytes, charset.c_str())) {
            if (text->starts_with(byte_order_mark)) text->erase(0, byte_order_mark.size());
            return {std::move(*text), false};
        }
    return utf8 ? Converted{std::move(bytes), true} : Converted{from_western(bytes), true};
}

}  // namespace kalends::mail
