#pragma once
// The request target and Host: RFC 9112 3.2, RFC 9110 7.2.

#include <optional>
#include <string_view>

namespace kalends::http {

struct Target {
    std::string_view path;       ///< as sent; begins with '/'
    std::string_view query;      ///< after '?'; empty if there is none
    std::string_view authority;  ///< of an absolute-form; it overrides Host (RFC 9112 3.2.2)
};

/// Origin-form, absolute-form (http, https) and, for OPTIONS, "*", which becomes "/"; nothing for
/// what is none of these, authority-form included: this is no proxy.
std::optional<Target> split_target(std::string_view method, std::string_view target);

/// Whether `host` may stand in a Host field: a name or address with an optional port. Empty is
/// allowed.
bool is_host(std::string_view host);

}  // namespace kalends::http
