// What is locked, and how it can be. RFC 4918 15.8, 15.10.
#include "dav/locks.hpp"

#include "base/clock.hpp"
#include "dav/lock_headers.hpp"
#include "dav/properties/properties.hpp"

#include <array>

namespace kalends::dav {
namespace {

using xml::Element;
using xml::Writer;

bool get_lock_discovery(const View& view, const Resource& resource, const Element* /*asked*/,
                        Writer& writer) {
    append_active_locks(view, resource, writer);
    return true;
}

bool get_supported_lock(const View& /*view*/, const Resource& /*resource*/,
                        const Element* /*asked*/, Writer& writer) {
    for (const auto* scope : {"exclusive", "shared"}) {
        writer.raw("<D:lockentry><D:lockscope><D:");
        writer.raw(scope);
        writer.raw("/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>");
    }
    return true;
}

constexpr unsigned lockable = stored_collections | objects;

// clang-format off
constexpr std::array table{
    LiveProperty{{xml::dav, "lockdiscovery"}, lockable, Source::computed, true, get_lock_discovery, nullptr, "RFC 4918 15.8"},
    LiveProperty{{xml::dav, "supportedlock"}, lockable, Source::computed, true, get_supported_lock, nullptr, "RFC 4918 15.10"},
};
// clang-format on

}  // namespace

std::span<const LiveProperty> lock_properties() { return table; }

}  // namespace kalends::dav
