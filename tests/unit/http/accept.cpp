#include "http/accept.hpp"

#include <doctest/doctest.h>

using kalends::http::quality_of;

TEST_CASE("RFC 9110 12.5.1: the most specific range says how much a type is liked") {
    CHECK(quality_of("", "text/html") == 1000);
    CHECK(quality_of("*/*", "text/html") == 1000);
    CHECK(quality_of("text/html", "text/calendar") == 0);
    CHECK(quality_of("text/html, */*;q=0.8", "text/calendar") == 800);
    CHECK(quality_of("text/*;q=0.3, text/html;q=0.7, */*;q=0.5", "text/html") == 700);
    CHECK(quality_of("text/*;q=0.3, text/html;q=0.7, */*;q=0.5", "text/plain") == 300);
    CHECK(quality_of("text/*;q=0.3, text/html;q=0.7, */*;q=0.5", "image/png") == 500);
    CHECK(quality_of("TEXT/HTML ; level=1 ; Q=0.25", "text/html") == 250);
    CHECK(quality_of("text/calendar;q=0", "text/calendar") == 0);
}

TEST_CASE("an Accept that is malformed is read as far as it makes sense") {
    CHECK(quality_of("text/html;q=nonsense", "text/html") == 1000);
    CHECK(quality_of("text/html;q=7", "text/html") == 1000);
    CHECK(quality_of(",,;q=1, text/html;;q=0.5", "text/html") == 500);
    CHECK(quality_of("/*", "text/html") == 0);
}
