#include "unit/vcard/cards.hpp"
#include "vcard/free_busy_url.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using vcard_test::card3;

TEST_CASE("RFC 2739 2.3.1: the preferred FBURL of the card that has the address") {
    struct Row {
        std::string lines;
        const char* url;
    };
    const std::string jane = "EMAIL;TYPE=work:Jane@Example.com\n";
    const Row rows[] = {
        {jane, ""},
        {"FBURL:https://x.example/jane.ifb\n", ""},
        {"EMAIL:mary-jane@example.com\nFBURL:https://x.example/jane.ifb\n", ""},
        {jane + "FBURL:https://x.example/jane.ifb\n", "https://x.example/jane.ifb"},
        {jane + "FBURL:https://x.example/1\nitem2.FBURL;PREF:https://x.example/2\n",
         "https://x.example/2"},
        {jane + "FBURL:https://x.example/1\nFBURL;TYPE=pref:https://x.example/2\n",
         "https://x.example/2"},
        {jane + "FBURL;PREF=2:https://x.example/1\nFBURL;PREF=1:https://x.example/2\n"
                "FBURL:https://x.example/3\n",
         "https://x.example/2"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.lines);
        CHECK(vcard::free_busy_url(vcard::parse(card3(row.lines)), "jane@example.com") == row.url);
    }
}
