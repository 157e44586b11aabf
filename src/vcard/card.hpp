#pragma once
// A vCard as a list of content lines over the original bytes. RFC 6350 3.3 (4.0), RFC 2426 (3.0)
// and what is left of 2.1. It keeps every byte, and reads what real clients send: LF alone, blank
// lines, a byte order mark, bare types (`TEL;HOME:`), QUOTED-PRINTABLE with soft line breaks.

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::vcard {

/// Not a vCard: what() is a sentence that names the line.
class ParseError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

enum class Version {
    none,   ///< no VERSION at all
    other,  ///< one that we do not know
    v2_1,
    v3_0,
    v4_0,
};

/// "3.0" -> Version::v3_0.
Version version_named(std::string_view value);
/// "3.0"; empty for none and other.
std::string_view to_string(Version version);

struct Parameter {
    std::string name;                 ///< upper case
    std::vector<std::string> values;  ///< unquoted; RFC 6868 escapes decoded
};

/// One content line, unfolded.
struct Property {
    std::string group;                  ///< as sent, "item1"; empty if none
    std::string name;                   ///< upper case, without the group
    std::vector<Parameter> parameters;  ///< each name once, with the values of all that are sent
    std::string value;                  ///< raw: backslash escapes and encodings still in it
    std::size_t begin = 0;              ///< where the line begins in the original bytes …
    std::size_t end = 0;                ///< … and ends, with its line end and all folds
    std::size_t line = 0;               ///< its number, from 1

    /// The parameter of that name (upper case); nullptr if there is none.
    [[nodiscard]] const Parameter* parameter(std::string_view wanted) const;

    /// Whether the parameter has that value, without a case: TYPE, "home".
    [[nodiscard]] bool has(std::string_view wanted, std::string_view parameter_value) const;
};

struct Card {
    Version version = Version::none;
    std::vector<Property> properties;  ///< without BEGIN and END
    std::size_t begin = 0;             ///< of the BEGIN line in the original bytes
    std::size_t end = 0;               ///< after the END line
    std::size_t line = 0;              ///< of the BEGIN line
    bool nested = false;               ///< another vCard stands inside it (an AGENT of 2.1), unread

    /// The first property of that name (upper case), in any group; nullptr if there is none.
    [[nodiscard]] const Property* property(std::string_view wanted) const;
};

struct Limits {
    std::size_t max_lines = 50'000;      ///< content lines of one card
    std::size_t max_parameters = 100;    ///< of one line
    std::size_t max_bytes = 20'000'000;  ///< of one card
};

/// The one card in `bytes` (blank lines around it are allowed). Throws ParseError: no BEGIN or END,
/// a line without a colon, a name that is none, something after the end, over a limit.
Card parse(std::string_view bytes, const Limits& limits = {});

/// Whether a name of a filter or selection means this property: "TEL" in any group or none,
/// "home.TEL" only in that group; without a case. RFC 6352 10.5.1.
bool is_named(const Property& property, std::string_view name);

/// The text that a value stands for: QUOTED-PRINTABLE and its CHARSET decoded, backslash escapes
/// resolved, the semicolons of structured values kept. Binary values (base64) are empty.
std::string text_of(const Property& property);

/// A TEXT value with its backslash escapes resolved, RFC 6350 3.4; and the other way round.
std::string unescape_text(std::string_view value);
std::string escape_text(std::string_view text);

/// `bytes` with each line that has a fold inside a UTF-8 character, as RFC 6350 3.2 allows it,
/// folded anew: such bytes are no UTF-8, and XML can't hold them. All other lines stay as they are.
/// Throws ParseError for a line that is not UTF-8 when it is unfolded.
std::string refolded(std::string_view bytes);

}  // namespace kalends::vcard
