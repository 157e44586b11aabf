// A calendar object that is changed keeps the bytes of what is not.
#include "ical/document.hpp"

#include <doctest/doctest.h>

using namespace kalends;

namespace {
constexpr const char* object = "BEGIN:VCALENDAR\n"
                               "VERSION:2.0\n"
                               "begin:vevent\n"
                               "uid:1\n"
                               "X-Odd;a=\"b\":long\n er\n"
                               "ATTENDEE;CN=\"Jane, of Doe\";PARTSTAT=NEEDS-ACTION:mailto:j@x.org\n"
                               "COMMENT:a\n"
                               "COMMENT:b\n"
                               "BEGIN:VALARM\n"
                               "ACTION:AUDIO\n"
                               "END:VALARM\n"
                               "end:vevent\n"
                               "END:VCALENDAR";
}

TEST_CASE("lines come out byte for byte") {
    const auto document = ical::parse_document(object);
    CHECK(ical::to_text(document) ==
          "BEGIN:VCALENDAR\r\nVERSION:2.0\nBEGIN:VEVENT\r\nuid:1\nX-Odd;a=\"b\":long\n er\n"
          "ATTENDEE;CN=\"Jane, of Doe\";PARTSTAT=NEEDS-ACTION:mailto:j@x.org\nCOMMENT:a\n"
          "COMMENT:b\nBEGIN:VALARM\r\nACTION:AUDIO\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

TEST_CASE("what is changed is written anew, and only that") {
    auto document = ical::parse_document(object);
    auto& event = document.parts.at(0);
    auto* attendee = event.line("ATTENDEE");
    REQUIRE(attendee != nullptr);
    attendee->set_parameter("PARTSTAT", "NEEDS-ACTION");  // as it is: the bytes stay
    attendee->set_parameter("RSVP", "TRUE");
    event.set("COMMENT", "c");
    event.set("SEQUENCE", "1");
    event.remove_parts("VALARM");
    CHECK(ical::to_text(document) ==
          "BEGIN:VCALENDAR\r\nVERSION:2.0\nBEGIN:VEVENT\r\nuid:1\nX-Odd;a=\"b\":long\n er\n"
          "ATTENDEE;CN=\"Jane, of Doe\";PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:j@x.org\r\n"
          "COMMENT:c\r\nSEQUENCE:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    attendee->remove_parameter("RSVP");
    CHECK_FALSE(attendee->has_parameter("RSVP"));
    CHECK(attendee->parameter("CN") == "Jane, of Doe");
    event.remove("COMMENT");
    CHECK(event.line("COMMENT") == nullptr);
    CHECK(event.value("UID") == "1");
}
