// PROPFIND: RFC 4918 9.1.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends::test;
namespace xml = kalends::xml;

namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

/// The names in a D:privilege set or D:supported-report set.
std::vector<std::string> names_two_below(const xml::Element* set) {
    std::vector<std::string> names;
    if (set == nullptr) return names;
    for (const auto* one : set->children())
        for (const auto* child : one->children()) {
            if (child->is({xml::dav, "report"}))
                for (const auto* report : child->children())
                    names.push_back(prefixed(report->name));
            else
                names.push_back(prefixed(child->name));
        }
    return names;
}

}  // namespace

TEST_CASE("RFC 4918 9.1: a property that a resource has not is 404 in a propstat, others are 200") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto answer = server.propfind_xml(
        "calendar/", "<D:prop><D:resourcetype/><D:getcontentlength/><X:y xmlns:X=\"urn:x\"/>"
                     "<z xmlns=\"\"/><D:getcontentlanguage/></D:prop>");
    const auto& calendar = answer.only();
    CHECK(calendar.status_of("D:resourcetype") == 200);
    CHECK(calendar.status_of("D:getcontentlength") == 404);
    CHECK(calendar.status_of("{urn:x}y") == 404);
    CHECK(calendar.properties.size() == 5);
    CHECK(std::count_if(calendar.properties.begin(), calendar.properties.end(),
                        [](const auto& p) { return p.second.status == 404; }) == 4);
}

TEST_CASE("a property that is asked for twice is answered once") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto reply = server.request("PROPFIND", "calendar/",
                                      "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:owner/>"
                                      "<D:displayname/><D:owner/></D:prop></D:propfind>",
                                      {{"Depth", "0"}});
    REQUIRE(reply.status == 207);
    const auto first = reply.body.find("<D:owner>");
    REQUIRE(first != std::string::npos);
    CHECK(reply.body.find("<D:owner>", first + 1) == std::string::npos);
}

TEST_CASE("a calendar tells a client all that it reads first") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto answer = server.propfind(
        "calendar/",
        "D:displayname D:owner D:current-user-privilege-set D:supported-report-set "
        "C:supported-calendar-component-set C:supported-calendar-data C:supported-collation-set "
        "C:max-resource-size C:max-attendees-per-instance D:sync-token CS:getctag D:creationdate "
        "D:quota-used-bytes");
    const auto& calendar = answer.only();
    CHECK(calendar.text("D:displayname") == "Calendar");
    CHECK(calendar.hrefs("D:owner") == std::vector<std::string>{server.principal()});
    const auto privileges = names_two_below(calendar.element("D:current-user-privilege-set"));
    for (const std::string name : {"D:read", "D:write", "D:write-content", "D:write-properties",
                                   "D:bind", "D:unbind", "D:all", "C:read-free-busy"}) {
        CAPTURE(name);
        CHECK(contains(privileges, name));
    }
    const auto reports = names_two_below(calendar.element("D:supported-report-set"));
    for (const std::string name :
         {"D:sync-collection", "C:calendar-query", "C:calendar-multiget", "C:free-busy-query"}) {
        CAPTURE(name);
        CHECK(contains(reports, name));
    }
    CHECK_FALSE(contains(reports, "CR:addressbook-query"));
    const auto* data = calendar.element("C:supported-calendar-data");
    REQUIRE(data != nullptr);
    CHECK(*data->children().front()->attribute("content-type") == "text/calendar");
    CHECK(*data->children().front()->attribute("version") == "2.0");
    CHECK(calendar.text("C:max-resource-size") == "10485760");
    CHECK(calendar.text("C:max-attendees-per-instance") == "1000");
    CHECK_FALSE(calendar.text("D:sync-token").empty());
    CHECK_FALSE(calendar.text("CS:getctag").empty());
    CHECK(calendar.text("D:creationdate").ends_with("Z"));
    CHECK(calendar.text("D:quota-used-bytes") == "0");
}

TEST_CASE("RFC 6638 6: a calendar has no privileges of an inbox or an outbox") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto reply = server.request("PROPFIND", "calendar/",
                                      "<D:propfind xmlns:D=\"DAV:\"><D:prop>"
                                      "<D:supported-privilege-set/><D:current-user-privilege-set/>"
                                      "</D:prop></D:propfind>",
                                      {{"Depth", "0"}});
    REQUIRE(reply.status == 207);
    CHECK(reply.body.find("<D:write-acl/>") != std::string::npos);
    CHECK(reply.body.find("schedule-") == std::string::npos);
}

TEST_CASE("an address book tells a client all that it reads first") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto answer =
        server.propfind(server.books("contacts/"),
                        "D:displayname D:owner D:supported-report-set CR:supported-address-data "
                        "CR:max-resource-size CR:supported-collation-set D:sync-token CS:getctag "
                        "C:supported-calendar-component-set");
    const auto& book = answer.only();
    CHECK(book.text("D:displayname") == "Contacts");
    CHECK(book.hrefs("D:owner") == std::vector<std::string>{server.principal()});
    const auto reports = names_two_below(book.element("D:supported-report-set"));
    for (const std::string name :
         {"D:sync-collection", "CR:addressbook-query", "CR:addressbook-multiget"})
        CHECK(contains(reports, name));
    CHECK_FALSE(contains(reports, "C:calendar-query"));
    const auto* data = book.element("CR:supported-address-data");
    REQUIRE(data != nullptr);
    CHECK(data->children().size() == 2);
    CHECK(book.text("CR:max-resource-size") == "10485760");
    CHECK(book.status_of("CR:supported-collation-set") == 200);
    CHECK(book.status_of("C:supported-calendar-component-set") == 404);
}

TEST_CASE("RFC 4918 15: an object has its length, type, dates and etag as properties") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = event("A");
    const auto stored = server.put("calendar/a.ics", body);
    const auto answer =
        server.propfind("calendar/a.ics", "D:getetag D:getcontentlength D:getcontenttype "
                                          "D:getlastmodified D:creationdate D:resourcetype "
                                          "C:calendar-data D:owner");
    const auto& object = answer.only();
    CHECK(object.text("D:getetag") == stored.etag());
    CHECK(object.text("D:getcontentlength") == std::to_string(body.size()));
    CHECK(object.text("D:getcontenttype").starts_with("text/calendar"));
    CHECK(object.text("D:getcontenttype").find("component=vevent") != std::string::npos);
    CHECK(object.text("D:getlastmodified").ends_with(" GMT"));
    CHECK(object.text("D:creationdate").ends_with("Z"));
    CHECK(object.status_of("D:resourcetype") == 200);
    CHECK(object.children("D:resourcetype").empty());
    CHECK(object.status_of("C:calendar-data") == 404);  // RFC 4791 9.6: a report's, not a property
    CHECK(object.hrefs("D:owner") == std::vector<std::string>{server.principal()});
}

TEST_CASE("RFC 4918 9.1: allprop, propname and include") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server.proppatch("calendar/", "<X:note xmlns:X=\"urn:x\">hello</X:note>").status() ==
            207);

    const auto all = server.propfind_xml("calendar/", "<D:allprop/>");
    CHECK(all.only().text("D:displayname") == "Calendar");
    CHECK(all.only().text("{urn:x}note") == "hello");
    CHECK(all.only().status_of("D:sync-token") == 0);  // RFC 6578 4: not in allprop
    for (const auto& [name, property] : all.only().properties) {
        CAPTURE(name);
        CHECK(property.status == 200);
    }

    const auto with = server.propfind_xml(
        "calendar/", "<D:allprop/><D:include><D:sync-token/><D:no-such/></D:include>");
    CHECK(with.only().status_of("D:sync-token") == 200);
    CHECK(with.only().status_of("D:no-such") == 404);
    CHECK(with.only().text("D:displayname") == "Calendar");

    const auto names = server.propfind_xml("calendar/", "<D:propname/>");
    CHECK(names.only().status_of("{urn:x}note") == 200);
    CHECK(names.only().status_of("C:supported-calendar-component-set") == 200);
    for (const auto& [name, property] : names.only().properties) {
        CAPTURE(name);
        CHECK(property.element->nodes.empty());
    }
}

TEST_CASE("RFC 4918 9.1: a PROPFIND without a body is one for allprop") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const Multistatus answer{server.request("PROPFIND", "calendar/", {}, {{"Depth", "0"}})};
    CHECK(answer.only().text("D:displayname") == "Calendar");
}

TEST_CASE("RFC 4918 9.1.1: infinity is refused with its precondition, asked for or by default") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = xml_body("D:propfind", "<D:prop><D:getetag/></D:prop>");
    for (const auto& path :
         {std::string("/dav/"), server.calendars(), server.calendars("calendar/")}) {
        CAPTURE(path);
        for (const auto& headers : {Fields{{"Depth", "infinity"}}, Fields{}}) {
            const auto reply = server.request("PROPFIND", path, body, headers);
            CHECK(reply.status == 403);
            CHECK(precondition(reply) == "D:propfind-finite-depth");
        }
    }
    CHECK(server.request("PROPFIND", "calendar/", body, {{"Depth", "2"}}).status == 400);
}

TEST_CASE("RFC 4918 9.1: Depth 1 lists a calendar with its objects") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto a = server.put("calendar/a.ics", event("A"));
    const auto b = server.put("calendar/b.ics", event("B"));
    const auto answer = server.propfind("calendar/", "D:getetag D:resourcetype", "1");
    CHECK(answer.hrefs() == std::vector<std::string>{server.calendars("calendar/"),
                                                     server.calendars("calendar/a.ics"),
                                                     server.calendars("calendar/b.ics")});
    CHECK(answer.at(server.calendars("calendar/a.ics")).text("D:getetag") == a.etag());
    CHECK(answer.at(server.calendars("calendar/b.ics")).text("D:getetag") == b.etag());
    CHECK(server.propfind("calendar/", "D:getetag", "0").size() == 1);
    CHECK(server.propfind("calendar/a.ics", "D:getetag", "1").size() == 1);
}

TEST_CASE("a listing of thousands of objects comes whole, in chunks") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    constexpr int many = 2500;  // more than two pages of rows
    for (int i = 0; i < many; ++i)
        REQUIRE(
            server.put("calendar/" + std::to_string(i) + ".ics", event(std::to_string(i))).status ==
            201);
    const auto answer = server.propfind("calendar/", "D:getetag", "1");
    CHECK(answer.size() == many + 1);
    CHECK(answer.reply().header("Transfer-Encoding") == "chunked");
}

TEST_CASE("RFC 4918 9.1: what is not there is 404, and a body that is no propfind is 400") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string path :
         {"calendar/none.ics", "none/", "none/none.ics", "/dav/none/", "/dav/calendars/nobody/",
          "/dav/principals/users/nobody/", "/dav/principals/none/", "calendar/a/b.ics",
          "calendar//", "/dav/addressbooks/alice/calendar/"}) {
        CAPTURE(path);
        CHECK(server.propfind(path, "D:getetag").status() == 404);
    }
    for (const std::string body : {"<", "<a/>", "<D:propfind xmlns:D='DAV:'>", "not xml",
                                   "<D:propfind xmlns:D='DAV:'><D:prop/><D:allprop/></D:propfind>",
                                   "<D:propfind><D:prop/></D:propfind>"}) {
        CAPTURE(body);
        const auto reply = server.request("PROPFIND", "calendar/", body,
                                          {{"Depth", "0"}, {"Content-Type", "application/xml"}});
        CHECK(reply.status == 400);
    }
}

TEST_CASE("RFC 4918 A.4: a propfind with nothing in it that is known is 400") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string inner :
         {"", "<E:expired-props xmlns:E='urn:e'/>", "<D:include><D:owner/></D:include>"}) {
        CAPTURE(inner);
        CHECK(server.propfind_xml("calendar/", inner).status() == 400);
    }
    const std::string leave_out = "<E:leave-out xmlns:E='urn:e'>*boss*</E:leave-out>";
    CHECK(server.propfind_xml("calendar/", "<D:propname/>" + leave_out).status() == 207);
}

TEST_CASE("XML is read whatever a client calls it, and refused as 415 where it is something else") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = xml_body("D:propfind", "<D:prop><D:resourcetype/></D:prop>");
    for (const std::string type : {"text/xml", "application/xml; charset=\"utf-8\"",
                                   "APPLICATION/XML", "application/x-www-form-urlencoded"}) {
        CAPTURE(type);
        CHECK(
            server.request("PROPFIND", "calendar/", body, {{"Depth", "0"}, {"Content-Type", type}})
                .status == 207);
    }
    CHECK(server
              .request("PROPFIND", "calendar/", "{\"a\": 1}",
                       {{"Depth", "0"}, {"Content-Type", "application/json"}})
              .status == 415);
}

TEST_CASE(
    "RFC 5842 3.1: a resource-id stays when the object changes, and differs between objects") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    server.put("calendar/b.ics", event("B"));
    const auto id = [&](const char* path) {
        return server.propfind(path, "D:resource-id").only().hrefs("D:resource-id");
    };
    const auto before = id("calendar/a.ics");
    CHECK(before != id("calendar/b.ics"));
    CHECK(before != id("calendar/"));
    server.put("calendar/a.ics", event("A", "DTSTART:20260711T100000Z\n"));
    CHECK(id("calendar/a.ics") == before);
}

TEST_CASE("RFC 4331 3: quota properties are there where a quota is set, and count down") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.quota = 10'000;
    TestServer server{{"alice"}, config};
    const auto body = event("A");
    REQUIRE(server.put("calendar/a.ics", body).status == 201);
    const auto home = server.propfind("", "D:quota-used-bytes D:quota-available-bytes");
    CHECK(home.only().text("D:quota-used-bytes") == std::to_string(body.size()));
    CHECK(home.only().text("D:quota-available-bytes") == std::to_string(10'000 - body.size()));

    TestServer unlimited{"bob"};
    CHECK(unlimited.propfind("", "D:quota-available-bytes")
              .only()
              .status_of("D:quota-available-bytes") == 404);
}

TEST_CASE("RFC 4331 6: a PUT over the quota is refused with 507, and one that makes room is not") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.quota = 3000;
    TestServer server{{"alice"}, config};
    const std::string long_line = "DESCRIPTION:" + std::string(1500, 'x') + "\n";
    const auto first = event("A", std::string(one_hour) + long_line);
    REQUIRE(server.put("calendar/a.ics", first).status == 201);
    const auto refused =
        server.put("calendar/b.ics", event("B", std::string(one_hour) + long_line));
    CHECK(refused.status == 507);
    CHECK(precondition(refused) == "D:quota-not-exceeded");
    CHECK(server.get("calendar/b.ics").status == 404);
    CHECK(server.put("calendar/a.ics", event("A")).status == 204);
    CHECK(server.put("calendar/b.ics", event("B", std::string(one_hour) + long_line)).status ==
          201);
}

TEST_CASE("RFC 7240 2: an answer to a client that prefers minimal ones is still whole") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const Multistatus answer{server.request(
        "PROPFIND", "calendar/", xml_body("D:propfind", "<D:prop><D:resourcetype/></D:prop>"),
        {{"Depth", "0"}, {"Prefer", "return=minimal"}})};
    CHECK(answer.only().status_of("D:resourcetype") == 200);
}
