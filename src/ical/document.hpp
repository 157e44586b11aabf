#pragma once
// A calendar object that can be changed: components that own their lines. What is not touched comes
// out byte for byte as it came in; a line that is changed is written anew. For work that edits much
// and copies components (scheduling); for a few changes lines.hpp has Edit.

#include "ical/lines.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kalends::ical {

/// One content line with the bytes it came as.
class Line {
public:
    /// "NAME;PARAM=x:value", unfolded and without a line end. Throws ParseError.
    explicit Line(std::string_view text);

    /// A line of `bytes`, which it was parsed from.
    Line(Property property, std::string_view bytes);

    [[nodiscard]] const Property& property() const { return property_; }
    [[nodiscard]] const std::string& name() const { return property_.name; }
    [[nodiscard]] const std::string& value() const { return property_.value; }

    /// The first value of a parameter (upper case name); empty if there is none.
    [[nodiscard]] std::string_view parameter(std::string_view name) const;
    [[nodiscard]] bool has_parameter(std::string_view name) const;

    /// Each does nothing where that changes nothing, so that the bytes stay.
    void set_value(std::string_view value);
    void set_parameter(std::string_view name, std::string_view value);
    void remove_parameter(std::string_view name);

    /// Appends the line as it came or, where it was changed, folded with CRLF.
    void write(std::string& to) const;

private:
    void changed() { bytes_.clear(); }

    Property property_;
    std::string bytes_;  ///< empty: it was changed
};

/// A component. Its lines come before the components in it when it is written.
struct Part {
    std::string name;  ///< upper case: VEVENT
    std::vector<Line> lines;
    std::vector<Part> parts;

    /// The first line of that name (upper case); nullptr if there is none.
    [[nodiscard]] const Line* line(std::string_view wanted) const;
    [[nodiscard]] Line* line(std::string_view wanted);

    /// Its value; empty if there is none.
    [[nodiscard]] std::string_view value(std::string_view wanted) const;

    /// Sets the value of the first line of that name and drops the others; appends one where there
    /// is none.
    void set(std::string_view wanted, std::string_view value);
    void append(std::string_view line) { lines.emplace_back(line); }

    void remove(std::string_view wanted);
    void remove_parts(std::string_view wanted);
};

/// A copy that can be changed of a component of `bytes`.
Part part_of(const Component& component, std::string_view bytes);

/// parse() and part_of() in one. Throws ParseError.
Part parse_document(std::string_view bytes, const Limits& limits = Limits{});

/// The whole as text.
std::string to_text(const Part& part);

}  // namespace kalends::ical
