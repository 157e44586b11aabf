#pragma once
// iCalendar as a tree of components and content lines over the original bytes. RFC 5545 3.1. It knows nothing
// of what the lines mean: it keeps every byte, finds names, parameters and values without a case, and edits
// without touching the lines beside the one that changes.

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::ical {

/// Not iCalendar: what() is a sentence that names the line.
class ParseError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Parameter {
    std::string name;                 ///< upper case
    std::vector<std::string> values;  ///< unquoted; RFC 6868 escapes decoded
};

/// One content line, unfolded.
struct Property {
    std::string name;                  ///< upper case, without a group
    std::vector<Parameter> parameters;
    std::string value;                 ///< raw: backslash escapes still in it
    std::size_t begin = 0;             ///< where the line begins in the original bytes …
    std::size_t end = 0;               ///< … and ends, with its line end and all folds
    std::size_t line = 0;              ///< its number, from 1

    /// The first value of a parameter; nullptr if there is none.
    [[nodiscard]] const std::string* parameter(std::string_view name) const;
};

struct Component {
    std::string name;  ///< upper case: VEVENT
    std::vector<Property> properties;
    std::vector<Component> components;
    std::size_t begin = 0;  ///< of the BEGIN line in the original bytes
    std::size_t end = 0;    ///< after the END line
    std::size_t line = 0;   ///< of the BEGIN line

    /// The first property of that name (upper case); nullptr if there is none.
    [[nodiscard]] const Property* property(std::string_view name) const;
    [[nodiscard]] std::vector<const Property*> properties_named(std::string_view name) const;
};

struct Limits {
    std::size_t max_depth = 10;
    std::size_t max_lines = 200'000;
};

/// The one top component in `bytes` (blank lines around it are allowed; CRLF or LF). Throws ParseError: no
/// BEGIN, wrong END, a line without a colon, a name that is none, something after the end.
Component parse(std::string_view bytes, const Limits& limits = {});

/// All top components, for import: a file may hold several VCALENDARs one after another.
std::vector<Component> parse_all(std::string_view bytes, const Limits& limits = {});

/// A TEXT value with its backslash escapes resolved, RFC 5545 3.3.11.
std::string unescape_text(std::string_view value);
std::string escape_text(std::string_view text);

/// `line` folded at 75 octets, never inside a UTF-8 character, with CRLF at the end. RFC 5545 3.1.
void append_folded(std::string& to, std::string_view line);

}  // namespace kalends::ical
