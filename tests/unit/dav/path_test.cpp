// The URL space: DESIGN section 2, RFC 3986.

#include "dav/error.hpp"
#include "dav/path.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace kalends::dav;
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
        {"/dav/principals/users/jane/calendar-proxy-read/", proxy},
        {"/dav/principals/users/jane/calendar-proxy-write", proxy},
        {"/dav/files", home_set},
        {"/dav/files/jane/", file_home},
        {"/dav/calendars/jane/work/", calendar_home},  // what is below is found by looking
        {"/dav/calendars/jane/work/a.ics", calendar_home},
        {"/dav/addressbooks/jane/friends/", addressbook_home},
        {"/dav/files/jane/a/b/c", file_home},
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
          "/dav/calendars/%zz/", "/dav/calendars/jane%00/", "/dav/none/", "/dav/principals/robots/",
          "/dav/principals/users/jane/calendar-proxy/",
          "/dav/principals/groups/g/calendar-proxy-read/",
          "/dav/principals/users/jane/calendar-proxy-read/x/", "/other/",
          "/dav/calendars/a%2fb/"}) {
        CAPTURE(path);
        CHECK_FALSE(parse_path(path).has_value());
    }
}

TEST_CASE("names are decoded once, and logins brought into their canonical form") {
    const auto path = parse_path("/dav/calendars/J%41NE/my%20%2Fwork%252F/%C3%A9.ics");
    REQUIRE(path.has_value());
    CHECK(path->login == "jane");
    CHECK(path->names == std::vector<std::string>{"my /work%2F", "\xC3\xA9.ics"});
    CHECK_FALSE(path->slash);
}

TEST_CASE("32 levels below a home are all that there can be") {
    std::string path = "/dav/files/jane/";
    for (int i = 0; i < 32; ++i) path += "a/";
    CHECK(parse_path(path).has_value());
    CHECK_FALSE(parse_path(path + "a").has_value());
    CHECK_FALSE(parse_path(path + std::string(100'000, '/')).has_value());
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
        for (const auto kind : kalends::store::home_kinds) {
            const auto parent = href::collection(href::home(kind, login), collection);
            const auto href = href::object(parent, object);
            CAPTURE(href);
            const auto path = parse_path(href);
            REQUIRE(path.has_value());
            CHECK(path->login == login);
            CHECK(path->names == std::vector<std::string>{collection, object});
            CHECK(href::of(*path) == href);
            CHECK(href::of(*parse_path(parent)) == parent);
            CHECK(href::parent(href) == parent);
            CHECK(href::parent(parent) == href::home(kind, login));
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
