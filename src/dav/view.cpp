#include "dav/view.hpp"

#include "dav/error.hpp"
#include "directory/rights.hpp"

namespace kalends::dav {
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
    return scope & directory::rights_of(user ? &user->principal : nullptr, home, collection, own);
}

}  // namespace kalends::dav
