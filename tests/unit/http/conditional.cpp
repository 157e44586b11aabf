#include "http/conditional.hpp"

#include <doctest/doctest.h>

using namespace kalends::http;

namespace {

using kalends::clock::Seconds;

Seconds at(long long seconds) { return Seconds{std::chrono::seconds{seconds}}; }
constexpr long long november_1994 = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

Preconditions with(std::string_view name, std::string_view value) {
    Headers headers;
    headers.add(name, value);
    return preconditions_of(headers);
}

const Current stored{true, "\"a1\"", at(november_1994)};
const Current absent{};

Verdict get(const Preconditions& p, const Current& current) { return evaluate(p, current, true); }
Verdict put(const Preconditions& p, const Current& current) { return evaluate(p, current, false); }

}  // namespace

TEST_CASE("a request without conditions proceeds") {
    const Preconditions none = preconditions_of(Headers{});
    CHECK(none.none());
    CHECK(get(none, stored) == Verdict::proceed);
    CHECK(put(none, absent) == Verdict::proceed);
}

TEST_CASE("RFC 9110 13.1.1: If-Match lets a write through only for a listed ETag") {
    CHECK(put(with("If-Match", "\"a1\""), stored) == Verdict::proceed);
    CHECK(put(with("If-Match", "\"x\", \"a1\" , \"y\""), stored) == Verdict::proceed);
    CHECK(put(with("If-Match", "\"x\",,\"y\""), stored) == Verdict::precondition_failed);
    CHECK(put(with("If-Match", "\"a1\""), absent) == Verdict::precondition_failed);
    CHECK(get(with("If-Match", "\"x\""), stored) == Verdict::precondition_failed);
}

TEST_CASE("RFC 9110 13.1.1: If-Match: * asks only that there is something") {
    CHECK(put(with("If-Match", "*"), stored) == Verdict::proceed);
    CHECK(put(with("If-Match", "*"), Current{true, std::nullopt, std::nullopt}) ==
          Verdict::proceed);
    CHECK(put(with("If-Match", "*"), absent) == Verdict::precondition_failed);
}

TEST_CASE("RFC 9110 8.8.3.2: If-Match compares strongly, If-None-Match weakly") {
    const Current weak{true, "W/\"a1\"", std::nullopt};
    CHECK(put(with("If-Match", "W/\"a1\""), stored) == Verdict::precondition_failed);
    CHECK(put(with("If-Match", "\"a1\""), weak) == Verdict::precondition_failed);
    CHECK(get(with("If-None-Match", "W/\"a1\""), stored) == Verdict::not_modified);
    CHECK(get(with("If-None-Match", "\"a1\""), weak) == Verdict::not_modified);
}

TEST_CASE("RFC 9110 13.1.2: If-None-Match answers a read with 304 and a write with 412") {
    CHECK(get(with("If-None-Match", "\"a1\""), stored) == Verdict::not_modified);
    CHECK(put(with("If-None-Match", "\"a1\""), stored) == Verdict::precondition_failed);
    CHECK(get(with("If-None-Match", "\"b2\""), stored) == Verdict::proceed);
    CHECK(put(with("If-None-Match", "*"), stored) == Verdict::precondition_failed);
    CHECK(put(with("If-None-Match", "*"), absent) == Verdict::proceed);
    CHECK(get(with("If-None-Match", "\"a1\""), absent) == Verdict::proceed);
}

TEST_CASE("several If-None-Match fields are one list") {
    Headers headers;
    headers.add("if-none-match", "\"x\"");
    headers.add("If-None-Match", "\"a1\"");
    CHECK(get(preconditions_of(headers), stored) == Verdict::not_modified);
}

TEST_CASE("an ETag without its quotes is understood") {
    CHECK(put(with("If-Match", "a1"), stored) == Verdict::proceed);
    CHECK(put(with("If-Match", "a2"), stored) == Verdict::precondition_failed);
}

TEST_CASE("a list that can't be read matches nothing, so that no write passes by accident") {
    for (const auto* broken : {"\"a1", "\"a1\" \"b\"", "a\"1\"", "", "W/"})
        CHECK(put(with("If-Match", broken), stored) == Verdict::precondition_failed);
}

TEST_CASE("RFC 9110 13.1.3: If-Modified-Since matters to reads alone") {
    const auto same = with("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT");
    const auto before = with("If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT");
    CHECK(get(same, stored) == Verdict::not_modified);
    CHECK(get(before, stored) == Verdict::proceed);
    CHECK(put(same, stored) == Verdict::proceed);
    CHECK(get(same, absent) == Verdict::proceed);
}

TEST_CASE("RFC 9110 13.1.4: If-Unmodified-Since refuses what was changed later") {
    CHECK(put(with("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"), stored) ==
          Verdict::proceed);
    CHECK(put(with("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"), stored) ==
          Verdict::precondition_failed);
    CHECK(put(with("If-Unmodified-Since", "yesterday"), stored) == Verdict::proceed);
}

TEST_CASE("RFC 9110 13.2.2: ETags outrank dates") {
    Headers read;
    read.add("If-None-Match", "\"b2\"");
    read.add("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(get(preconditions_of(read), stored) == Verdict::proceed);

    Headers write;
    write.add("If-Match", "\"a1\"");
    write.add("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:00 GMT");
    CHECK(put(preconditions_of(write), stored) == Verdict::proceed);

    Headers both;
    both.add("If-Match", "\"x\"");
    both.add("If-None-Match", "\"a1\"");
    CHECK(get(preconditions_of(both), stored) == Verdict::precondition_failed);
}

TEST_CASE("RFC 9110 5.6.7: an HTTP date is read in each of its three forms") {
    const kalends::clock::Fixed today{Seconds{std::chrono::seconds{1800000000}}};  // 2027
    CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == at(november_1994));
    CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == at(november_1994));
    CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == at(november_1994));
    CHECK(parse_http_date("Friday, 01-Jan-27 00:00:00 GMT") == at(1798761600));
    for (const auto* broken :
         {"", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 99999 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT"})
        CHECK_FALSE(parse_http_date(broken));
}
