#pragma once
// Setting properties: shared by PROPPATCH, MKCALENDAR and extended MKCOL. RFC 4918 9.2, RFC 5689 3,
// RFC 4791 5.3.1.

#include "dav/live_property.hpp"
#include "store/collections.hpp"
#include "xml/document.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kalends::dav {

struct Spread {
    Resource collection;
    store::PropertyChanges changes;
};

/// One instruction and what became of it.
struct PropertyChange {
    xml::Name name;
    const xml::Element* value = nullptr;  ///< nullptr: remove
    http::Status status = http::Status::ok;
    xml::NameView precondition;                         ///< of a status that is not 200
    xml::NameView displaces = {};                       ///< of the row, after judge()
    std::optional<std::vector<Spread>> elsewhere = {};  ///< where it is kept instead, after judge()
};

/// The instructions of D:set and D:remove elements below `body`, in document order. Throws DavError
/// 400.
std::vector<PropertyChange> changes_in(const xml::Element& body);

/// Judges each by the table; true if all may be done. `target`: nullptr where it is being made.
/// Where one may not, the others become 424 (RFC 4918 9.2.1).
bool judge(const View& view, Kind kind, const Resource* target,
           std::vector<PropertyChange>& changes);

/// Says that one may not be done.
void refuse(PropertyChange& change, http::Status status, xml::NameView precondition);

/// True if none was refused; otherwise the others become 424 (RFC 4918 9.2.1).
bool all_or_none(std::vector<PropertyChange>& changes);

/// For the store: the last instruction on a name counts, and what it displaces is removed.
store::PropertyChanges for_store(const std::vector<PropertyChange>& changes);

/// What changes in other collections: the last instruction that says so counts.
std::vector<Spread> elsewhere(const std::vector<PropertyChange>& changes);

/// Propstats, grouped by status. RFC 4918 9.2.2.
void append_propstats(std::string& to, const std::vector<PropertyChange>& changes);

/// A whole D:response with them.
void append_changes_response(std::string& to, std::string_view href,
                             const std::vector<PropertyChange>& changes);

}  // namespace kalends::dav
