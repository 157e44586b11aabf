#pragma once
// Meetings to test with: Olga organizes, Anna, Bert and Carl attend.

#include "ical/time.hpp"
#include "itip/address.hpp"
#include "itip/message.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kalends::itip_test {

inline std::string crlf(std::string_view text) {
    std::string result;
    for (const char each : text) {
        if (each == '\n' && !result.ends_with('\r')) result += '\r';
        result += each;
    }
    return result;
}

inline std::string unfolded(std::string_view text) {
    std::string result;
    for (std::size_t done = 0; done < text.size();) {
        const auto fold = std::min(text.find("\r\n ", done), text.size());
        result += text.substr(done, fold - done);
        done = std::min(fold + 3, text.size());
    }
    return result;
}

/// `text` with one thing said otherwise; it must be in there.
inline std::string with(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(crlf(from));
    if (at == std::string::npos) throw std::logic_error("not in the text: " + std::string(from));
    return text.replace(at, crlf(from).size(), crlf(to));
}

inline std::string without(std::string text, std::string_view part) { return with(text, part, ""); }

inline bool has(std::string_view text, std::string_view part) {
    return text.find(crlf(part)) != std::string_view::npos;
}

inline std::size_t count(std::string_view text, std::string_view part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

inline itip::Addresses only(std::string_view address) {
    itip::Addresses who;
    who.add(address);
    return who;
}
inline const itip::Addresses anna = only("mailto:anna@example.com");
inline const itip::Addresses bert = only("mailto:bert@example.com");

/// Two o'clock, some minutes after.
inline itip::Moment at(int minute) {
    return {.now = ical::UtcTime{std::chrono::sys_days{std::chrono::March / 1 / 2026} +
                                 std::chrono::hours{14} + std::chrono::minutes{minute}},
            .product_id = "-//Test//EN"};
}

/// Anna's copy of a meeting that she has not answered.
inline const std::string invitation = crlf(R"(BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Test//EN
BEGIN:VEVENT
UID:lunch
DTSTAMP:20260301T120000Z
DTSTART:20260302T100000Z
DTEND:20260302T110000Z
SUMMARY:Lunch
LOCATION:Canteen
ORGANIZER;CN=Olga:mailto:olga@example.com
ATTENDEE;PARTSTAT=ACCEPTED:mailto:olga@example.com
ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:anna@example.com
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bert@example.com
TRANSP:TRANSPARENT
SEQUENCE:3
END:VEVENT
END:VCALENDAR
)");

/// Of a daily one; the instance of the 4th begins an hour later.
inline const std::string series = crlf(R"(BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Test//EN
BEGIN:VEVENT
UID:daily
DTSTAMP:20260301T120000Z
DTSTART:20260302T100000Z
DTEND:20260302T110000Z
RRULE:FREQ=DAILY;COUNT=10
SUMMARY:Daily
ORGANIZER:mailto:olga@example.com
ATTENDEE;PARTSTAT=ACCEPTED:mailto:olga@example.com
ATTENDEE;PARTSTAT=NEEDS-ACTION;X-SERIES=1:mailto:anna@example.com
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bert@example.com
END:VEVENT
BEGIN:VEVENT
UID:daily
RECURRENCE-ID:20260304T100000Z
DTSTAMP:20260301T120000Z
DTSTART:20260304T110000Z
DTEND:20260304T120000Z
SUMMARY:Daily\, later
ORGANIZER:mailto:olga@example.com
ATTENDEE;PARTSTAT=ACCEPTED:mailto:olga@example.com
ATTENDEE;PARTSTAT=NEEDS-ACTION;X-MOVED=1:mailto:anna@example.com
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bert@example.com
END:VEVENT
END:VCALENDAR
)");

inline const std::string series_line = "ATTENDEE;PARTSTAT=NEEDS-ACTION;X-SERIES=1:mailto:anna";
inline const std::string moved_line = "ATTENDEE;PARTSTAT=NEEDS-ACTION;X-MOVED=1:mailto:anna";

/// An instance of the series as the series says, with Anna's answer.
inline std::string instance(std::string_view day, std::string_view partstat) {
    const auto date = "202603" + std::string(day);
    return crlf("BEGIN:VEVENT\nUID:daily\nRECURRENCE-ID:" + date + "T100000Z\n" +
                "DTSTAMP:20260301T120000Z\nDTSTART:" + date + "T100000Z\nDTEND:" + date +
                "T110000Z\nSUMMARY:Daily\nORGANIZER:mailto:olga@example.com\n" +
                "ATTENDEE;PARTSTAT=ACCEPTED:mailto:olga@example.com\nATTENDEE;PARTSTAT=" +
                std::string(partstat) + ":mailto:anna@example.com\n" +
                "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bert@example.com\nEND:VEVENT\n");
}

/// The series with one more component.
inline std::string plus(const std::string& calendar, const std::string& component) {
    return with(calendar, "END:VCALENDAR\n", "") + component + "END:VCALENDAR\r\n";
}

/// The component of a text that has that line, to its end.
inline std::string component_with(const std::string& text, std::string_view line) {
    const auto found = text.find(line);
    if (found == std::string::npos) return {};
    const auto begin = text.rfind("BEGIN:V", found);
    return text.substr(begin, text.find("END:V", found) - begin);
}

}  // namespace kalends::itip_test
