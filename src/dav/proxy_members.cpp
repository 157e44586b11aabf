#include "dav/proxy_members.hpp"

#include "base/text.hpp"
#include "dav/error.hpp"
#include "dav/multistatus.hpp"
#include "dav/precondition.hpp"
#include "dav/principal.hpp"

#include <optional>

namespace kalends::dav {
namespace {

using http::Status;

constexpr xml::NameView group_member_set{xml::dav, "group-member-set"};

/// The principals in a DAV:group-member-set (none: it is removed); nothing if one is not known.
std::optional<std::vector<store::PrincipalId>> members_in(const View& view,
                                                          const xml::Element* value) {
    std::vector<store::PrincipalId> members;
    if (value == nullptr) return members;
    for (const auto* href : value->children({xml::dav, "href"})) {
        const auto id = principal_at(view, text::trim(href->text()));
        if (!id) return std::nullopt;
        members.push_back(*id);
    }
    return members;
}

}  // namespace

http::Response change_proxies(const View& view, const Resource& proxy,
                              std::vector<PropertyChange> changes) {
    require(proxy, access::write_properties);
    std::vector<store::PrincipalId> members;
    for (auto& change : changes) {
        if (change.name != group_member_set) {
            refuse(change, Status::forbidden, precondition::cannot_modify_protected);
            continue;
        }
        if (auto named = members_in(view, change.value))
            members = std::move(*named);
        else
            refuse(change, Status::forbidden, precondition::recognized_principal);
    }
    if (all_or_none(changes)) {
        const auto group =
            store::proxy_group(view.database(), proxy.home->principal.id, proxy.principal_kind);
        if (!group || !store::set_members(view.database(), *group, members))
            throw DavError(Status::not_found, "This principal is gone.");
        *view.note = {"acl", std::to_string(members.size()) + " may act for the owner"};
    }
    return multistatus([&](std::string& to) {
        append_changes_response(to, proxy.href, changes);
        return false;
    });
}

}  // namespace kalends::dav
