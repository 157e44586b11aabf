// What tells a client that something changed, and how much room there is. RFC 6578 4, Apple's ctag,
// RFC 4331.
#include "dav/properties/properties.hpp"
#include "dav/quota.hpp"
#include "dav/reports/sync_tree.hpp"

#include <algorithm>
#include <array>

namespace kalends::dav {
namespace {

using xml::Element;
using xml::Writer;

bool get_sync_token(const View& view, const Resource& resource, const Element* /*asked*/,
                    Writer& writer) {
    writer.raw(to_string(current_token(view, resource), view.services->database.epoch()));
    return true;
}

/// Opaque to clients; a re-created collection must not repeat one, so its id is in it.
bool get_ctag(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
              Writer& writer) {
    const auto& collection = *resource.collection;
    writer.raw(std::to_string(collection.id.value));
    writer.raw("-");
    writer.raw(std::to_string(collection.modseq));
    return true;
}

bool get_quota_used(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                    Writer& writer) {
    writer.raw(std::to_string(used_bytes(*resource.home)));
    return true;
}

/// Not there where no quota is set. RFC 4331 3.
bool get_quota_available(const View& view, const Resource& resource, const Element* /*asked*/,
                         Writer& writer) {
    const auto quota = view.settings().quota_bytes;
    if (quota == 0) return false;
    writer.raw(std::to_string(std::max<std::int64_t>(0, quota - used_bytes(*resource.home))));
    return true;
}

// clang-format off
constexpr std::array table{
    LiveProperty{{xml::dav, "sync-token"},            stored_collections,       Source::computed, false, get_sync_token,      nullptr, "RFC 6578 4"},
    LiveProperty{{xml::calendarserver, "getctag"},    collections | inbox,      Source::computed, false, get_ctag,            nullptr, "calendarserver caldav-ctag 4.1"},
    LiveProperty{{xml::dav, "quota-used-bytes"},      stored_collections, Source::computed, false, get_quota_used,      nullptr, "RFC 4331 4"},
    LiveProperty{{xml::dav, "quota-available-bytes"}, stored_collections, Source::computed, false, get_quota_available, nullptr, "RFC 4331 3"},
};
// clang-format on

}  // namespace

std::span<const LiveProperty> sync_properties() { return table; }

}  // namespace kalends::dav
