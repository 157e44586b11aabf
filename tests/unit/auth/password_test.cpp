#include "auth/password.hpp"

#include <doctest/doctest.h>

#include <set>
#include <stdexcept>
#include <string>

using namespace kalends;

TEST_CASE("a password is right for its own hash only") {
    const auto hash = auth::hash_password("correct horse");
    CHECK(hash.starts_with("$y$"));
    CHECK(auth::verify_password("correct horse", hash));
    CHECK_FALSE(auth::verify_password("correct horsf", hash));
    CHECK_FALSE(auth::verify_password("correct hors", hash));
    CHECK_FALSE(auth::verify_password("", hash));
    CHECK(auth::hash_password("correct horse") != hash);
}

TEST_CASE("no password is right for a hash that is none") {
    for (const std::string hash : {"", "*", "!", "x", "$y$", "$nonsense$", "*0", "*1"})
        CHECK_FALSE(auth::verify_password("password", hash));
}

TEST_CASE("hashes of other schemes that libcrypt knows are understood") {
    const std::string sha512 =
        "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJue"
        "sI68u4OTLiBFdcbYEdFCoEOfaS35inz1";
    CHECK(auth::verify_password("Hello world!", sha512));
    CHECK_FALSE(auth::verify_password("Hello world", sha512));
}

TEST_CASE("RFC 8265 4.2: a composed and a decomposed letter are the same password") {
    const auto hash = auth::hash_password("gr\u00fcn");
    CHECK(auth::verify_password("gru\u0308n", hash));
}

TEST_CASE("a password may not be empty, endless, or have a NUL") {
    CHECK_THROWS_AS(auth::hash_password(""), std::runtime_error);
    CHECK_THROWS_AS(auth::hash_password(std::string(5000, 'x')), std::runtime_error);
    CHECK_THROWS_AS(auth::hash_password(std::string("a\0b", 3)), std::runtime_error);
    const auto hash = auth::hash_password("a");
    CHECK_FALSE(auth::verify_password(std::string("a\0b", 3), hash));
}

TEST_CASE("random passwords are long, readable and all different") {
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i) {
        const auto password = auth::random_password();
        CHECK(password.size() == 20);
        CHECK(password.find_first_of("0O1lI") == std::string::npos);
        CHECK(seen.insert(password).second);
    }
}
