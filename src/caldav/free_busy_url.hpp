#pragma once
// When somebody is busy, at a URL that programs read which know nothing of CalDAV. CalConnect CC/S
// 0903, RFC 2739 2.3.1.

#include "dav/page.hpp"

#include <chrono>

namespace kalends::caldav {

/// What is told where the URL does not say: whole days around today.
struct FreeBusyWindow {
    std::chrono::days past{7};
    std::chrono::days ahead{60};
};

/// At /freebusy/jane.ifb, /freebusy/jane@example.com, /freebusy?user=jane, DAViCal's
/// /freebusy.php/jane, and /dav/calendars/jane/freebusy. Told is what `schedule-query-freebusy` on
/// the inbox, or `read-free-busy` on calendars, lets the asker see; who has neither gets 403.
dav::Page free_busy_page(FreeBusyWindow usual);

}  // namespace kalends::caldav
