#include "http/range.hpp"

#include <doctest/doctest.h>

using namespace kalends::http;

namespace {

using kalends::clock::Seconds;

Seconds at(long long seconds) { return Seconds{std::chrono::seconds{seconds}}; }
constexpr long long november_1994 = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

Request get(std::string_view range) {
    Request request;
    request.method = "GET";
    request.headers.add("Range", range);
    return request;
}

Request get(std::string_view range, std::string_view if_range) {
    auto request = get(range);
    request.headers.add("If-Range", if_range);
    return request;
}

const Representation stored{1000, "\"a1\"", at(november_1994)};

/// "200", "206 bytes 0-9/1000", "416 bytes */1000".
std::string outcome(const Request& request, const Representation& of = stored) {
    const auto selected = select_range(request, of);
    auto text = std::to_string(code(selected.status));
    return selected.content_range.empty() ? text : text + " " + selected.content_range;
}

std::string outcome(std::string_view range, std::uint64_t size = 1000) {
    return outcome(get(range), {size, std::nullopt, std::nullopt});
}

struct Case {
    const char* range;
    const char* outcome;
};

}  // namespace

TEST_CASE("RFC 9110 14.1.2: a GET may ask for a part, from the start, in the middle, or the last") {
    const Case cases[] = {
        {"bytes=0-499", "206 bytes 0-499/1000"},   {"bytes=500-999", "206 bytes 500-999/1000"},
        {"bytes=0-0", "206 bytes 0-0/1000"},       {"bytes=999-", "206 bytes 999-999/1000"},
        {"bytes=0-", "206 bytes 0-999/1000"},      {"bytes=-1", "206 bytes 999-999/1000"},
        {"bytes=-500", "206 bytes 500-999/1000"},  {"bytes=-1000", "206 bytes 0-999/1000"},
        {"bytes=-5000", "206 bytes 0-999/1000"},   {"bytes=990-2000", "206 bytes 990-999/1000"},
        {"bytes=0007-0009", "206 bytes 7-9/1000"}, {"BYTES=0-9", "206 bytes 0-9/1000"},
        {"bytes= ,0-9 ,, ", "206 bytes 0-9/1000"},
    };
    for (const auto& c : cases) {
        CAPTURE(std::string{c.range});
        CHECK(outcome(c.range) == c.outcome);
    }
}

TEST_CASE("the selected bytes are those that Content-Range names") {
    const auto middle = select_range(get("bytes=10-19"), stored);
    CHECK(middle.first == 10);
    CHECK(middle.length == 10);
    const auto suffix = select_range(get("bytes=-300"), stored);
    CHECK(suffix.first == 700);
    CHECK(suffix.length == 300);
    const auto whole = select_range(get("lines=1-2"), stored);
    CHECK(whole.first == 0);
    CHECK(whole.length == 1000);
    CHECK(select_range(get("bytes=1000-"), stored).length == 0);
}

TEST_CASE("RFC 9110 15.5.17: a part that lies behind the end gets 416 with the size") {
    for (const auto* range : {"bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=2000-,-0"}) {
        CAPTURE(std::string{range});
        CHECK(outcome(range) == "416 bytes */1000");
    }
}

TEST_CASE("RFC 9110 14.1.2: nothing has no first byte, and its last bytes are all of it") {
    CHECK(outcome("bytes=0-", 0) == "416 bytes */0");
    CHECK(outcome("bytes=0-0", 0) == "416 bytes */0");
    CHECK(outcome("bytes=-1", 0) == "200");
    CHECK(outcome("bytes=-0", 0) == "416 bytes */0");
}

TEST_CASE("RFC 9110 14.1: numbers beyond 64 bits are positions behind the end") {
    constexpr auto most = "18446744073709551615";
    constexpr auto more = "18446744073709551616";
    constexpr auto huge = "99999999999999999999999999999999999999";
    using namespace std::string_literals;
    CHECK(outcome("bytes="s + huge + "-") == "416 bytes */1000");
    CHECK(outcome("bytes="s + more + "-") == "416 bytes */1000");
    CHECK(outcome("bytes="s + huge + "-" + huge) == "416 bytes */1000");
    CHECK(outcome("bytes=1-"s + huge) == "206 bytes 1-999/1000");
    CHECK(outcome("bytes=1-"s + most) == "206 bytes 1-999/1000");
    CHECK(outcome("bytes=-"s + huge) == "206 bytes 0-999/1000");
    CHECK(outcome("bytes="s + huge + "-1") == "200");
    CHECK(outcome("bytes=18446744073709551613-", 18446744073709551615U) ==
          "206 bytes 18446744073709551613-18446744073709551614/18446744073709551615");
}

TEST_CASE("RFC 9110 14.2: what is no range of bytes is ignored") {
    for (const auto* range : {"",
                              "bytes",
                              "bytes=",
                              "bytes=,",
                              "bytes=-",
                              "bytes=5",
                              "bytes=5-2",
                              "bytes=a-b",
                              "bytes=0-9x",
                              "bytes=0x0-9",
                              "bytes=+1-2",
                              "bytes=1 - 2",
                              "bytes=0-9;10-19",
                              "bytes=1-2-3",
                              "bytes=--1",
                              "bytes=0-9,5-2",
                              "bytes=2000-,x",
                              "lines=0-9",
                              "bytes 0-9",
                              "=0-9"}) {
        CAPTURE(std::string{range});
        CHECK(outcome(range) == "200");
    }
    auto twice = get("bytes=0-9");
    twice.headers.add("Range", "bytes=20-29");
    CHECK(outcome(twice) == "200");
}

TEST_CASE("RFC 9110 14.2: several parts are answered with the whole") {
    CHECK(outcome("bytes=0-9,20-29") == "200");
    CHECK(outcome("bytes=0-0,-1") == "200");
}

TEST_CASE("RFC 9110 15.3.7.2: of several parts, the only one that there is comes alone") {
    CHECK(outcome("bytes=5000-6000, 0-9") == "206 bytes 0-9/1000");
    CHECK(outcome("bytes=990-,1000-") == "206 bytes 990-999/1000");
}

TEST_CASE("RFC 9110 14.2: only GET has ranges") {
    for (const auto* method : {"HEAD", "PUT", "PROPFIND"}) {
        auto request = get("bytes=0-9");
        request.method = method;
        CHECK(outcome(request) == "200");
    }
    Request plain;
    plain.method = "GET";
    CHECK(outcome(plain) == "200");
}

TEST_CASE("RFC 9110 13.1.5: with If-Range, a part comes only if the stored ETag is the same") {
    const auto part = "206 bytes 0-9/1000";
    CHECK(outcome(get("bytes=0-9", "\"a1\"")) == part);
    CHECK(outcome(get("bytes=0-9", " \"a1\" ")) == part);
    CHECK(outcome(get("bytes=0-9", "\"b2\"")) == "200");
    CHECK(outcome(get("bytes=1000-", "\"b2\"")) == "200");
    CHECK(outcome(get("bytes=0-9", "\"a1\", \"b2\"")) == "200");
    CHECK(outcome(get("bytes=0-9", "*")) == "200");
    CHECK(outcome(get("bytes=0-9", "\"a1\""), {1000, std::nullopt, at(november_1994)}) == "200");
}

TEST_CASE("RFC 9110 13.1.5: If-Range compares strongly") {
    const Representation weak{1000, "W/\"a1\"", std::nullopt};
    CHECK(outcome(get("bytes=0-9", "W/\"a1\"")) == "200");
    CHECK(outcome(get("bytes=0-9", "\"a1\""), weak) == "200");
    CHECK(outcome(get("bytes=0-9", "W/\"a1\""), weak) == "200");
}

TEST_CASE("RFC 9110 13.1.5: a date in If-Range has to be exactly that of the last change") {
    CHECK(outcome(get("bytes=0-9", "Sun, 06 Nov 1994 08:49:37 GMT")) == "206 bytes 0-9/1000");
    CHECK(outcome(get("bytes=0-9", "Sun, 06 Nov 1994 08:49:36 GMT")) == "200");
    CHECK(outcome(get("bytes=0-9", "Sun, 06 Nov 1994 08:49:38 GMT")) == "200");
    CHECK(outcome(get("bytes=0-9", "yesterday")) == "200");
    CHECK(outcome(get("bytes=0-9", "")) == "200");
    CHECK(outcome(get("bytes=0-9", "Sun, 06 Nov 1994 08:49:37 GMT"),
                  {1000, "\"a1\"", std::nullopt}) == "200");
}
