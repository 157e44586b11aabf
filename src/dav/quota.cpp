#include "dav/quota.hpp"

namespace kalends::dav {

std::int64_t used_bytes(const store::Home& home) {
    std::int64_t bytes = 0;
    for (const auto& root : home.roots) bytes += root->bytes;
    for (const auto& collection : home.collections) bytes += collection->bytes;
    return bytes;
}

}  // namespace kalends::dav
