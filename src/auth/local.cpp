#include "auth/local.hpp"

#include "auth/password.hpp"
#include "directory/directory.hpp"

namespace kalends::auth {

LocalPasswords::LocalPasswords(store::Database& db)
    : db_(db), nobodys_hash_(hash_password(random_password())) {}

Verdict LocalPasswords::verify(const Presented& presented) {
    const auto home = directory::find_for_login(db_, presented.login);
    const auto id = home ? home->principal.id : store::PrincipalId{};
    const auto hash = store::password_hash(db_, id);
    const bool right = verify_password(presented.secret, hash.value_or(nobodys_hash_));
    if (!hash) return {.principal = id, .why = "no local password"};
    if (!right) return {.kind = Verdict::Kind::wrong, .principal = id, .why = "wrong password"};
    return {.kind = Verdict::Kind::right,
            .principal = id,
            .credential_seq = home->principal.credential_seq};
}

}  // namespace kalends::auth
