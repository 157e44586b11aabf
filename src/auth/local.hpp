#pragma once
// Passwords that are kept here, as hashes: accounts made by `kalends user add`.

#include "auth/verifier.hpp"
#include "store/database.hpp"

namespace kalends::auth {

/// A login that has no local password is not_mine, after as long a time as a wrong password takes.
class LocalPasswords final : public Verifier {
public:
    explicit LocalPasswords(store::Database& db);
    Verdict verify(const Presented& presented) override;

private:
    store::Database& db_;
    std::string nobodys_hash_;
};

}  // namespace kalends::auth
