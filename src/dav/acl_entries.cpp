#include "dav/acl_entries.hpp"

#include "dav/principal.hpp"
#include "directory/rights.hpp"

namespace kalends::dav {
namespace {

struct Ancestor {
    store::CollectionPtr collection;
    std::string href;
};

/// What is above it in its owner's tree; hrefs are built from the one that was asked for, as far as
/// that leads: what is above a binding's target has another one.
std::vector<Ancestor> ancestors_of(const Resource& resource) {
    std::vector<Ancestor> result;
    auto at = resource.collection;
    std::string here = resource.href;
    if (resource.is(objects)) {
        here = href::parent(here);
        result.push_back({at, here});
    }
    while (at->parent.value != 0) {
        const bool bound = resource.binding && resource.binding->target->collection == at->id;
        at = resource.home->find(at->parent);
        here = bound ? own_href(*resource.home, *at) : std::string(href::parent(here));
        result.push_back({at, here});
    }
    return result;
}

AceElement protected_grant(access::Who who, access::Privileges privileges) {
    AceElement ace;
    ace.who = who;
    ace.privileges = privileges;
    ace.is_protected = true;
    return ace;
}

AceElement protected_grant(std::string href, access::Privileges privileges) {
    auto ace = protected_grant(access::Who::principal, privileges);
    ace.href = std::move(href);
    return ace;
}

/// What nobody can take away.
std::vector<AceElement> protected_entries(const View& view, const Resource& resource) {
    std::vector<AceElement> entries;
    if (resource.home) entries.push_back(protected_grant(access::Who::owner, access::all));
    for (const auto& administrator : store::administrators(view.database()))
        entries.push_back(protected_grant(href_of(administrator), access::all));
    return entries;
}

void append_stored(const View& view, std::span<const access::Ace> rows,
                   const std::string& inherited_from, std::vector<AceElement>& to) {
    for (const auto& row : rows) {
        AceElement ace;
        ace.who = row.who;
        if (ace.who == access::Who::principal) ace.href = principal_href(view, {row.principal});
        if (ace.who == access::Who::principal && ace.href.empty()) continue;  // just deleted
        ace.inverted = row.inverted;
        ace.deny = row.deny;
        ace.privileges = row.privileges;
        ace.inherited_from = inherited_from;
        to.push_back(std::move(ace));
    }
}

/// Those who act for the owner: also where nobody does, since others may look for whom to ask.
void append_proxies(const Resource& resource, const std::string& inherited_from,
                    std::vector<AceElement>& to) {
    const auto& owner = resource.home->principal;
    const auto append = [&](store::PrincipalKind which, access::Privileges privileges) {
        to.push_back(protected_grant(href::principal(which, owner.login, owner.kind), privileges));
        to.back().inherited_from = inherited_from;
    };
    if (owner.kind == store::PrincipalKind::group) return;
    const auto sends = resource.is(outbox) ? directory::proxies_send : access::none;
    append(store::PrincipalKind::proxy_write,
           access::privileges_of(directory::proxies_write) | sends);
    append(store::PrincipalKind::proxy_read, access::privileges_of(directory::proxies_read));
}

std::span<const access::Ace> own_rows(const Resource& resource) {
    if (!resource.is(objects)) return resource.collection->aces;
    const auto& all = resource.collection->object_aces;
    const auto found = all.find(resource.object != nullptr ? resource.object->name : resource.name);
    return found == all.end() ? std::span<const access::Ace>{} : found->second;
}

}  // namespace

std::vector<AceElement> entries_of(const View& view, const Resource& resource) {
    auto entries = protected_entries(view, resource);
    if (!resource.collection) {
        entries.push_back(protected_grant(access::Who::authenticated, open_to_all));
        return entries;
    }
    append_stored(view, own_rows(resource), {}, entries);
    store::CollectionKind top = resource.collection->kind;
    std::string from;
    for (const auto& ancestor : ancestors_of(resource)) {
        append_stored(view, ancestor.collection->aces, ancestor.href, entries);
        top = ancestor.collection->kind;
        from = ancestor.href;
    }
    if (top == store::CollectionKind::calendar_home) append_proxies(resource, from, entries);
    if (resource.is(inbox))  // what the owner sets goes before it
        entries.push_back(protected_grant(access::Who::authenticated, directory::open_inbox));
    return entries;
}

std::vector<std::string> inherits_from(const Resource& resource) {
    std::vector<std::string> hrefs;
    if (!resource.collection) return hrefs;
    for (auto& ancestor : ancestors_of(resource)) hrefs.push_back(std::move(ancestor.href));
    return hrefs;
}

}  // namespace kalends::dav
