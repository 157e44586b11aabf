#include "http/query.hpp"

#include "base/percent.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace kalends::http {

std::optional<std::string> query_parameter(std::string_view query, std::string_view name) {
    for (const auto pair : text::split(query, '&')) {
        const auto equals = std::min(pair.find('='), pair.size());
        if (pair.substr(0, equals) != name) continue;
        std::string value(pair.substr(std::min(equals + 1, pair.size())));
        std::ranges::replace(value, '+', ' ');
        auto decoded = percent::decode(value);
        if (!decoded || !text::is_utf8(*decoded))
            throw BadQuery("The parameter " + std::string(name) + " is not percent-encoded UTF-8.");
        return decoded;
    }
    return std::nullopt;
}

}  // namespace kalends::http
