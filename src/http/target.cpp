#include "http/target.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kalends::http {
namespace {

bool starts_with_scheme(std::string_view target, std::string_view scheme) {
    return target.size() > scheme.size() && text::iequals(target.substr(0, scheme.size()), scheme);
}

std::optional<Target> split_query(std::string_view rest, std::string_view authority) {
    if (rest.find('#') != std::string_view::npos) return std::nullopt;
    const auto question = rest.find('?');
    Target result;
    result.path = rest.substr(0, question);
    if (question != std::string_view::npos) result.query = rest.substr(question + 1);
    if (result.path.empty()) result.path = "/";
    result.authority = authority;
    return result;
}

constexpr bool is_host_char(char c) {
    constexpr std::string_view others = "-._~%!$&'()*+,;=:[]";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
}

}  // namespace

std::optional<Target> split_target(std::string_view method, std::string_view target) {
    if (target.empty() || method == "CONNECT") return std::nullopt;
    if (target[0] == '/') return split_query(target, {});
    if (target == "*" && method == "OPTIONS") return Target{"/", {}, {}};
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!starts_with_scheme(target, scheme)) continue;
        const auto rest = target.substr(scheme.size());
        const auto end = std::min(rest.find_first_of("/?#"), rest.size());
        const auto authority = rest.substr(0, end);
        if (authority.empty() || !is_host(authority)) return std::nullopt;
        return split_query(rest.substr(end), authority);
    }
    return std::nullopt;
}

bool is_host(std::string_view host) {
    return host.size() <= 300 && std::all_of(host.begin(), host.end(), is_host_char);
}

}  // namespace kalends::http
