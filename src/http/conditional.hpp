#pragma once
// Conditional requests, as pure functions: RFC 9110 13.

#include "base/clock.hpp"
#include "http/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::http {

/// An entity tag (RFC 9110 8.8.3).
struct EntityTag {
    std::string opaque;  ///< with its quotes: "\"a1b2\""
    bool weak = false;
};

/// The value of If-Match or If-None-Match: "*", or a list. A list that can't be parsed matches
/// nothing.
struct TagCondition {
    bool any = false;
    std::vector<EntityTag> tags;

    /// Whether one of the tags is `etag` (as in the field: `"a1b2"` or `W/"a1b2"`); `any` is not
    /// looked at. Strong: neither of the two may be weak (RFC 9110 8.8.3.2).
    [[nodiscard]] bool lists_strong(std::string_view etag) const;
    [[nodiscard]] bool lists_weak(std::string_view etag) const;
};

/// What a request depends on, parsed, so that a store can check it inside the transaction that
/// writes.
struct Preconditions {
    std::optional<TagCondition> if_match;
    std::optional<TagCondition> if_none_match;
    std::optional<clock::Seconds> if_modified_since;
    std::optional<clock::Seconds> if_unmodified_since;

    [[nodiscard]] bool none() const {
        return !if_match && !if_none_match && !if_modified_since && !if_unmodified_since;
    }
};

/// Dates that can't be parsed are ignored (RFC 9110 13.1.3, 13.1.4).
Preconditions preconditions_of(const Headers& headers);

/// The current state of what a request is for.
struct Current {
    bool exists = false;
    std::optional<std::string_view> etag;  ///< as in the field, quoted; nothing if it has none
    std::optional<clock::Seconds> last_modified;
};

enum class Verdict {
    proceed,
    not_modified,         ///< 304
    precondition_failed,  ///< 412
};

/// In the order of RFC 9110 13.2.2. `safe` is true for GET and HEAD, which get 304 where others get
/// 412, and for which alone If-Modified-Since means something.
Verdict evaluate(const Preconditions& preconditions, const Current& current, bool safe);

/// An HTTP date in each of its three forms (RFC 9110 5.6.7); nothing if it is none.
std::optional<clock::Seconds> parse_http_date(std::string_view text);

}  // namespace kalends::http
