#include "base/text.hpp"
#include "vcard/convert_private.hpp"

#include <algorithm>
#include <array>

namespace kalends::vcard {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

struct MediaType {
    std::string_view property;  ///< of which the TYPE is one; empty: any
    std::string_view type;      ///< as TYPE of 3.0
    std::string_view media_type;
};

/// RFC 2426 lets TYPE name the image format "as registered": these are the names in use.
constexpr std::array media_types = {
    MediaType{"KEY", "X509", "application/pkix-cert"},
    MediaType{"KEY", "PGP", "application/pgp-keys"},
    MediaType{"SOUND", "BASIC", "audio/basic"},
    MediaType{"SOUND", "WAVE", "audio/wav"},
    MediaType{"", "JPEG", "image/jpeg"},
    MediaType{"", "JPG", "image/jpeg"},
    MediaType{"", "PNG", "image/png"},
    MediaType{"", "GIF", "image/gif"},
    MediaType{"", "WEBP", "image/webp"},
    MediaType{"", "BMP", "image/bmp"},
    MediaType{"", "TIFF", "image/tiff"},
};

struct Magic {
    std::string_view base64;
    std::string_view media_type;
};
constexpr std::array magics = {Magic{"/9j/", "image/jpeg"}, Magic{"iVBOR", "image/png"},
                               Magic{"R0lG", "image/gif"}, Magic{"UklGR", "image/webp"}};

}  // namespace

std::optional<std::string> extended_date(std::string_view date) {
    const auto time_at = date.find('T');
    auto day = std::string(date.substr(0, time_at));
    day.erase(std::remove(day.begin(), day.end(), '-'), day.end());
    constexpr std::size_t digits_of_date = 8;
    if (date.starts_with("-") || day.size() != digits_of_date || !all_digits(day))
        return std::nullopt;
    std::string result = day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6, 2);
    if (time_at == std::string_view::npos) return result;

    const auto time = date.substr(time_at + 1);
    constexpr std::size_t digits_of_time = 6;
    if (!all_digits(time.substr(0, digits_of_time)) || time.size() < digits_of_time)
        return result + "T" + std::string(time);
    result += "T" + std::string(time.substr(0, 2)) + ":" + std::string(time.substr(2, 2)) + ":" +
              std::string(time.substr(4, 2));
    return result + std::string(time.substr(digits_of_time));
}

std::string basic_date(std::string_view date) {
    const auto full = extended_date(date);
    if (!full) return std::string(date);
    std::string result = full->substr(0, 4) + full->substr(5, 2) + full->substr(8, 2);
    const auto time_at = full->find('T');
    if (time_at == std::string::npos) return result;
    for (const char c : full->substr(time_at))
        if (c != ':') result += c;
    return result;
}

std::optional<DataUri> read_data_uri(std::string_view uri) {
    constexpr std::string_view scheme = "data:";
    constexpr std::string_view marker = ";base64";
    if (!text::iequals(uri.substr(0, scheme.size()), scheme)) return std::nullopt;
    const auto comma = uri.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    auto head = uri.substr(scheme.size(), comma - scheme.size());
    // A client that treats the value as text escapes the semicolon and the comma.
    while (!head.empty() && head.back() == '\\') head.remove_suffix(1);
    if (head.size() < marker.size() ||
        !text::iequals(head.substr(head.size() - marker.size()), marker))
        return std::nullopt;
    head = head.substr(0, head.size() - marker.size());
    while (!head.empty() && head.back() == '\\') head.remove_suffix(1);
    return DataUri{head.substr(0, head.find(';')), uri.substr(comma + 1)};
}

std::string media_type_of(const Property& property) {
    if (const Parameter* media_type = property.parameter("MEDIATYPE"))
        return media_type->values.front();
    if (const Parameter* types = property.parameter("TYPE")) {
        for (const auto& type : types->values) {
            if (type.find('/') != std::string::npos) return text::lower_ascii(type);
            for (const auto& row : media_types)
                if (text::iequals(row.type, type) &&
                    (row.property.empty() || row.property == property.name))
                    return std::string(row.media_type);
        }
    }
    const auto start = text::trim(property.value);
    for (const auto& magic : magics)
        if (start.starts_with(magic.base64)) return std::string(magic.media_type);
    return "application/octet-stream";
}

std::string without_white_space(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    std::copy_if(text.begin(), text.end(), std::back_inserter(result),
                 [](char c) { return c != ' ' && c != '\t'; });
    return result;
}

std::vector<std::string_view> components(std::string_view value) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\') {
            ++i;
        } else if (value[i] == ';') {
            parts.push_back(value.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    parts.push_back(value.substr(begin));
    return parts;
}

}  // namespace kalends::vcard
