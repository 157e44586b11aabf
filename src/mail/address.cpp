#include "mail/address.hpp"

#include "base/c_ptr.hpp"
#include "base/text.hpp"
#include "mail/line_private.hpp"

#include <algorithm>
#include <idn2.h>

namespace kalends::mail {
namespace {

constexpr std::size_t max_local_part = 64;  // RFC 5321 4.5.3.1.1
constexpr std::size_t max_domain = 255;     // RFC 5321 4.5.3.1.2

using IdnText = CPtr<char, idn2_free>;

struct Parts {
    std::string_view local;
    std::string_view domain;
};

Parts parts_of(std::string_view address) {
    const auto at = address.rfind('@');
    if (at == address.npos) return {};
    return {address.substr(0, at), address.substr(at + 1)};
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// RFC 5322 3.2.3 with RFC 6531 3.3: any byte of UTF-8 that is not ASCII.
bool is_atext(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) return true;
    return byte > ' ' && byte != 0x7f &&
           std::string_view("()<>[]:;@\\,.\"").find(c) == std::string_view::npos;
}

bool is_dot_atom(std::string_view text) {
    return std::ranges::all_of(text::split(text, '.'), [](std::string_view atom) {
        return !atom.empty() && std::ranges::all_of(atom, is_atext);
    });
}

/// RFC 5321 4.1.2: Quoted-string, without line ends and other controls.
bool is_quoted_string(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') return false;
        if (text[i] == '\\' && ++i == text.size()) return false;
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < ' ' || byte == 0x7f) return false;
    }
    return true;
}

bool is_host_name(std::string_view domain) {
    if (domain.empty() || domain.size() > max_domain) return false;
    return std::ranges::all_of(text::split(domain, '.'), [](std::string_view label) {
        return !label.empty() && label.size() <= 63 && label.front() != '-' &&
               label.back() != '-' && std::ranges::all_of(label, [](char c) {
                   return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
               });
    });
}

}  // namespace

std::string ascii_domain(std::string_view domain) {
    if (domain.empty() || domain.size() > max_domain || !text::is_utf8(domain)) return {};
    std::string result = text::lower_ascii(domain);
    if (!is_ascii(result)) {
        char* found = nullptr;
        if (::idn2_to_ascii_8z(result.c_str(), &found, IDN2_NONTRANSITIONAL) != IDN2_OK) return {};
        const IdnText owned{found};
        result = text::lower_ascii(found);
    }
    return is_host_name(result) ? result : std::string();
}

bool is_address(std::string_view address) {
    const auto [local, domain] = parts_of(address);
    return !local.empty() && local.size() <= max_local_part && text::is_utf8(local) &&
           (is_dot_atom(local) || is_quoted_string(local)) && !ascii_domain(domain).empty();
}

bool needs_smtputf8(std::string_view address) { return !is_ascii(parts_of(address).local); }

std::string with_ascii_domain(std::string_view address) {
    if (!is_address(address)) throw Malformed("no mail address: " + one_line(address));
    const auto [local, domain] = parts_of(address);
    return std::string(local) + "@" + ascii_domain(domain);
}

std::string domain_of(std::string_view address) {
    return is_address(address) ? ascii_domain(parts_of(address).domain) : std::string();
}

bool is_in_domains(std::string_view address, const std::vector<std::string>& domains) {
    const auto domain = ascii_domain(address.substr(address.rfind('@') + 1));
    return !domain.empty() && std::ranges::any_of(domains, [&](const std::string& each) {
        return ascii_domain(each) == domain;
    });
}

}  // namespace kalends::mail
