#pragma once
// The If header: parsed, evaluated against the states of resources, and the state tokens that it
// submits. RFC 4918 10.4.

#include "http/message.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::dav {

/// A state token or an entity tag that a resource has, or with `negated` has not.
struct IfCondition {
    enum class Kind { state_token, entity_tag };
    Kind kind = Kind::state_token;
    std::string value;  ///< the URI without brackets; the tag as in the ETag field: `W/"a1b2"`
    bool negated = false;
};

/// Conditions that all must hold for one resource.
struct IfList {
    std::string resource;  ///< of the Resource-Tag, as sent; empty: the Request-URI
    std::vector<IfCondition> conditions;
};

/// Holds if one of its lists does.
struct If {
    static constexpr std::size_t max_lists = 100;
    static constexpr std::size_t max_conditions = 100;  ///< of one list
    std::vector<IfList> lists;
};

/// Nothing if it is malformed, mixes lists with and without a tag, or is over a limit of If.
std::optional<If> parse_if(std::string_view value);

/// The If header of a request, nothing if it has none. Throws DavError 400, also for two of them.
std::optional<If> if_of(const http::Headers& headers);

/// What conditions are compared with. Where nothing is, or not for this user, both are empty (RFC
/// 4918 10.4.4, "Handling unmapped URLs").
struct ResourceState {
    std::string etag;                 ///< as in the ETag field; empty if it has none
    std::vector<std::string> tokens;  ///< of locks that cover it (on a parent too), its sync-token
};

/// The state of the resource at a URL: an absolute URI or a path, as the client wrote it.
using StateLookup = std::function<ResourceState(std::string_view url)>;

/// Whether the request may go on; otherwise it is a 412. Each URL is looked up at most once, and
/// only if no list before holds. Entity tags are compared weakly, that of a variant as that of what
/// is stored; tokens exactly. RFC 4918 10.4.3, 10.4.4.
bool evaluate(const If& header, std::string_view request_uri, const StateLookup& lookup);

/// Each state token of the header once, negated or not, true or not: the client knows it, and has
/// submitted it, if it is that of a lock. They live as long as `header`. RFC 4918 6.5, 10.4.1.
std::vector<std::string_view> submitted_tokens(const If& header);

}  // namespace kalends::dav
