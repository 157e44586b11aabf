#include "directory/rights.hpp"

#include <vector>

namespace kalends::directory {
namespace {

/// Those who act for the owner may do so with all calendars. calendarserver caldav-proxy 3.
void append_proxies(std::vector<access::Ace>& aces, const store::Principal& owner,
                    store::CollectionKind kind) {
    const auto grant = [&](store::PrincipalId group, access::Privileges privileges) {
        if (group.value != 0) aces.push_back({.principal = group.value, .privileges = privileges});
    };
    const bool sends = kind == store::CollectionKind::outbox;
    grant(owner.proxy_write,
          access::privileges_of(proxies_write) | (sends ? proxies_send : access::none));
    grant(owner.proxy_read, access::privileges_of(proxies_read));
}

/// After all else, so that whoever sets access control can take it away.
void append_open_inbox(std::vector<access::Ace>& aces) {
    aces.push_back({.who = access::Who::authenticated, .privileges = open_inbox});
}

}  // namespace

access::Privileges rights_of(const store::Principal* who, const store::Home& home,
                             const store::Collection& collection,
                             std::span<const access::Ace> own) {
    const auto owner = home.principal.id.value;
    access::Subject subject;
    std::vector<std::int64_t> groups;
    if (who != nullptr) {
        groups.reserve(who->groups.size());
        for (const auto group : who->groups) groups.push_back(group.value);
        subject = {who->id.value, groups, who->administrator};
        if (subject.administrator || subject.principal == owner)
            return access::decide(subject, owner, {});
    }

    std::vector<access::Ace> aces{own.begin(), own.end()};
    const auto append = [&aces](const std::vector<access::Ace>& rows) {
        aces.insert(aces.end(), rows.begin(), rows.end());
    };
    append(collection.aces);
    const store::Collection* at = &collection;
    store::CollectionPtr above;
    while (at->parent.value != 0) {
        above = home.find(at->parent);
        at = above.get();
        append(at->aces);
    }
    if (at->kind == store::CollectionKind::calendar_home)
        append_proxies(aces, home.principal, collection.kind);
    if (collection.kind == store::CollectionKind::inbox) append_open_inbox(aces);
    return access::decide(subject, owner, aces);
}

}  // namespace kalends::directory
