// calendar-multiget: RFC 4791 7.9.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;

namespace {

std::string hrefs(const std::vector<std::string>& all) {
    std::string result;
    for (const auto& href : all) result += "<D:href>" + href + "</D:href>";
    return result;
}

const std::string data = "<D:prop><D:getetag/><C:calendar-data/></D:prop>";

}  // namespace

TEST_CASE("RFC 4791 7.9: a multiget gives each object with the bytes that were stored") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("calendar/");
    const auto a = event("A & B <c> \"d\" 日本 🎉");
    const auto etag = server.put("calendar/a.ics", a).etag();
    server.put("calendar/b.ics", event("B"));
    server.put("calendar/c.ics", event("C"));
    const auto answer = server.report("calendar/", "C:calendar-multiget",
                                      data + hrefs({path + "a.ics", path + "b.ics"}));
    REQUIRE(answer.size() == 2);
    CHECK(answer.at(path + "a.ics").raw_text("C:calendar-data") == a);
    CHECK(answer.at(path + "a.ics").text("D:getetag") == etag);
    CHECK(summary(answer.at(path + "b.ics").raw_text("C:calendar-data")) == "B");
}

TEST_CASE("hrefs may be absolute or in any percent-encoding, and are answered as they were sent") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a%20%C3%A9.ics", event("A"));
    const auto port = std::to_string(server.port());
    for (const std::string& href :
         {server.calendars("calendar/a%20%C3%A9.ics"),
          server.calendars("calendar/%61%20%c3%a9.ics"),
          "http://localhost:" + port + server.calendars("calendar/a%20%C3%A9.ics"),
          "https://dav.example.com" + server.calendars("calendar/a%20%C3%A9%2Eics"),
          std::string("/dav/calendars/%61lice/calendar/a%20%C3%A9.ics"),
          std::string("/dav/calendars/ALICE/calendar/a%20%C3%A9.ics")}) {
        CAPTURE(href);
        const auto answer = server.report("calendar/", "C:calendar-multiget", data + hrefs({href}));
        CHECK(answer.only().href == href);
        CHECK(summary(answer.only().raw_text("C:calendar-data")) == "A");
    }
    const auto both = server.report("calendar/", "C:calendar-multiget",
                                    data + hrefs({server.calendars("calendar/a%20%C3%A9.ics"),
                                                  server.calendars("calendar/%61%20%C3%A9.ics")}));
    CHECK(both.size() == 2);
    for (const auto& member : both.members()) CHECK(member.status_of("C:calendar-data") == 200);
}

TEST_CASE("white space around an href is not part of it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    const auto answer =
        server.report("calendar/", "C:calendar-multiget",
                      data + hrefs({"\n      " + server.calendars("calendar/a.ics") + "\n    "}));
    CHECK(answer.only().status_of("C:calendar-data") == 200);
}

TEST_CASE("RFC 4791 7.9: an href that is not there, or not in this calendar, is a 404 response") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    server.put("calendar/a.ics", event("A"));
    server.put("tasks/t.ics", todo("T"));
    server.as("bob").put("calendar/b.ics", event("B"));
    const std::vector<std::string> missing{server.calendars("calendar/none.ics"),
                                           server.calendars("calendar/"),
                                           server.calendars("tasks/t.ics"),
                                           server.as("bob").calendars("calendar/b.ics"),
                                           server.books("contacts/a.vcf"),
                                           "/",
                                           "nonsense",
                                           "http://",
                                           server.calendars("calendar/a.ics/"),
                                           server.calendars("calendar/%zz.ics"),
                                           server.calendars("calendar/%00")};
    auto all = missing;
    all.push_back(server.calendars("calendar/a.ics"));
    const auto answer = server.report("calendar/", "C:calendar-multiget", data + hrefs(all));
    CHECK(answer.size() == all.size());
    for (const auto& href : missing) {
        CAPTURE(href);
        CHECK(answer.at(href).status == 404);
        CHECK(answer.at(href).properties.empty());
    }
    CHECK(answer.at(server.calendars("calendar/a.ics")).status_of("C:calendar-data") == 200);
}

TEST_CASE("RFC 5545 3.1: a fold inside a character is stored as sent, and is no fold in XML") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto split =
        event("M\xC3\r\n \xBCnchen", std::string(one_hour) + "LOCATION:x\n  y\n", "a");
    const auto whole = event("M\xC3\xBCnchen", std::string(one_hour) + "LOCATION:x\n  y\n", "a");
    const auto stored = server.put("calendar/a.ics", split);
    REQUIRE(stored.status == 201);
    CHECK(server.get("calendar/a.ics").body == split);
    CHECK(server.put("calendar/a.ics", split).etag() == stored.etag());
    const auto href = server.calendars("calendar/a.ics");
    const auto answer = server.report("calendar/", "C:calendar-multiget", data + hrefs({href}));
    CHECK(answer.only().raw_text("C:calendar-data") == whole);
    CHECK(answer.only().text("D:getetag") == stored.etag());
    const auto part = server.report(
        "calendar/", "C:calendar-multiget",
        "<D:prop><C:calendar-data><C:comp name=\"VCALENDAR\"><C:comp name=\"VEVENT\"><C:prop "
        "name=\"SUMMARY\"/></C:comp></C:comp></C:calendar-data></D:prop>" +
            hrefs({href}));
    CHECK(summary(part.only().raw_text("C:calendar-data")) == "M\xC3\xBCnchen");

    for (const std::string wrong : {"M\xC3\r\n nchen", "M\xC3\r\nX-A:\xBC", "M\xFC"}) {
        const auto refused = server.put("calendar/b.ics", event(wrong, one_hour, "b"));
        CHECK(refused.status == 403);
        CHECK(precondition(refused) == "C:valid-calendar-data");
    }
}

TEST_CASE("a multiget of thousands of objects comes whole") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    constexpr int many = 1100;
    std::vector<std::string> all;
    for (int i = 0; i < many; ++i) {
        const auto name = "calendar/" + std::to_string(i) + ".ics";
        REQUIRE(server.put(name, event(std::to_string(i))).status == 201);
        all.push_back(server.calendars(name));
    }
    const auto answer = server.report("calendar/", "C:calendar-multiget", data + hrefs(all));
    REQUIRE(answer.size() == many);
    for (const auto& member : answer.members()) CHECK(member.status_of("C:calendar-data") == 200);
}

TEST_CASE("RFC 4791 7.9: on an object itself a multiget gives nothing but that") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("calendar/");
    server.put("calendar/a.ics", event("A"));
    server.put("calendar/b.ics", event("B"));
    const auto answer = server.report("calendar/a.ics", "C:calendar-multiget",
                                      data + hrefs({path + "a.ics", path + "b.ics"}), "0");
    CHECK(answer.at(path + "a.ics").status_of("D:getetag") == 200);
    CHECK(answer.at(path + "b.ics").status == 404);
}

TEST_CASE("RFC 4791 7.9: on an object itself a multiget works too, and without hrefs it is 400") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    const auto answer = server.report("calendar/a.ics", "C:calendar-multiget",
                                      data + hrefs({server.calendars("calendar/a.ics")}));
    CHECK(answer.only().status_of("C:calendar-data") == 200);
    CHECK(server.report("calendar/", "C:calendar-multiget", data).status() == 400);
    CHECK(precondition(
              server.report(server.books("contacts/"), "C:calendar-multiget", data).reply()) ==
          "D:supported-report");
}

TEST_CASE("RFC 4791 7.9: a multiget of a home gives the objects of all its calendars") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server.put("calendar/a.ics", event("A")).status == 201);
    REQUIRE(server.put("tasks/b.ics", todo("B")).status == 201);
    const auto answer =
        server.report("", "C:calendar-multiget",
                      data + hrefs({server.calendars("calendar/a.ics"),
                                    server.calendars("tasks/b.ics"), server.calendars("x/c.ics"),
                                    server.calendars("calendar/c.ics"), "/dav/calendars/bob/x/a"}));
    REQUIRE(answer.size() == 5);
    CHECK(answer.at(server.calendars("calendar/a.ics")).status_of("C:calendar-data") == 200);
    CHECK(answer.at(server.calendars("tasks/b.ics")).status_of("C:calendar-data") == 200);
    for (const auto* gone : {"x/c.ics", "calendar/c.ics"})
        CHECK(answer.at(server.calendars(gone)).status == 404);
    CHECK(answer.at("/dav/calendars/bob/x/a").status == 404);
}

TEST_CASE("RFC 4791 9.6: an unknown property in a multiget is 404, and other formats are refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    const auto href = hrefs({server.calendars("calendar/a.ics")});
    const auto answer = server.report("calendar/", "C:calendar-multiget",
                                      "<D:prop><D:getetag/><D:none/><C:calendar-data content-type="
                                      "\"text/calendar\" version=\"2.0\"/></D:prop>" +
                                          href);
    CHECK(answer.only().status_of("D:none") == 404);
    CHECK(answer.only().status_of("C:calendar-data") == 200);
    const auto json =
        server
            .report(
                "calendar/", "C:calendar-multiget",
                "<D:prop><C:calendar-data content-type=\"application/calendar+json\"/></D:prop>" +
                    href)
            .reply();
    CHECK(json.status == 403);
    CHECK(precondition(json) == "C:supported-calendar-data");
}

TEST_CASE("a carriage return in stored data survives XML") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = event("A");
    REQUIRE(body.find("\r\n") != std::string::npos);
    server.put("calendar/a.ics", body);
    const auto answer = server.report("calendar/", "C:calendar-multiget",
                                      data + hrefs({server.calendars("calendar/a.ics")}));
    CHECK(answer.only().raw_text("C:calendar-data") == body);
}
