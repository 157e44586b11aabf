#include "dav/conditions.hpp"

#include "dav/entity_tag.hpp"
#include "dav/object_properties.hpp"
#include "dav/privacy.hpp"
#include "dav/representation.hpp"
#include "http/conditional.hpp"

#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace kalends::dav {
namespace {

using http::Status;

constexpr std::string_view no_etag_matches = "-";  // no etag of ours looks like this

std::string_view without_quotes(const http::EntityTag& tag) {
    return std::string_view{tag.opaque}.substr(1, tag.opaque.size() - 2);
}

/// Who was given a converted object and edits it means the state that was converted.
void forget_variants(std::optional<http::TagCondition>& condition) {
    if (!condition) return;
    for (auto& tag : condition->tags) tag.opaque = entity_tag(state_of(without_quotes(tag)));
}

http::Preconditions conditions_of(const http::Request& request) {
    auto conditions = http::preconditions_of(request.headers);
    forget_variants(conditions.if_match);
    forget_variants(conditions.if_none_match);
    return conditions;
}

/// A weak tag never matches strongly (RFC 9110 13.1.1), so If-Match leaves it out; for
/// If-None-Match the comparison is weak.
std::vector<std::string> etags(const http::TagCondition& condition, bool with_weak) {
    std::vector<std::string> result;
    for (const auto& tag : condition.tags)
        if (with_weak || !tag.weak) result.emplace_back(without_quotes(tag));
    return result;
}

clock::Seconds modified(const store::Object& object) {
    return clock::Seconds{std::chrono::seconds{object.modified}};
}

void add_unmodified_since(const View& view, const Resource& target, clock::Seconds date,
                          store::Preconditions& conditions) {
    if (const auto object = find_object(view, target))
        conditions.if_match.emplace_back(modified(*object) <= date ? std::string_view{object->etag}
                                                                   : no_etag_matches);
}

std::optional<Validators> validators_of_object(const View& view, const http::Request& /*request*/,
                                               const Resource& target) {
    const auto object = find_object(view, target);
    if (!object) return std::nullopt;
    return Validators{entity_tag(shown_etag(view, target, view_of(*object))), modified(*object)};
}

/// Another node may have changed it a moment ago: it is read anew.
std::optional<Validators> validators_of_collection(const View& view, const http::Request& request,
                                                   const Resource& target) {
    view.database().forget(target.home->principal.id);
    const auto now = view.refreshed();
    return validators_of(now, request, resolve(now, target.href));
}

struct ValidatorRow {
    unsigned of;
    std::optional<Validators> (*get)(const View& view, const http::Request& request,
                                     const Resource& target);
};
constexpr std::array validator_table{
    ValidatorRow{objects, validators_of_object},
    ValidatorRow{stored_collections, validators_of_collection},
};

/// What such tags mean for the store, of an object that the user is shown in part: he knows it by
/// others, and may not find out whether he has guessed what is hidden.
void translate(const View& view, const Resource& object, std::vector<std::string>& tags) {
    if (object.shown == Shown::whole || tags.empty()) return;
    const auto stored = find_object(view, object);
    const auto shown = stored ? shown_etag(view, object, view_of(*stored)) : std::string();
    for (auto& tag : tags)
        tag = stored && tag == shown ? stored->etag : std::string(no_etag_matches);
}

void require_proceed(const http::Preconditions& conditions, const http::Current& current) {
    if (http::evaluate(conditions, current, false) != http::Verdict::proceed)
        throw DavError(Status::precondition_failed,
                       "It is not in the state that If-Match, If-None-Match or "
                       "If-Unmodified-Since asks for.");
}

}  // namespace

store::Preconditions store_preconditions(const View& view, const http::Request& request,
                                         const Resource& object) {
    const auto parsed = conditions_of(request);
    store::Preconditions conditions;
    if (parsed.if_match) {
        conditions.must_exist = true;
        if (!parsed.if_match->any) {
            conditions.if_match = etags(*parsed.if_match, false);
            translate(view, object, conditions.if_match);
            if (conditions.if_match.empty()) conditions.if_match.emplace_back(no_etag_matches);
        }
    } else if (parsed.if_unmodified_since) {
        add_unmodified_since(view, object, *parsed.if_unmodified_since, conditions);
    }
    if (parsed.if_none_match) {
        conditions.must_not_exist = parsed.if_none_match->any;
        conditions.if_none_match = etags(*parsed.if_none_match, true);
        translate(view, object, conditions.if_none_match);
    }
    return conditions;
}

bool has_conditions(const http::Request& request) {
    return !http::preconditions_of(request.headers).none();
}

void require_conditions(const View& view, const http::Request& request, const Resource& target) {
    const auto conditions = conditions_of(request);
    if (conditions.none()) return;
    for (const auto& row : validator_table) {
        if (!target.is(row.of)) continue;
        if (!target.may(access::read))  // the answer must not tell what may not be seen
            require_proceed(conditions, {.exists = true, .etag = {}, .last_modified = {}});
        else if (const auto current = row.get(view, request, target))
            require_proceed(conditions, {true, current->etag, current->modified});
    }
}

void require_conditions(const View& view, const http::Request& request, const Resource& target,
                        const store::Object& object) {
    const auto tag = entity_tag(shown_etag(view, target, view_of(object)));
    require_proceed(conditions_of(request), {true, tag, modified(object)});
}

void require_conditions_of_new(const http::Request& request) {
    require_proceed(http::preconditions_of(request.headers), {});
}

}  // namespace kalends::dav
