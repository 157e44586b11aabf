#include "auth/basic.hpp"
#include "base/text.hpp"

#include <doctest/doctest.h>

using namespace kalends;

namespace {

std::string basic(std::string_view pair) { return "Basic " + text::base64_encode(pair); }

}  // namespace

TEST_CASE("RFC 7617 2: the login ends at the first colon") {
    const auto sent = auth::parse_basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    REQUIRE(sent);
    CHECK(sent->login == "Aladdin");
    CHECK(sent->password == "open sesame");
    CHECK(auth::parse_basic(basic("a:b:c:"))->password == "b:c:");
}

TEST_CASE(
    "RFC 7235 2.1: the scheme's name is case-insensitive, and more than one space does no harm") {
    CHECK(auth::parse_basic("bAsIc   QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    CHECK(auth::parse_basic("  Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==  "));
}

TEST_CASE("RFC 7617 2.1: logins and passwords are UTF-8") {
    const auto sent = auth::parse_basic("Basic dGVzdDoxMjPCow==");
    REQUIRE(sent);
    CHECK(sent->password == "123£");
    CHECK_FALSE(auth::parse_basic(basic("test:123\xa3")));
}

TEST_CASE("what is not a login and a password is refused") {
    using namespace std::string_literals;
    for (const auto& value :
         {""s, "Basic"s, "Basic "s, "Basic    "s, "BasicQWxhZGRpbjpvcGVuIHNlc2FtZQ=="s,
          "Bearer abc"s, "Basic ***"s, "Basic QWxhZGRpbjpvcGVu IHNlc2FtZQ=="s, basic("nocolon"),
          basic(":password"), basic("login:"), basic(":"), basic("a:b\0c"s), basic("a\nb:c"),
          basic("a:b\x7f"), "Basic "s + std::string(100'000, 'A')})
        CHECK_FALSE(auth::parse_basic(value));
}
