#include "auth/directory_login.hpp"

#include "directory/directory.hpp"
#include "directory/ldap/sync.hpp"
#include "store/directory_sync.hpp"

namespace kalends::auth {

using Kind = directory::ldap::LoginOutcome::Kind;

DirectoryLogin::DirectoryLogin(store::Database& db, directory::ldap::Settings settings)
    : db_(db), servers_(std::move(settings)), pool_(servers_, servers_.settings().connections) {}

Verdict DirectoryLogin::verify(const Presented& presented) {
    const auto home = directory::find_for_login(db_, presented.login);
    const auto id = home ? home->principal.id : store::PrincipalId{};
    if (home && !store::is_from_directory(db_, id))
        return {.principal = id, .why = "a local account without a password"};
    const auto outcome = directory::ldap::log_in(pool_, presented.login, presented.secret);
    switch (outcome.kind) {
    case Kind::unknown:
        return {.principal = id, .why = outcome.why};
    case Kind::wrong:
        return {.kind = Verdict::Kind::wrong, .principal = id, .why = outcome.why};
    case Kind::unavailable:
        return {.kind = Verdict::Kind::unavailable, .principal = id, .why = outcome.why};
    case Kind::right:
        break;
    }
    std::string why;
    const auto principal = directory::ldap::adopt(db_, outcome.found, why);
    if (!principal) return {.kind = Verdict::Kind::wrong, .principal = id, .why = why};
    Verdict verdict{.kind = Verdict::Kind::right, .principal = *principal};
    if (home && id == *principal) verdict.credential_seq = home->principal.credential_seq;
    return verdict;
}

}  // namespace kalends::auth
