// What an address book accepts: single cards. RFC 6352 5.1, 6.3.2.
#include "carddav/addressbook_type.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "carddav/accept.hpp"
#include "carddav/precondition.hpp"
#include "dav/error.hpp"
#include "vcard/convert.hpp"
#include "vcard/search.hpp"
#include "vcard/validate.hpp"

namespace kalends::carddav {
namespace {

using dav::DavError;
using http::Status;

vcard::Accepted parse(std::string_view content_type, std::string_view body) {
    if (!vcard::is_supported_media_type(content_type))
        throw DavError(Status::forbidden, precondition::supported_address_data,
                       "Address books hold text/vcard, not " + text::printable(content_type) + ".");
    try {
        return vcard::accept(body);
    } catch (const vcard::CardError& error) {
        throw DavError(Status::forbidden, {xml::carddav, vcard::precondition_name(error.fault())},
                       error.what());
    }
}

/// The cards one after another. RFC 6350 3.3.
class AddressbookExport final : public dav::Export {
public:
    std::string add(std::string_view data) override {
        std::string card(data);
        if (!card.ends_with('\n')) card += "\r\n";
        return card;
    }
    std::string finish() override { return {}; }
};

class AddressbookType final : public dav::CollectionType {
public:
    [[nodiscard]] store::CollectionKind kind() const override {
        return store::CollectionKind::addressbook;
    }
    [[nodiscard]] xml::NameView resourcetype() const override {
        return {xml::carddav, "addressbook"};
    }
    [[nodiscard]] xml::NameView no_uid_conflict() const override {
        return precondition::no_uid_conflict;
    }
    [[nodiscard]] xml::NameView max_resource_size() const override {
        return precondition::max_resource_size;
    }
    [[nodiscard]] xml::NameView location_ok() const override {
        return precondition::addressbook_collection_location_ok;
    }

    store::PutObject accept(const dav::View& /*view*/, const dav::Resource& /*collection*/,
                            std::string_view content_type, std::string body) const override {
        const auto accepted = parse(content_type, body);
        store::PutObject stored;
        stored.uid = accepted.uid;
        stored.component = "VCARD";
        stored.etag = hash::fingerprint(body);
        stored.search = vcard::search_text(accepted.card);
        stored.data = std::move(body);
        return stored;
    }

    [[nodiscard]] std::string content_type(const store::ObjectView& /*object*/) const override {
        return "text/vcard; charset=utf-8";
    }

    [[nodiscard]] std::string_view vary() const override { return "Accept"; }

    [[nodiscard]] std::string_view variant(const http::Headers& headers) const override {
        const auto wanted = accepted_version(headers.joined("Accept"));
        return wanted ? vcard::to_string(*wanted) : std::string_view{};
    }

    std::optional<std::string> convert(std::string_view variant, std::string_view data,
                                       std::string& type) const override {
        const auto wanted = vcard::version_named(variant);
        const auto card = vcard::parse(data);
        type.append("; version=").append(variant);
        if (card.version == wanted) return std::nullopt;
        return vcard::to_version(data, card, wanted);
    }

    [[nodiscard]] std::string_view extension(std::string_view /*content_type*/) const override {
        return ".vcf";
    }
    [[nodiscard]] std::string_view export_type() const override {
        return "text/vcard; charset=utf-8";
    }
    [[nodiscard]] std::shared_ptr<dav::Export>
    begin_export(std::string_view /*name*/) const override {
        return std::make_shared<AddressbookExport>();
    }

    void check_new(store::NewCollection& /*collection*/) const override {}
};

}  // namespace

const dav::CollectionType& addressbook_type() {
    static const AddressbookType type;
    return type;
}

}  // namespace kalends::carddav
