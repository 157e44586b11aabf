// The best times for a meeting, through the whole server.

#include "directory/directory.hpp"
#include "http/acl_support.hpp"
#include "http/publisher.hpp"
#include "json/json.hpp"
#include "store/bookings.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using namespace kalends::test;

namespace {

const std::string path = "/api/v1/meeting-times";
const Fields json_type{{"Content-Type", "application/json"}};

/// Monday, 4 January 2027, from eight to six, for an hour.
const std::string monday =
    R"("from": "2027-01-04T08:00:00Z", "to": "2027-01-04T18:00:00Z", "duration": 60)";

Reply ask(TestServer& server, const std::string& fields) {
    return server.request("POST", path, "{" + fields + "}", json_type);
}

json::Object found(TestServer& server, const std::string& fields) {
    const auto reply = ask(server, fields);
    INFO(reply.body);
    REQUIRE(reply.status == 200);
    return json::parse_object(reply.body).value();
}

/// "09:00 free alice bob, busy carol; …" of the first `count` slots.
std::string slots(const json::Object& answer, std::size_t count = 1) {
    std::string result;
    for (const auto& slot : json::objects_of(answer, "slots")) {
        if (count-- == 0) break;
        if (!result.empty()) result += "; ";
        result += json::text_of(slot, "start").substr(11, 5);
        std::string separator = " ";
        for (const auto& state : slot.at("attendees").get_object()) {
            result.append(separator).append(state.key().data(), state.key().size());
            for (const auto& who : json::texts_of(slot.at("attendees").get_object(), state.key()))
                result += " " + who;
            separator = ", ";
        }
    }
    return result;
}

std::string event(const std::string& uid, const std::string& start, const std::string& end,
                  const std::string& lines = "") {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:" + uid +
           "\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20270104T" + start + "\r\nDTEND:20270104T" +
           end + "\r\n" + lines + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

void put_event(User& user, const std::string& uid, const std::string& start, const std::string& end,
               const std::string& lines = "") {
    REQUIRE(user.put("calendar/" + uid + ".ics", event(uid, start, end, lines)).status == 201);
}

void make_room(TestServer& server, const std::string& login, const store::Booking& booking) {
    auto& db = server.database();
    if (const auto old = db.home(login)) store::delete_principal(db, old->principal.id);
    const auto id = directory::create_user(
        db, {.kind = store::PrincipalKind::location, .login = login, .display_name = login});
    store::set_booking(db, id, booking);
}

}  // namespace

TEST_CASE("the best time is when all required are free, in working hours") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob", "carol"};
    put_event(server, "1", "090000Z", "110000Z");
    put_event(server.as("bob"), "2", "110000Z", "130000Z", "STATUS:TENTATIVE\r\n");
    put_event(server.as("bob"), "3", "140000Z", "170000Z");
    put_event(server.as("carol"), "4", "130000Z", "140000Z");
    const auto answer = found(server, monday + R"(, "attendees": ["bob",
                              {"who": "carol", "required": false}], "limit": 3)");
    CHECK(slots(answer, 3) ==
          "13:00 free alice bob, busy carol; 11:00 free alice carol, tentative bob; "
          "12:00 free alice carol, tentative bob");
    const auto first = json::objects_of(answer, "slots").at(0);
    CHECK(json::text_of(first, "end") == "2027-01-04T14:00:00Z");
    CHECK(json::number_of(first, "missing") == 0);
    CHECK(json::number_of(first, "score") == 90);
    const auto attendees = json::objects_of(answer, "attendees");
    REQUIRE(attendees.size() == 3);
    CHECK(json::text_of(attendees[1], "login") == "bob");
    CHECK(json::is_true(attendees[1], "required"));
    CHECK_FALSE(json::is_true(attendees[2], "required"));
    CHECK_FALSE(answer.contains("rooms"));

    CHECK(slots(found(server, monday + R"(, "attendees": ["bob"], "masked_uid": "3")")) ==
          "13:00 free alice bob");  // which is not alice's
    CHECK(slots(found(server, monday + R"(, "attendees": ["bob"], "masked_uid": "1")")) ==
          "09:00 free alice bob");
    CHECK(slots(found(server, monday + R"(, "attendees": ["bob"], "with_me": false)")) ==
          "09:00 free bob");
    CHECK(slots(found(server, monday + R"(, "buffer_before": 30, "duration": 60)")) ==
          "11:30 free alice");
}

TEST_CASE("people are named by login, by address, or as a group, and each counts once") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob", "carol"};
    auto& db = server.database();
    store::change_principal(db, db.home("bob")->principal.id,
                            {.addresses = std::vector<std::string>{"bob@example.com"}});
    make_group(db, "team", {"bob", "carol"});
    const auto who = [&](const std::string& attendees) {
        std::string all;
        for (const auto& each :
             json::objects_of(found(server, monday + ", \"attendees\": " + attendees), "attendees"))
            all += json::text_of(each, "login") + (json::is_true(each, "required") ? "! " : " ");
        return all;
    };
    CHECK(who(R"(["BOB@example.com", "mailto:Bob@Example.com", "bob"])") == "alice! bob! ");
    CHECK(who(R"(["alice", {"who": "bob", "required": false}])") == "alice! bob ");
    CHECK(who(R"([{"who": "team", "required": false}, "carol"])") == "alice! bob carol! ");
}

TEST_CASE("working hours and times are those of each one's zone") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    auto& db = server.database();
    store::change_principal(db, db.home("alice")->principal.id, {.time_zone = "Europe/Berlin"});
    store::change_principal(db, db.home("bob")->principal.id, {.time_zone = "America/New_York"});
    // Of the clock in Berlin: 14 to 17 is when both work.
    const std::string day =
        R"("from": "2027-01-04T06:00", "to": "2027-01-05", "duration": 90, "attendees": ["bob"])";
    CHECK(slots(found(server, day), 2) ==
          "14:00 free alice bob; 08:00 free alice, outside-working-hours bob");
    CHECK(slots(found(server, day + R"(, "working_hours": [])")) == "05:00 free alice bob");
    CHECK(slots(found(
              server,
              day + R"(, "working_hours": [{"days": ["mo"], "from": "12:00", "to": "20:00"}])")) ==
          "17:00 free alice bob");
    const std::string early = R"([{"who": "bob", "working_hours":
        [{"days": ["MO"], "from": "05:00", "to": "13:00"}], "time_zone": "Asia/Tokyo"}])";
    const auto answer = found(server, R"("from": "2027-01-04T06:00", "to": "2027-01-05",
                              "duration": 60, "with_me": false, "attendees": )" +
                                          early);
    CHECK(json::text_of(json::objects_of(answer, "attendees").at(0), "time_zone") == "Asia/Tokyo");
    CHECK(json::number_of(json::objects_of(answer, "slots").at(0), "score") == 40);
}

TEST_CASE("rooms are chosen by size and features, the smallest that does first") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob", "admin"};
    make_room(server, "mt-hall", {.capacity = 100, .features = {"projector"}});
    make_room(server, "mt-small", {.capacity = 2, .features = {}});
    make_room(server, "mt-studio", {.capacity = 4, .features = {"piano", "projector"}});
    make_room(server, "mt-soon", {.capacity = 3, .horizon_days = 1, .features = {"piano"}});
    REQUIRE(server.as("admin")
                .put("/dav/calendars/mt-studio/calendar/x.ics", event("x", "080000Z", "100000Z"))
                .status == 201);
    const auto rooms = [&](const std::string& room, std::size_t slot = 0) {
        std::string all;
        const auto answer = found(server, monday + R"(, "attendees": ["bob"], "room": )" + room);
        for (const auto& each : json::texts_of(json::objects_of(answer, "slots").at(slot), "rooms"))
            if (each.starts_with("mt-")) all += each + " ";
        return all;
    };
    CHECK(rooms("{}") == "mt-small mt-hall ");
    CHECK(rooms("{}", 1) == "mt-small mt-studio mt-hall ");
    CHECK(rooms(R"({"people": 3, "features": ["projector"]})", 1) == "mt-studio mt-hall ");
    CHECK(rooms(R"({"features": ["piano"]})") == "mt-studio ");
    CHECK(rooms(R"({"among": ["mt-studio"]})") == "mt-studio ");

    const auto none = found(server, monday + R"(, "room": {"features": ["sauna"]})");
    CHECK(json::number_of(json::objects_of(none, "slots").at(0), "missing") == 1);
    const auto told =
        json::objects_of(found(server, monday + R"(, "room": {"among": ["mt-studio"]})"), "rooms");
    REQUIRE(told.size() == 1);
    CHECK(json::number_of(told[0], "capacity") == 4);
    CHECK(json::texts_of(told[0], "features") == std::vector<std::string>{"piano", "projector"});
}

TEST_CASE("RFC 2739 2.3.1: of people from outside one knows what they publish") {
    REQUIRE_POSTGRESQL();
    const Publisher publisher(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VFREEBUSY\nDTSTART:20270101T000000Z\n"
        "DTEND:20270104T130000Z\nFREEBUSY:20270104T080000Z/20270104T103000Z\n"
        "END:VFREEBUSY\nEND:VCALENDAR\n");
    auto config = test_config();
    config.scheduling.free_busy_urls = "anywhere";
    TestServer server({"alice"}, config);
    const auto jane = [&](const std::string& url) {
        return found(server, monday + R"(, "attendees": [{"who": "jane@outside.example",
                     "free_busy_url": ")" +
                                 url + "\"}]");
    };
    const auto why = [](const json::Object& answer) {
        return json::text_of(json::objects_of(answer, "attendees").at(1), "why_unknown");
    };
    const auto known = jane(publisher.url("/jane.ifb"));
    CHECK(slots(known, 3) == "10:30 free alice jane@outside.example; "
                             "11:30 free alice jane@outside.example; "
                             "12:30 free alice, unknown jane@outside.example");
    CHECK(why(known).empty());
    CHECK(why(jane(publisher.url("/gone"))) == "The free/busy URL answers with 404.");
    CHECK(why(jane("http://jane.example/fb")) == "The free/busy URL can't be read.");
    const auto unknown = jane("");
    CHECK(slots(unknown) == "09:00 free alice, unknown jane@outside.example");
    CHECK(why(unknown) == "Nobody here has this address, and no free/busy URL is known.");

    // From a card in one's own address book.
    const auto card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:jane\r\nFN:Jane\r\nN:;Jane;;;\r\n"
                      "EMAIL:Jane@Outside.example\r\nFBURL:" +
                      publisher.url("/jane.ifb") + "\r\nEND:VCARD\r\n";
    REQUIRE(server.put(server.books("contacts/jane.vcf"), card).status == 201);
    CHECK(slots(jane("")) == "10:30 free alice jane@outside.example");

    const Publisher page("<html>");
    CHECK(why(jane(page.url("/jane.ifb"))) == "What is at the free/busy URL is no calendar.");
}

TEST_CASE("a URL that a user writes leads nowhere into one's own network") {
    REQUIRE_POSTGRESQL();
    const Publisher publisher("BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n");
    TestServer server{"alice"};
    const auto answer = found(server, monday + R"(, "attendees": [{"who": "jane@outside.example",
              "free_busy_url": ")" + publisher.url("/jane.ifb") +
                                          "\"}]");
    CHECK(json::text_of(json::objects_of(answer, "attendees").at(1), "why_unknown") ==
          "The free/busy URL can't be read.");

    auto config = test_config();
    config.scheduling.free_busy_urls = "never";
    TestServer closed({"alice"}, config);
    const auto never = found(closed, monday + R"(, "attendees": [{"who": "jane@outside.example",
                             "free_busy_url": "https://outside.example/"}])");
    CHECK(json::text_of(json::objects_of(never, "attendees").at(1), "why_unknown") ==
          "This server reads no free/busy of others.");
}

TEST_CASE("a request that makes no sense is told which field is wrong") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    std::string many;
    for (int i = 0; i < 201; ++i) many += (i == 0 ? "\"a\"" : ", \"a\"");
    const std::string window = R"("from": "2027-01-04T08:00Z", "to": "2027-01-04T18:00Z")";
    const struct {
        std::string fields, error;
    } rows[] = {
        {window, "duration is missing: a number of minutes."},
        {window + R"(, "duration": "60")", "duration is a whole number from 1 to 10080."},
        {window + R"(, "duration": 0)", "duration is a whole number from 1 to 10080."},
        {window + R"(, "duration": 1.5)", "duration is a whole number from 1 to 10080."},
        {window + R"(, "duration": 601)", "to must be later than from by the duration at least."},
        {R"("duration": 60, "from": "2027-01-04T08:00Z")", "to is missing."},
        {R"("duration": 60, "from": "tomorrow", "to": "2027-01-04T08:00Z")",
         "from is no time like 2026-01-31T09:00:00Z."},
        {R"("duration": 60, "from": "2027-02-30T08:00Z", "to": "2027-01-04T08:00Z")",
         "from is no time like 2026-01-31T09:00:00Z."},
        {R"("duration": 60, "from": "2027-01-04", "to": "2028-01-04")",
         "to is more than 92 days after from."},
        {monday + R"(, "step": 7)", "step is 5, 10, 15, 20, 30 or 60 minutes."},
        {monday + R"(, "limit": 101)", "limit is a whole number from 1 to 100."},
        {monday + R"(, "buffer_before": -1)", "buffer_before is a whole number from 0 to 1440."},
        {monday + R"(, "time_zone": "Europe/Atlantis")", "time_zone is not known here."},
        {monday + R"(, "attendees": "bob")", "attendees is a list."},
        {monday + R"(, "attendees": [7])",
         "attendees[0] is a login, an address, or an object with \"who\"."},
        {monday + R"(, "attendees": [{"required": true}])", "attendees[0].who is missing."},
        {monday + R"(, "attendees": [{"who": "x", "require": true}])",
         "attendees[0].require is not a field that is known here."},
        {monday + R"(, "attendees": ["alice", "no-such-user"])",
         "attendees[1]: there is nobody of that login."},
        {monday + R"(, "attendees": [)" + many + "]", "attendees are more than 200."},
        {monday + R"(, "with_me": false)", "attendees is empty: nobody is invited."},
        {monday + R"(, "working_hours": [{"days": ["XX"], "from": "09:00", "to": "17:00"}])",
         "working_hours[0].days are of MO, TU, WE, TH, FR, SA, SU."},
        {monday + R"(, "working_hours": [{"from": "9", "to": "17:00"}])",
         "working_hours[0].from is no time of day like 09:00."},
        {monday + R"(, "working_hours": [{"from": "09:00", "to": "24:30"}])",
         "working_hours[0].to is no time of day like 09:00."},
        {monday + R"(, "room": true)", "room is an object."},
        {monday + R"(, "room": {"people": 0})", "room.people is a whole number from 1 to 1000000."},
        {monday + R"(, "room": {"among": ["alice"]})",
         "room.among: there is no room or resource alice."},
        {monday + R"(, "atendees": [])", "atendees is not a field that is known here."},
    };
    for (const auto& row : rows) {
        const auto reply = ask(server, row.fields);
        INFO(row.fields.substr(0, 200));
        CHECK(reply.status == 400);
        CHECK(json::text_of(json::parse_object(reply.body).value_or(json::Object{}), "error") ==
              row.error);
    }
    CHECK(server.nobody().request("POST", path, "{}", json_type).status == 401);
}
