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

TEST_CASE("RFC 9110 12.5.4: languages come in the order in which they are liked") {
    using kalends::http::languages_of;
    using List = std::vector<std::string>;
    CHECK(languages_of("") == List{});
    CHECK(languages_of("de-AT, de;q=0.8, en;q=0.9") == List{"de-AT", "en", "de"});
    CHECK(languages_of("da, sv;q=0, *;q=0.1, , fr") == List{"da", "fr"});
    CHECK(languages_of("a,b,c,d,e,f,g,h,i,j,k,l").size() == 10);
}
