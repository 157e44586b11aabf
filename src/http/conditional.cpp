#include "http/conditional.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kalends::http {
namespace {

constexpr std::string_view weak_prefix = "W/";

/// The first tag of `list`, which it shortens; nothing if there is no tag at its start.
std::optional<EntityTag> take_tag(std::string_view& list) {
    EntityTag tag;
    if (list.substr(0, 2) == weak_prefix) {
        tag.weak = true;
        list.remove_prefix(2);
    }
    if (!list.empty() && list[0] == '"') {
        const auto end = list.find('"', 1);
        if (end == std::string_view::npos) return std::nullopt;
        tag.opaque = list.substr(0, end + 1);
        list.remove_prefix(end + 1);
        return tag;
    }
    // Some clients forget the quotes; what they mean is clear.
    const auto bare = text::trim(list.substr(0, list.find(',')));
    if (bare.empty() || bare.find('"') != std::string_view::npos) return std::nullopt;
    tag.opaque.append("\"").append(bare).append("\"");
    list.remove_prefix(std::min(list.find(','), list.size()));
    return tag;
}

TagCondition parse_tags(std::string_view value) {
    TagCondition condition;
    auto list = text::trim(value);
    if (list == "*") {
        condition.any = true;
        return condition;
    }
    while (!list.empty()) {
        if (list[0] == ',') {  // empty members are allowed (RFC 9110 5.6.1.2)
            list = text::trim(list.substr(1));
            continue;
        }
        auto tag = take_tag(list);
        list = text::trim(list);
        if (!tag || (!list.empty() && list[0] != ',')) return {};
        condition.tags.push_back(std::move(*tag));
    }
    return condition;
}

std::optional<TagCondition> tags_of(const Headers& headers, std::string_view name) {
    if (!headers.find(name)) return std::nullopt;
    return parse_tags(headers.joined(name));
}

std::optional<clock::Seconds> date_of(const Headers& headers, std::string_view name) {
    const auto value = headers.find(name);
    return value ? parse_http_date(*value) : std::nullopt;
}

bool is_weak(std::string_view etag) { return etag.substr(0, 2) == weak_prefix; }

/// RFC 9110 13.1.1: "*" is any current representation.
bool if_match_holds(const TagCondition& condition, const Current& current) {
    if (condition.any) return current.exists;
    return current.exists && current.etag && condition.lists_strong(*current.etag);
}

/// RFC 9110 13.1.2.
bool if_none_match_holds(const TagCondition& condition, const Current& current) {
    if (!current.exists) return true;
    if (condition.any) return false;
    return !(current.etag && condition.lists_weak(*current.etag));
}

}  // namespace

bool TagCondition::lists_strong(std::string_view etag) const {
    if (is_weak(etag)) return false;
    return std::any_of(tags.begin(), tags.end(),
                       [&](const EntityTag& tag) { return !tag.weak && tag.opaque == etag; });
}

bool TagCondition::lists_weak(std::string_view etag) const {
    if (is_weak(etag)) etag.remove_prefix(weak_prefix.size());
    return std::any_of(tags.begin(), tags.end(),
                       [&](const EntityTag& tag) { return tag.opaque == etag; });
}

Preconditions preconditions_of(const Headers& headers) {
    Preconditions found;
    found.if_match = tags_of(headers, "If-Match");
    found.if_none_match = tags_of(headers, "If-None-Match");
    found.if_modified_since = date_of(headers, "If-Modified-Since");
    found.if_unmodified_since = date_of(headers, "If-Unmodified-Since");
    return found;
}

Verdict evaluate(const Preconditions& preconditions, const Current& current, bool safe) {
    const auto& p = preconditions;
    if (p.if_match) {
        if (!if_match_holds(*p.if_match, current)) return Verdict::precondition_failed;
    } else if (p.if_unmodified_since && current.last_modified) {
        if (*current.last_modified > *p.if_unmodified_since) return Verdict::precondition_failed;
    }
    if (p.if_none_match) {
        if (if_none_match_holds(*p.if_none_match, current)) return Verdict::proceed;
        return safe ? Verdict::not_modified : Verdict::precondition_failed;
    }
    if (safe && p.if_modified_since && current.last_modified &&
        *current.last_modified <= *p.if_modified_since)
        return Verdict::not_modified;
    return Verdict::proceed;
}

}  // namespace kalends::http
