// What others see of a calendar object: calendarserver caldav-privateevents 4.1, 4.2.2.

#include "ical/digest.hpp"
#include "ical/privacy.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace kalends;
using ical::AccessClass;
using test::component;

namespace {

const std::string begin = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n";
const std::string end = "END:VCALENDAR\r\n";

std::string marked(const std::string& access, const std::string& rest) {
    return begin + "X-CALENDARSERVER-ACCESS:" + access + "\r\n" + rest + end;
}

std::string reduced(const std::string& bytes) {
    const auto calendar = ical::parse(bytes);
    return ical::reduced(bytes, calendar, ical::access_of(calendar).value());
}

std::string digest_of(const std::string& bytes) {
    ical::Budget budget;
    return ical::digest(ical::parse(bytes), budget).text;
}

/// What is left of a component with these lines, beside UID and DTSTAMP.
std::string left(const std::string& access, const std::string& name, const std::string& lines) {
    const auto empty = marked(access, component(name, ""));
    const auto shown = reduced(marked(access, component(name, lines)));
    const auto tail = "END:" + name + "\r\n" + end;
    const auto from = empty.size() - tail.size();
    CHECK(shown.substr(0, from) == empty.substr(0, from));
    CHECK(shown.substr(shown.size() - tail.size()) == tail);
    return shown.substr(from, shown.size() - from - tail.size());
}

/// Every property of RFC 5545 that may be in it and others of clients, but UID and DTSTAMP.
const std::string times = "RECURRENCE-ID:20260105T100000Z\r\nSEQUENCE:1\r\nSTATUS:CONFIRMED\r\n"
                          "DTSTART:20260105T100000Z\r\nDURATION:PT1H\r\n"
                          "RRULE:FREQ=DAILY\r\nRDATE:20260107T100000Z\r\n"
                          "EXDATE:20260106T100000Z\r\n";
const std::string hidden = "DESCRIPTION:d\r\nATTENDEE:mailto:a@x\r\nORGANIZER:mailto:o@x\r\n"
                           "CATEGORIES:c\r\nCLASS:PRIVATE\r\nCOMMENT:c\r\nCONTACT:c\r\nGEO:1;2\r\n"
                           "URL:http://x\r\nATTACH:http://x\r\nPRIORITY:1\r\nRESOURCES:r\r\n"
                           "RELATED-TO:u2\r\nREQUEST-STATUS:2.0;ok\r\nCREATED:20260101T000000Z\r\n"
                           "LAST-MODIFIED:20260101T000000Z\r\nCONFERENCE:http://x\r\n"
                           "X-CALENDARSERVER-ACCESS:PUBLIC\r\nX-SECRET:s\r\n";
const std::string summary = "SUMMARY:s\r\n";
const std::string location = "LOCATION:l\r\n";

}  // namespace

TEST_CASE("caldav-privateevents 4.2.2.4: of what is confidential others see the times") {
    const std::string event = times + "TRANSP:OPAQUE\r\nDTEND:20260105T110000Z\r\n";
    CHECK(left("CONFIDENTIAL", "VEVENT", event + summary + location + hidden) == event);
    const std::string todo = times + "COMPLETED:20260105T110000Z\r\nDUE:20260105T110000Z\r\n";
    CHECK(left("CONFIDENTIAL", "VTODO",
               todo + "PERCENT-COMPLETE:50\r\n" + summary + location + hidden) == todo);
    const std::string journal = "DTSTART:20260105T100000Z\r\nRRULE:FREQ=DAILY\r\n";
    CHECK(left("CONFIDENTIAL", "VJOURNAL", journal + "DURATION:PT1H\r\n" + summary + hidden) ==
          journal);
    const std::string busy = "DTSTART:20260105T100000Z\r\nDTEND:20260105T110000Z\r\n"
                             "FREEBUSY:20260105T100000Z/PT1H\r\n";
    CHECK(left("CONFIDENTIAL", "VFREEBUSY", busy + hidden) == busy);
}

TEST_CASE("caldav-privateevents 4.2.2.5: of what is restricted also summary and location") {
    const auto shown = times + summary + location;
    CHECK(left("RESTRICTED", "VEVENT", shown + hidden) == shown);
    CHECK(left("RESTRICTED", "VTODO", shown + hidden) == shown);
    CHECK(left("RESTRICTED", "VJOURNAL", summary + location + hidden) == summary);
    CHECK(left("RESTRICTED", "VFREEBUSY", summary + location + hidden).empty());
}

TEST_CASE("caldav-privateevents 4.2.2.4: no alarms, nor anything else that is in a component") {
    const std::string inside =
        "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n"
        "BEGIN:PARTICIPANT\r\nUID:p\r\nCALENDAR-ADDRESS:mailto:p@x\r\nEND:PARTICIPANT\r\n";
    for (const std::string access : {"CONFIDENTIAL", "RESTRICTED"}) {
        CHECK(left(access, "VEVENT", inside).empty());
        CHECK(left(access, "VTODO", inside).empty());
    }
}

TEST_CASE("caldav-privateevents 4.2.2.4: a calendar's own properties are four; time zones stay") {
    const auto zone = test::zone("Mine");
    const auto event = component("VEVENT", "DTSTART;TZID=Mine:20260105T100000\r\n");
    const auto bytes = begin + "CALSCALE:GREGORIAN\r\nX-WR-CALNAME:n\r\nNAME:n\r\n" +
                       "X-CALENDARSERVER-ACCESS:CONFIDENTIAL\r\n" + zone + event +
                       "BEGIN:X-SECRET\r\nSUMMARY:s\r\nEND:X-SECRET\r\n" + end;
    CHECK(reduced(bytes) == begin +
                                "CALSCALE:GREGORIAN\r\nX-CALENDARSERVER-ACCESS:CONFIDENTIAL\r\n" +
                                zone + event + end);
}

TEST_CASE("what is shown keeps its bytes, and a folded line goes whole") {
    const auto bytes = marked(
        "RESTRICTED", "BEGIN:VEVENT\nuid:u1\r\nsummary;LANGUAGE=de:fol\r\n ded\r\n"
                      "DESCRIPTION:very\r\n  secret\r\n\tindeed\r\ndtstart:20260105T100000Z\n"
                      "END:VEVENT\r\n");
    CHECK(reduced(bytes) == marked("RESTRICTED",
                                   "BEGIN:VEVENT\nuid:u1\r\nsummary;LANGUAGE=de:fol\r\n ded\r\n"
                                   "dtstart:20260105T100000Z\nEND:VEVENT\r\n"));
}

TEST_CASE(
    "caldav-privateevents 4.2.2.2, 4.2.2.3: all of what is public, nothing of what is private") {
    const auto event = component("VEVENT", summary + hidden);
    CHECK(reduced(marked("PUBLIC", event)) == marked("PUBLIC", event));
    CHECK(reduced(marked("PRIVATE", event)).empty());
}

TEST_CASE("caldav-privateevents 4.1.2: the values of the property") {
    const auto access = [](const std::string& bytes) {
        return ical::access_of(ical::parse(bytes));
    };
    CHECK(access(marked("PUBLIC", "")) == AccessClass::is_public);
    CHECK(access(marked("RESTRICTED", "")) == AccessClass::restricted);
    CHECK(access(marked(" confidential", "")) == AccessClass::confidential);
    CHECK(access(marked("PRIVATE", "")) == AccessClass::is_private);
    CHECK(access(marked("X-MINE", "")) == AccessClass::is_private);
    CHECK(access(marked("PUBLIC\r\nX-CALENDARSERVER-ACCESS:CONFIDENTIAL", "")) ==
          AccessClass::confidential);
    CHECK_FALSE(access(begin + end));
    CHECK_FALSE(access(begin + component("VEVENT", "X-CALENDARSERVER-ACCESS:PRIVATE\r\n") + end));
    CHECK_FALSE(access(begin + component("VEVENT", "CLASS:PRIVATE\r\n") + end));
    CHECK_FALSE(ical::access_named("X-MINE"));
    CHECK_FALSE(ical::access_named(""));
}

TEST_CASE("a digest says for whom an object is, and tells its times as before") {
    const auto event = component("VEVENT", "DTSTART:20260105T100000Z\r\nDURATION:PT1H\r\n");
    const auto plain = digest_of(begin + event + end);
    CHECK_FALSE(ical::access_in(plain));
    CHECK_FALSE(ical::access_in(""));
    for (const auto access : {AccessClass::is_public, AccessClass::restricted,
                              AccessClass::confidential, AccessClass::is_private}) {
        const auto digest = digest_of(marked(std::string(ical::name_of(access)), event));
        CHECK(ical::access_in(digest) == access);
        CHECK(digest.starts_with(plain));
        ical::Budget budget;
        const auto at = [](int hour) {
            return ical::UtcTime{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} +
                                 std::chrono::hours{hour}};
        };
        CHECK(ical::overlaps(digest, at(10), at(11), *ical::Zone::utc(), "VEVENT", budget));
        CHECK_FALSE(ical::overlaps(digest, at(11), at(12), *ical::Zone::utc(), "VEVENT", budget));
    }
    CHECK(ical::access_in(digest_of(marked("PRIVATE", component("VTODO", "")))) ==
          AccessClass::is_private);
}

TEST_CASE("the property can be put into an object that has none") {
    const auto event = component("VEVENT", summary);
    const auto bytes = begin + event + end;
    CHECK(ical::with_access(bytes, ical::parse(bytes), AccessClass::confidential) ==
          marked("CONFIDENTIAL", event));
}
