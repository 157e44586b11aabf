#include "auth/command.hpp"

#include "directory/directory.hpp"

namespace kalends::auth {
namespace {

using Kind = Verdict::Kind;

class Place {
public:
    explicit Place(std::counting_semaphore<>& places) : places_(places) {}
    ~Place() { places_.release(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

private:
    std::counting_semaphore<>& places_;
};

}  // namespace

CommandPasswords::CommandPasswords(CommandSettings settings, store::Database& db)
    : settings_(std::move(settings)), db_(db), free_(settings_.at_once) {}

/// It is run for logins that nobody has too: how long an answer takes does not say who is there.
Verdict CommandPasswords::verify(const Presented& presented) {
    const auto home = directory::find_for_login(db_, presented.login);
    const auto answer = run(home ? home->principal.login : presented.login, presented.secret);
    const auto id = home ? home->principal.id : store::PrincipalId{};
    if (answer.kind == CommandAnswer::Kind::failed)
        return {.kind = Kind::unavailable, .principal = id, .why = "auth.command: " + answer.why};
    if (answer.kind == CommandAnswer::Kind::wrong)
        return {.kind = Kind::wrong, .principal = id, .why = "auth.command: wrong"};
    if (!home) return {.kind = Kind::wrong, .why = "auth.command: right, but there is no account"};
    return {.kind = Kind::right, .principal = id};
}

CommandAnswer CommandPasswords::run(const std::string& login, const std::string& password) {
    if (!free_.try_acquire_for(settings_.timeout)) return {.why = "too many run already"};
    const Place place{free_};
    return check_password_by(settings_, login, password);
}

}  // namespace kalends::auth
