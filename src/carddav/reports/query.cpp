// addressbook-query. RFC 6352 8.6. The trigram index gives candidates, vcard's matcher decides.
#include "base/text.hpp"
#include "carddav/address_data.hpp"
#include "carddav/filter_xml.hpp"
#include "carddav/reports/reports.hpp"
#include "dav/error.hpp"
#include "dav/reports/matches.hpp"
#include "vcard/search.hpp"

#include <memory>

namespace kalends::carddav {
namespace {

/// RFC 6352 10.6; nothing: no limit.
std::optional<std::size_t> limit_of(const xml::Element& body) {
    const auto* const limit = body.child({xml::carddav, "limit"});
    if (limit == nullptr) return std::nullopt;
    const auto* const nresults = limit->child({xml::carddav, "nresults"});
    const std::string text = nresults != nullptr ? nresults->text() : std::string();
    const auto number = text::to_number(text::trim(text));
    if (!number || *number < 1)
        throw dav::DavError(http::Status::bad_request, "nresults must be a number above 0.");
    return static_cast<std::size_t>(*number);
}

}  // namespace

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
    if (const auto limit = limit_of(*body)) query.limit = *limit;
    query.match_in = [matcher = std::make_shared<const vcard::Matcher>(std::move(filter)),
                      everything](const dav::Resource& /*book*/) -> dav::Match {
        return [matcher, everything](const store::ObjectView& row) {
            return everything || (*matcher)(vcard::parse(row.data));
        };
    };
    return dav::query(view, request, book, asked, std::move(query));
}

}  // namespace kalends::carddav
