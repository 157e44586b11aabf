#include "dav/collection_type.hpp"

#include "dav/live_property.hpp"

#include <stdexcept>

namespace kalends::dav {

const CollectionType& type_of(const View& view, store::CollectionKind kind) {
    for (const auto* type : view.registry().types())
        if (type->kind() == kind) return *type;
    throw std::logic_error("a collection kind without a type");
}

}  // namespace kalends::dav
