#include "carddav/address_data.hpp"

#include "base/text.hpp"
#include "carddav/precondition.hpp"
#include "dav/error.hpp"
#include "vcard/validate.hpp"

namespace kalends::carddav {
namespace {

using dav::DavError;
using http::Status;

constexpr xml::NameView address_data_name{xml::carddav, "address-data"};

[[noreturn]] void not_supported() {
    throw DavError(Status::forbidden, precondition::supported_address_data,
                   "Cards come as text/vcard, version 3.0 or 4.0.");
}

}  // namespace

vcard::DataRequest data_request(const xml::Element& address_data) {
    vcard::DataRequest request;
    if (const auto* const type = address_data.attribute("content-type"))
        if (!vcard::is_supported_media_type(*type)) not_supported();
    if (const auto* const version = address_data.attribute("version")) {
        request.version = vcard::version_named(*version);
        if (*request.version != vcard::Version::v3_0 && *request.version != vcard::Version::v4_0)
            not_supported();
    }
    const auto props = address_data.children({xml::carddav, "prop"});
    if (props.empty()) return request;
    request.props.emplace();
    for (const auto* prop : props) {
        const auto* const name = prop->attribute("name");
        if (name == nullptr) throw DavError(Status::bad_request, "A prop element has no name.");
        const auto* const novalue = prop->attribute("novalue");
        request.props->push_back({*name, novalue != nullptr && *novalue == "yes"});
    }
    return request;
}

void check_data_requests(const dav::Asked& asked) {
    for (const auto& property : asked.properties)
        if (property.name == address_data_name && property.element != nullptr)
            (void)data_request(*property.element);
}

bool get_address_data(const dav::View& /*view*/, const dav::Resource& resource,
                      const xml::Element* asked, xml::Writer& writer) {
    std::string_view data = resource.object->data;
    if (data.empty()) return false;
    std::string utf8;
    if (!text::is_utf8(data)) data = utf8 = vcard::refolded(data);  // XML holds nothing else
    if (asked == nullptr || (asked->nodes.empty() && asked->attributes.empty()))
        writer.text(data);
    else
        writer.text(vcard::retrieve(data, data_request(*asked)));
    return true;
}

}  // namespace kalends::carddav
