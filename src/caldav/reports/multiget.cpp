// calendar-multiget. RFC 4791 7.9.
#include "caldav/calendar_data.hpp"
#include "caldav/reports/reports.hpp"
#include "dav/reports/matches.hpp"

namespace kalends::caldav {

http::Response calendar_multiget(const dav::View& view, const http::Request& /*request*/,
                                 const dav::Resource& calendar, const dav::Body& body) {
    auto asked = dav::asked_below(*body);
    asked.body = body;
    check_data_requests(asked);
    return dav::multiget(view, calendar, asked, body);
}

}  // namespace kalends::caldav
