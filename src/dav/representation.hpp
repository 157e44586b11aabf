#pragma once
// What a GET of a collection gives (RFC 4918 9.4 leaves it open), and by what a client knows that
// it has it already: in the headers of the answer, and as properties. All of it is in memory.

#include "dav/conditions.hpp"
#include "dav/resource.hpp"
#include "http/message.hpp"

#include <string>
#include <string_view>

namespace kalends::dav {

inline constexpr std::string_view page_type = "text/html; charset=utf-8";

/// "calendar", for people.
std::string_view name_of(unsigned kind);

/// A row in the table of a page.
void append_row(std::string& to, const Resource& resource, std::string_view name);

/// The rows of the collections that are in this one and that the user may see.
std::string member_rows(const View& view, const Resource& collection);

/// Of all that is in a calendar or an address book as one file. The tag is weak: what is stored
/// while the answer is on its way may be in it already.
Validators file_validators(const View& view, const Resource& target);

/// Of a page with a link to each member; `rows` are its member_rows().
Validators page_validators(const View& view, const Resource& target, std::string_view rows);

/// "text/calendar" of "text/calendar; charset=utf-8".
std::string_view media_type(std::string_view content_type);

/// Whether a GET of a stored collection with this Accept gives the page rather than the file.
bool wants_page(const View& view, const http::Request& request, const Resource& target);

/// Of what such a GET gives.
Validators validators_of(const View& view, const http::Request& request, const Resource& target);

/// Of what a GET without Accept gives. RFC 4918 15.5, 15.6.
std::string_view default_type(const View& view, const Resource& target);
Validators default_validators(const View& view, const Resource& target);

}  // namespace kalends::dav
