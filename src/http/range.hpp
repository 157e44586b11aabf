#pragma once
// Which bytes of a representation a GET asks for, as a pure function: RFC 9110 14, 13.1.5.

#include "base/clock.hpp"
#include "http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kalends::http {

/// What the bytes would be taken from.
struct Representation {
    std::uint64_t size = 0;
    std::optional<std::string_view> etag;  ///< as in the field, quoted; nothing if it has none
    /// Nothing if the content may have changed twice in that second: then it is no strong
    /// validator (RFC 9110 8.8.2.2), and If-Range can't hold.
    std::optional<clock::Seconds> last_modified;
};

/// The bytes to send: `length` of them, from `first`.
struct Selection {
    Status status = Status::ok;  ///< or partial_content, or range_not_satisfiable (no bytes)
    std::uint64_t first = 0;
    std::uint64_t length = 0;
    std::string content_range;  ///< the value of Content-Range (RFC 9110 14.4); empty with ok
};

/// What Range and If-Range of `request` select. To be asked when the preconditions hold and the
/// answer without Range would be 200 (RFC 9110 13.2.2, 14.2).
///
/// Range is ignored, which means all of it, where the method is not GET, the unit is unknown, the
/// field is not well-formed, or If-Range does not hold. Several parts are answered with all of it
/// too (a server may, RFC 9110 14.2), unless only one of them can be satisfied.
Selection select_range(const Request& request, const Representation& of);

}  // namespace kalends::http
