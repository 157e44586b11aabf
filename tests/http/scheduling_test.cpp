// Meetings between people who are all here: what a PUT or DELETE of one means to the others. RFC
// 6638.

#include "base/clock.hpp"
#include "directory/directory.hpp"
#include "http/acl_support.hpp"
#include "http/meetings.hpp"
#include "sched/group_keeper.hpp"
#include "store/bookings.hpp"
#include "store/inbox.hpp"
#include "store/principals.hpp"
#include "store/scheduling.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace kalends;
using namespace kalends::test;

namespace {

std::string make_room(TestServer& server, const std::string& login, store::Acceptance acceptance,
                      int horizon_days = 0) {
    auto& db = server.database();
    if (const auto old = db.home(login)) store::delete_principal(db, old->principal.id);
    const auto id = directory::create_user(db, {.kind = store::PrincipalKind::location,
                                                .login = login,
                                                .display_name = "",
                                                .addresses = {login + "@example.com"}});
    store::set_booking(db, id, {.acceptance = acceptance, .horizon_days = horizon_days});
    return login;
}

}  // namespace

TEST_CASE("RFC 6638 3.2.1.1: who is invited has the meeting in the calendar and the inbox") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol"};
    const auto put =
        alice.put("calendar/1.ics", meeting("invite", attendee("bob") + attendee("carol")));
    CHECK(put.status == 201);
    CHECK_FALSE(put.header("ETag"));  // what is stored differs from what was sent
    CHECK(put.header("Schedule-Tag"));
    const auto mine = only_meeting(alice);
    CHECK(has(line_of(mine, "bob"), "SCHEDULE-STATUS=1.2"));
    CHECK_FALSE(has(line_of(mine, "alice"), "SCHEDULE-STATUS"));
    for (const auto* login : {"bob", "carol"}) {
        auto& user = alice.as(login);
        const auto copy = only_meeting(user);
        CHECK(partstat_of(copy, login) == "NEEDS-ACTION");
        CHECK_FALSE(has(copy, "METHOD"));
        CHECK_FALSE(has(copy, "SCHEDULE-STATUS"));
        REQUIRE(inbox_items(user) == 1);
        CHECK(has(user.get(members_of(user, "inbox/").front()).body, "METHOD:REQUEST"));
    }
    CHECK(inbox_items(alice) == 0);
}

TEST_CASE("RFC 6638 3.2.2.3: an answer reaches the organizer, and the others see it") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol"};
    REQUIRE(
        alice.put("calendar/1.ics", meeting("reply", attendee("bob") + attendee("carol"))).status ==
        201);
    const auto tag = alice.get("calendar/1.ics").header("Schedule-Tag").value();
    answer_with(alice.as("bob"), "ACCEPTED");
    CHECK(has(only_meeting(alice.as("bob")), "ORGANIZER;SCHEDULE-STATUS=1.2:"));
    const auto mine = only_meeting(alice);
    CHECK(partstat_of(mine, "bob") == "ACCEPTED");
    CHECK(has(line_of(mine, "bob"), "SCHEDULE-STATUS=2.0"));
    CHECK(partstat_of(mine, "carol") == "NEEDS-ACTION");
    CHECK(partstat_of(only_meeting(alice.as("carol")), "bob") == "ACCEPTED");
    CHECK(inbox_items(alice) == 1);
    CHECK(inbox_items(alice.as("carol")) == 1);  // only the invitation
    CHECK(alice.get("calendar/1.ics").header("Schedule-Tag") == tag);
}

TEST_CASE("RFC 6638 3.2.8: a meeting that is moved asks for new answers") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    REQUIRE(alice.put("calendar/1.ics", meeting("move", attendee("bob"))).status == 201);
    answer_with(alice.as("bob"), "ACCEPTED");
    const auto before = alice.as("bob").get(only_href(alice.as("bob"))).header("Schedule-Tag");
    REQUIRE(alice.put("calendar/1.ics", meeting("move", attendee("bob", "ACCEPTED"), at_ten(31)))
                .status == 204);
    CHECK(partstat_of(only_meeting(alice), "bob") == "NEEDS-ACTION");
    const auto copy = only_meeting(alice.as("bob"));
    CHECK(has(copy, "DTSTART:" + at_ten(31)));
    CHECK(partstat_of(copy, "bob") == "NEEDS-ACTION");
    CHECK(inbox_items(alice.as("bob")) == 2);
    CHECK(alice.as("bob").get(only_href(alice.as("bob"))).header("Schedule-Tag") != before);
}

TEST_CASE("RFC 6638 3.2.1.3, 3.2.2.4: deleting cancels, or declines") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol"};
    const auto invite = [&] {
        REQUIRE(alice.put("calendar/1.ics", meeting("end", attendee("bob") + attendee("carol")))
                    .status < 300);
    };
    invite();
    REQUIRE(alice.as("bob").erase(only_href(alice.as("bob"))).status == 204);
    CHECK(partstat_of(only_meeting(alice), "bob") == "DECLINED");
    CHECK(partstat_of(only_meeting(alice.as("carol")), "bob") == "DECLINED");
    SUBCASE("RFC 6638 8.1: without a word where the client says so") {
        REQUIRE(alice.as("carol")
                    .erase(only_href(alice.as("carol")), {{"Schedule-Reply", "F"}})
                    .status == 204);
        CHECK(partstat_of(only_meeting(alice), "carol") == "NEEDS-ACTION");
    }
    SUBCASE("the organizer's") {
        REQUIRE(alice.erase("calendar/1.ics").status == 204);
        CHECK(has(only_meeting(alice.as("carol")), "STATUS:CANCELLED"));
        CHECK(inbox_items(alice.as("carol")) == 2);
    }
    SUBCASE("with the whole calendar") {
        REQUIRE(alice.erase("calendar/").status == 204);
        CHECK(has(only_meeting(alice.as("carol")), "STATUS:CANCELLED"));
    }
}

TEST_CASE("RFC 6638 3.2.1.3: deleting a collection with calendars in it cancels what is in them") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    auto& bob = alice.as("bob");
    REQUIRE(alice.request("MKCOL", "folder/").status == 201);
    REQUIRE(alice.request("MKCALENDAR", "folder/deep/").status == 201);
    REQUIRE(alice.put("folder/deep/1.ics", meeting("deep", attendee("bob"))).status == 201);
    REQUIRE(alice.erase("folder/").status == 204);
    CHECK(has(only_meeting(bob), "STATUS:CANCELLED"));
    CHECK(inbox_items(bob) == 2);
}

TEST_CASE("the ctag of an inbox changes with what comes") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    auto& bob = alice.as("bob");
    const auto ctag = [&] {
        return bob.propfind("inbox/", "CS:getctag").only().text("CS:getctag");
    };
    const auto before = ctag();
    CHECK_FALSE(before.empty());
    REQUIRE(alice.put("calendar/1.ics", meeting("new", attendee("bob"))).status == 201);
    CHECK(ctag() != before);
}

TEST_CASE("a task whose organizer's client drops everybody goes on being one of several people") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    auto& bob = alice.as("bob");
    REQUIRE(alice.request("MKCALENDAR", "todo/").status == 201);
    const auto task = [](const std::string& lines) {
        return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VTODO\r\nUID:task\r\n"
               "DTSTAMP:20260101T000000Z\r\nSUMMARY:Do\r\n" +
               lines + "END:VTODO\r\nEND:VCALENDAR\r\n";
    };
    const auto people =
        "ORGANIZER:" + mailto("alice") + "\r\n" + attendee("alice", "ACCEPTED") + attendee("bob");
    REQUIRE(alice.put("todo/1.ics", task(people)).status == 201);
    REQUIRE(alice.put("todo/1.ics", task("COMPLETED:20260102T150000Z\r\n")).status == 204);
    const auto items = inbox_items(bob);
    REQUIRE(alice.erase("todo/1.ics").status == 204);
    CHECK(inbox_items(bob) == items + 1);
}

TEST_CASE("RFC 6638 8.3: a client that changes its alarm never loses an answer") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    REQUIRE(alice.put("calendar/1.ics", meeting("alarm", attendee("bob"))).status == 201);
    const auto seen = alice.get("calendar/1.ics");
    answer_with(alice.as("bob"), "ACCEPTED");
    auto edited = seen.body;
    edited.insert(edited.find("END:VEVENT"),
                  "BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n");
    const auto tag = seen.header("Schedule-Tag").value();
    CHECK(alice.put("calendar/1.ics", edited, {{"If-Match", seen.header("ETag").value()}}).status ==
          412);
    CHECK(alice.put("calendar/1.ics", edited, {{"If-Schedule-Tag-Match", "\"other\""}}).status ==
          412);
    REQUIRE(alice.put("calendar/1.ics", edited, {{"If-Schedule-Tag-Match", tag}}).status == 204);
    const auto stored = only_meeting(alice);
    CHECK(partstat_of(stored, "bob") == "ACCEPTED");
    CHECK(has(stored, "VALARM"));
    CHECK(inbox_items(alice.as("bob")) == 1);  // told nothing
    CHECK_FALSE(has(only_meeting(alice.as("bob")), "VALARM"));
    CHECK(alice.propfind("calendar/1.ics", "C:schedule-tag").only().text("C:schedule-tag") ==
          alice.get("calendar/1.ics").header("Schedule-Tag"));
}

TEST_CASE("RFC 6638 3.2.2.1: what an attendee may not change") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    REQUIRE(alice.put("calendar/1.ics", meeting("foreign", attendee("bob"))).status == 201);
    auto& bob = alice.as("bob");
    const auto href = only_href(bob);
    auto moved = only_meeting(bob);
    moved.replace(moved.find("DTSTART:"), 8 + at_ten(30).size(), "DTSTART:" + at_ten(40));
    const auto refused = bob.put(href, moved);
    CHECK(refused.status == 403);
    CHECK(has(refused.body, "allowed-attendee-scheduling-object-change"));
    CHECK(has(only_meeting(bob), "DTSTART:" + at_ten(30)));
}

TEST_CASE("RFC 6638 3.2.4.1: a meeting is once in a home") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    REQUIRE(alice.request("MKCALENDAR", "work/").status == 201);
    REQUIRE(alice.put("calendar/1.ics", meeting("once", attendee("bob"))).status == 201);
    const auto again = alice.put("work/2.ics", meeting("once", attendee("bob")));
    CHECK(again.status == 403);
    CHECK(has(again.body, "unique-scheduling-object-resource"));
    CHECK(has(again.body, "/dav/calendars/alice/calendar/1.ics"));
    CHECK(
        alice
            .request("MOVE", "calendar/1.ics", "", {{"Destination", alice.calendars("work/2.ics")}})
            .status == 201);
    CHECK(inbox_items(alice.as("bob")) == 1);
}

TEST_CASE("RFC 6638 3.2.9: who can't be told, and why") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.scheduling.domains = {"example.com", "Müller.example"};
    TestServer alice{{"alice", "bob"}, config};
    REQUIRE(set_acl(alice.as("bob"), "/dav/calendars/bob/inbox/",
                    ace("D:all", "C:schedule-deliver", "deny"))
                .status == 200);
    REQUIRE(alice
                .put("calendar/1.ics",
                     meeting("status", attendee("bob") + attendee("nobody") +
                                           "ATTENDEE:mailto:no@xn--mller-kva.example\r\n"
                                           "ATTENDEE:mailto:no@müller.example\r\n"
                                           "ATTENDEE:mailto:eve@elsewhere.org\r\n"
                                           "ATTENDEE;SCHEDULE-AGENT=CLIENT:mailto:"
                                           "own@elsewhere.org\r\n"))
                .status == 201);
    const auto mine = only_meeting(alice);
    CHECK(has(line_of(mine, "bob"), "SCHEDULE-STATUS=3.8"));
    CHECK(has(line_of(mine, "nobody"), "SCHEDULE-STATUS=3.7"));
    CHECK(has(mine, "SCHEDULE-STATUS=3.7:mailto:no@xn--mller-kva.example"));
    CHECK(has(mine, "SCHEDULE-STATUS=3.7:mailto:no@müller.example"));
    CHECK(has(mine, "SCHEDULE-STATUS=5.2:mailto:eve@elsewhere.org"));  // no mail.route
    CHECK(has(mine, "ATTENDEE;SCHEDULE-AGENT=CLIENT:mailto:own@elsewhere.org"));
    CHECK(members_of(alice.as("bob"), "calendar/").empty());
}

TEST_CASE("RFC 6638 6.2.2: who may not send in somebody's name can't invite for him") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol"};
    REQUIRE(set_acl(alice, "/dav/calendars/alice/calendar/",
                    ace("/dav/principals/users/bob/", "D:read D:write"))
                .status == 200);
    auto& bob = alice.as("bob");
    const auto refused =
        bob.put("/dav/calendars/alice/calendar/1.ics", meeting("name", attendee("carol")));
    CHECK(refused.status == 403);
    CHECK(has(refused.body, "schedule-send-invite"));
    CHECK(has(refused.body, "/dav/calendars/alice/outbox/"));
    CHECK(members_of(alice.as("carol"), "calendar/").empty());
    REQUIRE(set_acl(alice, "/dav/calendars/alice/outbox/",
                    ace("/dav/principals/users/bob/", "C:schedule-send-invite"))
                .status == 200);
    CHECK(
        bob.put("/dav/calendars/alice/calendar/1.ics", meeting("name", attendee("carol"))).status ==
        201);
    CHECK(members_of(alice.as("carol"), "calendar/").size() == 1);
}

TEST_CASE("spellings of addresses lead to the same person") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol", "dave"};
    REQUIRE(
        alice
            .put("calendar/1.ics", meeting("spelling", "ATTENDEE:MAILTO:Bob@Example.COM\r\n"
                                                       "ATTENDEE:mailto:carol+work@example.com\r\n"
                                                       "ATTENDEE:/dav/principals/users/dave/\r\n"))
            .status == 201);
    for (const auto* login : {"bob", "carol", "dave"})
        CHECK(members_of(alice.as(login), "calendar/").size() == 1);
}

TEST_CASE("RFC 5545 3.2.11: a group that is invited is its members") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol", "dave"};
    const auto group = make_group(alice.database(), "team", {"bob", "carol"});
    store::change_principal(alice.database(), group,
                            {.addresses = std::vector<std::string>{"team@example.com"}});
    const auto object = meeting("group", attendee("team") + attendee("carol"));
    REQUIRE(alice.put("calendar/1.ics", object).status == 201);
    const auto mine = only_meeting(alice);
    CHECK(has(line_of(mine, "bob"), "MEMBER=\"mailto:team@example.com\""));
    CHECK(has(line_of(mine, "bob"), "SCHEDULE-STATUS=1.2"));
    CHECK_FALSE(has(line_of(mine, "carol"), "MEMBER"));  // invited by name, too
    CHECK(has(line_of(mine, "team"), "CUTYPE=GROUP"));
    CHECK_FALSE(has(line_of(mine, "team"), "SCHEDULE-STATUS"));
    CHECK(inbox_items(alice.as("bob")) == 1);
    CHECK(inbox_items(alice.as("carol")) == 1);

    std::vector<store::PrincipalId> now;
    for (const auto* login : {"carol", "dave"})
        now.push_back(alice.database().home(login)->principal.id);
    store::set_members(alice.database(), group, now);
    REQUIRE(alice.put("calendar/1.ics", mine).status == 204);
    CHECK(line_of(only_meeting(alice), "bob").empty());
    CHECK(has(only_meeting(alice.as("bob")), "STATUS:CANCELLED"));
    CHECK(inbox_items(alice.as("dave")) == 1);
}

namespace {

/// A group with an address, and a way to see to its meetings at once.
struct Team {
    explicit Team(TestServer& server) : database(server.database()) {}

    void has(const std::vector<std::string>& logins) {
        std::vector<store::PrincipalId> ids;
        for (const auto& login : logins) ids.push_back(database.home(login)->principal.id);
        REQUIRE(store::set_members(database, database.home("team")->principal.id, ids));
    }

    std::size_t follow() {
        return sched::GroupKeeper::follow(database, scheduler, clock::unix_now() + 1);
    }

    store::Database& database;
    sched::Scheduler scheduler{database, sched::Courier::Settings{}};
};

void make_team(TestServer& server, const std::vector<std::string>& logins) {
    const auto group = make_group(server.database(), "team", logins);
    store::change_principal(server.database(), group,
                            {.addresses = std::vector<std::string>{"team@example.com"}});
}

}  // namespace

TEST_CASE("who comes to a group is invited to its meetings, and who leaves it is not any more") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol", "dave"};
    make_team(alice, {"bob", "carol"});
    Team team(alice);
    REQUIRE(
        alice.put("calendar/1.ics", meeting("t1", attendee("team") + attendee("carol"))).status ==
        201);
    CHECK(team.follow() == 0);
    CHECK(inbox_items(alice.as("bob")) == 1);

    team.has({"dave"});
    CHECK(team.follow() == 1);
    const auto mine = only_meeting(alice);
    CHECK(line_of(mine, "bob").empty());
    CHECK(has(line_of(mine, "dave"), "MEMBER=\"mailto:team@example.com\""));
    CHECK(has(line_of(mine, "dave"), "SCHEDULE-STATUS=1.2"));
    CHECK_FALSE(line_of(mine, "carol").empty());  // invited by name, too
    CHECK(has(only_meeting(alice.as("bob")), "STATUS:CANCELLED"));
    CHECK(inbox_items(alice.as("dave")) == 1);
    CHECK_FALSE(has(only_meeting(alice.as("carol")), "CANCELLED"));
    // Nobody is told twice.
    CHECK(team.follow() == 0);
    team.has({"dave"});
    CHECK(team.follow() == 0);
    CHECK(inbox_items(alice.as("dave")) == 1);

    // Whoever has answered stays so.
    answer_with(alice.as("dave"), "ACCEPTED");
    team.has({"dave", "bob"});
    CHECK(team.follow() == 1);
    CHECK(partstat_of(only_meeting(alice), "dave") == "ACCEPTED");
    CHECK_FALSE(has(only_meeting(alice.as("bob")), "STATUS:CANCELLED"));
}

TEST_CASE("who comes to a group is not told of the meetings of a silent calendar") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol"};
    make_team(alice, {"bob"});
    Team team(alice);
    (void)alice.proppatch("calendar/", "<K:silent xmlns:K=\"urn:kalends\">true</K:silent>");
    REQUIRE(alice.put("calendar/1.ics", meeting("quiet", attendee("team"))).status == 201);
    team.has({"bob", "carol"});
    (void)team.follow();
    CHECK_FALSE(line_of(only_meeting(alice), "carol").empty());
    CHECK(members_of(alice.as("carol"), "calendar/").empty());
    CHECK(members_of(alice.as("bob"), "calendar/").empty());
}

TEST_CASE("a group in a group counts, and what is past or without the group stays") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol", "dave"};
    make_team(alice, {"bob"});
    Team team(alice);
    const auto inner = make_group(alice.database(), "inner", {});
    team.has({"bob", "inner"});
    const auto put = [&](const std::string& name, const std::string& lines,
                         const std::string& start) {
        REQUIRE(alice.put("calendar/" + name + ".ics", meeting(name, lines, start)).status == 201);
    };
    put("past", attendee("team"), at_ten(-30));
    put("none", attendee("bob"), at_ten(30));
    put("series", attendee("team") + "RRULE:FREQ=WEEKLY\r\n", at_ten(-30));
    (void)team.follow();
    CHECK(members_of(alice.as("carol"), "calendar/").empty());

    store::set_members(alice.database(), inner, {alice.database().home("carol")->principal.id});
    CHECK(team.follow() == 1);
    const auto theirs = only_meeting(alice.as("carol"));
    CHECK(has(theirs, "UID:series"));
    store::delete_principal(alice.database(), alice.database().home("bob")->principal.id);
    CHECK(team.follow() == 1);
    CHECK(line_of(unfolded(alice.get("calendar/series.ics").body), "bob").empty());
    CHECK_FALSE(line_of(unfolded(alice.get("calendar/past.ics").body), "bob").empty());
}

TEST_CASE("an instance that is past keeps whom the group had then") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol"};
    make_team(alice, {"bob"});
    Team team(alice);
    auto series = meeting("s", attendee("team") + "RRULE:FREQ=WEEKLY\r\n", at_ten(-28));
    const auto instance = [&](int days) {
        auto text = meeting("s", attendee("team") + "RECURRENCE-ID:" + at_ten(days) + "\r\n",
                            at_ten(days, 12));
        const auto begin = text.find("BEGIN:VEVENT");
        return text.substr(begin, text.find("END:VCALENDAR") - begin);
    };
    series.insert(series.find("END:VCALENDAR"), instance(-21) + instance(21));
    REQUIRE(alice.put("calendar/1.ics", series).status == 201);
    team.has({"carol"});
    CHECK(team.follow() == 1);
    const auto mine = only_meeting(alice);
    const auto part = [&](const std::string& from) {
        const auto at = mine.rfind("BEGIN:VEVENT", mine.find(from));
        return mine.substr(at, mine.find("END:VEVENT", at) - at);
    };
    CHECK_FALSE(line_of(part("DTSTART:" + at_ten(-21, 12)), "bob").empty());
    CHECK(line_of(part("DTSTART:" + at_ten(-21, 12)), "carol").empty());
    for (const auto& now : {part("DTSTART:" + at_ten(-28)), part("DTSTART:" + at_ten(21, 12))}) {
        CHECK(line_of(now, "bob").empty());
        CHECK_FALSE(line_of(now, "carol").empty());
    }
    const auto bobs = only_meeting(alice.as("bob"));
    CHECK(has(bobs, "RECURRENCE-ID:" + at_ten(-21)));
}

TEST_CASE("RFC 6638 9.2: the default calendar that somebody chose stays that when it is renamed") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    auto& bob = alice.as("bob");
    const auto default_of = [&] {
        return bob.propfind("inbox/", "C:schedule-default-calendar-URL")
            .only()
            .text("C:schedule-default-calendar-URL");
    };
    const auto choose = [&](const std::string& href) {
        bob.proppatch("inbox/", "<C:schedule-default-calendar-URL><D:href>" + href +
                                    "</D:href></C:schedule-default-calendar-URL>");
    };
    const auto move = [&](const std::string& from, const std::string& to) {
        REQUIRE(bob.request("MOVE", bob.calendars(from), "", {{"Destination", bob.calendars(to)}})
                    .status == 201);
    };
    REQUIRE(bob.request("MKCALENDAR", bob.calendars("work/")).status == 201);
    REQUIRE(bob.request("MKCOL", bob.calendars("folder/")).status == 201);
    CHECK(default_of() == bob.calendars("calendar/"));
    choose(bob.calendars("work/"));
    move("work/", "job%20one/");
    CHECK(default_of() == bob.calendars("job%20one/"));
    move("job%20one/", "folder/job/");
    CHECK(default_of() == bob.calendars("folder/job/"));
    move("folder/", "old/");
    CHECK(default_of() == bob.calendars("old/job/"));
    REQUIRE(alice.put("calendar/1.ics", meeting("d", attendee("bob"))).status == 201);
    CHECK(members_of(bob, bob.calendars("old/job/")).size() == 1);
}

TEST_CASE("RFC 6638 4.3.1.1: the default calendar that somebody chose is not deleted") {
    REQUIRE_POSTGRESQL();
    TestServer bob{"bob"};
    REQUIRE(bob.request("MKCALENDAR", bob.calendars("work/")).status == 201);
    const auto property = "<C:schedule-default-calendar-URL><D:href>" + bob.calendars("work/") +
                          "</D:href></C:schedule-default-calendar-URL>";
    bob.proppatch("inbox/", property);
    const auto reply = bob.erase(bob.calendars("work/"));
    CHECK(reply.status == 403);
    CHECK(has(reply.body, "default-calendar-needed"));
    bob.proppatch("inbox/", "", property);
    CHECK(bob.erase(bob.calendars("work/")).status == 204);
}

TEST_CASE(
    "RFC 6638 3.2.10.2: MOVE and COPY with If-Schedule-Tag-Match, and the tag that they answer") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    auto& bob = alice.as("bob");
    REQUIRE(alice.request("MKCALENDAR", alice.calendars("work/")).status == 201);
    REQUIRE(alice.put("calendar/1.ics", meeting("m", attendee("bob"))).status == 201);
    const auto tag = alice.get("calendar/1.ics").header("Schedule-Tag").value();
    const auto to = [&](const std::string& method, const std::string& from,
                        const std::string& where, const std::string& with_tag) {
        return alice.request(
            method, alice.calendars(from), "",
            {{"Destination", alice.calendars(where)}, {"If-Schedule-Tag-Match", with_tag}});
    };
    CHECK(to("MOVE", "calendar/1.ics", "calendar/2.ics", "\"other\"").status == 412);
    answer_with(bob, "ACCEPTED");  // no reason to fail
    const auto renamed = to("MOVE", "calendar/1.ics", "calendar/2.ics", tag);
    CHECK(renamed.status == 201);
    CHECK(renamed.header("Schedule-Tag") == tag);
    const auto moved = to("MOVE", "calendar/2.ics", "work/3.ics", tag);
    CHECK(moved.status == 201);
    CHECK(moved.header("Schedule-Tag") == tag);
    CHECK(alice.get("work/3.ics").header("Schedule-Tag") == tag);
    CHECK(to("COPY", "work/3.ics", "calendar/4.ics", "\"other\"").status == 412);
    // The condition holds; but one meeting is in one calendar of a home. RFC 6638 3.2.4.1.
    CHECK(to("COPY", "work/3.ics", "calendar/4.ics", tag).status == 403);
    REQUIRE(alice
                .put("calendar/plain.ics",
                     [] {
                         auto plain = meeting("plain", "");
                         const auto at = plain.find("ORGANIZER");
                         return plain.erase(at, plain.find("END:VEVENT") - at);
                     }())
                .status == 201);
    CHECK(to("MOVE", "calendar/plain.ics", "calendar/5.ics", tag).status == 412);
    CHECK_FALSE(alice
                    .request("MOVE", alice.calendars("calendar/plain.ics"), "",
                             {{"Destination", alice.calendars("calendar/5.ics")}})
                    .header("Schedule-Tag"));
}

TEST_CASE("RFC 6638 9.3: who is shown a part of a meeting is told no Schedule-Tag") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol"};
    auto& carol = alice.as("carol");
    auto confidential = meeting("c", attendee("bob"));
    confidential.insert(confidential.find("BEGIN:VEVENT"),
                        "X-CALENDARSERVER-ACCESS:CONFIDENTIAL\r\n");
    REQUIRE(alice.put("calendar/1.ics", confidential).status == 201);
    REQUIRE(alice.put("calendar/2.ics", meeting("open", attendee("bob"))).status == 201);
    REQUIRE(
        set_acl(alice, alice.calendars("calendar/"), ace("/dav/principals/users/carol/", "D:read"))
            .status == 200);
    const auto told = [&](const std::string& name) {
        return carol.propfind(alice.calendars("calendar/" + name), "D:getetag C:schedule-tag")
            .only()
            .text("C:schedule-tag");
    };
    CHECK_FALSE(told("2.ics").empty());
    CHECK(told("1.ics").empty());
}

TEST_CASE("what nobody clears away leaves an inbox after some time, and no calendar") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    auto& bob = alice.as("bob");
    REQUIRE(alice.put("calendar/1.ics", meeting("old", attendee("bob"))).status == 201);
    const auto token = bob.sync("inbox/", "").sync_token();
    (void)store::prune_inboxes(alice.database(), clock::unix_now() - 60);
    CHECK(inbox_items(bob) == 1);
    CHECK(store::prune_inboxes(alice.database(), clock::unix_now() + 60) >= 1);
    CHECK(inbox_items(bob) == 0);
    CHECK(bob.sync("inbox/", token).hrefs().size() == 1);  // told as any deletion
    CHECK(has(only_meeting(bob), "UID:old"));
}

TEST_CASE("a forged organizer changes nobody's meeting") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "eve"};
    REQUIRE(alice.put("calendar/1.ics", meeting("forged", attendee("bob"))).status == 201);
    auto forged = meeting("forged", attendee("bob"), at_ten(50));
    auto& eve = alice.as("eve");
    // Stored as somebody else's meeting in which eve has no part: nobody is told.
    CHECK(eve.put("calendar/1.ics", forged).status < 500);
    for (auto at = forged.find("alice"); at != std::string::npos; at = forged.find("alice"))
        forged.replace(at, 5, "eve");
    CHECK(eve.put("calendar/2.ics", forged).status < 500);
    CHECK(has(only_meeting(alice.as("bob")), "DTSTART:" + at_ten(30)));
    CHECK(inbox_items(alice.as("bob")) == 1);
    CHECK(has(only_meeting(alice), "DTSTART:" + at_ten(30)));
}

TEST_CASE("RFC 6638 3.2.4.4: nobody attends what the organizer does not know of") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "carol"};
    auto& bob = alice.as("bob");
    const auto of_nothing = bob.put("calendar/1.ics", meeting("unknown", attendee("bob")));
    CHECK(of_nothing.status == 403);
    CHECK(has(of_nothing.body, "allowed-attendee-scheduling-object-change"));
    REQUIRE(alice.put("calendar/1.ics", meeting("crash", attendee("carol"))).status == 201);
    CHECK(bob.put("calendar/1.ics", meeting("crash", attendee("bob", "ACCEPTED"))).status == 403);
    // Where no answer is to be sent, it may be kept: the server says so.
    REQUIRE(bob.put("calendar/1.ics", meeting("other", attendee("carol"))).status == 201);
    const auto kept = only_meeting(bob);
    CHECK(has(kept, "SCHEDULE-AGENT=NONE"));
    CHECK(has(kept, "SCHEDULE-STATUS=5.3"));
}

TEST_CASE("RFC 6638 7.1: who attends a meeting elsewhere says who answers") {
    REQUIRE_POSTGRESQL();
    TestServer bob{"bob"};
    const auto from_elsewhere = [](const std::string& agent) {
        auto text = meeting("elsewhere", attendee("bob"));
        const auto line = "ORGANIZER:" + mailto("alice");
        return text.replace(text.find(line), line.size(),
                            "ORGANIZER" + agent + ":mailto:alice@elsewhere.org");
    };
    for (const auto* agent : {"", ";SCHEDULE-AGENT=NONE", ";SCHEDULE-AGENT=CLIENT", ""}) {
        CAPTURE(agent);
        CHECK(bob.put("calendar/1.ics", from_elsewhere(agent)).status < 300);
        CHECK(has(only_meeting(bob), std::string("ORGANIZER") + agent + ":mailto:alice@else"));
    }
}

TEST_CASE("a meeting with the UID of one's own event leaves that alone") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    auto& bob = alice.as("bob");
    auto own = meeting("same", "");
    const auto people = own.find("ORGANIZER");
    own.erase(people, own.find("END:VEVENT") - people);
    own.replace(own.find("SUMMARY:Plan"), 12, "SUMMARY:Mine");
    REQUIRE(bob.put("calendar/own.ics", own).status == 201);
    REQUIRE(alice.put("calendar/1.ics", meeting("same", attendee("bob"))).status == 201);
    const auto all = members_of(bob, "calendar/");
    REQUIRE(all.size() == 2);
    int own_left = 0;
    for (const auto& each : all) own_left += has(bob.get(each).body, "SUMMARY:Mine") ? 1 : 0;
    CHECK(own_left == 1);
}

TEST_CASE("RFC 6638 3.2.9: another's meeting with the UID of one that somebody has is rejected") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "mallory"};
    REQUIRE(alice.put("calendar/1.ics", meeting("forged", attendee("bob"))).status == 201);
    auto forged = meeting("forged", attendee("bob"));
    forged.replace(forged.find("ORGANIZER:" + mailto("alice")), 10 + mailto("alice").size(),
                   "ORGANIZER:" + mailto("mallory"));
    auto& mallory = alice.as("mallory");
    REQUIRE(mallory.put("calendar/1.ics", forged).status == 201);
    for (const auto* login : {"alice", "bob"})
        CHECK(has(line_of(only_meeting(mallory), login), "SCHEDULE-STATUS=5.3"));
    CHECK(has(only_meeting(alice.as("bob")), "ORGANIZER:" + mailto("alice")));
}

TEST_CASE("inbox and outbox can't be written, moved or deleted") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    REQUIRE(alice.put("calendar/1.ics", meeting("boxes", attendee("bob"))).status == 201);
    auto& bob = alice.as("bob");
    CHECK(bob.put("inbox/1.ics", meeting("boxes", "")).status == 403);
    CHECK(bob.put("outbox/1.ics", meeting("boxes", "")).status == 403);
    CHECK(bob.erase("inbox/").status == 403);
    CHECK(bob.erase("outbox/").status == 403);
    CHECK(bob.request("MOVE", "inbox/", "", {{"Destination", bob.calendars("other/")}}).status ==
          403);
    CHECK(bob.request("MKCALENDAR", "inbox/").status == 403);
    const auto item = members_of(bob, "inbox/").front();
    CHECK(
        bob.request("MOVE", item, "", {{"Destination", bob.calendars("calendar/x.ics")}}).status ==
        403);
    CHECK(bob.erase(item).status == 204);
    CHECK(bob.propfind("inbox/", "D:resourcetype")
              .only()
              .element("D:resourcetype")
              ->child(qualified("C:schedule-inbox")) != nullptr);
}

TEST_CASE("RFC 6638 9.2: invitations go to the default calendar") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    auto& bob = alice.as("bob");
    REQUIRE(bob.request("MKCALENDAR", "work/").status == 201);
    const auto set = [&](const std::string& href) {
        return bob
            .proppatch("inbox/", "<C:schedule-default-calendar-URL><D:href>" + href +
                                     "</D:href></C:schedule-default-calendar-URL>")
            .only()
            .status_of("C:schedule-default-calendar-URL");
    };
    CHECK(set("/dav/calendars/alice/calendar/") == 403);
    CHECK(set("/dav/calendars/bob/nowhere/") == 403);
    CHECK(set("/dav/calendars/bob/work/") == 200);
    REQUIRE(alice.put("calendar/1.ics", meeting("default", attendee("bob"))).status == 201);
    CHECK(members_of(bob, "work/").size() == 1);
    CHECK(members_of(bob, "calendar/").empty());
}

TEST_CASE("a room accepts when it is free, and declines when it is not") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob", "admin"};
    const auto room = make_room(alice, "blue", store::Acceptance::when_free);
    REQUIRE(alice.put("calendar/1.ics", meeting("first", attendee(room))).status == 201);
    CHECK(partstat_of(only_meeting(alice), room) == "ACCEPTED");
    auto& admin = alice.as("admin");
    CHECK(partstat_of(only_meeting(admin, room), room) == "ACCEPTED");
    CHECK(members_of(admin, "/dav/calendars/blue/inbox/").empty());

    REQUIRE(alice.put("calendar/2.ics", meeting("second", attendee(room))).status == 201);
    CHECK(partstat_of(unfolded(alice.get("calendar/2.ics").body), room) == "DECLINED");

    REQUIRE(alice.erase("calendar/1.ics").status == 204);  // free again
    REQUIRE(alice.put("calendar/3.ics", meeting("third", attendee(room))).status == 201);
    CHECK(partstat_of(unfolded(alice.get("calendar/3.ics").body), room) == "ACCEPTED");
}

TEST_CASE("a room declines the instances that clash, and accepts the others") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "admin"};
    const auto room = make_room(alice, "green", store::Acceptance::when_free);
    REQUIRE(alice.put("calendar/1.ics", meeting("single", attendee(room), at_ten(31))).status ==
            201);
    REQUIRE(alice
                .put("calendar/2.ics",
                     meeting("series", "RRULE:FREQ=DAILY;COUNT=3\r\n" + attendee(room)))
                .status == 201);
    const auto series = unfolded(alice.get("calendar/2.ics").body);
    const auto clash = series.find("RECURRENCE-ID:" + at_ten(31));
    REQUIRE(clash != std::string::npos);
    const auto begin = series.rfind("BEGIN:VEVENT", clash);
    const auto end = series.find("END:VEVENT", clash);
    CHECK(partstat_of(series.substr(begin, end - begin), room) == "DECLINED");
    auto others = series;
    others.erase(begin, end - begin);
    CHECK(partstat_of(others, room) == "ACCEPTED");
}

TEST_CASE("RFC 6638 3.2.6: a room is free in the instances that it is not invited to any more") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "admin"};
    const auto room = make_room(alice, "yellow", store::Acceptance::when_free);
    const auto instance = [&](int day) {
        const auto single = meeting(
            "series", "RECURRENCE-ID:" + at_ten(day) + "\r\n" + attendee(room), at_ten(day));
        const auto begin = single.find("BEGIN:VEVENT");
        return single.substr(begin, single.find("END:VCALENDAR") - begin);
    };
    const auto series = [&](const std::string& instances) {
        auto object = meeting("series", "RRULE:FREQ=DAILY;COUNT=5\r\n");
        return object.insert(object.find("END:VCALENDAR"), instances);
    };
    REQUIRE(alice.put("calendar/1.ics", series(instance(31) + instance(32))).status == 201);
    REQUIRE(alice.put("calendar/1.ics", series(instance(32))).status == 204);
    auto& admin = alice.as("admin");
    const auto booked = only_meeting(admin, "yellow");
    CHECK_FALSE(has(booked, "RECURRENCE-ID:" + at_ten(31)));
    CHECK(has(booked, "RECURRENCE-ID:" + at_ten(32)));

    // Somebody else's meeting with the same UID and other instances does not take its place.
    auto others = series(instance(40));
    for (auto at = others.find("alice"); at != std::string::npos; at = others.find("alice"))
        others.replace(at, 5, "admin");
    (void)admin.put("calendar/1.ics", others);
    const auto still = only_meeting(admin, "yellow");
    CHECK(has(still, "RECURRENCE-ID:" + at_ten(32)));
    CHECK_FALSE(has(still, "RECURRENCE-ID:" + at_ten(40)));
}

TEST_CASE("nobody is asked to decide on a meeting that is over") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "admin"};
    const auto room = make_room(alice, "late", store::Acceptance::when_free);
    REQUIRE(alice.put("calendar/1.ics", meeting("past", attendee(room), at_ten(-3))).status == 201);
    CHECK(partstat_of(only_meeting(alice), room) == "NEEDS-ACTION");
    CHECK(members_of(alice.as("admin"), "/dav/calendars/late/inbox/").empty());
}

TEST_CASE("other ways to book: by hand, never, beyond the horizon") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "admin"};
    const auto by_hand = make_room(alice, "hand", store::Acceptance::manual);
    const auto never = make_room(alice, "never", store::Acceptance::never);
    const auto soon = make_room(alice, "soon", store::Acceptance::when_free, 7);
    REQUIRE(alice
                .put("calendar/1.ics",
                     meeting("ways", attendee(by_hand) + attendee(never) + attendee(soon)))
                .status == 201);
    const auto mine = only_meeting(alice);
    CHECK(partstat_of(mine, by_hand) == "TENTATIVE");
    CHECK(partstat_of(mine, never) == "NEEDS-ACTION");
    CHECK(partstat_of(mine, soon) == "DECLINED");

    auto& admin = alice.as("admin");  // a person approves
    const auto href = members_of(admin, "/dav/calendars/hand/calendar/").front();
    CHECK(admin.put(href, with_partstat(unfolded(admin.get(href).body), by_hand, "ACCEPTED"))
              .status == 204);
    CHECK(partstat_of(only_meeting(alice), by_hand) == "ACCEPTED");
}

TEST_CASE("a room that declines everybody accepts those of its group when it is free") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    const auto room = make_room(alice, "van", store::Acceptance::decline);
    auto& db = alice.database();
    const auto id = [&](const std::string& login) { return db.home(login)->principal.id; };
    const auto group = [&](const std::string& login, const std::vector<std::string>& members) {
        const auto made = directory::create_user(
            db, {.kind = store::PrincipalKind::group, .login = login, .display_name = ""});
        std::vector<store::PrincipalId> ids;
        for (const auto& each : members) ids.push_back(id(each));
        store::add_members(db, made, ids);
        return made;
    };
    group("drivers", {"alice"});
    const store::PrincipalName movers{
        .id = group("movers", {"drivers"}), .kind = store::PrincipalKind::group, .login = "movers"};
    store::set_booking(db, id(room), {.acceptance = store::Acceptance::decline, .group = movers});
    CHECK(store::booking(db, id(room)).group->login == "movers");
    const auto said_to = [&](User& who, const std::string& uid) {
        const auto path = "calendar/" + uid + ".ics";
        REQUIRE(who.put(path, meeting(uid, attendee(room), at_ten(30), who.login())).status == 201);
        return partstat_of(unfolded(who.get(path).body), room);
    };
    CHECK(said_to(alice.as("bob"), "others") == "DECLINED");
    CHECK(said_to(alice, "first") == "ACCEPTED");
    CHECK(said_to(alice, "second") == "DECLINED");  // it is booked
    store::delete_principal(db, movers.id);
    CHECK_FALSE(store::booking(db, id(room)).group);
}

TEST_CASE("a room is never booked twice, whoever asks at the same moment") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "admin"};
    const auto room = make_room(alice, "rush", store::Acceptance::when_free);
    constexpr int clients = 6;
    constexpr int each = 4;
    std::vector<std::thread> threads;
    for (int client = 0; client < clients; ++client)
        threads.emplace_back([&, client] {
            User user(alice.port(), "alice");
            for (int i = 0; i < each; ++i) {
                const auto uid = "rush-" + std::to_string(client) + "-" + std::to_string(i);
                (void)user.put("calendar/" + uid + ".ics",
                               meeting(uid, attendee(room), at_ten(30 + i)));
            }
        });
    for (auto& thread : threads) thread.join();
    int accepted = 0;
    for (const auto& href : members_of(alice, "calendar/"))
        accepted += partstat_of(unfolded(alice.get(href).body), room) == "ACCEPTED" ? 1 : 0;
    CHECK(members_of(alice, "calendar/").size() == clients * each);
    CHECK(accepted == each);
}

TEST_CASE("answers at the same moment are all kept") {
    REQUIRE_POSTGRESQL();
    const std::vector<std::string> people{"p1", "p2", "p3", "p4", "p5", "p6"};
    TestServer alice{"alice", "p1", "p2", "p3", "p4", "p5", "p6"};
    std::string lines;
    for (const auto& login : people) lines += attendee(login);
    REQUIRE(alice.put("calendar/1.ics", meeting("many", lines)).status == 201);
    std::vector<std::thread> threads;
    for (const auto& login : people)
        threads.emplace_back([&, login] {
            User user(alice.port(), login);
            const auto href = members_of(user, "calendar/").front();
            for (const auto* partstat : {"TENTATIVE", "ACCEPTED"})
                (void)user.put(href, with_partstat(unfolded(user.get(href).body), login, partstat));
        });
    for (auto& thread : threads) thread.join();
    for (const auto& login : people) CHECK(partstat_of(only_meeting(alice), login) == "ACCEPTED");
    CHECK(store::count_deliveries(alice.database()) == 0);
    for (const auto& login : people)
        for (const auto& other : people)
            CHECK(partstat_of(only_meeting(alice.as(login)), other) == "ACCEPTED");
}

TEST_CASE("more than is delivered at once follows in the background, with the same result") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.scheduling.at_once = 1;
    TestServer alice{{"alice", "bob", "carol", "dave"}, config};
    REQUIRE(alice
                .put("calendar/1.ics",
                     meeting("background", attendee("bob") + attendee("carol") + attendee("dave")))
                .status == 201);
    const auto deadline = clock::steady() + std::chrono::seconds{20};
    while (store::count_deliveries(alice.database()) > 0 && clock::steady() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    for (const auto* login : {"bob", "carol", "dave"}) {
        CHECK(members_of(alice.as(login), "calendar/").size() == 1);
        CHECK(inbox_items(alice.as(login)) == 1);
    }
}

TEST_CASE("the same PUT twice tells nobody twice") {
    REQUIRE_POSTGRESQL();
    TestServer alice{"alice", "bob"};
    const auto object = meeting("twice", attendee("bob"));
    REQUIRE(alice.put("calendar/1.ics", object).status == 201);
    REQUIRE(alice.put("calendar/1.ics", object).status == 204);
    CHECK(inbox_items(alice.as("bob")) == 1);
}

TEST_CASE("with scheduling.enabled = false meetings are stored, and nobody is told") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.scheduling.enabled = false;
    TestServer alice{{"alice", "bob"}, config};
    const auto put = alice.put("calendar/1.ics", meeting("quiet", attendee("bob")));
    CHECK(put.status == 201);
    CHECK(put.header("ETag"));
    CHECK(members_of(alice.as("bob"), "calendar/").empty());
}
