#pragma once
// Meetings as clients store them, and what is found of them in calendars.

#include "base/clock.hpp"
#include "ical/time.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace kalends::test {

/// 10:00 UTC on a day that far ahead: "20270104T100000Z".
inline std::string at_ten(int days_ahead, int hour = 10) {
    const auto today = std::chrono::floor<std::chrono::days>(clock::now());
    return ical::format_utc(today + std::chrono::days{days_ahead} + std::chrono::hours{hour});
}

inline std::string mailto(const std::string& login) { return "mailto:" + login + "@example.com"; }

inline std::string attendee(const std::string& login,
                            const std::string& partstat = "NEEDS-ACTION") {
    return "ATTENDEE;PARTSTAT=" + partstat + ":" + mailto(login) + "\r\n";
}

/// A meeting that alice organizes, or somebody else, with these lines too.
inline std::string meeting(const std::string& uid, const std::string& lines,
                           const std::string& start = at_ten(30),
                           const std::string& who = "alice") {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:" + uid +
           "\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:" + start +
           "\r\nDURATION:PT1H\r\nSUMMARY:Plan\r\nORGANIZER:" + mailto(who) + "\r\n" + lines +
           attendee(who, "ACCEPTED") + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// With the folds taken out.
inline std::string unfolded(std::string text) {
    for (auto at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n ", at))
        text.erase(at, 3);
    return text;
}

/// The members of a collection, without itself.
inline std::vector<std::string> members_of(User& user, const std::string& path) {
    auto hrefs = user.propfind(path, "D:getetag", "1").hrefs();
    std::erase_if(hrefs, [](const std::string& href) { return href.ends_with('/'); });
    return hrefs;
}

/// The one meeting in a calendar.
inline std::string only_meeting(User& user, const std::string& login) {
    const auto all = members_of(user, "/dav/calendars/" + login + "/calendar/");
    INFO(login);
    REQUIRE(all.size() == 1);
    return unfolded(user.get(all.front()).body);
}
inline std::string only_meeting(User& user) { return only_meeting(user, user.login()); }

inline std::string only_href(User& user) {
    const auto all = members_of(user, "calendar/");
    REQUIRE(all.size() == 1);
    return all.front();
}

inline std::size_t inbox_items(User& user) { return members_of(user, "inbox/").size(); }

/// The line of one attendee.
inline std::string line_of(const std::string& object, const std::string& login) {
    const auto end = object.find(mailto(login) + "\r\n");
    for (auto at = end; at != std::string::npos; at = object.find(mailto(login) + "\r\n", at + 1)) {
        const auto begin = object.rfind('\n', at) + 1;
        if (object.compare(begin, 8, "ATTENDEE") == 0)
            return object.substr(begin, object.find('\r', at) - begin);
    }
    return {};
}

inline std::string partstat_of(const std::string& object, const std::string& login) {
    const auto line = line_of(object, login);
    const auto at = line.find(";PARTSTAT=");
    if (at == std::string::npos) return "";
    const auto value = at + std::string_view(";PARTSTAT=").size();
    return line.substr(value, line.find_first_of(";:", value) - value);
}

inline std::string with_partstat(std::string object, const std::string& login,
                                 const std::string& partstat) {
    const auto line = line_of(object, login);
    REQUIRE_FALSE(line.empty());
    auto changed = line;
    const auto old = partstat_of(object, login);
    const auto stated = ";PARTSTAT=" + old;
    changed.replace(changed.find(stated), stated.size(), ";PARTSTAT=" + partstat);
    return object.replace(object.find(line), line.size(), changed);
}

/// Somebody answers the one meeting in the calendar.
inline void answer_with(User& user, const std::string& partstat) {
    const auto href = only_href(user);
    const auto reply = user.put(href, with_partstat(only_meeting(user), user.login(), partstat));
    INFO(reply.body);
    REQUIRE(reply.status == 204);
}

}  // namespace kalends::test
