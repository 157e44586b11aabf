#include "carddav/accept.hpp"

#include "base/text.hpp"

#include <charconv>
#include <utility>

namespace kalends::carddav {
namespace {

/// One media range of the header.
struct Range {
    bool is_vcard = false;
    bool any = false;  ///< "*/*", "text/*": whatever is stored
    std::optional<vcard::Version> version;
    double quality = 1;
};

std::string_view unquoted(std::string_view value) {
    value = text::trim(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    return value;
}

Range range_of(std::string_view item) {
    Range range;
    bool first = true;
    for (const auto part : text::split(item, ';')) {
        const auto word = text::trim(part);
        if (std::exchange(first, false)) {
            range.is_vcard = text::iequals(word, "text/vcard") ||
                             text::iequals(word, "text/x-vcard") ||
                             text::iequals(word, "text/directory");
            range.any = word == "*/*" || text::iequals(word, "text/*");
            continue;
        }
        const auto equals = word.find('=');
        if (equals == std::string_view::npos) continue;
        const auto name = text::trim(word.substr(0, equals));
        const auto value = unquoted(word.substr(equals + 1));
        if (text::iequals(name, "q"))
            std::from_chars(value.data(), value.data() + value.size(), range.quality);
        if (text::iequals(name, "version")) range.version = vcard::version_named(value);
    }
    return range;
}

bool can_give(const std::optional<vcard::Version>& version) {
    return !version || *version == vcard::Version::v3_0 || *version == vcard::Version::v4_0;
}

}  // namespace

std::optional<vcard::Version> accepted_version(std::string_view accept) {
    Range best{.quality = 0};
    for (const auto item : text::split(accept, ',')) {
        const Range range = range_of(item);
        if ((range.is_vcard || range.any) && range.quality > best.quality &&
            can_give(range.version))
            best = range;
    }
    return best.is_vcard ? best.version : std::nullopt;
}

}  // namespace kalends::carddav
