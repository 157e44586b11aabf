#include "auth/password.hpp"

#include "directory/password.hpp"

namespace kalends::auth {

std::string hash_password(std::string_view password) { return directory::hash_password(password); }

bool verify_password(std::string_view password, const std::string& hash) {
    return directory::verify_password(password, hash);
}

std::string random_password() { return directory::random_password(); }

}  // namespace kalends::auth
