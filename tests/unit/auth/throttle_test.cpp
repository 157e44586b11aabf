#include "auth/throttle.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends::auth;
using namespace std::chrono_literals;

namespace {

void fail(Throttle& throttle, int times, const std::string& login, const std::string& peer) {
    for (int i = 0; i < times; ++i) throttle.failed(login, peer);
}

}  // namespace

TEST_CASE(
    "a few mistakes cost nothing, more cost more and more, but never more than the longest delay") {
    Throttle throttle{5, 300s};
    fail(throttle, 5, "jane", "192.0.2.1");
    CHECK(throttle.wait("jane", "192.0.2.1") == 0s);
    std::chrono::seconds last{0};
    for (int i = 0; i < 8; ++i) {
        fail(throttle, 1, "jane", "192.0.2.1");
        const auto wait = throttle.wait("jane", "192.0.2.1");
        CHECK(wait > last);
        last = wait;
    }
    fail(throttle, 100, "jane", "192.0.2.1");
    CHECK(throttle.wait("jane", "192.0.2.1") <= 300s);
    CHECK(throttle.wait("jane", "192.0.2.1") > 290s);
}

TEST_CASE("guessing from one address does not lock out the user elsewhere") {
    Throttle throttle{5, 300s};
    throttle.succeeded("jane", "198.51.100.7");
    fail(throttle, 1000, "jane", "192.0.2.1");
    CHECK(throttle.wait("jane", "192.0.2.1") > 0s);
    CHECK(throttle.wait("jane", "198.51.100.7") == 0s);
    CHECK(throttle.wait("jane", "203.0.113.9") <=
          30s);  // an address that she has not used: slowed, never for long
}

TEST_CASE("one colleague's mistakes do not slow the others of an office") {
    Throttle throttle{5, 300s};
    fail(throttle, 19, "jane", "192.0.2.1");
    CHECK(throttle.wait("jane", "192.0.2.1") > 0s);
    CHECK(throttle.wait("john", "192.0.2.1") == 0s);
}

TEST_CASE("an address that tries many logins is slowed for all of them") {
    Throttle throttle{5, 300s};
    for (int i = 0; i < 40; ++i) throttle.failed("user" + std::to_string(i), "192.0.2.1");
    CHECK(throttle.wait("somebody else", "192.0.2.1") > 0s);
    CHECK(throttle.wait("somebody else", "192.0.2.2") == 0s);
}

TEST_CASE("a login that is tried from many addresses is slowed for unknown ones") {
    Throttle throttle{5, 300s};
    for (int i = 0; i < 100; ++i) throttle.failed("jane", "192.0.2." + std::to_string(i));
    CHECK(throttle.wait("jane", "203.0.113.9") > 0s);
    CHECK(throttle.wait("john", "203.0.113.9") == 0s);
}

TEST_CASE("a right password ends the delay of its own mistakes") {
    Throttle throttle{5, 300s};
    fail(throttle, 5, "jane", "192.0.2.1");
    throttle.succeeded("jane", "192.0.2.1");
    fail(throttle, 5, "jane", "192.0.2.1");
    CHECK(throttle.wait("jane", "192.0.2.1") == 0s);
}

TEST_CASE("an own right password does not free an address that guesses others'") {
    Throttle throttle{5, 300s};
    for (int i = 0; i < 60; ++i) {
        throttle.failed("user" + std::to_string(i), "192.0.2.1");
        throttle.succeeded("mallory", "192.0.2.1");
    }
    CHECK(throttle.wait("user99", "192.0.2.1") > 0s);
}

TEST_CASE("all addresses of an IPv6 network count as one") {
    CHECK(throttled_address("2001:db8:0:1::1") == throttled_address("2001:db8::1:ffff:2:3:4"));
    CHECK(throttled_address("2001:db8:0:1::1") != throttled_address("2001:db8:0:2::1"));
    CHECK(throttled_address("192.0.2.1") == "192.0.2.1");
    CHECK(throttled_address("fe80::1%eth0") == throttled_address("fe80::1"));
}

TEST_CASE("any number of addresses and logins takes a bounded time and memory") {
    Throttle throttle{1, 300s};
    for (int i = 0; i < 200'000; ++i)
        throttle.failed("u" + std::to_string(i), "peer" + std::to_string(i));
    CHECK(throttle.wait("u0", "peer0") == 0s);
    fail(throttle, 3, "jane", "192.0.2.1");
    CHECK(throttle.wait("jane", "192.0.2.1") > 0s);
}
