#pragma once
// Small calendars for the tests of this room.

#include <string>

namespace kalends::test {

inline std::string calendar(const std::string& components) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n" + components +
           "END:VCALENDAR\r\n";
}

/// A component with UID u1 and DTSTAMP, and what else is given.
inline std::string component(const std::string& name, const std::string& lines) {
    return "BEGIN:" + name + "\r\nUID:u1\r\nDTSTAMP:20260101T000000Z\r\n" + lines + "END:" + name +
           "\r\n";
}

inline std::string event(const std::string& lines) { return component("VEVENT", lines); }

/// A VTIMEZONE that is always one hour ahead of UTC.
inline std::string zone(const std::string& tzid) {
    return "BEGIN:VTIMEZONE\r\nTZID:" + tzid +
           "\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
           "TZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
}

}  // namespace kalends::test
