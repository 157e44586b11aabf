#include "directory/ldap/errors.hpp"

#include "base/text.hpp"

#include <ldap.h>

#include <array>
#include <utility>

namespace kalends::directory::ldap {
namespace {

/// Of Active Directory's "AcceptSecurityContext error, data 52e, v1db1".
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> active_directory_errors{{
    {"525", "there is no such user"},
    {"52e", "the password is wrong"},
    {"530", "logging in is not permitted at this time"},
    {"531", "logging in is not permitted from this computer"},
    {"532", "the password has expired"},
    {"533", "the account is disabled"},
    {"701", "the account has expired"},
    {"773", "the password must be changed first"},
    {"775", "the account is locked after too many wrong passwords"},
}};

std::string_view active_directory_error(std::string_view diagnostic) {
    constexpr std::string_view marker = ", data ";
    const auto at = diagnostic.find(marker);
    if (at == std::string_view::npos) return {};
    const auto rest = diagnostic.substr(at + marker.size());
    const auto number = rest.substr(0, rest.find(','));
    for (const auto& [known, sentence] : active_directory_errors)
        if (number == known) return sentence;
    return {};
}

}  // namespace

std::string explain(int code, std::string_view diagnostic) {
    std::string result = ldap_err2string(code);
    const auto known = active_directory_error(diagnostic);
    if (!known.empty())
        result.append(": ").append(known);
    else if (const auto said = text::trim(diagnostic); !said.empty())
        result.append(": ").append(text::printable(said, 300));
    return result;
}

}  // namespace kalends::directory::ldap
