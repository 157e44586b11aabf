#pragma once
// Ids of rows, a type for each, so that one is never taken for another.

#include <compare>
#include <cstdint>
#include <functional>

namespace kalends::store {

template <class Tag> struct Id {
    std::int64_t value = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted operator
    friend auto operator<=>(const Id&, const Id&) = default;
};

using PrincipalId = Id<struct PrincipalTag>;    ///< also names the principal's home
using CollectionId = Id<struct CollectionTag>;  ///< unique in the whole database
using ObjectId = Id<struct ObjectTag>;

}  // namespace kalends::store

template <class Tag> struct std::hash<kalends::store::Id<Tag>> {
    std::size_t operator()(kalends::store::Id<Tag> id) const noexcept {
        return std::hash<std::int64_t>{}(id.value);
    }
};
