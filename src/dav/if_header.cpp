#include "dav/if_header.hpp"

#include "base/text.hpp"
#include "dav/coded_url.hpp"
#include "dav/entity_tag.hpp"
#include "dav/error.hpp"

#include <algorithm>
#include <map>

namespace kalends::dav {
namespace {

constexpr std::string_view weak = "W/";

/// `["a1b2"]` or `[W/"a1b2"]`, without white space but in the quotes; gives what is in the
/// brackets.
std::optional<std::string_view> take_entity_tag(std::string_view& text) {
    if (!text.starts_with('[')) return std::nullopt;
    const auto open = text.substr(1).starts_with(weak) ? 1 + weak.size() : 1;
    if (!text.substr(open).starts_with('"')) return std::nullopt;
    const auto close = text.find('"', open + 1);
    if (close == std::string_view::npos || !text.substr(close + 1).starts_with(']'))
        return std::nullopt;
    const auto tag = text.substr(1, close);
    text.remove_prefix(close + 2);
    return tag;
}

bool take_not(std::string_view& text) {
    constexpr std::string_view word = "Not";
    if (!text::iequals(text.substr(0, word.size()), word)) return false;
    text = text::trim(text.substr(word.size()));
    return true;
}

std::optional<IfCondition> take_condition(std::string_view& text) {
    IfCondition condition;
    condition.negated = take_not(text);
    auto value = take_coded_url(text);
    if (!value) {
        condition.kind = IfCondition::Kind::entity_tag;
        value = take_entity_tag(text);
    }
    if (!value) return std::nullopt;
    condition.value = *value;
    text = text::trim(text);
    return condition;
}

/// `( conditions )`
bool take_list(std::string_view& text, IfList& list) {
    if (!text.starts_with('(')) return false;
    text = text::trim(text.substr(1));
    while (!text.starts_with(')')) {
        auto condition = take_condition(text);
        if (!condition || list.conditions.size() == If::max_conditions) return false;
        list.conditions.push_back(std::move(*condition));
    }
    text = text::trim(text.substr(1));
    return !list.conditions.empty();
}

/// One list or more, all of them for `resource`.
bool take_lists(std::string_view& text, std::string_view resource, If& header) {
    do {
        IfList list{std::string(resource), {}};
        if (header.lists.size() == If::max_lists || !take_list(text, list)) return false;
        header.lists.push_back(std::move(list));
    } while (text.starts_with('('));
    return true;
}

/// The state that an entity tag stands for: weak or not, of a variant or not.
std::string_view state_of_tag(std::string_view tag) {
    if (tag.starts_with(weak)) tag.remove_prefix(weak.size());
    return state_of(tag.substr(1, tag.size() - 2));
}

bool holds(const IfCondition& condition, const ResourceState& state) {
    const bool has =
        condition.kind == IfCondition::Kind::state_token
            ? std::ranges::find(state.tokens, condition.value) != state.tokens.end()
            : !state.etag.empty() && state_of_tag(condition.value) == state_of_tag(state.etag);
    return has != condition.negated;
}

}  // namespace

std::optional<If> parse_if(std::string_view value) {
    If header;
    auto text = text::trim(value);
    const bool tagged = text.starts_with('<');
    do {
        std::optional<std::string_view> resource = "";
        if (tagged) resource = take_resource_tag(text);
        text = text::trim(text);
        if (!resource || !take_lists(text, *resource, header)) return std::nullopt;
    } while (!text.empty());
    return header;
}

std::optional<If> if_of(const http::Headers& headers) {
    if (!headers.find("If")) return std::nullopt;
    auto header = parse_if(headers.joined("If"));
    if (!header) throw DavError(http::Status::bad_request, "The If header can't be read.");
    return header;
}

bool evaluate(const If& header, std::string_view request_uri, const StateLookup& lookup) {
    std::map<std::string_view, ResourceState> states;
    return std::ranges::any_of(header.lists, [&](const IfList& list) {
        const std::string_view url = list.resource.empty() ? request_uri : list.resource;
        const auto [found, is_new] = states.try_emplace(url);
        ResourceState& state = found->second;
        if (is_new) state = lookup(url);
        return std::ranges::all_of(list.conditions, [&state](const IfCondition& condition) {
            return holds(condition, state);
        });
    });
}

std::vector<std::string_view> submitted_tokens(const If& header) {
    std::vector<std::string_view> tokens;
    for (const auto& list : header.lists)
        for (const auto& condition : list.conditions)
            if (condition.kind == IfCondition::Kind::state_token &&
                std::ranges::find(tokens, condition.value) == tokens.end())
                tokens.emplace_back(condition.value);
    return tokens;
}

}  // namespace kalends::dav
