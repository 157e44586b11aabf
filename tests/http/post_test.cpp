// POST of new members under names that the server chooses: RFC 5995.

#include "base/text.hpp"
#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;

namespace {

std::string add_member(const std::string& collection) { return collection + "?add-member"; }

Reply post(User& user, const std::string& collection, const std::string& body,
           const std::string& type, Fields headers = {}) {
    headers.emplace_back("Content-Type", type);
    return user.request("POST", add_member(collection), body, std::move(headers));
}

}  // namespace

TEST_CASE("RFC 5995 3.2.1: collections with members of one kind say where to post, homes do not") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.request("MKCOL", server.files("docs"));
    for (const auto& path : {server.calendars("calendar/"), server.books("contacts/"),
                             server.files(), server.files("docs/")}) {
        const auto found = server.propfind(path, "D:add-member");
        CHECK(found.only().hrefs("D:add-member") == std::vector{add_member(path)});
    }
    for (const auto& path : {server.calendars(), server.books(), server.principal()})
        CHECK(server.propfind(path, "D:add-member").only().status_of("D:add-member") == 404);
}

TEST_CASE("RFC 5995 3.2: a POST stores under a new name, and says which") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    struct Row {
        std::string collection, body, type, extension;
    };
    const std::vector<Row> rows{
        {server.calendars("calendar/"), event("A"), "text/calendar", ".ics"},
        {server.books("contacts/"), card("Ann"), "text/vcard", ".vcf"},
        {server.files(), "hello", "text/plain; charset=utf-8", ".txt"},
        {server.files(), std::string(1'000'000, 'x'), "application/x-unknown", ""},
    };
    for (const auto& row : rows) {
        const auto reply = post(server, row.collection, row.body, row.type);
        REQUIRE(reply.status == 201);
        const auto location = reply.header("Location").value_or("");
        CHECK(location.starts_with(row.collection));
        CHECK(location.size() == row.collection.size() + 32 + row.extension.size());
        CHECK(location.ends_with(row.extension));
        CHECK(reply.body.empty());
        const auto got = server.get(location);
        CHECK((got.body == row.body));
        CHECK(got.etag() == reply.etag());
    }
    CHECK(post(server, server.files(), "hello", "text/plain").header("Location") !=
          post(server, server.files(), "hello", "text/plain").header("Location"));
}

TEST_CASE("RFC 5995 3.2: a POST is refused where a PUT would be") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    const auto calendar = server.calendars("calendar/");
    REQUIRE(post(server, calendar, event("A"), "text/calendar").status == 201);
    const auto twice = post(server, calendar, event("A"), "text/calendar");
    CHECK(twice.status == 403);
    CHECK(precondition(twice) == "C:no-uid-conflict");
    CHECK(precondition(post(server, calendar, "nonsense", "text/calendar")) ==
          "C:valid-calendar-data");
    CHECK(precondition(post(server, calendar, event("B"), "text/html")) ==
          "C:supported-calendar-data");
    CHECK(post(server, calendar, event("B"), "text/calendar", {{"If-Match", "*"}}).status == 412);
    CHECK(post(server.as("bob"), calendar, event("B"), "text/calendar").status == 404);
    CHECK(post(server.nobody(), calendar, event("B"), "text/calendar").status == 401);
    CHECK(server.propfind("calendar/", "D:getetag", "1").size() == 2);
}

TEST_CASE("RFC 9110 15.5.6: a POST to anything else is a 405") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    for (const auto& path :
         {server.calendars("calendar/"), server.calendars("calendar/?other"),
          server.calendars("?add-member"), server.calendars("calendar/a.ics?add-member"),
          std::string("/dav/?add-member"), server.principal() + "?add-member"}) {
        CAPTURE(path);
        const auto reply =
            server.request("POST", path, event("B"), {{"Content-Type", "text/calendar"}});
        CHECK(reply.status == 405);
        CHECK(reply.header("Allow").has_value());
    }
    CHECK(post(server, server.calendars("none/"), event("B"), "text/calendar").status == 404);
}
