#include "dav/representation.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "dav/collection_type.hpp"
#include "dav/html.hpp"
#include "dav/live_property.hpp"
#include "dav/privacy.hpp"
#include "http/accept.hpp"

#include <array>

namespace kalends::dav {
namespace {

struct KindRow {
    unsigned kinds;
    std::string_view name;
};
constexpr std::array kind_names{
    KindRow{calendar, "calendar"},
    KindRow{addressbook, "address book"},
    KindRow{folder, "folder"},
    KindRow{calendar_home, "calendars"},
    KindRow{addressbook_home, "address books"},
    KindRow{file_home, "files"},
    KindRow{principals, "principal"},
    KindRow{principal_set | home_set, "collection"},
};

/// What is left out of an answer to this user: objects with entries of their own.
std::string left_out(const View& view, const Resource& target) {
    std::string names;
    if (target.may(access::all)) return names;
    for (const auto& [name, aces] : target.collection->object_aces)
        if (!object_named(view, target, name).may(access::read)) names += "/" + name;
    return names;
}

/// `what` tells variants apart, and holds all that is in the answer and does not move the modseq.
/// Nothing else counts: a client that synchronizes is told of each collection whose tag is another
/// (RFC 6578 3.5.1).
Validators validators(const View& view, const Resource& target, const std::string& what) {
    const auto& collection = *target.collection;
    const auto state = hash::fingerprint(
        view.services->database.epoch() + "/" + std::to_string(collection.id.value) + "/" +
        std::to_string(collection.modseq) + "/" + left_out(view, target) + "/" + what);
    return {"W/\"" + state + "\"",
            std::chrono::time_point_cast<clock::Seconds::duration>(collection.modified)};
}

/// Empty where there is only the page.
std::string_view file_type(const View& view, const Resource& target) {
    if (!target.is(stored_collections)) return {};
    return type_of(view, target.collection->kind).export_type();
}

Validators validators_as(bool page, const View& view, const Resource& target) {
    return page ? page_validators(view, target, member_rows(view, target))
                : file_validators(view, target);
}

}  // namespace

std::string_view name_of(unsigned kind) {
    for (const auto& row : kind_names)
        if ((row.kinds & kind) != 0) return row.name;
    return {};
}

void append_row(std::string& to, const Resource& resource, std::string_view name) {
    html::append(to, {.href = resource.href, .name = name, .type = name_of(resource.kind)});
}

std::string member_rows(const View& view, const Resource& collection) {
    std::string rows;
    for (const auto& member : collection.home->children(collection.collection->id)) {
        const auto resource = member_resource(view, collection, member);
        if (resource.privileges != access::none) append_row(rows, resource, shown_name(resource));
    }
    return rows;
}

Validators file_validators(const View& view, const Resource& target) {
    const std::string_view whose = sees_all(view, *target.home) ? "file/" : "file for others/";
    return validators(view, target, std::string(whose) + shown_name(target));
}

Validators page_validators(const View& view, const Resource& target, std::string_view rows) {
    return validators(view, target, "page/" + std::string(rows));
}

std::string_view media_type(std::string_view content_type) {
    return text::trim(content_type.substr(0, content_type.find(';')));
}

bool wants_page(const View& view, const http::Request& request, const Resource& target) {
    const auto type = file_type(view, target);
    if (type.empty()) return true;
    const auto accept = request.headers.joined("Accept");
    return http::quality_of(accept, "text/html") > http::quality_of(accept, media_type(type));
}

Validators validators_of(const View& view, const http::Request& request, const Resource& target) {
    return validators_as(wants_page(view, request, target), view, target);
}

std::string_view default_type(const View& view, const Resource& target) {
    const auto type = file_type(view, target);
    return type.empty() ? page_type : type;
}

Validators default_validators(const View& view, const Resource& target) {
    return validators_as(file_type(view, target).empty(), view, target);
}

}  // namespace kalends::dav
