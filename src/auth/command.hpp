#pragma once
// Passwords that a program of the administrator knows: the last resort, where no other way does.

#include "auth/checkpassword.hpp"
#include "auth/verifier.hpp"
#include "store/database.hpp"

#include <semaphore>

namespace kalends::auth {

/// The account must exist here. A program that says neither yes nor no is unavailable.
class CommandPasswords final : public Verifier {
public:
    CommandPasswords(CommandSettings settings, store::Database& db);
    Verdict verify(const Presented& presented) override;

private:
    CommandAnswer run(const std::string& login, const std::string& password);

    CommandSettings settings_;
    store::Database& db_;
    std::counting_semaphore<> free_;
};

}  // namespace kalends::auth
