#include "app/logins.hpp"

#include "auth/app_password.hpp"
#include "auth/local.hpp"

namespace kalends::app {

auth::Ways ways_to_log_in(const Config& /*config*/, store::Database& database) {
    using auth::Proof;
    auth::Ways ways;
    ways.add(Proof::app_password, std::make_shared<auth::AppPasswords>(database));
    ways.add(Proof::password, std::make_shared<auth::LocalPasswords>(database));
    return ways;
}

}  // namespace kalends::app
