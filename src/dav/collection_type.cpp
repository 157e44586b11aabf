#include "dav/collection_type.hpp"

#include "dav/live_property.hpp"

#include <stdexcept>

namespace kalends::dav {

const CollectionType& type_of(const View& view, store::CollectionKind kind) {
    const auto wanted = store::is_home(kind) ? store::CollectionKind::folder : kind;
    for (const auto* type : view.registry().types())
        if (type->kind() == wanted) return *type;
    throw std::logic_error("a collection kind without a type");
}

}  // namespace kalends::dav
