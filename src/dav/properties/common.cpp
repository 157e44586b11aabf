#include "dav/properties/common.hpp"

namespace kalends::dav {

bool get_max_resource_size(const View& view, const Resource& /*resource*/,
                           const xml::Element* /*asked*/, xml::Writer& writer) {
    writer.raw(std::to_string(view.settings().max_resource_size));
    return true;
}

void write_collations(xml::Writer& writer, std::string_view ns) {
    for (const auto* collation : {"i;ascii-casemap", "i;octet", "i;unicode-casemap"})
        writer.element({ns, "supported-collation"}, collation);
}

}  // namespace kalends::dav
