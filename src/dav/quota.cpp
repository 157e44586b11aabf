#include "dav/quota.hpp"

#include "dav/error.hpp"
#include "dav/precondition.hpp"
#include "store/objects.hpp"

namespace kalends::dav {

std::int64_t used_bytes(const store::Home& home) {
    std::int64_t bytes = 0;
    for (const auto& collection : home.collections) bytes += collection->bytes;
    return bytes;
}

void require_room(const View& view, const Resource& collection, const std::string& name,
                  std::size_t size) {
    const auto quota = view.settings().quota_bytes;
    if (quota == 0) return;
    auto after = used_bytes(*collection.home) + static_cast<std::int64_t>(size);
    if (after <= quota) return;
    const auto old = store::find_object(view.database(), collection.home->principal.id,
                                        collection.collection->id, name);
    if (old) after -= old->size;
    if (after <= quota || (old && static_cast<std::int64_t>(size) <= old->size)) return;
    throw DavError(http::Status::insufficient_storage, precondition::quota_not_exceeded,
                   "There is no room for this: the home may hold " + std::to_string(quota) +
                       " bytes.");
}

}  // namespace kalends::dav
