#include "itip/address.hpp"

#include "base/percent.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace kalends::itip {
namespace {

constexpr std::string_view mailto = "mailto:";

/// "https://Host/a/" up to the path.
std::size_t end_of_authority(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return 0;
    return std::min(url.find('/', scheme + 3), url.size());
}

/// Whether it can stand in a text at all: an escape may be of any byte.
bool is_sayable(std::string_view mail) {
    return text::is_utf8(mail) && std::ranges::none_of(mail, [](char c) {
               constexpr char rubout = 0x7F;
               return (c >= 0 && c < ' ') || c == rubout;
           });
}

}  // namespace

std::string mail_of(std::string_view address) {
    address = text::trim(address);
    if (text::iequals(address.substr(0, mailto.size()), mailto))
        address.remove_prefix(mailto.size());
    else if (address.find(':') != std::string_view::npos || address.starts_with('/'))
        return {};
    address = text::trim(address.substr(0, address.find('?')));
    if (address.find('@') == std::string_view::npos) return {};
    auto mail = text::lower_ascii(percent::decode(address).value_or(std::string(address)));
    return is_sayable(mail) ? mail : std::string();
}

std::string canonical(std::string_view address) {
    if (auto mail = mail_of(address); !mail.empty()) return std::string(mailto) + mail;
    address = text::trim(address);
    if (address.starts_with('/') || address.find("://") != std::string_view::npos) {
        if (address.size() > 1 && address.ends_with('/')) address.remove_suffix(1);
        const auto host = end_of_authority(address);
        return text::lower_ascii(address.substr(0, host)) + std::string(address.substr(host));
    }
    return text::lower_ascii(address);
}

std::string with_plain_scheme(std::string_view address) {
    std::string plain(text::trim(address));
    if (text::iequals(std::string_view(plain).substr(0, mailto.size()), mailto))
        plain.replace(0, mailto.size(), mailto);
    return plain;
}

}  // namespace kalends::itip
