#pragma once
// Passwords that a directory knows: LDAP, by search and bind.

#include "auth/verifier.hpp"
#include "directory/ldap/login.hpp"
#include "store/database.hpp"

namespace kalends::auth {

/// Asked after LocalPasswords. A local account is never sent to the directory, with or without a
/// password of its own. Who logs in for the first time gets an account at once.
class DirectoryLogin final : public Verifier {
public:
    /// `db` lives longer.
    DirectoryLogin(store::Database& db, directory::ldap::Settings settings);
    Verdict verify(const Presented& presented) override;

private:
    store::Database& db_;
    directory::ldap::Servers servers_;
    directory::ldap::Pool pool_;
};

}  // namespace kalends::auth
