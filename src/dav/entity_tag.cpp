#include "dav/entity_tag.hpp"

namespace kalends::dav {

std::string entity_tag(std::string_view etag, std::string_view variant) {
    std::string tag = "\"";
    tag += etag;
    if (!variant.empty()) tag.append("~").append(variant);
    return tag += '"';
}

std::string_view state_of(std::string_view opaque) { return opaque.substr(0, opaque.find('~')); }

}  // namespace kalends::dav
