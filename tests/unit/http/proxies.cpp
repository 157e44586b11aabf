#include "http/proxies.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace kalends::http;

namespace {

const Networks proxies{{"127.0.0.1", "10.0.0.0/8", "2001:db8::/32"}};

/// What a request from the proxy 127.0.0.1 with these fields looks like to us.
Request through(std::initializer_list<Headers::View> fields) {
    Request request;
    request.peer = "127.0.0.1";
    request.scheme = "http";
    request.host = "backend:8008";
    for (const auto& [name, value] : fields) request.headers.add(name, value);
    apply_forwarding(proxies, request);
    return request;
}

}  // namespace

TEST_CASE("a network holds its addresses and no others") {
    CHECK(proxies.contains("127.0.0.1"));
    CHECK_FALSE(proxies.contains("127.0.0.2"));
    CHECK(proxies.contains("10.255.1.2"));
    CHECK_FALSE(proxies.contains("11.0.0.1"));
    CHECK(proxies.contains("::ffff:10.1.1.1"));
    CHECK(proxies.contains("2001:db8:1::1"));
    CHECK_FALSE(proxies.contains("2001:db9::1"));
    CHECK_FALSE(proxies.contains("example.com"));
    CHECK_FALSE(Networks{}.contains("127.0.0.1"));
    CHECK(Networks{{"192.0.2.128/25"}}.contains("192.0.2.200"));
    CHECK_FALSE(Networks{{"192.0.2.128/25"}}.contains("192.0.2.100"));
    CHECK(Networks{{"0.0.0.0/0"}}.contains("192.0.2.1"));
    CHECK_FALSE(Networks{{"0.0.0.0/0"}}.contains("2001:db8::1"));
}

TEST_CASE("a network that is none is named in the error") {
    for (const std::string bad :
         {"10.0.0.0/33", "example.com", "::1/129", "10.0.0.0/", "10.0.0.0/x", ""}) {
        try {
            const Networks refused{{bad}};
            FAIL("accepted " << bad);
        } catch (const std::runtime_error& error) {
            CHECK(std::string{error.what()}.find("\"" + bad + "\"") != std::string::npos);
        }
    }
}

TEST_CASE("the client is the last address of the chain that is no proxy of ours") {
    CHECK(through({{"X-Forwarded-For", "203.0.113.9"}}).peer == "203.0.113.9");
    CHECK(through({{"X-Forwarded-For", "198.51.100.1, 203.0.113.9, 10.0.0.7"}}).peer ==
          "203.0.113.9");
    CHECK(through({{"X-Forwarded-For", "198.51.100.1"}, {"X-Forwarded-For", "203.0.113.9"}}).peer ==
          "203.0.113.9");
    CHECK(through({{"X-Forwarded-For", "[2001:db9::1]:4711"}}).peer == "2001:db9::1");
    CHECK(through({{"X-Forwarded-For", "203.0.113.9:1234"}}).peer == "203.0.113.9");
}

TEST_CASE("a client can't hide behind an address that it made up") {
    CHECK(through({{"X-Forwarded-For", "not an address"}}).peer == "127.0.0.1");
    CHECK(through({{"X-Forwarded-For", "198.51.100.1, unknown, 10.0.0.7"}}).peer == "10.0.0.7");
    CHECK(through({}).peer == "127.0.0.1");
}

TEST_CASE("RFC 7239: Forwarded tells address, scheme and host, and outranks X-Forwarded-*") {
    const auto request =
        through({{"Forwarded", "for=198.51.100.1;proto=http, For=\"[2001:db9::7]:80\"; "
                               "Proto=https;Host=dav.example.com"},
                 {"X-Forwarded-For", "203.0.113.9"}});
    CHECK(request.peer == "2001:db9::7");
    CHECK(request.scheme == "https");
    CHECK(request.host == "dav.example.com");
}

TEST_CASE("X-Forwarded-Proto and -Host are what the client used, and must make sense") {
    const auto request =
        through({{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "dav.example.com:8443"}});
    CHECK(request.scheme == "https");
    CHECK(request.host == "dav.example.com:8443");
    const auto odd = through({{"X-Forwarded-Proto", "gopher"}, {"X-Forwarded-Host", "a/b c"}});
    CHECK(odd.scheme == "http");
    CHECK(odd.host == "backend:8008");
}
