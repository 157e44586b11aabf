// addressbook-query. RFC 6352 8.6. The trigram index gives candidates, vcard's matcher decides.
#include "carddav/address_data.hpp"
#include "carddav/filter_xml.hpp"
#include "carddav/reports/reports.hpp"
#include "dav/reports/matches.hpp"
#include "vcard/search.hpp"

#include <memory>

namespace kalends::carddav {

http::Response addressbook_query(const dav::View& view, const http::Request& request,
                                 const dav::Resource& book, const dav::Body& body) {
    auto asked = dav::asked_below(*body);
    asked.body = body;
    check_data_requests(asked);
    auto filter = filter_in(*body);
    const bool everything = filter.props.empty();

    dav::Query query;
    query.in = dav::addressbook;
    query.candidates.search_contains = vcard::plan(filter).contains;
    query.answer_has_data = true;  // the decision needs the data, so the rows have them
    if (const auto limit = dav::limit_of(*body, xml::carddav)) query.limit = *limit;
    query.match_in = [matcher = std::make_shared<const vcard::Matcher>(std::move(filter)),
                      everything](const dav::Resource& /*book*/) -> dav::Match {
        return [matcher, everything](const store::ObjectView& row) {
            return everything || (*matcher)(vcard::parse(row.data));
        };
    };
    return dav::query(view, request, book, asked, std::move(query));
}

}  // namespace kalends::carddav
