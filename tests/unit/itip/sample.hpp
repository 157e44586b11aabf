#pragma once
// Meetings of a few lines, for tests of scheduling.

#include "itip/message.hpp"
#include "itip/series.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kalends::itip::sample {

inline std::string calendar(const std::string& components, const std::string& lines = {}) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n" + lines + components +
           "END:VCALENDAR\r\n";
}

/// Lines are separated by '|'.
inline std::string component(std::string_view kind, std::string_view lines) {
    std::string text = "BEGIN:" + std::string(kind) + "\r\nUID:u\r\nDTSTAMP:20260101T000000Z\r\n";
    while (!lines.empty()) {
        const auto end = lines.find('|');
        text.append(lines.substr(0, end)).append("\r\n");
        lines = end == std::string_view::npos ? std::string_view{} : lines.substr(end + 1);
    }
    return text + "END:" + std::string(kind) + "\r\n";
}

inline std::string event(std::string_view lines) { return component("VEVENT", lines); }

inline const std::string organizer = "ORGANIZER:mailto:o@x.org|"
                                     "ATTENDEE;PARTSTAT=ACCEPTED:mailto:o@x.org|";

inline std::string attendee(const std::string& name, const std::string& partstat = "NEEDS-ACTION",
                            const std::string& parameters = {}) {
    return "ATTENDEE;PARTSTAT=" + partstat + parameters + ":mailto:" + name + "@x.org|";
}

inline Moment moment() {
    return {.now = ical::UtcTime{std::chrono::seconds{1'780'000'000}}};  // 20260528T202640Z
}

/// "REQUEST a", for each message.
inline std::vector<std::string> summary_of(const std::vector<Message>& messages) {
    std::vector<std::string> lines;
    lines.reserve(messages.size());
    for (const auto& each : messages) {
        const auto from = each.recipient.find(':') + 1;
        lines.push_back(std::string(name_of(each.method)) + " " +
                        each.recipient.substr(from, each.recipient.find('@') - from));
    }
    return lines;
}

inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace kalends::itip::sample
