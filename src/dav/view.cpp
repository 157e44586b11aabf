#include "dav/view.hpp"

#include "access/decide.hpp"
#include "dav/error.hpp"

namespace kalends::dav {
namespace {

access::Who who(store::AceSubject subject) {
    switch (subject) {
    case store::AceSubject::principal:
        return access::Who::principal;
    case store::AceSubject::owner:
        return access::Who::owner;
    case store::AceSubject::all:
        return access::Who::everybody;
    case store::AceSubject::authenticated:
        return access::Who::authenticated;
    case store::AceSubject::unauthenticated:
        break;
    }
    return access::Who::unauthenticated;
}

access::Privileges decide(const store::Home* user, const store::Home& home,
                          const std::vector<store::AceRow>& rows) {
    std::vector<std::int64_t> groups;
    access::Subject subject;
    if (user != nullptr) {
        for (const auto group : user->principal.groups) groups.push_back(group.value);
        subject = {user->principal.id.value, groups, user->principal.administrator};
    }
    std::vector<access::Ace> aces;
    aces.reserve(rows.size());
    for (const auto& row : rows)
        aces.push_back({who(row.subject), row.principal.value, row.deny, row.privileges});
    return access::decide(subject, home.principal.id.value, aces);
}

}  // namespace

store::Database& View::database() const {
    if (memory_only) throw NotInMemory{};
    return services->database;
}

store::HomePtr View::home(std::string_view login) const {
    if (user && user->principal.login == login) return user;
    if (!memory_only) return services->database.home(login);
    auto cached = services->database.cached_home(login);
    if (!cached) throw NotInMemory{};
    return cached;
}

access::Privileges View::privileges(const store::Home& home) const {
    return decide(user.get(), home, {});
}

access::Privileges View::privileges(const store::Home& home,
                                    const store::Collection& collection) const {
    return decide(user.get(), home, collection.aces);
}

}  // namespace kalends::dav
