#include "dav/view.hpp"

#include "dav/error.hpp"

namespace kalends::dav {
namespace {

/// Those who act for the owner may do so with all calendars. calendarserver caldav-proxy 3.
void append_proxies(std::vector<access::Ace>& aces, const store::Principal& owner) {
    const auto grant = [&](store::PrincipalId group, access::Level level) {
        if (group.value != 0)
            aces.push_back({.principal = group.value, .privileges = access::privileges_of(level)});
    };
    grant(owner.proxy_write, proxies_write);
    grant(owner.proxy_read, proxies_read);
}

}  // namespace

store::Database& View::database() const {
    if (memory_only) throw NotInMemory{};
    return services->database;
}

View View::refreshed() const {
    View result = *this;
    if (user) result.user = database().home(user->principal.id);
    return result;
}

store::HomePtr View::home(std::string_view login) const {
    if (user && user->principal.login == login) return user;
    if (!memory_only) return services->database.home(login);
    auto cached = services->database.cached_home(login);
    if (!cached) throw NotInMemory{};
    return cached;
}

store::HomePtr View::home(store::PrincipalId id) const {
    if (user && user->principal.id == id) return user;
    if (!memory_only) return services->database.home(id);
    auto cached = services->database.cached_home(id);
    if (!cached) throw NotInMemory{};
    return cached;
}

access::Privileges View::privileges(store::PrincipalId owner) const {
    if (!user) return access::none;
    static constexpr access::Ace everybody{.who = access::Who::authenticated,
                                           .privileges = open_to_all};
    const auto& principal = user->principal;
    return scope & access::decide({principal.id.value, {}, principal.administrator}, owner.value,
                                  {&everybody, 1});
}

access::Privileges View::privileges(const store::Home& home, const store::Collection& collection,
                                    std::span<const access::Ace> own) const {
    const auto owner = home.principal.id.value;
    access::Subject subject;
    std::vector<std::int64_t> groups;
    if (user) {
        for (const auto group : user->principal.groups) groups.push_back(group.value);
        subject = {user->principal.id.value, groups, user->principal.administrator};
        if (subject.administrator || subject.principal == owner)
            return scope & access::decide(subject, owner, {});
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
    if (at->kind == store::CollectionKind::calendar_home) append_proxies(aces, home.principal);
    return scope & access::decide(subject, owner, aces);
}

}  // namespace kalends::dav
