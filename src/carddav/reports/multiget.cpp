// addressbook-multiget. RFC 6352 8.7.
#include "carddav/address_data.hpp"
#include "carddav/reports/reports.hpp"
#include "dav/reports/matches.hpp"

namespace kalends::carddav {

http::Response addressbook_multiget(const dav::View& view, const http::Request& /*request*/,
                                    const dav::Resource& book, const dav::Body& body) {
    auto asked = dav::asked_below(*body);
    asked.body = body;
    check_data_requests(asked);
    return dav::multiget(view, book, asked, body);
}

}  // namespace kalends::carddav
