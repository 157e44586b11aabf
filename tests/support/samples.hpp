#pragma once
// Calendar objects and cards for tests, as clients send them.

#include <string>
#include <string_view>

namespace kalends::test {

/// Lines with CRLF, from a raw string with LF; a first empty line is left out.
std::string crlf(std::string_view lines);

/// A VCALENDAR 2.0 around `components`, which have CRLF or LF.
std::string calendar(std::string_view components);

/// What an event has beside UID, DTSTAMP and SUMMARY; more lines each end with LF.
inline constexpr std::string_view one_hour = "DTSTART:20260710T100000Z\nDTEND:20260710T110000Z\n";

/// A VCALENDAR with one VEVENT. Its UID is "uid-of-" and the summary without spaces, unless given.
std::string event(const std::string& summary, std::string_view lines = one_hour,
                  const std::string& uid = "");

/// The same with a VTODO.
std::string todo(const std::string& summary, std::string_view lines = "",
                 const std::string& uid = "");

/// A vCard 3.0. The UID likewise.
std::string card(const std::string& name, std::string_view lines = "", const std::string& uid = "");

/// A vCard 4.0.
std::string card4(const std::string& name, std::string_view lines = "",
                  const std::string& uid = "");

/// The value of the first SUMMARY in `calendar_data`; "" if there is none.
std::string summary(std::string_view calendar_data);

}  // namespace kalends::test
