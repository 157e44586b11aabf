// Which version of vCard a client accepts: RFC 6352 5.1.1, RFC 9110 12.5.1.

#include "carddav/accept.hpp"

#include <doctest/doctest.h>

using kalends::carddav::accepted_version;
using kalends::vcard::Version;

TEST_CASE("RFC 6352 5.1.1: the version that is wanted most counts") {
    CHECK(accepted_version("text/vcard; version=3.0") == Version::v3_0);
    CHECK(accepted_version("text/vcard;version=\"4.0\"") == Version::v4_0);
    CHECK(accepted_version("TEXT/VCARD ; VERSION=3.0 ; q=0.8, */*;q=0.1") == Version::v3_0);
    CHECK(accepted_version("text/vcard;version=4.0;q=0.2, text/vcard;version=3.0;q=0.9") ==
          Version::v3_0);
    CHECK(accepted_version("text/x-vcard; version=3.0") == Version::v3_0);
}

TEST_CASE("where any version will do, a card is given as it is stored") {
    for (const std::string accept :
         {"", "*/*", "text/*", "text/vcard", "text/vcard, text/vcard;version=3.0;q=0.5",
          "text/vcard;version=2.1", "text/vcard;version=3.0;q=0", "application/json", ";;;", ",",
          "text/vcard;version"}) {
        CAPTURE(accept);
        CHECK_FALSE(accepted_version(accept).has_value());
    }
}
