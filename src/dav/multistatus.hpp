#pragma once
// 207 answers: written piece by piece, so that a hundred thousand members leave in constant memory.
// RFC 4918 13, RFC 6578 6.

#include "dav/live_property.hpp"
#include "http/message.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::dav {

/// A property that was asked for, with the element that asked (calendar-data carries parts in it).
struct AskedProperty {
    xml::NameView name;
    const xml::Element* element = nullptr;
    bool name_only =
        false;  ///< for propname: the empty element if the resource has it, else nothing
};

/// `<D:response>` with the propstats of one resource. The names live as long as their owner (a
/// parsed body).
void append_response(const View& view, const Resource& resource, std::string_view href,
                     const std::vector<AskedProperty>& asked, std::string& to);

/// `<D:response>` with a status alone, and an error element if there is a precondition, with
/// `content` in it.
void append_status_response(std::string& to, std::string_view href, http::Status status,
                            xml::NameView precondition = {}, std::string_view content = {});

/// `<D:status>HTTP/1.1 404 Not Found</D:status>`
void append_status(std::string& to, http::Status status);

/// Appends the next part of the answer's inside; false when that was the last.
using Producer = std::function<bool(std::string& to)>;

/// A 207 around what `produce` appends: whole if it is small, else streamed.
http::Response multistatus(Producer produce);

}  // namespace kalends::dav
