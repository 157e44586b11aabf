// calendar-query: RFC 4791 7.8, 9.7, 9.9.

#include "store/principals.hpp"
#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends::test;

namespace {

/// The names of the objects that a filter finds in "calendar/", without ".ics", sorted.
std::vector<std::string> found(TestServer& server, const std::string& filter,
                               const std::string& more = "") {
    const auto answer =
        server.report("calendar/", "C:calendar-query",
                      "<D:prop><D:getetag/></D:prop><C:filter>" + filter + "</C:filter>" + more);
    REQUIRE(answer.status() == 207);
    std::vector<std::string> names;
    const auto prefix = server.calendars("calendar/").size();
    for (const auto& href : answer.hrefs())
        names.push_back(href.substr(prefix, href.size() - prefix - 4));
    return names;
}

using Names = std::vector<std::string>;

std::string comp(const std::string& name, const std::string& inner = "") {
    return "<C:comp-filter name=\"" + name + "\">" + inner + "</C:comp-filter>";
}

std::string in_calendar(const std::string& inner) { return comp("VCALENDAR", inner); }

std::string range(const std::string& start, const std::string& end) {
    std::string attributes;
    if (!start.empty()) attributes += " start=\"" + start + "\"";
    if (!end.empty()) attributes += " end=\"" + end + "\"";
    return "<C:time-range" + attributes + "/>";
}

std::string prop(const std::string& name, const std::string& inner) {
    return "<C:prop-filter name=\"" + name + "\">" + inner + "</C:prop-filter>";
}

std::string text(const std::string& value, const std::string& attributes = "") {
    return "<C:text-match" + attributes + ">" + value + "</C:text-match>";
}

void put(TestServer& server, const std::string& name, const std::string& lines,
         const std::string& title = "") {
    const auto reply = server.put("calendar/" + name + ".ics",
                                  event(title.empty() ? name : title, lines, "uid-" + name));
    REQUIRE(reply.status == 201);
}

const std::string july = range("20260701T000000Z", "20260801T000000Z");

}  // namespace

TEST_CASE("calendar-query-extended: anyof, and where in a text something stands") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "lunch", std::string(one_hour));
    put(server, "brunch", "DTSTART:20270105T100000Z\nDURATION:PT1H\n");
    server.put("calendar/todo.ics", todo("Cook lunch"));
    const auto any = [](const std::string& name, const std::string& inner) {
        return "<C:comp-filter name=\"" + name + "\" test=\"anyof\">" + inner + "</C:comp-filter>";
    };
    CHECK(found(server, any("VCALENDAR", comp("VTODO") + comp("VEVENT"))) ==
          Names{"brunch", "lunch", "todo"});
    CHECK(found(server, in_calendar(any("VEVENT", range("20270101T000000Z", "20270201T000000Z") +
                                                      prop("SUMMARY", text("lunch"))))) ==
          Names{"brunch", "lunch"});
    const auto summary = [&](const std::string& value, const std::string& type) {
        return found(server,
                     in_calendar(comp(
                         "VEVENT", prop("SUMMARY", text(value, " match-type=\"" + type + "\"")))));
    };
    CHECK(summary("unch", "contains") == Names{"brunch", "lunch"});
    CHECK(summary("LUN", "starts-with") == Names{"lunch"});
    CHECK(summary("runch", "ends-with") == Names{"brunch"});
    CHECK(summary("lunc", "equals").empty());
    const auto uid = prop("UID", text("uid-lun", " match-type=\"ends-with\""));
    CHECK(found(server, in_calendar(comp("VEVENT", uid))).empty());
}

TEST_CASE("RFC 4791 9.7.1: a comp-filter finds components of its kind") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "event", std::string(one_hour));
    server.put("calendar/todo.ics", todo("T"));
    server.put(
        "calendar/alarm.ics",
        event("Alarm",
              std::string(one_hour) +
                  "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT10M\nEND:VALARM\n"));
    CHECK(found(server, in_calendar("")) == Names{"alarm", "event", "todo"});
    CHECK(found(server, in_calendar(comp("VEVENT"))) == Names{"alarm", "event"});
    CHECK(found(server, in_calendar(comp("VTODO"))) == Names{"todo"});
    CHECK(found(server, in_calendar(comp("VJOURNAL"))).empty());
    CHECK(found(server, in_calendar(comp("VEVENT", comp("VALARM")))) == Names{"alarm"});
    CHECK(found(server,
                in_calendar(comp("VEVENT", "<C:comp-filter name=\"VALARM\"><C:is-not-defined/>"
                                           "</C:comp-filter>"))) == Names{"event"});
    CHECK(found(server,
                in_calendar("<C:comp-filter name=\"VTODO\"><C:is-not-defined/></C:comp-filter>")) ==
          Names{"alarm", "event"});
}

TEST_CASE("RFC 5545 3.1: a text-match sees a character that a fold cuts in two") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "munich", std::string(one_hour), "M\xC3\r\n \xBCnchen");
    put(server, "paris", std::string(one_hour));
    CHECK(found(server, in_calendar(comp("VEVENT", prop("SUMMARY", text("m\xC3\xBCnchen"))))) ==
          Names{"munich"});
}

TEST_CASE("RFC 4791 9.9: a time-range finds what overlaps it, its ends excluded") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "before", "DTSTART:20260630T100000Z\nDTEND:20260630T110000Z\n");
    put(server, "until", "DTSTART:20260630T230000Z\nDTEND:20260701T000000Z\n");
    put(server, "into", "DTSTART:20260630T230000Z\nDTEND:20260701T000001Z\n");
    put(server, "inside", "DTSTART:20260710T100000Z\nDURATION:PT1H\n");
    put(server, "moment", "DTSTART:20260701T000000Z\n");
    put(server, "around", "DTSTART:20260101T000000Z\nDTEND:20270101T000000Z\n");
    put(server, "last", "DTSTART:20260731T235959Z\nDURATION:PT1H\n");
    put(server, "after", "DTSTART:20260801T000000Z\nDURATION:PT1H\n");
    const auto events = [&](const std::string& inner) {
        return found(server, in_calendar(comp("VEVENT", inner)));
    };
    CHECK(events(july) == Names{"around", "inside", "into", "last", "moment"});
    CHECK(events(range("20260731T000000Z", "")) == Names{"after", "around", "last"});
    CHECK(events(range("", "20260630T230000Z")) == Names{"around", "before"});
}

TEST_CASE("RFC 4791 9.9: a recurring event is found by each of its occurrences, and by none that "
          "is excluded") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "weekly", "DTSTART:20250106T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\n");
    put(server, "ended",
        "DTSTART:20250106T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=20250601T000000Z\n");
    put(server, "yearly", "DTSTART;VALUE=DATE:19800115\nRRULE:FREQ=YEARLY\n");
    put(server, "excluded",
        "DTSTART:20260601T090000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;COUNT=3\nEXDATE:"
        "20260701T090000Z\n");
    put(server, "rdate", "DTSTART:20200101T090000Z\nDURATION:PT1H\nRDATE:20260715T090000Z\n");
    put(server, "future", "DTSTART:20270101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\n");
    REQUIRE(server
                .put("calendar/moved.ics",
                     calendar("BEGIN:VEVENT\nUID:m\nDTSTAMP:20260101T000000Z\n"
                              "DTSTART:20260105T090000Z\nRRULE:FREQ=WEEKLY;COUNT=2\n"
                              "SUMMARY:m\nEND:VEVENT\n"
                              "BEGIN:VEVENT\nUID:m\nDTSTAMP:20260101T000000Z\n"
                              "RECURRENCE-ID:20260112T090000Z\n"
                              "DTSTART:20260720T090000Z\nSUMMARY:m2\nEND:VEVENT\n"))
                .status == 201);
    CHECK(found(server, in_calendar(comp("VEVENT", july))) == Names{"moved", "rdate", "weekly"});
    CHECK(found(server, in_calendar(comp("VEVENT", range("20260112T000000Z",
                                                         "20260113T000000Z")))) == Names{"weekly"});
    CHECK(
        found(server, in_calendar(comp("VEVENT", range("21000101T000000Z", "21000201T000000Z")))) ==
        Names{"future", "weekly", "yearly"});
}

TEST_CASE("RFC 4791 7.3: floating and all-day times are read in the calendar's time zone") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "floating", "DTSTART:20260710T010000\nDURATION:PT1H\n");
    put(server, "day", "DTSTART;VALUE=DATE:20260712\n");
    const auto events = [&](const std::string& start, const std::string& end,
                            const std::string& more = "") {
        return found(server, in_calendar(comp("VEVENT", range(start, end))), more);
    };
    // In UTC, the default.
    CHECK(events("20260710T010000Z", "20260710T020000Z") == Names{"floating"});
    CHECK(events("20260709T150000Z", "20260709T180000Z").empty());
    // In that of the owner, nine hours ahead.
    kalends::store::change_principal(server.database(),
                                     server.database().home("alice")->principal.id,
                                     {.time_zone = "Asia/Tokyo"});
    CHECK(events("20260710T010000Z", "20260710T020000Z").empty());
    CHECK(events("20260709T160000Z", "20260709T170000Z") == Names{"floating"});
    // In the calendar's own zone, ten hours ahead.
    const auto zone =
        calendar("BEGIN:VTIMEZONE\nTZID:Ahead\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
                 "TZOFFSETFROM:+1000\nTZOFFSETTO:+1000\nEND:STANDARD\nEND:VTIMEZONE\n");
    REQUIRE(server.proppatch("calendar/", "<C:calendar-timezone>" + zone + "</C:calendar-timezone>")
                .only()
                .status_of("C:calendar-timezone") == 200);
    CHECK(events("20260710T010000Z", "20260710T020000Z").empty());
    CHECK(events("20260709T150000Z", "20260709T160000Z") == Names{"floating"});
    CHECK(events("20260711T140000Z", "20260711T150000Z") == Names{"day"});
    CHECK(events("20260712T140000Z", "20260712T150000Z").empty());
    // RFC 4791 9.8: in the zone of the request, eight hours behind.
    const auto behind =
        calendar("BEGIN:VTIMEZONE\nTZID:Behind\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
                 "TZOFFSETFROM:-0800\nTZOFFSETTO:-0800\nEND:STANDARD\nEND:VTIMEZONE\n");
    const auto element = "<C:timezone>" + behind + "</C:timezone>";
    CHECK(events("20260710T090000Z", "20260710T100000Z", element) == Names{"floating"});
    CHECK(events("20260709T150000Z", "20260709T160000Z", element).empty());
    // RFC 7809: by name.
    CHECK(events("20260710T050000Z", "20260710T060000Z",
                 "<C:timezone-id>America/New_York</C:timezone-id>") == Names{"floating"});
}

TEST_CASE("RFC 4791 7.8: a broken time zone in a query is refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto filter = "<D:prop/><C:filter>" + in_calendar("") + "</C:filter>";
    const auto reply =
        server.report("calendar/", "C:calendar-query", filter + "<C:timezone>no</C:timezone>")
            .reply();
    CHECK(reply.status == 403);
    CHECK(precondition(reply) == "C:valid-calendar-data");
    CHECK(server
              .report("calendar/", "C:calendar-query",
                      filter + "<C:timezone-id>Middle/Earth</C:timezone-id>")
              .status() == 403);
}

TEST_CASE("a TZID without its VTIMEZONE is understood in a time-range") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "prague", "DTSTART;TZID=Europe/Prague:20260710T100000\nDURATION:PT30M\n");
    put(server, "windows", "DTSTART;TZID=Eastern Standard Time:20260710T100000\nDURATION:PT30M\n");
    CHECK(found(server, in_calendar(comp("VEVENT", range("20260710T080000Z",
                                                         "20260710T083000Z")))) == Names{"prague"});
    CHECK(
        found(server, in_calendar(comp("VEVENT", range("20260710T140000Z", "20260710T143000Z")))) ==
        Names{"windows"});
}

TEST_CASE("a VTIMEZONE in the object is honoured for its TZID") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(
        server
            .put("calendar/own.ics",
                 calendar("BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
                          "TZOFFSETFROM:+0330\nTZOFFSETTO:+0330\nEND:STANDARD\nEND:VTIMEZONE\n"
                          "BEGIN:VEVENT\nUID:o\nDTSTAMP:20260101T000000Z\n"
                          "DTSTART;TZID=Mine:20260710T100000\nDURATION:PT30M\nEND:VEVENT\n"))
            .status == 201);
    CHECK(found(server, in_calendar(comp("VEVENT", range("20260710T063000Z",
                                                         "20260710T070000Z")))) == Names{"own"});
    CHECK(found(server, in_calendar(comp("VEVENT", range("20260710T070000Z", "20260710T080000Z"))))
              .empty());
}

TEST_CASE("RFC 4791 9.9: a task without times is in every range, one with DUE by its due time") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/none.ics", todo("none"));
    server.put("calendar/due.ics", todo("due", "DUE:20260710T100000Z\n"));
    server.put("calendar/late.ics", todo("late", "DUE:20270710T100000Z\n"));
    server.put("calendar/both.ics",
               todo("both", "DTSTART:20260601T000000Z\nDUE:20260901T000000Z\n"));
    server.put(
        "calendar/done.ics",
        todo("done", "COMPLETED:20260715T000000Z\nCREATED:20260101T000000Z\nSTATUS:COMPLETED\n"));
    CHECK(found(server, in_calendar(comp("VTODO", july))) == Names{"both", "done", "due", "none"});
    CHECK(found(server, in_calendar(comp(
                            "VTODO",
                            prop("COMPLETED", "<C:is-not-defined/>") +
                                prop("STATUS", text("CANCELLED", " negate-condition=\"yes\""))))) ==
          Names{});
    CHECK(found(server, in_calendar(comp("VTODO", prop("COMPLETED", "<C:is-not-defined/>")))) ==
          Names{"both", "due", "late", "none"});
}

TEST_CASE("RFC 4791 9.7.2: prop-filters test presence, absence, text and time") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "a", std::string(one_hour) + "LOCATION:Room 1\nCATEGORIES:WORK,Fun\n",
        "Team lunch");
    put(server, "b", std::string(one_hour) + "DESCRIPTION:lunch at noon\n", "Dinner");
    put(server, "c", std::string(one_hour) + "LOCATION:room 22\n", "LUNCH alone");
    const auto events = [&](const std::string& inner) {
        return found(server, in_calendar(comp("VEVENT", inner)));
    };
    CHECK(events(prop("LOCATION", "")) == Names{"a", "c"});
    CHECK(events(prop("location", "<C:is-not-defined/>")) == Names{"b"});
    CHECK(events(prop("SUMMARY", text("lunch"))) == Names{"a", "c"});
    CHECK(events(prop("SUMMARY", text("lunch", " collation=\"i;octet\""))) == Names{"a"});
    CHECK(events(prop("SUMMARY", text("lunch", " negate-condition=\"yes\""))) == Names{"b"});
    CHECK(events(prop("SUMMARY", text("lunch")) + prop("LOCATION", text("22"))) == Names{"c"});
    CHECK(events(prop("CATEGORIES", text("fun"))) == Names{"a"});
    CHECK(events(prop("UID", text("uid-b", " collation=\"i;octet\""))) == Names{"b"});
    CHECK(events(prop("UID", text("UID-B"))) == Names{"b"});
    CHECK(events(prop("SUMMARY", text("lunch", " collation=\"i;unicode-casemap\""))) ==
          Names{"a", "c"});
    CHECK(events(prop("DTSTAMP", range("20251231T000000Z", "20260102T000000Z"))).size() == 3);
    CHECK(events(prop("DTSTAMP", range("20260102T000000Z", "20260103T000000Z"))).empty());
}

TEST_CASE("a text with quotes, ampersands and other scripts is found as it is") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "a", std::string(one_hour), "R&D \"review\" <now>");
    put(server, "b", std::string(one_hour), "Žluťoučký kůň");
    const auto events = [&](const std::string& value, const std::string& attributes = "") {
        return found(server, in_calendar(comp("VEVENT", prop("SUMMARY", text(value, attributes)))));
    };
    CHECK(events("r&amp;d &quot;REVIEW&quot; &lt;now&gt;") == Names{"a"});
    CHECK(events("ŽLUŤOUČKÝ", " collation=\"i;unicode-casemap\"") == Names{"b"});
    CHECK(events("ŽLUŤOUČKÝ").empty());  // i;ascii-casemap knows A to Z
    CHECK(events("%").empty());
    CHECK(events("_").empty());
}

TEST_CASE("RFC 4791 9.7.3: param-filters test a property's parameters") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "yes",
        std::string(one_hour) + "ORGANIZER:mailto:o@example.com\n"
                                "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com\n"
                                "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:b@example.com\n");
    put(server, "no",
        std::string(one_hour) + "ORGANIZER:mailto:o@example.com\n"
                                "ATTENDEE;PARTSTAT=DECLINED:mailto:a@example.com\n"
                                "ATTENDEE:mailto:b@example.com\n");
    const auto events = [&](const std::string& inner) {
        return found(server, in_calendar(comp("VEVENT", prop("ATTENDEE", inner))));
    };
    CHECK(events("<C:param-filter name=\"PARTSTAT\">" + text("ACCEPTED") + "</C:param-filter>") ==
          Names{"yes"});
    CHECK(events("<C:param-filter name=\"PARTSTAT\"><C:is-not-defined/></C:param-filter>") ==
          Names{"no"});
    // RFC 4791 9.7.2: text and parameter must be of the same property
    CHECK(events(text("mailto:b@example.com") + "<C:param-filter name=\"PARTSTAT\">" +
                 text("ACCEPTED") + "</C:param-filter>")
              .empty());
    CHECK(events(text("mailto:a@example.com") + "<C:param-filter name=\"PARTSTAT\">" +
                 text("ACCEPTED") + "</C:param-filter>") == Names{"yes"});
}

TEST_CASE("RFC 4791 7.8: filters that are none are refused with their precondition") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto refused = [&](const std::string& filter) {
        const auto reply =
            server.report("calendar/", "C:calendar-query", "<D:prop/>" + filter).reply();
        CHECK((reply.status == 403 || reply.status == 400));
        return precondition(reply);
    };
    CHECK(refused("") == "C:valid-filter");
    CHECK(refused("<C:filter/>") == "C:valid-filter");
    CHECK(refused("<C:filter>" + comp("VEVENT") + "</C:filter>") == "C:valid-filter");
    CHECK(refused("<C:filter><C:comp-filter/></C:filter>") == "C:valid-filter");
    CHECK(refused("<C:filter>" + in_calendar(comp("VEVENT", "<C:time-range/>")) + "</C:filter>") ==
          "C:valid-filter");
    CHECK(refused("<C:filter>" + in_calendar(comp("VEVENT", range("20260710", "20260711"))) +
                  "</C:filter>") == "C:valid-filter");
    CHECK(refused("<C:filter>" +
                  in_calendar(comp("VEVENT", range("20260711T000000Z", "20260710T000000Z"))) +
                  "</C:filter>") == "C:valid-filter");
    CHECK(refused(
              "<C:filter>" +
              in_calendar(comp("VEVENT", prop("SUMMARY", text("x", " collation=\"i;klingon\"")))) +
              "</C:filter>") == "C:supported-collation");
}

TEST_CASE("RFC 4791 9.6: parts of an object, as they are named") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "a", std::string(one_hour) + "LOCATION:Room 1\nDESCRIPTION:long\n");
    const auto answer = server.report(
        "calendar/", "C:calendar-query",
        "<D:prop><C:calendar-data><C:comp name=\"VCALENDAR\"><C:prop name=\"VERSION\"/>"
        "<C:comp name=\"VEVENT\"><C:prop name=\"UID\"/><C:prop name=\"SUMMARY\"/>"
        "<C:prop name=\"LOCATION\" novalue=\"yes\"/></C:comp></C:comp></C:calendar-data></D:prop>"
        "<C:filter>" +
            in_calendar(comp("VEVENT")) + "</C:filter>");
    const auto data = answer.only().raw_text("C:calendar-data");
    CHECK(data ==
          crlf("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:uid-a\nLOCATION:\nSUMMARY:a\n"
               "END:VEVENT\nEND:VCALENDAR\n"));
}

TEST_CASE("RFC 4791 9.6.5: expand gives each occurrence in the range, in UTC") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(
        server
            .put("calendar/s.ics",
                 calendar(
                     "BEGIN:VEVENT\nUID:s\nDTSTAMP:20260101T000000Z\n"
                     "DTSTART;TZID=Europe/Prague:20260706T100000\nDURATION:PT1H\n"
                     "RRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/Prague:20260720T100000\nSUMMARY:s\n"
                     "END:VEVENT\nBEGIN:VEVENT\nUID:s\nDTSTAMP:20260101T000000Z\n"
                     "RECURRENCE-ID;TZID=Europe/Prague:20260713T100000\n"
                     "DTSTART;TZID=Europe/Prague:20260714T120000\nDURATION:PT1H\nSUMMARY:moved\n"
                     "END:VEVENT\n"))
            .status == 201);
    const auto answer = server.report(
        "calendar/", "C:calendar-query",
        "<D:prop><C:calendar-data><C:expand start=\"20260701T000000Z\" end=\"20260728T000000Z\"/>"
        "</C:calendar-data></D:prop><C:filter>" +
            in_calendar(comp("VEVENT", range("20260701T000000Z", "20260728T000000Z"))) +
            "</C:filter>");
    const auto data = answer.only().raw_text("C:calendar-data");
    CAPTURE(data);
    CHECK(data.find("RRULE") == std::string::npos);
    CHECK(data.find("EXDATE") == std::string::npos);
    CHECK(data.find("TZID") == std::string::npos);
    CHECK(data.find("DTSTART:20260706T080000Z") != std::string::npos);
    CHECK(data.find("DTSTART:20260714T100000Z") != std::string::npos);
    CHECK(data.find("RECURRENCE-ID:20260713T080000Z") != std::string::npos);
    CHECK(data.find("20260720") == std::string::npos);
    CHECK(data.find("DTSTART:20260727T080000Z") != std::string::npos);
    std::size_t count = 0;
    for (auto at = data.find("BEGIN:VEVENT"); at != std::string::npos;
         at = data.find("BEGIN:VEVENT", at + 1))
        ++count;
    CHECK(count == 3);
}

TEST_CASE("RFC 4791 7.8.1: more instances than max-instances are not expanded") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.max_instances = 5;
    TestServer server{{"alice"}, config};
    put(server, "daily", "DTSTART:20260701T100000Z\nRRULE:FREQ=DAILY\n");
    const auto expand_until = [&](const std::string& end) {
        return server.report(
            "calendar/", "C:calendar-query",
            "<D:prop><C:calendar-data><C:expand start=\"20260701T000000Z\" end=\"" + end +
                "\"/></C:calendar-data></D:prop><C:filter>" + in_calendar(comp("VEVENT")) +
                "</C:filter>");
    };
    CHECK(expand_until("20260706T000000Z").only().status_of("C:calendar-data") == 200);
    const auto refused = expand_until("20260707T000000Z").reply();
    CHECK(refused.status == 403);
    CHECK(precondition(refused) == "C:max-instances");
}

TEST_CASE("RFC 4791 9.6.6: limit-recurrence-set leaves out overrides beyond the range") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    std::string components =
        "BEGIN:VEVENT\nUID:s\nDTSTAMP:20260101T000000Z\nDTSTART:20260105T100000Z\n"
        "RRULE:FREQ=WEEKLY\nSUMMARY:master\nEND:VEVENT\n";
    for (const std::string day : {"20260112", "20260706", "20270104"})
        components += "BEGIN:VEVENT\nUID:s\nDTSTAMP:20260101T000000Z\nRECURRENCE-ID:" + day +
                      "T100000Z\nDTSTART:" + day + "T120000Z\nSUMMARY:on " + day + "\nEND:VEVENT\n";
    REQUIRE(server.put("calendar/s.ics", calendar(components)).status == 201);
    const auto answer =
        server.report("calendar/", "C:calendar-query",
                      "<D:prop><C:calendar-data><C:limit-recurrence-set start=\"20260701T000000Z\" "
                      "end=\"20260801T000000Z\"/></C:calendar-data></D:prop><C:filter>" +
                          in_calendar(comp("VEVENT", july)) + "</C:filter>");
    const auto data = answer.only().raw_text("C:calendar-data");
    CHECK(data.find("SUMMARY:master") != std::string::npos);
    CHECK(data.find("SUMMARY:on 20260706") != std::string::npos);
    CHECK(data.find("SUMMARY:on 20260112") == std::string::npos);
    CHECK(data.find("SUMMARY:on 20270104") == std::string::npos);
}

TEST_CASE("a query on one object answers for that object alone") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "a", std::string(one_hour));
    put(server, "b", std::string(one_hour));
    const auto ask = [&](const std::string& inner) {
        return server.report("calendar/a.ics", "C:calendar-query",
                             "<D:prop><D:getetag/></D:prop><C:filter>" +
                                 in_calendar(comp("VEVENT", inner)) + "</C:filter>",
                             "0");
    };
    CHECK(ask(july).hrefs() == Names{server.calendars("calendar/a.ics")});
    CHECK(ask(range("20270101T000000Z", "20270201T000000Z")).size() == 0);
    CHECK(server
              .report("calendar/none.ics", "C:calendar-query",
                      "<D:prop/><C:filter>" + in_calendar("") + "</C:filter>", "0")
              .status() == 404);
}

TEST_CASE("a query over thousands of objects comes whole, and each once") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    constexpr int many = 1300;
    for (int i = 0; i < many; ++i) put(server, std::to_string(i), std::string(one_hour));
    auto all = found(server, in_calendar(comp("VEVENT", july)));
    CHECK(all.size() == many);
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
    CHECK(found(server, in_calendar(comp("VEVENT", prop("SUMMARY", text("129"))))).size() == 12);
}

TEST_CASE(
    "RFC 4791 7.10: free-busy-query gives busy times merged, by kind, and nothing of the events") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "one", "DTSTART:20260710T100000Z\nDTEND:20260710T110000Z\n", "Secret");
    put(server, "two", "DTSTART:20260710T103000Z\nDTEND:20260710T120000Z\n");
    put(server, "free", "DTSTART:20260711T100000Z\nDTEND:20260711T110000Z\nTRANSP:TRANSPARENT\n");
    put(server, "gone", "DTSTART:20260712T100000Z\nDTEND:20260712T110000Z\nSTATUS:CANCELLED\n");
    put(server, "maybe", "DTSTART:20260713T100000Z\nDTEND:20260713T110000Z\nSTATUS:TENTATIVE\n");
    put(server, "series", "DTSTART:20250101T080000Z\nDURATION:PT30M\nRRULE:FREQ=MONTHLY\n");
    server.put("calendar/todo.ics", todo("T", "DUE:20260715T100000Z\n"));
    const auto answer = server.report("calendar/", "C:free-busy-query", july);
    CHECK(answer.status() == 200);
    CHECK(answer.reply().content_type().starts_with("text/calendar"));
    const auto& body = answer.reply().body;
    CAPTURE(body);
    CHECK(body.find("BEGIN:VFREEBUSY") != std::string::npos);
    CHECK(body.find("DTSTART:20260701T000000Z") != std::string::npos);
    CHECK(body.find("DTEND:20260801T000000Z") != std::string::npos);
    CHECK(body.find("20260710T100000Z/") != std::string::npos);
    CHECK(body.find("20260710T103000Z") == std::string::npos);
    CHECK(body.find("20260701T080000Z/") != std::string::npos);
    CHECK(body.find("FBTYPE=BUSY-TENTATIVE:20260713T100000Z/") != std::string::npos);
    CHECK(body.find("20260711") == std::string::npos);
    CHECK(body.find("20260712") == std::string::npos);
    CHECK(body.find("20260715") == std::string::npos);
    CHECK(body.find("Secret") == std::string::npos);
}

TEST_CASE(
    "RFC 4791 7.10: a free-busy-query without a range, or of what is no calendar, is refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    for (const std::string range :
         {"", "<C:time-range/>", "<C:time-range start='20260101' end='20270101'/>",
          "<C:time-range start='20260101T000000' end='20270101T000000'/>",
          "<C:time-range start='20270101T000000Z' end='20260101T000000Z'/>"}) {
        CAPTURE(range);
        CHECK(server.report("calendar/", "C:free-busy-query", range).status() == 400);
    }
    CHECK(server.report(server.books("contacts/"), "C:free-busy-query", july).status() == 403);
    CHECK(server.as("bob")
              .report(server.calendars("calendar/"), "C:free-busy-query", july)
              .status() == 404);
    const auto empty = server.report("calendar/", "C:free-busy-query", july);
    CHECK(empty.status() == 200);
    CHECK(empty.reply().body.find("BEGIN:VFREEBUSY") != std::string::npos);
    CHECK(empty.reply().body.find("FREEBUSY;") == std::string::npos);
}
