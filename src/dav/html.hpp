#pragma once
// Pages for a browser: a heading and a table of links, without script. All text is escaped.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kalends::dav::html {

/// The head of a page, and of its table. `above`: the href of what it is in; empty for none.
std::string begin(std::string_view title, std::string_view above);

/// A member of what the page shows.
struct Row {
    std::string_view href;  ///< as the server writes it
    std::string_view name;
    std::string_view type;  ///< "calendar", or a media type
    std::optional<std::int64_t> size = std::nullopt;
    std::string modified = {};
};
void append(std::string& to, const Row& row);

std::string end();

}  // namespace kalends::dav::html
