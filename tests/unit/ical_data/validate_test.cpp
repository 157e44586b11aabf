#include "ical/validate.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using test::calendar;
using test::event;

namespace {

struct Verdict {
    std::string precondition = "none";
    std::string sentence = "accepted";
};

Verdict judge(const std::string& bytes) {
    try {
        ical::accept(bytes);
        return {};
    } catch (const ical::ObjectError& error) {
        return {ical::precondition_name(error.fault()), error.what()};
    }
}

/// What is said about an event with these lines beside UID, DTSTAMP and a DTSTART.
std::string verdict_on(const std::string& lines) {
    const Verdict verdict = judge(calendar(event("DTSTART:20260105T100000Z\r\n" + lines)));
    if (verdict.sentence != "accepted") CHECK(verdict.precondition == "valid-calendar-data");
    return verdict.sentence;
}

}  // namespace

TEST_CASE("a good event is accepted, with its tree and its facts") {
    const auto accepted = ical::accept(calendar(event("DTSTART:20260105T100000Z\r\n")));
    CHECK(accepted.object.uid == "u1");
    CHECK(accepted.calendar.components.at(0).name == "VEVENT");
}

TEST_CASE("RFC 4791 5.3.2.1: another format is supported-calendar-data") {
    CHECK(judge("BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
              .precondition == "supported-calendar-data");
    CHECK(judge("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\nEND:VCARD\r\n").precondition ==
          "supported-calendar-data");
}

TEST_CASE("RFC 4791 5.3.2.1: what is not iCalendar is valid-calendar-data") {
    CHECK(judge("<html></html>").precondition == "valid-calendar-data");
    CHECK(judge("").precondition == "valid-calendar-data");
    CHECK(judge("BEGIN:XCALENDAR\r\nVERSION:2.0\r\nEND:XCALENDAR\r\n").sentence ==
          "line 1: BEGIN:VCALENDAR should be here");
    CHECK(judge("BEGIN:VCALENDAR\r\n" + event("DTSTART:20260105\r\n") + "END:VCALENDAR\r\n")
              .sentence == "line 1: VCALENDAR has no VERSION");
    CHECK(judge(calendar("CALSCALE:CHINESE\r\n" + event(""))).precondition ==
          "valid-calendar-data");
}

TEST_CASE("RFC 4791 4.1: two calendars in one text are valid-calendar-object-resource") {
    const std::string one = calendar(event("DTSTART:20260105T100000Z\r\n"));
    CHECK(judge(one + one).precondition == "valid-calendar-object-resource");
    CHECK(judge(one + one).sentence == "line 10: a second VCALENDAR follows the first");
    CHECK(judge(one + "junk\r\n").precondition == "valid-calendar-data");
}

TEST_CASE("RFC 5545 3.1: text is UTF-8 without control characters, or it could not be reported") {
    CHECK(verdict_on("SUMMARY:gr\xC3\xBC\xC3\x9F\tdich\r\n") == "accepted");
    CHECK(verdict_on("SUMMARY:gr\xFC\xDF\r\n") == "line 8: bytes that are not UTF-8");
    CHECK(verdict_on("SUMMARY:a\x01z\r\n") == "line 8: a character that text must not have");
    CHECK(verdict_on("SUMMARY:a\rz\r\n") == "line 8: a character that text must not have");
    CHECK(verdict_on(std::string{"SUMMARY:a\0z\r\n", 13}) ==
          "line 8: a character that text must not have");
    CHECK(verdict_on("SUMMARY:a\x7Fz\r\n") == "line 8: a character that text must not have");
    CHECK(verdict_on("SUMMARY:a\xEF\xBF\xBFz\r\n") ==
          "line 8: a character that text must not have");
    CHECK(verdict_on("SUMMARY:a\xEF\xBF\xBDz\r\n") == "accepted");
}

TEST_CASE("RFC 5545 3.1: a fold may stand inside a character, but the unfolded text is UTF-8") {
    CHECK(verdict_on("SUMMARY:gr\xC3\r\n \xBC\xC3\r\n\t\x9F\r\n") == "accepted");
    CHECK(verdict_on("SUMMARY:gr\xC3\r\n x\r\n") == "line 8: bytes that are not UTF-8");
    CHECK(verdict_on("SUMMARY:gr\xC3\r\n") == "line 8: bytes that are not UTF-8");
    CHECK(verdict_on("SUMMARY:\xC3\r\n \xBC\r\nLOCATION:gr\xFC\r\n") ==
          "line 10: bytes that are not UTF-8");
    CHECK(verdict_on("SUMMARY:a\xEF\xBF\r\n \xBFz\r\n") ==
          "line 8: a character that text must not have");
}

TEST_CASE("RFC 5545 3.6: what a component cannot do without must be there") {
    CHECK(judge(calendar(event(""))).sentence == "line 4: VEVENT has no DTSTART");
    CHECK(judge(calendar(test::component("VTODO", ""))).sentence == "accepted");
    CHECK(verdict_on("BEGIN:VALARM\r\nACTION:AUDIO\r\nEND:VALARM\r\n") ==
          "line 8: VALARM has no TRIGGER");
}

TEST_CASE("what clients leave out without harm is not asked for") {
    CHECK(judge("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n"
                "DTSTART:20260105T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
              .sentence == "accepted");  // PRODID, DTSTAMP
    CHECK(verdict_on("BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nACTION:DISPLAY\r\nEND:VALARM\r\n") ==
          "accepted");
    CHECK(verdict_on("EXDATE:\r\nGEO:\r\nSTATUS:MAYBE\r\nPRIORITY:1.0\r\n") == "accepted");
}

TEST_CASE("RFC 5545 3.6.1: what says when, and who, is said once") {
    for (const std::string line :
         {"DTSTART:20260105T100000Z", "UID:u1", "STATUS:CONFIRMED\r\nSTATUS:CANCELLED",
          "DTEND:20260105T110000Z\r\nDTEND:20260105T120000Z", "SEQUENCE:1\r\nSEQUENCE:2",
          "ORGANIZER:mailto:a@x\r\nORGANIZER:mailto:b@x"}) {
        CHECK_MESSAGE(
            verdict_on(line + "\r\n").find("is there twice in VEVENT") != std::string::npos, line);
    }
    CHECK(
        verdict_on("COMMENT:1\r\nCOMMENT:2\r\nX-A:1\r\nX-A:2\r\nLAST-MODIFIED:20260101T000000Z\r\n"
                   "LAST-MODIFIED:20260101T000000Z\r\n") == "accepted");
    CHECK(verdict_on("DTEND:20260105T110000Z\r\nDURATION:PT1H\r\n") ==
          "line 8: VEVENT has both DTEND and DURATION");
}

TEST_CASE("RFC 5545 3.3: values that are read must be readable") {
    for (const std::string line :
         {"DTEND:20260230T100000Z", "DTEND:tomorrow", "DTEND:", "DURATION:1H",
          "RRULE:FREQ=SOMETIMES", "RRULE:FREQ=MONTHLY;BYDAY=+1,3MO", "RRULE:",
          "EXDATE:20260105T100000Z,x", "RDATE;VALUE=PERIOD:20260105T100000Z/x", "SEQUENCE:many",
          "RECURRENCE-ID:1", "CREATED:   51222T205954Z", "LAST-MODIFIED:2026-01-01"}) {
        CHECK_MESSAGE(verdict_on(line + "\r\n") != "accepted", line);
    }
    for (const std::string line :
         {"DURATION:P1DT", "RDATE;VALUE=DATE:20131210Z", "DTEND:20260104T100000Z",
          "RDATE;VALUE=PERIOD:20260105T100000Z/PT1H", "RRULE:FREQ=DAILY;UNTIL=20260201",
          "EXDATE;VALUE=DATE:20260106,20260107", "SEQUENCE:-1", "X-ANY:thing",
          "FUTURE-PROPERTY;X=1:thing", "DTEND:20260105T100000"}) {
        CHECK_MESSAGE(verdict_on(line + "\r\n") == "accepted", line);
    }
    CHECK(verdict_on("RRULE:FREQ=SOMETIMES\r\n").starts_with("line 8: RRULE"));
    CHECK(verdict_on("DTEND:tomorrow\r\n") == "line 8: DTEND cannot be \"tomorrow\"");
}

TEST_CASE("a date without VALUE=DATE is a date, and an end may be of another kind than the start") {
    const auto dates = [](const std::string& start, const std::string& end) {
        return judge(calendar(event("DTSTART" + start + "\r\nDTEND" + end + "\r\n"))).sentence;
    };
    CHECK(dates(":20260105", ":20260106") == "accepted");
    CHECK(dates(";VALUE=DATE:20260105", ";VALUE=DATE:20260106") == "accepted");
    CHECK(dates(";VALUE=DATE:20260105", ":20260106T100000Z") == "accepted");
    CHECK(dates(":20260105T100000Z", ";VALUE=DATE:20260106") == "accepted");
}

TEST_CASE("a TZID must be defined by a VTIMEZONE or known by name") {
    const auto in_zone = [](const std::string& tzid, const std::string& zones = "") {
        return judge(calendar(zones + event("DTSTART;TZID=" + tzid + ":20260105T100000\r\n")));
    };
    CHECK(in_zone("Europe/Berlin").sentence == "accepted");
    CHECK(in_zone("W. Europe Standard Time").sentence == "accepted");
    CHECK(in_zone("Mine", test::zone("Mine")).sentence == "accepted");
    CHECK(in_zone("\"Ours, too\"", test::zone("Ours\\, too")).sentence == "accepted");
    CHECK(in_zone("Mine").precondition == "valid-timezone");
    CHECK(in_zone("Mine").sentence == "line 7: DTSTART is in the time zone \"Mine\", which has no "
                                      "VTIMEZONE and is not known");
    CHECK(judge(calendar(event("DTSTART;TZID=Mine:20260105T100000Z\r\n"))).sentence == "accepted");
}

TEST_CASE("an object that refers to more time zones than anybody uses is refused") {
    std::string lines = "DTSTART:20260105T100000Z\r\n";
    for (std::size_t i = 0; i < ical::max_time_zones; ++i)
        lines += "X-A;TZID=/" + std::to_string(i) + "/Europe/Berlin:x\r\n";
    CHECK_NOTHROW(ical::accept(calendar(event(lines))));
    CHECK_THROWS_AS(ical::accept(calendar(event(lines + "X-A;TZID=Europe/Berlin:x\r\n"))),
                    ical::ObjectError);
}

TEST_CASE("a VTIMEZONE that makes no sense is refused, unless its name says what is meant") {
    const auto with_empty_zone = [](const std::string& tzid) {
        return judge(calendar("BEGIN:VTIMEZONE\r\nTZID:" + tzid + "\r\nEND:VTIMEZONE\r\n" +
                              event("DTSTART;TZID=" + tzid + ":20260105T100000\r\n")))
            .precondition;
    };
    CHECK(with_empty_zone("Europe/Berlin") == "none");
    CHECK(with_empty_zone("Nowhere") == "valid-calendar-data");
    CHECK(judge(calendar("BEGIN:VTIMEZONE\r\nEND:VTIMEZONE\r\n" +
                         event("DTSTART:20260105T100000Z\r\n")))
              .sentence == "line 4: VTIMEZONE has no TZID");
}

TEST_CASE("RFC 7529 10: a rule in a calendar that we do not have is supported-rscale") {
    CHECK(judge(calendar(event("DTSTART:20260105T100000Z\r\nRRULE:RSCALE=CHINESE;FREQ=YEARLY\r\n")))
              .precondition == "supported-rscale");
    CHECK(verdict_on("RRULE:RSCALE=GREGORIAN;FREQ=YEARLY\r\n") == "accepted");
}

TEST_CASE("RFC 4791 5.2.2: a calendar-timezone is one VTIMEZONE and nothing else") {
    const auto accepted = [](const std::string& bytes) {
        try {
            return ical::accept_time_zone(bytes).name;
        } catch (const ical::ObjectError& error) {
            return std::string{ical::precondition_name(error.fault())};
        }
    };
    CHECK(accepted(calendar(test::zone("Mine"))) == "VTIMEZONE");
    CHECK(accepted(calendar(test::zone("A") + test::zone("B"))) == "valid-calendar-data");
    CHECK(accepted(calendar(test::zone("A") + event("DTSTART:20260105T100000Z\r\n"))) ==
          "valid-calendar-data");
    CHECK(accepted(calendar("BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nEND:VTIMEZONE\r\n")) ==
          "valid-calendar-data");
    CHECK(accepted("no") == "valid-calendar-data");
}

TEST_CASE("RFC 5545 3.6.1: an event in a message need not say when it is, and a stored one must") {
    const auto timeless = calendar(event(""));
    CHECK(judge(timeless).precondition == "valid-calendar-data");
    auto message = timeless;
    message.insert(message.find("BEGIN:VEVENT"), "METHOD:CANCEL\r\n");
    CHECK_NOTHROW(ical::parse_valid(message));
    CHECK(judge(message).precondition == "valid-calendar-object-resource");
}
