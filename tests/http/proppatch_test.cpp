// PROPPATCH: RFC 4918 9.2, 4.3.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;
namespace xml = kalends::xml;

namespace {

/// What the server keeps under that name in "calendar/".
const xml::Element& stored(Multistatus& answer, TestServer& server, const std::string& asked,
                           const std::string& name) {
    answer = server.propfind_xml("calendar/", "<D:prop>" + asked + "</D:prop>");
    const auto* element = answer.only().element(name);
    REQUIRE(element != nullptr);
    return *element;
}

}  // namespace

TEST_CASE(
    "RFC 4918 9.2: a calendar's name, description, colour and order are stored and given back") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto changed = server.proppatch(
        "calendar/", "<D:displayname>Arbeit &amp; \"Spiel\" &lt;日本&gt; 🎉</D:displayname>"
                     "<C:calendar-description xml:lang=\"de\">Alles</C:calendar-description>"
                     "<A:calendar-color>#FF2968FF</A:calendar-color>"
                     "<A:calendar-order>3</A:calendar-order>");
    REQUIRE(changed.status() == 207);
    CHECK(changed.only().href == server.calendars("calendar/"));
    for (const std::string name :
         {"D:displayname", "C:calendar-description", "A:calendar-color", "A:calendar-order"}) {
        CAPTURE(name);
        CHECK(changed.only().status_of(name) == 200);
    }
    const auto answer = server.propfind("",
                                        "D:displayname C:calendar-description A:calendar-color "
                                        "A:calendar-order",
                                        "1");
    const auto& calendar = answer.at(server.calendars("calendar/"));
    CHECK(calendar.text("D:displayname") == "Arbeit & \"Spiel\" <日本> 🎉");
    CHECK(calendar.text("C:calendar-description") == "Alles");
    CHECK(calendar.element("C:calendar-description")->lang == "de");
    CHECK(calendar.text("A:calendar-color") == "#FF2968FF");
    CHECK(calendar.text("A:calendar-order") == "3");
}

TEST_CASE(
    "RFC 4918 4.3: a dead property keeps namespaces, language, attributes and mixed content") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const std::string value =
        "<p:note xmlns:p=\"urn:one\" xmlns:q=\"urn:two\" xml:lang=\"fr\" kind=\"a&quot;b\" "
        "q:x=\"1\">"
        "  one <q:b>two &amp; <deep xmlns=\"\">three</deep></q:b> four <p:empty/>\n</p:note>";
    REQUIRE(server.proppatch("calendar/", value).only().status_of("{urn:one}note") == 200);

    Multistatus answer{Reply{}};
    const auto& note = stored(answer, server, "<p:note xmlns:p=\"urn:one\"/>", "{urn:one}note");
    CHECK(note.lang == "fr");
    CHECK(*note.attribute("kind") == "a\"b");
    CHECK(note.text() == "  one two & three four \n");
    REQUIRE(note.nodes.size() == 5);
    CHECK(note.nodes[0].text == "  one ");
    CHECK(note.nodes[1].element->is({"urn:two", "b"}));
    CHECK(note.nodes[1].element->child({"", "deep"}) != nullptr);
    CHECK(note.nodes[3].element->is({"urn:one", "empty"}));
    bool has_qualified = false;
    for (const auto& attribute : note.attributes)
        has_qualified = has_qualified ||
                        (attribute.name == xml::Name{"urn:two", "x"} && attribute.value == "1");
    CHECK(has_qualified);
}

TEST_CASE(
    "a dead property without a namespace, and two of one name in two namespaces, are kept apart") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server
                .proppatch("calendar/", "<note xmlns=\"\">none</note><note xmlns=\"urn:a\">a</note>"
                                        "<note xmlns=\"urn:b\">b</note>")
                .status() == 207);
    const auto answer = server.propfind_xml(
        "calendar/",
        "<D:prop><note xmlns=\"\"/><note xmlns=\"urn:a\"/><note xmlns=\"urn:b\"/></D:prop>");
    CHECK(answer.only().text("{}note") == "none");
    CHECK(answer.only().text("{urn:a}note") == "a");
    CHECK(answer.only().text("{urn:b}note") == "b");
}

TEST_CASE("the xml:lang around a property belongs to its value") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = "<?xml version=\"1.0\"?><D:propertyupdate xmlns:D=\"DAV:\"><D:set>"
                      "<D:prop xml:lang=\"cs\"><X:n xmlns:X=\"urn:x\">ahoj</X:n></D:prop></D:set>"
                      "</D:propertyupdate>";
    REQUIRE(server.request("PROPPATCH", "calendar/", body).status == 207);
    Multistatus answer{Reply{}};
    CHECK(stored(answer, server, "<X:n xmlns:X=\"urn:x\"/>", "{urn:x}n").lang == "cs");
}

TEST_CASE("RFC 4918 9.2.1: a protected property fails with 403, the others with 424, and nothing "
          "changes") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string name :
         {"D:getetag", "D:resourcetype", "D:sync-token", "CS:getctag", "D:owner",
          "D:current-user-privilege-set", "C:supported-calendar-component-set",
          "C:max-resource-size", "D:quota-used-bytes", "D:resource-id"}) {
        CAPTURE(name);
        const auto answer =
            server.proppatch("calendar/", "<D:displayname>New</D:displayname><" + name + ">x</" +
                                              name + "><X:note xmlns:X=\"urn:x\">n</X:note>");
        REQUIRE(answer.status() == 207);
        if (name == "D:getetag") continue;  // no property of a calendar
        CHECK(answer.only().status_of(name) == 403);
        CHECK(answer.only().propstat_errors.at(403) == "D:cannot-modify-protected-property");
        CHECK(answer.only().status_of("D:displayname") == 424);
        CHECK(answer.only().status_of("{urn:x}note") == 424);
        const auto now = server.propfind_xml(
            "calendar/", "<D:prop><D:displayname/><X:note xmlns:X=\"urn:x\"/></D:prop>");
        if (name != "D:getetag") {
            CHECK(now.only().status_of("{urn:x}note") != 0);
        }
    }
}

TEST_CASE("RFC 4918 9.2.1: an update that fails leaves everything as it was") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto token = server.propfind("calendar/", "CS:getctag").only().text("CS:getctag");
    const auto answer = server.proppatch(
        "calendar/", "<D:displayname>New</D:displayname><CS:getctag>1</CS:getctag>",
        "<A:calendar-color/>");
    CHECK(answer.only().status_of("D:displayname") == 424);
    CHECK(answer.only().status_of("CS:getctag") == 403);
    CHECK(answer.only().status_of("A:calendar-color") == 424);
    const auto now = server.propfind("calendar/", "D:displayname CS:getctag");
    CHECK(now.only().text("D:displayname") == "Calendar");
    CHECK(now.only().text("CS:getctag") == token);
}

TEST_CASE("RFC 4918 9.2: instructions are done in their order") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto update = [&](const std::string& inner) {
        return server.request("PROPPATCH", "calendar/", xml_body("D:propertyupdate", inner)).status;
    };
    const std::string note = "<X:n xmlns:X=\"urn:x\">1</X:n>";
    const std::string set = "<D:set><D:prop>" + note + "</D:prop></D:set>";
    const std::string remove = "<D:remove><D:prop><X:n xmlns:X=\"urn:x\"/></D:prop></D:remove>";
    const auto there = [&] {
        return server.propfind_xml("calendar/", "<D:prop><X:n xmlns:X=\"urn:x\"/></D:prop>")
            .only()
            .status_of("{urn:x}n");
    };
    CHECK(update(remove + set) == 207);
    CHECK(there() == 200);
    CHECK(update(set + remove) == 207);
    CHECK(there() == 404);
}

TEST_CASE("RFC 4918 14.23: removing what is not there succeeds") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto answer = server.proppatch("calendar/", "", "<X:none xmlns:X=\"urn:x\"/>");
    CHECK(answer.only().status_of("{urn:x}none") == 200);
    CHECK(server.proppatch("calendar/", "", "<D:displayname/>").only().status_of("D:displayname") ==
          200);
    CHECK(server.propfind("calendar/", "D:displayname").only().status_of("D:displayname") == 404);
}

TEST_CASE("an object keeps dead properties, and loses them with its deletion") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    REQUIRE(server.proppatch("calendar/a.ics", "<X:n xmlns:X=\"urn:x\">kept</X:n>")
                .only()
                .status_of("{urn:x}n") == 200);
    const auto ask = [&](const std::string& depth, const std::string& path) {
        return server.propfind_xml(path, "<D:prop><X:n xmlns:X=\"urn:x\"/><D:getetag/></D:prop>",
                                   depth);
    };
    CHECK(ask("0", "calendar/a.ics").only().text("{urn:x}n") == "kept");
    CHECK(ask("1", "calendar/").at(server.calendars("calendar/a.ics")).text("{urn:x}n") == "kept");
    server.put("calendar/a.ics", event("A", "DTSTART:20270101T000000Z\n"));
    CHECK(ask("0", "calendar/a.ics").only().text("{urn:x}n") == "kept");
    server.erase("calendar/a.ics");
    server.put("calendar/a.ics", event("A"));
    CHECK(ask("0", "calendar/a.ics").only().status_of("{urn:x}n") == 404);
    CHECK(server.proppatch("calendar/none.ics", "<X:n xmlns:X=\"urn:x\"/>").status() == 404);
}

TEST_CASE("RFC 4791 5.2.2: a calendar-timezone must be one VTIMEZONE") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto set = [&](const std::string& text) {
        return server.proppatch("calendar/",
                                "<C:calendar-timezone>" + text + "</C:calendar-timezone>");
    };
    const auto zone = calendar(R"(
BEGIN:VTIMEZONE
TZID:Far
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0500
TZOFFSETTO:+0500
END:STANDARD
END:VTIMEZONE
)");
    CHECK(set(zone).only().status_of("C:calendar-timezone") == 200);
    CHECK(server.propfind("calendar/", "C:calendar-timezone")
              .only()
              .text("C:calendar-timezone")
              .find("TZID:Far") != std::string::npos);
    for (const auto& wrong : {std::string("nonsense"), event("A"), calendar(""), std::string()}) {
        CAPTURE(wrong);
        const auto answer = set(wrong);
        CHECK(answer.only().status_of("C:calendar-timezone") == 403);
        CHECK(answer.only().propstat_errors.at(403) == "C:valid-calendar-data");
    }
    CHECK(server.propfind("calendar/", "C:calendar-timezone")
              .only()
              .text("C:calendar-timezone")
              .find("TZID:Far") != std::string::npos);
}

TEST_CASE("a PROPPATCH that names nothing is 400, and principals can't be changed") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK(server.request("PROPPATCH", "calendar/", xml_body("D:propertyupdate", "")).status == 400);
    CHECK(server.request("PROPPATCH", "calendar/", xml_body("D:propfind", "")).status == 400);
    CHECK(server.request("PROPPATCH", "calendar/", "").status == 400);
    for (const auto& path : {server.principal(), std::string("/dav/")}) {
        CAPTURE(path);
        const auto answer = server.proppatch(path, "<D:displayname>x</D:displayname>");
        const bool refused =
            answer.status() == 403 ||
            (answer.status() == 207 && answer.only().status_of("D:displayname") == 403);
        CHECK(refused);
    }
}

TEST_CASE("a home has a name and properties of its own, as Apple's clients set them") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const auto& home : {server.calendars(), server.books(), server.files()}) {
        CAPTURE(home);
        const auto answer = server.proppatch(
            home, "<D:displayname>Mine</D:displayname><X:o xmlns:X=\"urn:x\">1</X:o>");
        CHECK(answer.only().status_of("D:displayname") == 200);
        const auto read = server.propfind(home, "D:displayname");
        CHECK(read.only().text("D:displayname") == "Mine");
    }
}
