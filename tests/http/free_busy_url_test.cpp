// Busy time at a URL.

#include "base/clock.hpp"
#include "http/acl_support.hpp"
#include "ical/time.hpp"
#include "store/principals.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using namespace kalends::test;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// The day of `now` and some more: "20260131".
std::string day(int more) {
    const auto now = std::chrono::floor<std::chrono::days>(clock::now());
    return ical::format_utc(now + std::chrono::days{more}).substr(0, 8);
}

std::string event(const std::string& uid, const std::string& start, const std::string& lines = "") {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:" + uid +
           "\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:" + start + "\r\nDURATION:PT1H\r\n" + lines +
           "SUMMARY:secret\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
}

/// Bob is busy tomorrow and in January 2035, "maybe" from 12 to 13.
void make_bob_busy(TestServer& server) {
    store::change_principal(server.database(), server.database().home("bob")->principal.id,
                            {.addresses = std::vector<std::string>{"bob@example.com"}});
    auto& bob = server.as("bob");
    REQUIRE(bob.put("calendar/1.ics", event("1", day(1) + "T090000Z")).status == 201);
    REQUIRE(bob.put("calendar/2.ics", event("2", "20350104T090000Z")).status == 201);
    REQUIRE(
        bob.put("calendar/3.ics", event("3", "20350104T120000Z", "STATUS:TENTATIVE\r\n")).status ==
        201);
}

const std::string january = "?start=2035-01-04T00:00:00Z&end=2035-01-05T00:00:00Z";
const std::string bob_inbox = "/dav/calendars/bob/inbox/";

}  // namespace

TEST_CASE("CC/S 0903: busy time of a user is at a URL, as METHOD:PUBLISH") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    make_bob_busy(server);
    for (const auto* path :
         {"/freebusy/bob.ifb", "/freebusy/bob.vfb", "/freebusy/bob", "/freebusy/bob@example.com",
          "/freebusy/BOB%40example.com.ifb", "/freebusy.php/bob", "/freebusy?user=bob",
          "/dav/calendars/bob/freebusy", "/dav/calendars/bob/freebusy/"}) {
        INFO(path);
        const auto reply = server.get(path);
        REQUIRE(reply.status == 200);
        CHECK(reply.header("Content-Type") == "text/calendar; charset=utf-8");
        CHECK(has(reply.body, "METHOD:PUBLISH\r\n"));
        CHECK(has(reply.body, "ORGANIZER:mailto:bob@example.com\r\n"));
        CHECK(has(reply.body, "UID:" + server.database().home("bob")->principal.uuid + "\r\n"));
        CHECK(has(reply.body, "DTSTART:" + day(-7) + "T000000Z\r\n"));
        CHECK(has(reply.body, "DTEND:" + day(60) + "T000000Z\r\n"));
        CHECK(has(reply.body, "FREEBUSY;FBTYPE=BUSY:" + day(1) + "T090000Z/PT1H\r\n"));
        CHECK_FALSE(has(reply.body, "secret"));
        CHECK_FALSE(has(reply.body, "ATTENDEE"));
        CHECK(server.head(path).status == 200);
    }
}

TEST_CASE("CC/S 0903 4: start, end and period say which time is told") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    make_bob_busy(server);
    const auto told = [&](const std::string& query) {
        const auto reply = server.get("/freebusy/bob.ifb" + query);
        INFO(query);
        CHECK(reply.status == 200);
        return reply.body;
    };
    for (const auto* query :
         {"?start=2035-01-04T00:00:00Z&end=2035-01-05T00:00:00Z",
          "?start=2035-01-04T01:00:00+01:00&end=2035-01-05T01:00:00%2B01:00",
          "?start=20350104T000000Z&period=P1D", "?start=2035-01-04&period=PT24H",
          "?start=20350104&end=20350105&format=text/calendar&token=x"}) {
        const auto body = told(query);
        CHECK(has(body, "DTSTART:20350104T000000Z\r\nDTEND:20350105T000000Z\r\n"));
        CHECK(has(body, "FREEBUSY;FBTYPE=BUSY:20350104T090000Z/PT1H\r\n"));
        CHECK(has(body, "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20350104T120000Z/PT1H\r\n"));
    }
    CHECK(has(told("?start=2035-01-04"), "DTEND:20350312T000000Z\r\n"));
    CHECK(has(told("?period=P7D"), "DTEND:" + day(0) + "T000000Z\r\n"));
    CHECK(has(told("?end=" + day(3) + "T000000Z"), "DTSTART:" + day(-7) + "T000000Z\r\n"));
}

TEST_CASE("a question for busy time at a URL that is none is told what is wrong with it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    make_bob_busy(server);
    const auto refused = [&](const std::string& query, int status, const std::string& sentence) {
        const auto reply = server.get("/freebusy/bob.ifb?" + query);
        INFO(query << ": " << reply.body);
        CHECK(reply.status == status);
        CHECK(has(reply.body, sentence));
    };
    refused("start=yesterday", 400, "start must be a time");
    refused("start=%FF", 400, "The parameter start is not percent-encoded UTF-8");
    refused("end=2035-02-30T00:00:00Z", 400, "end must be a time");
    refused("period=14", 400, "period must be a length");
    refused("period=-P1D", 400, "period must be a length");
    refused("start=2035-01-04&end=2035-01-05&period=P1D", 400, "end or period, not both");
    refused("start=2035-01-04&end=2035-01-04", 400, "end must be after start");
    refused("start=2035-01-04&period=P3000W", 400, "366 days");
    refused("start=9999-12-31&period=P1W", 400, "the years 0 to 9999");
    refused("start=0000-01-01T00:00:00%2B01:00&period=P1W", 400, "the years 0 to 9999");
    refused("format=text/html", 406, "text/calendar");
    CHECK(server.get("/freebusy").status == 400);
    CHECK(server.get("/freebusy/nobody.ifb").status == 404);
    CHECK(server.get("/freebusy/bob/calendar").status == 404);
    const auto post = server.request("POST", "/freebusy/bob.ifb");
    CHECK(post.status == 405);
    CHECK(post.header("Allow") == "OPTIONS, GET, HEAD");
    CHECK(server.request("OPTIONS", "/freebusy/bob.ifb").status == 200);
}

TEST_CASE("RFC 6638 6.1.4: who may ask when somebody is free may read it at a URL") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    make_bob_busy(server);
    auto& bob = server.as("bob");
    const auto path = "/freebusy/bob.ifb" + january;
    CHECK(server.nobody().get(path).status == 401);
    CHECK(server.nobody().get("/freebusy/stranger.ifb").status == 401);
    REQUIRE(set_acl(bob, bob_inbox, ace("D:all", "C:schedule-query-freebusy")).status == 200);
    CHECK(has(server.nobody().get(path).body, "BUSY:20350104T090000Z/PT1H"));
    REQUIRE(set_acl(bob, bob_inbox,
                    ace("/dav/principals/users/alice/", "C:schedule-query-freebusy", "deny"))
                .status == 200);
    CHECK(server.get(path).status == 403);
    CHECK(bob.get(path).status == 200);
    CHECK(server.nobody().get(path).status == 401);
}

TEST_CASE("RFC 4791 6.1.1: read-free-busy on a calendar opens its times at the URL") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    make_bob_busy(server);
    auto& bob = server.as("bob");
    REQUIRE(bob.request("MKCALENDAR", bob.calendars("other/")).status == 201);
    REQUIRE(bob.put("other/4.ics", event("4", "20350104T150000Z")).status == 201);
    REQUIRE(set_acl(bob, bob.calendars("other/"), ace("D:all", "C:read-free-busy")).status == 200);
    const auto path = "/freebusy/bob.ifb" + january;
    const auto reply = server.nobody().get(path);
    CHECK(reply.status == 200);
    CHECK(has(reply.body, "FREEBUSY;FBTYPE=BUSY:20350104T150000Z/PT1H\r\n"));
    CHECK_FALSE(has(reply.body, "T090000Z"));
    bob.proppatch("other/", "<C:schedule-calendar-transp><C:transparent/>"
                            "</C:schedule-calendar-transp>");
    CHECK(server.nobody().get(path).status == 401);
}

TEST_CASE("a calendar that is called freebusy is read as it was") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    make_bob_busy(server);
    auto& bob = server.as("bob");
    REQUIRE(bob.request("MKCALENDAR", bob.calendars("freebusy/")).status == 201);
    REQUIRE(bob.put("freebusy/4.ics", event("4", "20350104T150000Z")).status == 201);
    CHECK(has(bob.get(bob.calendars("freebusy/")).body, "secret"));
    CHECK(server.get(bob.calendars("freebusy/")).status == 404);
    CHECK(has(server.get("/freebusy/bob.ifb").body, "METHOD:PUBLISH"));
}
