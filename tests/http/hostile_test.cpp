// What nobody means well with: each gets a clear answer, soon, and the server goes on.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace kalends::test;

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

const Fields xml_type{{"Depth", "0"}, {"Content-Type", "application/xml"}};

bool is_refusal(int status) { return status >= 400 && status < 500; }

std::string repeated(const std::string& text, int count) {
    std::string result;
    for (int i = 0; i < count; ++i) result += text;
    return result;
}

}  // namespace

TEST_CASE("entities are not expanded: a billion laughs cost nothing") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    std::string bomb = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY l0 \"ha\">";
    for (int i = 1; i < 30; ++i)
        bomb += "<!ENTITY l" + std::to_string(i) + " \"" +
                repeated("&l" + std::to_string(i - 1) + ";", 10) + "\">";
    bomb += "]><D:propfind xmlns:D=\"DAV:\"><D:prop><D:x>&l29;</D:x></D:prop></D:propfind>";
    const std::string file = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY f SYSTEM "
                             "\"file:///etc/passwd\">]><D:propertyupdate xmlns:D=\"DAV:\"><D:set>"
                             "<D:prop><D:displayname>&f;</D:displayname></D:prop></D:set>"
                             "</D:propertyupdate>";
    const auto start = Clock::now();
    for (const std::string method : {"PROPFIND", "PROPPATCH", "REPORT", "MKCALENDAR", "MKCOL"})
        for (const auto& body : {bomb, file}) {
            CAPTURE(method);
            CHECK(is_refusal(server.request(method, "calendar/", body, xml_type).status));
        }
    CHECK(Clock::now() - start < 5s);
    CHECK(server.propfind("calendar/", "D:displayname").only().text("D:displayname") == "Calendar");
}

TEST_CASE("XML that is too deep, too wide or too long is refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto deep = repeated("<a>", 100'000) + repeated("</a>", 100'000);
    std::string wide = "<D:propfind xmlns:D=\"DAV:\"><D:prop><x ";
    for (int i = 0; i < 50'000; ++i) wide += "a" + std::to_string(i) + "=\"\" ";
    wide += "/></D:prop></D:propfind>";
    const auto names = "<D:propfind xmlns:D=\"DAV:\"><D:prop>" + repeated("<D:getetag/>", 300'000) +
                       "</D:prop></D:propfind>";
    const auto start = Clock::now();
    for (const auto& body : {deep, wide, names})
        for (const std::string method : {"PROPFIND", "PROPPATCH", "REPORT"}) {
            CAPTURE(method);
            CAPTURE(body.size());
            CHECK(is_refusal(server.request(method, "calendar/", body, xml_type).status));
        }
    CHECK(Clock::now() - start < 20s);
    const auto large = "<D:propfind xmlns:D=\"DAV:\"><!--" + std::string(5'000'000, 'x') +
                       "--><D:prop/></D:propfind>";
    CHECK(server.request("PROPFIND", "calendar/", large, xml_type).status == 413);
}

TEST_CASE("a few hundred properties in one PROPFIND of a home are answered in bounded size") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    std::string names;
    for (int i = 0; i < 5000; ++i) names += "<n" + std::to_string(i) + " xmlns=\"urn:x\"/>";
    const auto answer = server.propfind_xml("", "<D:prop>" + names + "</D:prop>", "1");
    CHECK((answer.status() == 207 || is_refusal(answer.status())));
}

TEST_CASE("a multiget of too many hrefs is refused, with its precondition") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto hrefs = repeated("<D:href>/dav/calendars/alice/calendar/a.ics</D:href>", 6000);
    const auto reply =
        server.report("calendar/", "C:calendar-multiget", "<D:prop><D:getetag/></D:prop>" + hrefs)
            .reply();
    CHECK(reply.status == 403);
    CHECK(precondition(reply) == "D:number-of-matches-within-limits");
}

TEST_CASE("paths with dots, slashes, NUL and broken escapes name nothing and touch nothing") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    server.put("calendar/a.ics", event("A"));
    auto& bob = server.as("bob");
    for (const std::string path :
         {"/dav/calendars/bob/../alice/calendar/a.ics",
          "/dav/calendars/bob/%2e%2e/alice/calendar/a.ics",
          "/dav/calendars/bob/..%2Falice/calendar/a.ics",
          "/dav/calendars/bob%2F../alice/calendar/a.ics", "/dav/calendars/./alice/calendar/a.ics",
          "//dav/calendars/alice/calendar/a.ics", "/dav//calendars/alice/calendar/a.ics",
          "/dav/calendars/alice%00/calendar/a.ics", "/dav/calendars/alice/calendar/a.ics%00",
          "/dav/calendars/alice/calendar/%zz", "/dav/calendars/alice/calendar/%",
          "/dav/calendars/alice/calendar/%e", "/dav/calendars/%ff%fe/x/",
          "/dav/calendars/alice/calendar/%c0%ae%c0%ae", "/%64av/calendars/alice/calendar/a.ics",
          "/dav/calendars/alice/calendar/a.ics/../a.ics", "/DAV/calendars/alice/calendar/a.ics",
          "/dav\\calendars\\alice", "/dav/calendars/alice;x=1/calendar/a.ics"}) {
        CAPTURE(path);
        for (const std::string method : {"GET", "PROPFIND", "DELETE", "PUT"}) {
            CAPTURE(method);
            const auto status =
                bob.request(method, path, method == "PUT" ? event("X") : "", {{"Depth", "0"}})
                    .status;
            CHECK(is_refusal(status));
        }
    }
    CHECK(summary(server.get("calendar/a.ics").body) == "A");
    CHECK(server.propfind("calendar/", "D:getetag", "1").size() == 2);
    for (const std::string path :
         {"/dav/calendars/alice/calendar/%2e%2e", "/dav/calendars/alice/calendar/%2e",
          "/dav/calendars/alice/calendar/x%00y.ics", "/dav/calendars/alice/calendar/%ff.ics",
          "/dav/calendars/alice/calendar/%ed%a0%80.ics"}) {
        CAPTURE(path);
        CHECK(is_refusal(server.put(path, event("X")).status));
        CHECK(is_refusal(server.request("MKCALENDAR", path).status));
    }
    CHECK(is_refusal(server.request("MKCALENDAR", "/dav/calendars/alice/%ff/").status));
    CHECK(is_refusal(server.request("MKCALENDAR", "/dav/calendars/alice/%2e%2e/").status));
    CHECK(server.propfind("calendar/", "D:getetag", "1").size() == 2);
}

TEST_CASE("names of any length are stored or refused, and never break anything") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const std::string longest(1000, 'n');
    CHECK(server.put("calendar/" + longest, event("A")).status == 201);
    CHECK(server.get("calendar/" + longest).status == 200);
    for (const std::size_t size : {1001UL, 5000UL, 20'000UL}) {
        CAPTURE(size);
        const std::string name(size, 'n');
        CHECK(is_refusal(server.put("calendar/" + name, event("B")).status));
        CHECK(is_refusal(server.get("calendar/" + name).status));
        CHECK(is_refusal(server.request("MKCALENDAR", name + "/").status));
        CHECK(is_refusal(server.propfind(name + "/", "D:getetag").status()));
        const auto answer = server.report("calendar/", "C:calendar-multiget",
                                          "<D:prop><D:getetag/></D:prop><D:href>" +
                                              server.calendars("calendar/") + name + "</D:href>");
        CHECK(answer.only().status == 404);
    }
    CHECK(is_refusal(server.get("/" + std::string(100'000, 'x')).status));
}

TEST_CASE(
    "a NUL, a control character or bytes that are no UTF-8 are refused in objects and properties") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    using namespace std::string_literals;
    for (const auto& bad :
         {"a\0b"s, "a\x01"s, "\xff\xfe"s, "\xc3("s, "\xed\xa0\x80"s, "\xf8\x88\x80\x80\x80"s}) {
        CAPTURE(bad);
        const auto reply = server.put("calendar/a.ics", event(bad, one_hour, "uid"));
        CHECK(reply.status == 403);
        CHECK(precondition(reply) == "C:valid-calendar-data");
        const auto vcf = server.put(server.books("contacts/a.vcf"), card(bad, "", "uid"));
        CHECK(vcf.status == 403);
        CHECK(precondition(vcf) == "CR:valid-address-data");
        CHECK(is_refusal(
            server
                .request("PROPPATCH", "calendar/",
                         xml_body("D:propertyupdate", "<D:set><D:prop><D:displayname>" + bad +
                                                          "</D:displayname></D:prop></D:set>"))
                .status));
    }
    CHECK(server.get("calendar/a.ics").status == 404);
    CHECK(server.propfind("calendar/", "D:displayname").only().text("D:displayname") == "Calendar");
}

TEST_CASE("a recurrence that never ends, or never begins, is answered in bounded time") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    int number = 0;
    const auto start = Clock::now();
    for (const std::string rule :
         {"FREQ=SECONDLY", "FREQ=SECONDLY;BYHOUR=3;BYMONTH=7;BYDAY=MO",
          "FREQ=SECONDLY;BYYEARDAY=366", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
          "FREQ=MINUTELY;INTERVAL=1;UNTIL=99991231T235959Z", "FREQ=HOURLY;BYMONTHDAY=31;BYMONTH=4",
          "FREQ=DAILY;COUNT=2000000000",
          "FREQ=SECONDLY;BYSECOND=59;BYMINUTE=59;BYHOUR=23;BYMONTHDAY=31;BYMONTH=12;BYDAY=MO"}) {
        CAPTURE(rule);
        const auto status =
            server
                .put("calendar/" + std::to_string(number) + ".ics",
                     event(std::to_string(number),
                           "DTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:" + rule + "\n"))
                .status;
        CHECK((status == 201 || status == 403));
        ++number;
    }
    const std::string filter =
        "<C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">"
        "<C:time-range start=\"29990101T000000Z\" end=\"29990102T000000Z\"/>"
        "</C:comp-filter></C:comp-filter></C:filter>";
    for (const std::string data :
         {"<C:calendar-data/>", "<C:calendar-data><C:expand start=\"20200101T000000Z\" "
                                "end=\"29990101T000000Z\"/></C:calendar-data>"}) {
        const auto reply =
            server.report("calendar/", "C:calendar-query", "<D:prop>" + data + "</D:prop>" + filter)
                .reply();
        CHECK((reply.status == 207 || reply.status == 403));
        if (reply.status == 403) CHECK(precondition(reply) == "C:max-instances");
    }
    const auto busy =
        server.report("calendar/", "C:free-busy-query",
                      "<C:time-range start=\"19700101T000000Z\" end=\"29990101T000000Z\"/>");
    CHECK((busy.status() == 200 || busy.status() == 403));
    CHECK(Clock::now() - start < 60s);
    CHECK(server.propfind("calendar/", "D:getetag").status() == 207);
}

TEST_CASE("an object nested without end, or of lines without end, is refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto start = Clock::now();
    CHECK(is_refusal(server.put("calendar/a.ics", repeated("BEGIN:VEVENT\r\n", 200'000)).status));
    CHECK(is_refusal(server
                         .put("calendar/a.ics", calendar(repeated("BEGIN:VEVENT\n", 50'000) +
                                                         repeated("END:VEVENT\n", 50'000)))
                         .status));
    CHECK(is_refusal(server.put("calendar/a.ics", std::string(3'000'000, 'x')).status));
    CHECK(is_refusal(server.put("calendar/a.ics", repeated("\r\n", 1'000'000)).status));
    CHECK(is_refusal(
        server.put(server.books("contacts/a.vcf"), repeated("BEGIN:VCARD\r\n", 200'000)).status));
    CHECK(Clock::now() - start < 30s);
}

TEST_CASE("a filter nested without end, or with very many tests, is refused or answered soon") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (int i = 0; i < 50; ++i)
        server.put("calendar/" + std::to_string(i) + ".ics", event(std::to_string(i)));
    server.put(server.books("contacts/a.vcf"), card("A"));
    const auto start = Clock::now();
    const auto deep = "<C:filter><C:comp-filter name=\"VCALENDAR\">" +
                      repeated("<C:comp-filter name=\"VEVENT\">", 50) +
                      repeated("</C:comp-filter>", 50) + "</C:comp-filter></C:filter>";
    CHECK(server.report("calendar/", "C:calendar-query", "<D:prop/>" + deep).status() < 500);
    const auto many =
        "<C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">" +
        repeated("<C:prop-filter name=\"SUMMARY\"><C:text-match>1</C:text-match></C:prop-filter>",
                 20'000) +
        "</C:comp-filter></C:comp-filter></C:filter>";
    CHECK(server.report("calendar/", "C:calendar-query", "<D:prop/>" + many).status() < 500);
    const auto cards =
        "<D:prop/><CR:filter>" +
        repeated("<CR:prop-filter name=\"FN\"><CR:text-match>zzz</CR:text-match></CR:prop-filter>",
                 20'000) +
        "</CR:filter>";
    CHECK(server.report(server.books("contacts/"), "CR:addressbook-query", cards).status() < 500);
    CHECK(Clock::now() - start < 20s);
}
