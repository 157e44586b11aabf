#include "carddav/properties.hpp"

#include "carddav/address_data.hpp"
#include "dav/properties/common.hpp"

#include <array>

namespace kalends::carddav {
namespace {

using dav::LiveProperty;
using dav::Resource;
using dav::Source;
using dav::View;
using xml::Element;
using xml::Writer;

bool get_addressbook_home(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                          Writer& writer) {
    writer.element({xml::dav, "href"}, dav::href::home(store::CollectionKind::addressbook_home,
                                                       resource.home->principal.login));
    return true;
}

bool get_supported_data(const View& /*view*/, const Resource& /*resource*/,
                        const Element* /*asked*/, Writer& writer) {
    writer.raw(R"(<CR:address-data-type content-type="text/vcard" version="3.0"/>)");
    writer.raw(R"(<CR:address-data-type content-type="text/vcard" version="4.0"/>)");
    return true;
}

bool get_collations(const View& /*view*/, const Resource& /*resource*/, const Element* /*asked*/,
                    Writer& writer) {
    dav::write_collations(writer, xml::carddav);
    return true;
}

constexpr auto get_max_size = dav::get_max_resource_size;
constexpr auto book = dav::addressbook;

// clang-format off
constexpr std::array table{
    LiveProperty{{xml::carddav, "addressbook-home-set"},    dav::principal,      Source::computed, false, get_addressbook_home, nullptr, "RFC 6352 7.1.1"},
    LiveProperty{{xml::carddav, "addressbook-description"}, book,                Source::stored,   false, nullptr,              nullptr, "RFC 6352 6.2.1"},
    LiveProperty{{xml::carddav, "supported-address-data"},  book,                Source::computed, false, get_supported_data,   nullptr, "RFC 6352 6.2.2"},
    LiveProperty{{xml::carddav, "max-resource-size"},       book,                Source::computed, false, get_max_size,         nullptr, "RFC 6352 6.2.3"},
    LiveProperty{{xml::carddav, "supported-collation-set"}, book,                Source::computed, false, get_collations,       nullptr, "RFC 6352 8.3.1"},
    LiveProperty{{xml::carddav, "address-data"},            dav::address_object, Source::report,   false, get_address_data,     nullptr, "RFC 6352 10.4"},
};
// clang-format on

}  // namespace

std::span<const LiveProperty> properties() { return table; }

}  // namespace kalends::carddav
