#include "dav/principal.hpp"

#include "dav/resource.hpp"

namespace kalends::dav {
namespace {

store::PrincipalId known_proxies(const store::Principal& owner, store::PrincipalKind which) {
    return which == store::PrincipalKind::proxy_read ? owner.proxy_read : owner.proxy_write;
}

}  // namespace

std::string href_of(const store::PrincipalName& name) {
    return href::principal(name.kind, name.login, name.owner_kind);
}

std::string principal_href(const View& view, store::PrincipalId id) {
    const auto home = view.home(id);
    if (!home) return {};
    const auto& principal = home->principal;
    if (principal.owner.value == 0) return href::principal(principal.kind, principal.login);
    const auto owner = view.home(principal.owner);
    if (!owner) return {};
    return href::principal(principal.kind, owner->principal.login, owner->principal.kind);
}

std::optional<store::PrincipalId> known_principal_at(const View& view, std::string_view href) {
    const auto path = parse_path(path_of_href(href));
    const auto home = path ? principal_home(view, *path) : nullptr;
    if (!home) return std::nullopt;
    return path->kind == proxy ? known_proxies(home->principal, path->principal_kind)
                               : home->principal.id;
}

std::optional<store::PrincipalId> principal_at(const View& view, std::string_view href) {
    const auto known = known_principal_at(view, href);
    if (!known || known->value != 0) return known;
    const auto path = parse_path(path_of_href(href));
    return store::proxy_group(view.database(), principal_home(view, *path)->principal.id,
                              path->principal_kind);
}

}  // namespace kalends::dav
