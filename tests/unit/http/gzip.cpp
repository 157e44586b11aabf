#include "http/gzip.hpp"

#include "gunzip.hpp"

#include <doctest/doctest.h>

using namespace kalends::http;

TEST_CASE("RFC 9110 12.5.3: gzip is for those who accept it") {
    CHECK(accepts_gzip("gzip"));
    CHECK(accepts_gzip("br, GZIP;q=0.5"));
    CHECK(accepts_gzip("gzip, deflate, br"));
    CHECK(accepts_gzip("*"));
    CHECK(accepts_gzip("deflate, *;q=0.1"));
    CHECK_FALSE(accepts_gzip(""));
    CHECK_FALSE(accepts_gzip("deflate, br"));
    CHECK_FALSE(accepts_gzip("gzip;q=0"));
    CHECK_FALSE(accepts_gzip("gzip; q=0.000, *"));
    CHECK_FALSE(accepts_gzip("*;q=0"));
    CHECK_FALSE(accepts_gzip("identity"));
}

TEST_CASE("what was compressed in pieces comes back whole") {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += "line " + std::to_string(i * 7919 % 10007) + "\n";
    Gzip gzip;
    std::string packed;
    for (std::size_t at = 0; at < text.size(); at += 777)
        packed += gzip.add(std::string_view{text}.substr(at, 777));
    packed += gzip.finish();
    CHECK(packed.size() < text.size() / 2);
    CHECK(gunzip(packed) == text);
}

TEST_CASE("nothing at all is still a gzip stream") {
    Gzip gzip;
    CHECK(gunzip(gzip.finish()).empty());
}
