// The URL space: DESIGN section 2, RFC 3986.

#include "dav/error.hpp"
#include "dav/path.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends::dav;
using kalends::store::CollectionKind;
using kalends::store::PrincipalKind;

TEST_CASE("each address of the URL space is the kind of resource that it looks like") {
    const struct {
        std::string path;
        Kind kind;
    } cases[] = {
        {"/", root},
        {"/dav", root},
        {"/dav/", root},
        {"/dav/principals/", principal_set},
        {"/dav/principals/users/", principal_set},
        {"/dav/principals/locations", principal_set},
        {"/dav/principals/users/jane/", principal},
        {"/dav/principals/groups/sales", principal},
        {"/dav/calendars/", home_set},
        {"/dav/addressbooks", home_set},
        {"/dav/calendars/jane/", calendar_home},
        {"/dav/addressbooks/jane", addressbook_home},
        {"/dav/calendars/jane/work/", calendar},
        {"/dav/calendars/jane/work", calendar},
        {"/dav/addressbooks/jane/friends/", addressbook},
        {"/dav/calendars/jane/work/a.ics", calendar_object},
        {"/dav/addressbooks/jane/friends/a.vcf", address_object},
    };
    for (const auto& [path, kind] : cases) {
        CAPTURE(path);
        const auto parsed = parse_path(path);
        REQUIRE(parsed.has_value());
        CHECK(parsed->kind == kind);
    }
}

TEST_CASE(
    "nothing can be at an address with empty segments, dots, broken escapes or too many parts") {
    for (const std::string path :
         {"", "dav/", "//", "/dav//", "/dav//calendars/", "/dav/calendars//work/",
          "/dav/./calendars/", "/dav/../dav/", "/dav/%2e%2e/", "/dav/%2E/calendars/",
          "/dav/calendars/jane/work/a.ics/", "/dav/calendars/jane/work/a.ics/b",
          "/dav/calendars/%zz/", "/dav/calendars/jane%00/", "/dav/none/", "/dav/principals/robots/",
          "/dav/principals/users/jane/calendar-proxy-read/", "/other/", "/dav/calendars/a%2fb/"}) {
        CAPTURE(path);
        CHECK_FALSE(parse_path(path).has_value());
    }
}

TEST_CASE("names are decoded once, and logins brought into their canonical form") {
    const auto path = parse_path("/dav/calendars/J%41NE/my%20%2Fwork%252F/%C3%A9.ics");
    REQUIRE(path.has_value());
    CHECK(path->login == "jane");
    CHECK(path->collection == "my /work%2F");
    CHECK(path->object == "\xC3\xA9.ics");
}

TEST_CASE("the href that the server writes leads back to the same resource") {
    const struct {
        std::string login, collection, object;
    } names[] = {
        {"jane", "work", "a.ics"},       {"jane@example.com", "a b", "100%.ics"},
        {"jane", "a/b", "q\"q&<>'.ics"}, {"\xC3\xA9va", "\xE6\x97\xA5\xE6\x9C\xAC", "...ics"},
        {"jane", "?#", ";=+,"},
    };
    for (const auto& [login, collection, object] : names)
        for (const auto kind : {CollectionKind::calendar, CollectionKind::addressbook}) {
            const auto href = href::object(kind, login, collection, object);
            CAPTURE(href);
            const auto path = parse_path(href);
            REQUIRE(path.has_value());
            CHECK(path->login == login);
            CHECK(path->collection == collection);
            CHECK(path->object == object);
            CHECK(href::of(*path) == href);
            CHECK(href.find_first_of(" \"<>'#?") == std::string::npos);
        }
    CHECK(href::principal(PrincipalKind::location, "r 1") == "/dav/principals/locations/r%201/");
}

TEST_CASE("RFC 3986 3: of an absolute href the path counts, without query and fragment") {
    CHECK(path_of_href("/dav/a") == "/dav/a");
    CHECK(path_of_href("https://dav.example.com:8443/dav/a?x=/y#z") == "/dav/a");
    CHECK(path_of_href("http://dav.example.com") == "/");
    CHECK(path_of_href("/dav/a#b?c") == "/dav/a");
    CHECK(path_of_href("relative").find('/') == std::string::npos);
    CHECK(path_of_href("").empty());
}

TEST_CASE("a name that can't be stored is refused before it gets there") {
    CHECK_NOTHROW(require_name(std::string(1000, 'x')));
    CHECK_THROWS_AS(require_name(std::string(1001, 'x')), DavError);
    CHECK_THROWS_AS(require_name("\xff"), DavError);
}
