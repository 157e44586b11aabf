#pragma once
// iCalendar as a tree of components and content lines over the original bytes. RFC 5545 3.1. It
// knows nothing of what the lines mean: it keeps every byte, finds names, parameters and values
// without a case, and edits without touching the lines beside the one that changes.

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
    std::string name;  ///< upper case
    std::vector<Parameter> parameters;
    std::string value;      ///< raw: backslash escapes still in it
    std::size_t begin = 0;  ///< where the line begins in the original bytes …
    std::size_t end = 0;    ///< … and ends, with its line end and all folds
    std::size_t line = 0;   ///< its number, from 1

    /// The first value of a parameter (upper case name); nullptr if there is none.
    [[nodiscard]] const std::string* parameter(std::string_view wanted) const;
};

struct Component {
    std::string name;  ///< upper case: VEVENT
    std::vector<Property> properties;
    std::vector<Component> components;
    std::size_t begin = 0;  ///< of the BEGIN line in the original bytes
    std::size_t body = 0;   ///< after the BEGIN line
    std::size_t tail = 0;   ///< of the END line
    std::size_t end = 0;    ///< after the END line
    std::size_t line = 0;   ///< of the BEGIN line

    /// The first property of that name (upper case); nullptr if there is none.
    [[nodiscard]] const Property* property(std::string_view wanted) const;
    [[nodiscard]] std::vector<const Property*> properties_named(std::string_view wanted) const;
};

/// What a text may cost. A part is a parameter or one of its values.
struct Limits {
    std::size_t max_depth = 10;
    std::size_t max_lines = 200'000;
    std::size_t max_parts = 400'000;
};

/// The one top component in `bytes` (blank lines and a byte order mark are allowed; CRLF or LF;
/// folded with space or tab). Throws ParseError: no BEGIN, wrong or missing END, a line without a
/// colon, a name that is none, an open quote, something after the end, more than `limits`.
Component parse(std::string_view bytes, const Limits& limits = Limits{});

/// All top components, for import: a file may hold several VCALENDARs one after another.
std::vector<Component> parse_all(std::string_view bytes, const Limits& limits = {});

/// One unfolded content line, "NAME;PARAM=x:value". Throws ParseError.
Property parse_line(std::string_view line);

/// A TEXT value with its backslash escapes resolved, RFC 5545 3.3.11.
std::string unescape_text(std::string_view value);
std::string escape_text(std::string_view text);

/// A list of TEXT values (CATEGORIES, RESOURCES): the parts between unescaped commas, unescaped.
std::vector<std::string> split_text_list(std::string_view value);

/// "NAME;PARAM=x,\"y z\":value", unfolded: values are quoted where they must be, RFC 6868 escapes
/// put in.
std::string to_line(const Property& property);

/// `bytes` with each line that has a fold inside a UTF-8 character, as RFC 5545 3.1 allows it,
/// folded anew: such bytes are no UTF-8, and XML can't hold them. All other lines stay as they are.
/// Throws ParseError for a line that is not UTF-8 when it is unfolded.
std::string refolded(std::string_view bytes);

/// A list of changes to the bytes that were parsed; all other bytes stay as they are. New lines are
/// given unfolded and without a line end, and are written folded with CRLF. The bytes must outlive
/// it. The order of calls does not matter, except that what is put at one place comes out in the
/// order of the calls; two changes of the same bytes are an error of the caller (std::logic_error
/// from result()).
class Edit {
public:
    explicit Edit(std::string_view original) : original_{original} {}

    void replace(const Property& property, std::string_view line);
    void insert_before(const Property& property, std::string_view line);
    void insert_after(const Property& property, std::string_view line);
    void remove(const Property& property);

    /// Puts a line behind the last property of `component`, before its subcomponents.
    void append(const Component& component, std::string_view line);
    void remove(const Component& component);

    /// Puts whole lines (written as they are) before `component`, at the end of `parent`, or in the
    /// place of `component`.
    void insert_before(const Component& component, std::string_view lines);
    void append_component(const Component& parent, std::string_view lines);
    void replace(const Component& component, std::string_view lines);

    [[nodiscard]] bool empty() const { return splices_.empty(); }
    [[nodiscard]] std::string result() const;

private:
    struct Splice {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::string text;
    };
    void splice(std::size_t begin, std::size_t end, std::string text);

    std::string_view original_;
    std::vector<Splice> splices_;
};

}  // namespace kalends::ical
