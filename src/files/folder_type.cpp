#include "files/folder_type.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "dav/precondition.hpp"

#include <algorithm>
#include <array>

namespace kalends::files {
namespace {

constexpr std::string_view any_bytes = "application/octet-stream";

/// A Content-Type that can be sent back; what can't is any bytes.
std::string media_type_of(std::string_view sent) {
    constexpr std::size_t max_length = 255;
    const auto type = text::trim(sent);
    const bool plain = std::ranges::all_of(type, [](char c) { return c >= ' ' && c < '\x7f'; });
    const bool usable = plain && type.size() <= max_length && type.find('/') != std::string::npos;
    return std::string(usable ? type : any_bytes);
}

struct Extension {
    std::string_view type, extension;
};
constexpr std::array extensions{
    Extension{"text/plain", ".txt"},        Extension{"text/html", ".html"},
    Extension{"text/markdown", ".md"},      Extension{"text/csv", ".csv"},
    Extension{"text/calendar", ".ics"},     Extension{"text/vcard", ".vcf"},
    Extension{"image/jpeg", ".jpg"},        Extension{"image/png", ".png"},
    Extension{"application/pdf", ".pdf"},   Extension{"application/zip", ".zip"},
    Extension{"application/json", ".json"}, Extension{"application/xml", ".xml"},
};

class FolderType final : public dav::CollectionType {
public:
    [[nodiscard]] store::CollectionKind kind() const override {
        return store::CollectionKind::folder;
    }
    [[nodiscard]] xml::NameView resourcetype() const override { return {}; }
    [[nodiscard]] xml::NameView no_uid_conflict() const override { return {}; }
    [[nodiscard]] std::uint64_t max_bytes(const dav::Settings& settings) const override {
        return settings.max_file_size;
    }
    [[nodiscard]] xml::NameView max_resource_size() const override { return {}; }
    [[nodiscard]] bool reads_content() const override { return false; }
    [[nodiscard]] xml::NameView location_ok() const override { return {}; }

    store::PutObject accept(const dav::View& /*view*/, const dav::Resource& /*collection*/,
                            std::string_view content_type, std::string body) const override {
        store::PutObject stored;
        stored.component = "FILE";
        stored.media_type = media_type_of(content_type);
        stored.etag = hash::fingerprint(body);
        stored.data = std::move(body);
        return stored;
    }

    [[nodiscard]] std::string content_type(const store::ObjectView& object) const override {
        return std::string(object.media_type);
    }

    [[nodiscard]] std::string_view vary() const override { return {}; }
    [[nodiscard]] std::string_view variant(const http::Headers& /*headers*/) const override {
        return {};
    }
    std::optional<std::string> convert(std::string_view /*variant*/, std::string_view /*data*/,
                                       std::string& /*type*/) const override {
        return std::nullopt;
    }

    [[nodiscard]] std::string_view extension(std::string_view content_type) const override {
        const auto type = text::trim(content_type.substr(0, content_type.find(';')));
        for (const auto& row : extensions)
            if (text::iequals(row.type, type)) return row.extension;
        return {};
    }

    void check_new(store::NewCollection& /*collection*/) const override {}
};

}  // namespace

const dav::CollectionType& folder_type() {
    static const FolderType type;
    return type;
}

}  // namespace kalends::files
