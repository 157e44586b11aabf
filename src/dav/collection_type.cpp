#include "dav/collection_type.hpp"

#include "dav/error.hpp"
#include "dav/live_property.hpp"

#include <stdexcept>

namespace kalends::dav {

store::WriteOutcome CollectionType::put(const View& view, const http::Request& /*request*/,
                                        const Resource& /*target*/,
                                        store::PutObject& object) const {
    return store::put(view.database(), object);
}

store::WriteOutcome CollectionType::erase(const View& view, const http::Request& /*request*/,
                                          const Resource& /*target*/,
                                          const store::DeleteObject& object) const {
    return store::erase(view.database(), object);
}

http::Response CollectionType::post(const View& /*view*/, const http::Request& /*request*/,
                                    const Resource& /*collection*/) const {
    throw DavError(http::Status::method_not_allowed,
                   "A POST goes to the DAV:add-member URL of a collection.");
}

const CollectionType& type_of(const View& view, store::CollectionKind kind) {
    const auto wanted = store::is_home(kind) ? store::CollectionKind::folder : kind;
    for (const auto* type : view.registry().types())
        if (type->kind() == wanted) return *type;
    throw std::logic_error("a collection kind without a type");
}

}  // namespace kalends::dav
