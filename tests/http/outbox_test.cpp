// Requests for busy time, posted to an outbox, and the availability that counts with it.

#include "directory/directory.hpp"
#include "http/acl_support.hpp"
#include "http/publisher.hpp"
#include "store/principals.hpp"
#include "support/test_server.hpp"
#include "xml/document.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using namespace kalends::test;

namespace {

const Fields calendar_type{{"Content-Type", "text/calendar; charset=utf-8"}};

std::string outbox(const std::string& login) { return "/dav/calendars/" + login + "/outbox/"; }
std::string inbox(const std::string& login) { return "/dav/calendars/" + login + "/inbox/"; }

/// Everybody has "login@example.com".
void give_addresses(TestServer& server, std::initializer_list<std::string> logins) {
    for (const auto& login : logins) {
        const auto id = server.database().home(login)->principal.id;
        store::change_principal(server.database(), id,
                                {.addresses = std::vector<std::string>{login + "@example.com"}});
    }
}

std::string question(const std::string& organizer, const std::vector<std::string>& attendees,
                     const std::string& lines = "") {
    std::string text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nMETHOD:REQUEST\r\n"
                       "BEGIN:VFREEBUSY\r\nUID:asked\r\nDTSTAMP:20260101T000000Z\r\n"
                       "ORGANIZER:mailto:" +
                       organizer + "@example.com\r\n";
    for (const auto& attendee : attendees) text += "ATTENDEE:" + attendee + "\r\n";
    return text + "DTSTART:20270104T000000Z\r\nDTEND:20270105T000000Z\r\n" + lines +
           "END:VFREEBUSY\r\nEND:VCALENDAR\r\n";
}

struct Answer {
    std::string recipient, status, data, error;
};

std::vector<Answer> answers(const Reply& reply) {
    INFO(reply.body);
    REQUIRE(reply.status == 200);
    std::vector<Answer> result;
    const auto root = xml::parse(reply.body);
    CHECK(root->is({xml::caldav, "schedule-response"}));
    for (const auto* child : root->children()) {
        const auto& response = *child;
        CHECK(response.is({xml::caldav, "response"}));
        Answer answer;
        answer.recipient =
            response.child({xml::caldav, "recipient"})->child({xml::dav, "href"})->text();
        answer.status = response.child({xml::caldav, "request-status"})->text();
        if (const auto* data = response.child({xml::caldav, "calendar-data"}))
            answer.data = data->text();
        if (const auto* error = response.child({xml::dav, "error"}))
            answer.error = error->children().front()->name.local;
        result.push_back(answer);
    }
    return result;
}

std::vector<Answer> ask(TestServer& server, const std::vector<std::string>& attendees,
                        const std::string& lines = "") {
    return answers(server.request("POST", outbox("alice"), question("alice", attendees, lines),
                                  calendar_type));
}

void put_event(User& user, const std::string& uid, const std::string& hour,
               const std::string& lines = "") {
    REQUIRE(user.put("calendar/" + uid + ".ics",
                     "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:" + uid +
                         "\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20270104T" + hour +
                         "0000Z\r\nDURATION:PT1H\r\n" + lines + "END:VEVENT\r\nEND:VCALENDAR\r\n")
                .status == 201);
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("RFC 6638 5: a request for busy time is answered for each recipient") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob", "carol"};
    give_addresses(server, {"alice", "bob", "carol"});
    put_event(server.as("bob"), "1", "09");
    put_event(server.as("bob"), "2", "12", "STATUS:TENTATIVE\r\n");
    const auto found = ask(server, {"mailto:bob@example.com", "MAILTO:Carol@example.com",
                                    "mailto:nobody@example.com", "/dav/principals/users/alice/"});
    REQUIRE(found.size() == 4);
    CHECK(found[0].recipient == "mailto:bob@example.com");
    CHECK(found[0].status == "2.0;Success");
    CHECK(has(found[0].data, "METHOD:REPLY\r\n"));
    CHECK(has(found[0].data, "UID:asked\r\n"));
    CHECK(has(found[0].data, "ORGANIZER:mailto:alice@example.com\r\n"));
    CHECK(has(found[0].data, "ATTENDEE:mailto:bob@example.com\r\n"));
    CHECK(has(found[0].data, "FREEBUSY;FBTYPE=BUSY:20270104T090000Z/PT1H\r\n"));
    CHECK(has(found[0].data, "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270104T120000Z/PT1H\r\n"));
    CHECK(found[1].status == "2.0;Success");
    CHECK_FALSE(has(found[1].data, "FREEBUSY;"));
    CHECK(found[2].status == "3.7;Invalid calendar user");
    CHECK(found[2].error == "recipient-exists");
    CHECK(found[2].data.empty());
    CHECK(found[3].status == "2.0;Success");
}

TEST_CASE("a meeting of the asker that is masked makes nobody busy") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    give_addresses(server, {"alice", "bob"});
    put_event(server.as("bob"), "private", "09");
    put_event(server, "own", "10");
    const auto busy = [&](const std::string& who, const std::string& uid) {
        return has(ask(server, {"mailto:" + who + "@example.com"},
                       "X-CALENDARSERVER-MASK-UID:" + uid + "\r\n")[0]
                       .data,
                   "FREEBUSY;");
    };
    CHECK_FALSE(busy("alice", "own"));
    CHECK(busy("alice", "other"));
    CHECK(busy("bob", "private"));
}

TEST_CASE("RFC 6638 6.1.4: who denies it is not asked, a transparent calendar tells nothing") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    give_addresses(server, {"alice", "bob"});
    auto& bob = server.as("bob");
    put_event(bob, "1", "09");
    bob.proppatch("calendar/", "<C:schedule-calendar-transp><C:transparent/>"
                               "</C:schedule-calendar-transp>");
    CHECK_FALSE(has(ask(server, {"mailto:bob@example.com"})[0].data, "FREEBUSY;"));
    REQUIRE(set_acl(bob, inbox("bob"),
                    ace("/dav/principals/users/alice/", "C:schedule-query-freebusy", "deny"))
                .status == 200);
    const auto denied = ask(server, {"mailto:bob@example.com"});
    CHECK(denied[0].status == "3.8;No authority");
    CHECK(denied[0].data.empty());
}

TEST_CASE("RFC 6638 9.1: older clients say by a list which calendars make their owner busy") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    give_addresses(server, {"alice", "bob"});
    auto& bob = server.as("bob");
    REQUIRE(bob.request("MKCALENDAR", bob.calendars("work/")).status == 201);
    put_event(bob, "1", "09");
    const auto property = [](const std::vector<std::string>& calendars) {
        std::string text = "<C:calendar-free-busy-set>";
        for (const auto& each : calendars) text += "<D:href>" + each + "</D:href>";
        return text + "</C:calendar-free-busy-set>";
    };
    const auto set = [&](const std::vector<std::string>& calendars) {
        return bob.proppatch(inbox("bob"), property(calendars))
            .only()
            .status_of("C:calendar-free-busy-set");
    };
    const auto listed = [&] {
        return bob.propfind(inbox("bob"), "C:calendar-free-busy-set")
            .only()
            .text("C:calendar-free-busy-set");
    };
    const auto is_transparent = [&](const std::string& calendar) {
        return bob.propfind(calendar, "C:schedule-calendar-transp")
                   .only()
                   .children("C:schedule-calendar-transp") ==
               std::vector<std::string>{"C:transparent"};
    };
    const auto usual = bob.calendars("calendar/");
    const auto work = bob.calendars("work/");
    CHECK(listed() == usual + work);  // tasks make nobody busy

    CHECK(set({work}) == 200);
    CHECK(listed() == work);
    CHECK(is_transparent(usual));
    CHECK_FALSE(is_transparent(work));
    CHECK_FALSE(has(ask(server, {"mailto:bob@example.com"})[0].data, "FREEBUSY;"));

    CHECK(set({work, bob.calendars("nowhere/")}) == 403);
    CHECK(set({"/dav/calendars/alice/calendar/"}) == 403);
    CHECK(bob.proppatch(inbox("bob"), "", property({}))
              .only()
              .status_of("C:calendar-free-busy-set") == 403);
    CHECK(listed() == work);

    CHECK(set({usual, work}) == 200);
    CHECK(listed() == usual + work);
    CHECK(has(ask(server, {"mailto:bob@example.com"})[0].data, "FREEBUSY;"));
    CHECK(set({}) == 200);
    CHECK(listed().empty());

    // What is changed in another collection takes what it takes there. RFC 4918 7
    REQUIRE(bob.request("LOCK", work,
                        xml_body("D:lockinfo", "<D:lockscope><D:exclusive/></D:lockscope>"
                                               "<D:locktype><D:write/></D:locktype>"))
                .status == 200);
    CHECK(bob.proppatch(inbox("bob"), property({work})).status() == 423);
    CHECK(set({usual}) == 200);
}

TEST_CASE("RFC 7953 7.2.4: the availability on one's inbox counts; what is none is refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    give_addresses(server, {"alice", "bob"});
    auto& bob = server.as("bob");
    const auto set = [&](const std::string& property, const std::string& inner) {
        const auto reply =
            bob.proppatch(inbox("bob"), "<" + property + ">BEGIN:VCALENDAR\nVERSION:2.0\n" + inner +
                                            "END:VCALENDAR\n</" + property + ">");
        return reply.members().at(0).status_of(property);
    };
    const std::string hours =
        "BEGIN:VAVAILABILITY\nUID:1\nBEGIN:AVAILABLE\nUID:2\nDTSTART:20270101T080000Z\n"
        "DTEND:20270101T170000Z\nRRULE:FREQ=DAILY\nEND:AVAILABLE\nEND:VAVAILABILITY\n";
    for (const std::string property : {"C:calendar-availability", "CS:calendar-availability"}) {
        CAPTURE(property);
        CHECK(set(property, hours) == 200);
        CHECK(set(property, "") == 403);
        CHECK(set(property, hours + hours) == 403);
        const auto data = ask(server, {"mailto:bob@example.com"})[0].data;
        CHECK(has(data, "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270104T000000Z/20270104T080000Z,"));
    }
}

TEST_CASE("RFC 6638 5.2: what an outbox refuses") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    give_addresses(server, {"alice", "bob"});
    const std::string good = question("alice", {"mailto:bob@example.com"});
    const struct {
        std::string path, body;
        Fields headers;
        int status;
        std::string precondition;
    } rows[] = {
        {outbox("alice"), good, {{"Content-Type", "text/plain"}}, 403, "supported-calendar-data"},
        {outbox("alice"), "<x/>", calendar_type, 403, "valid-calendar-data"},
        {outbox("alice"), question("alice", {}), calendar_type, 400, "valid-scheduling-message"},
        {outbox("alice"), question("bob", {"mailto:bob@example.com"}), calendar_type, 403,
         "valid-organizer"},
        {outbox("alice"), question("nobody", {"mailto:bob@example.com"}), calendar_type, 403,
         "valid-organizer"},
        {inbox("alice"), good, calendar_type, 403, ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.precondition);
        const auto reply = server.request("POST", row.path, row.body, row.headers);
        CHECK(reply.status == row.status);
        CHECK(has(reply.body, row.precondition));
    }
    CHECK(server.as("bob").request("POST", outbox("alice"), good, calendar_type).status >= 403);
}

TEST_CASE("an extended request tells the events that the asker may read") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob", "carol"};
    give_addresses(server, {"alice", "bob", "carol"});
    const auto summary = [](const std::string& text) { return "SUMMARY:" + text + "\r\n"; };
    const auto daily =
        "RRULE:FREQ=DAILY\r\nORGANIZER;CN=Bob:mailto:b@other.example\r\nLOCATION:Hall\r\n";
    put_event(server.as("bob"), "1", "09", summary("Open") + daily);
    put_event(server.as("bob"), "2", "11", summary("Free") + "TRANSP:TRANSPARENT\r\n");
    put_event(server.as("carol"), "3", "10", summary("Hidden"));
    put_event(server, "4", "12", summary("Own"));
    auto& bob = server.as("bob");
    REQUIRE(bob.put("calendar/5.ics",
                    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n"
                    "X-CALENDARSERVER-ACCESS:PRIVATE\r\nBEGIN:VEVENT\r\nUID:5\r\n"
                    "DTSTAMP:20260101T000000Z\r\nDTSTART:20270104T150000Z\r\nDURATION:PT1H\r\n"
                    "SUMMARY:Secret\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
                .status == 201);
    REQUIRE(set_acl(bob, bob.calendars("calendar/"), ace("/dav/principals/users/alice/", "D:read"))
                .status == 200);
    const auto found = ask(
        server, {"mailto:alice@example.com", "mailto:bob@example.com", "mailto:carol@example.com"},
        "X-CALENDARSERVER-EXTENDED-FREEBUSY:T\r\n");
    REQUIRE(found.size() == 3);
    CHECK(has(found[0].data, "SUMMARY:Own\r\n"));
    CHECK(has(found[1].data, "END:VFREEBUSY\r\nBEGIN:VEVENT\r\n"));
    CHECK(has(found[1].data, "DTSTART:20270104T090000Z\r\n"));
    CHECK(has(found[1].data, "SUMMARY:Open\r\n"));
    CHECK(has(found[1].data, "LOCATION:Hall\r\n"));
    CHECK(has(found[1].data, "ORGANIZER;CN=Bob:mailto:b@other.example\r\n"));
    CHECK_FALSE(has(found[1].data, "RRULE"));
    CHECK_FALSE(has(found[1].data, "Free"));
    CHECK_FALSE(has(found[1].data, "Secret"));
    CHECK(has(found[2].data, "FREEBUSY;FBTYPE=BUSY:20270104T100000Z/PT1H\r\n"));
    CHECK_FALSE(has(found[2].data, "VEVENT"));
    CHECK_FALSE(has(ask(server, {"mailto:bob@example.com"})[0].data, "VEVENT"));
    CHECK_FALSE(
        has(ask(server, {"mailto:bob@example.com"},
                "X-CALENDARSERVER-EXTENDED-FREEBUSY:T\r\nX-CALENDARSERVER-MASK-UID:1\r\n")[0]
                .data,
            "SUMMARY:Open"));
}

TEST_CASE("an extended request tells who has booked a room, and nothing else of that meeting") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    give_addresses(server, {"alice", "bob"});
    if (const auto old = server.database().home("hall"))
        store::delete_principal(server.database(), old->principal.id);
    directory::create_user(server.database(), {.kind = store::PrincipalKind::location,
                                               .login = "hall",
                                               .addresses = {"hall@example.com"}});
    put_event(server.as("bob"), "1", "09",
              "SUMMARY:Layoffs\r\nLOCATION:Hall\r\nORGANIZER:mailto:bob@example.com\r\n"
              "ATTENDEE:mailto:hall@example.com\r\n");
    const auto hall =
        ask(server, {"mailto:hall@example.com"}, "X-CALENDARSERVER-EXTENDED-FREEBUSY:T\r\n")[0]
            .data;
    INFO(hall);
    CHECK(has(hall, "ORGANIZER;CN=bob:mailto:bob@example.com\r\n"));
    CHECK(has(hall, "DTSTART:20270104T090000Z\r\n"));
    CHECK_FALSE(has(hall, "Layoffs"));
    CHECK_FALSE(has(hall, "LOCATION"));
    CHECK_FALSE(has(hall, "VEVENT\r\nATTENDEE"));
}

TEST_CASE("RFC 2739 2.3.1: the outbox tells what people from outside publish") {
    REQUIRE_POSTGRESQL();
    const Publisher publisher("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VFREEBUSY\r\n"
                              "DTSTART:20270104T060000Z\r\nDTEND:20270106T000000Z\r\n"
                              "FREEBUSY:20270104T090000Z/PT1H\r\nEND:VFREEBUSY\r\n"
                              "END:VCALENDAR\r\n");
    auto config = test_config();
    config.scheduling.free_busy_urls = "anywhere";
    TestServer server({"alice"}, config);
    give_addresses(server, {"alice"});
    const auto card = [&](const std::string& name, const std::string& url) {
        REQUIRE(server
                    .put(server.books("contacts/" + name + ".vcf"),
                         "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + name + "\r\nFN:" + name +
                             "\r\nN:" + name + ";;;;\r\nEMAIL:" + name +
                             "@outside.example\r\nFBURL:" + url + "\r\nEND:VCARD\r\n")
                    .status == 201);
    };
    card("jane", publisher.url("/jane.ifb"));
    card("gone", publisher.url("/gone.ifb"));
    const auto found = ask(server, {"mailto:Jane@outside.example", "mailto:gone@outside.example",
                                    "mailto:nobody@outside.example"});
    CHECK(found[0].status == "2.0;Success");
    CHECK(has(found[0].data, "ATTENDEE:mailto:Jane@outside.example\r\n"));
    CHECK(has(found[0].data, "FREEBUSY;FBTYPE=BUSY:20270104T090000Z/PT1H\r\n"));
    CHECK(has(found[0].data,
              "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270104T000000Z/20270104T060000Z\r\n"));
    CHECK(found[1].status == "5.1;Service unavailable");
    CHECK(found[1].data.empty());
    CHECK(found[2].status == "3.7;Invalid calendar user");

    config.scheduling.free_busy_urls = "never";
    TestServer other({"alice"}, config);
    give_addresses(other, {"alice"});
    CHECK(ask(other, {"mailto:jane@outside.example"})[0].status == "3.7;Invalid calendar user");
}
