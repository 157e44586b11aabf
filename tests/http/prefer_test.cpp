// What clients prefer: RFC 7240, RFC 8144.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;

namespace {

const Fields minimal{{"Prefer", "return=minimal"}};
const Fields representation{{"Prefer", "return=representation"}};

Multistatus ask(User& user, const std::string& method, const std::string& path,
                const std::string& body, Fields headers, const std::string& depth = "0") {
    headers.emplace_back("Depth", depth);
    return Multistatus{user.request(method, path, body, std::move(headers))};
}

std::string propfind_body() {
    return xml_body("D:propfind", "<D:prop>" + elements("D:resourcetype D:bogus") + "</D:prop>");
}

std::string multiget_body(const std::string& href) {
    return xml_body("C:calendar-multiget", "<D:prop>" + elements("D:getetag D:bogus") +
                                               "</D:prop><D:href>" + href + "</D:href>");
}

Fields with(Fields headers, const std::string& name, const std::string& value) {
    headers.emplace_back(name, value);
    return headers;
}

}  // namespace

TEST_CASE("RFC 8144 2.1: minimal leaves out what is not there, in PROPFIND and in reports") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    const auto href = server.calendars("calendar/a.ics");
    struct Row {
        std::string method, path, body, known;
    };
    const std::vector<Row> rows{
        {"PROPFIND", "calendar/", propfind_body(), "D:resourcetype"},
        {"PROPFIND", "calendar/a.ics", propfind_body(), "D:resourcetype"},
        {"REPORT", "calendar/", multiget_body(href), "D:getetag"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.path);
        const auto full = ask(server, row.method, row.path, row.body, {});
        CHECK(full.only().status_of("D:bogus") == 404);
        CHECK_FALSE(full.reply().header("Preference-Applied"));
        for (const Fields& wish : {minimal, Fields{{"Brief", "t"}},
                                   Fields{{"Prefer", "x-other, return=minimal; x=y"}}}) {
            const auto less = ask(server, row.method, row.path, row.body, wish);
            CHECK(less.only().status_of(row.known) == 200);
            CHECK(less.only().status_of("D:bogus") == 0);
            CHECK(less.reply().header("Preference-Applied") == "return=minimal");
            CHECK(less.reply().header("Vary").value_or("").find("Prefer") != std::string::npos);
        }
        for (const Fields& wish : {Fields{{"Brief", "f"}}, Fields{{"Prefer", "x-other"}}})
            CHECK(ask(server, row.method, row.path, row.body, wish).only().status_of("D:bogus") ==
                  404);
    }
}

TEST_CASE("RFC 8144 2.1: a response that has nothing to tell has an empty propstat") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = xml_body("D:propfind", "<D:prop><D:bogus/></D:prop>");
    const auto found = ask(server, "PROPFIND", "calendar/", body, minimal);
    CHECK(found.only().properties.empty());
    CHECK(found.reply().body.find("<D:prop></D:prop><D:status>HTTP/1.1 200 OK</D:status>") !=
          std::string::npos);
}

TEST_CASE("RFC 8144 2.2: a PROPPATCH that went well is a 200 without a body, others tell why not") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto patch = [&](const std::string& set, const Fields& headers) {
        return server.request(
            "PROPPATCH", "calendar/",
            xml_body("D:propertyupdate", "<D:set><D:prop>" + set + "</D:prop></D:set>"), headers);
    };
    const std::string name = "<D:displayname>Work</D:displayname>";
    CHECK(patch(name, {}).status == 207);
    const auto done = patch(name, minimal);
    CHECK(done.status == 200);
    CHECK(done.body.empty());
    CHECK(done.header("Preference-Applied") == "return=minimal");
    const auto refused = Multistatus{patch(name + "<D:getetag>x</D:getetag>", minimal)};
    CHECK(refused.only().status_of("D:getetag") == 403);
    CHECK(refused.only().status_of("D:displayname") == 424);
}

TEST_CASE("RFC 8144 2.3: MKCOL and MKCALENDAR say that nothing was left undone") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const std::string set = "<D:set><D:prop><D:displayname>Work</D:displayname></D:prop></D:set>";
    const auto made = server.request("MKCALENDAR", "work/", xml_body("C:mkcalendar", set), minimal);
    CHECK(made.status == 201);
    CHECK(made.body.empty());
    CHECK(made.header("Preference-Applied") == "return=minimal");
}

TEST_CASE("RFC 8144 3.1: a PUT or POST gives back what is stored, where the client wants it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK(server.put("calendar/plain.ics", event("P"), {{"Prefer", "x-foo"}}).body.empty());
    const auto path = server.calendars("calendar/a.ics");
    const auto made = server.put(path, event("A"), representation);
    CHECK(made.status == 201);
    CHECK(made.body == event("A"));
    CHECK(made.content_type().starts_with("text/calendar"));
    CHECK(made.header("Content-Location") == path);
    CHECK(made.header("Preference-Applied") == "return=representation");
    CHECK(made.etag() == server.get(path).etag());
    const auto changed = server.put(path, event("B", one_hour, "uid-of-A"), representation);
    CHECK(changed.status == 200);
    CHECK(summary(changed.body) == "B");

    const auto posted = server.request("POST", "calendar/?add-member", event("C"),
                                       with(representation, "Content-Type", "text/calendar"));
    CHECK(posted.status == 201);
    CHECK(posted.body == event("C"));
    CHECK(posted.header("Content-Location") == posted.header("Location"));
}

TEST_CASE("RFC 8144 3.2: a PUT whose condition fails gives back what is there instead") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto stored = server.put("calendar/a.ics", event("A"));
    const auto stale = with(representation, "If-Match", "\"1234\"");
    const auto reply = server.put("calendar/a.ics", event("B", one_hour, "uid-of-A"), stale);
    CHECK(reply.status == 412);
    CHECK(reply.body == event("A"));
    CHECK(reply.etag() == stored.etag());
    CHECK(reply.header("Content-Location") == server.calendars("calendar/a.ics"));
    const auto nothing = server.put("calendar/none.ics", event("B"), stale);
    CHECK(nothing.status == 412);
    CHECK_FALSE(nothing.header("Content-Location"));
}

TEST_CASE("RFC 8144 4: depth-noroot leaves out the collection itself, but for Depth 0") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    const Fields noroot{{"Prefer", "depth-noroot, return=minimal"}};
    const auto one = ask(server, "PROPFIND", "calendar/", propfind_body(), noroot, "1");
    CHECK(one.hrefs() == std::vector{server.calendars("calendar/a.ics")});
    CHECK(one.reply().header("Preference-Applied") == "return=minimal, depth-noroot");
    const auto zero = ask(server, "PROPFIND", "calendar/", propfind_body(), noroot);
    CHECK(zero.hrefs() == std::vector{server.calendars("calendar/")});
    CHECK(zero.reply().header("Preference-Applied") == "return=minimal");
    const auto home = ask(server, "PROPFIND", "", propfind_body(), noroot, "1");
    CHECK(home.find(server.calendars()) == nullptr);
    CHECK(home.size() == 4);
}
