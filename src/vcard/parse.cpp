// Reading the lines of a vCard. RFC 6350 3.3 and RFC 2426 4 for the grammar; what 2.1 did
// differently (bare parameter values, soft line breaks, a vCard inside a vCard) is read too, since
// programs still write it, and some write it into cards of 3.0.

#include "base/content_line.hpp"
#include "base/text.hpp"
#include "vcard/card.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kalends::vcard {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

[[noreturn]] void fail(std::size_t line, const std::string& sentence) {
    throw ParseError("line " + std::to_string(line) + ": " + sentence);
}

/// A logical line: folds and soft line breaks are gone from `text`, which points into the bytes or
/// to a copy.
struct LogicalLine {
    std::string_view text;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t number = 0;
};

class LineReader {
public:
    explicit LineReader(std::string_view bytes) : bytes_(bytes) {
        if (bytes.substr(0, byte_order_mark.size()) == byte_order_mark)
            at_ = byte_order_mark.size();
    }

    /// The next line that is not blank; its text is good until the next call. False at the end.
    bool next(LogicalLine& line);

private:
    std::string_view physical();
    [[nodiscard]] bool at_fold() const {
        return at_ < bytes_.size() && (bytes_[at_] == ' ' || bytes_[at_] == '\t');
    }
    void join(LogicalLine& line, std::string_view more);

    std::string_view bytes_;
    std::size_t at_ = 0;
    std::size_t number_ = 0;
    std::string joined_;
};

/// The next line of the file, without its end.
std::string_view LineReader::physical() {
    const auto rest = bytes_.substr(at_);
    const auto end = rest.find('\n');
    auto line = rest.substr(0, end);
    at_ += end == std::string_view::npos ? rest.size() : end + 1;
    ++number_;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

void LineReader::join(LogicalLine& line, std::string_view more) {
    if (line.text.data() != joined_.data()) joined_.assign(line.text);
    joined_ += more;
    line.text = joined_;
}

/// QUOTED-PRINTABLE breaks its lines with "=" at the end, and the next one need not begin with a
/// space.
bool may_break_softly(std::string_view first_line) {
    if (first_line.back() != '=') return false;
    return text::icontains(first_line.substr(0, first_line.find(':')), "QUOTED-PRINTABLE");
}

bool LineReader::next(LogicalLine& line) {
    joined_.clear();
    do {
        if (at_ >= bytes_.size()) return false;
        line.begin = at_;
        line.text = physical();
        line.number = number_;
    } while (text::trim(line.text).empty());

    const bool quoted_printable = may_break_softly(line.text);
    while (!line.text.empty()) {
        if (at_fold()) {
            join(line, physical().substr(1));
        } else if (at_ < bytes_.size() && line.text.back() == '=' && quoted_printable) {
            join(line, {});
            joined_.pop_back();
            join(line, physical());
        } else {
            break;
        }
    }
    line.end = at_;
    return true;
}

bool is_name_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

/// Reads `[group.]NAME *(;parameter):value`.
class PropertyReader {
public:
    PropertyReader(const LogicalLine& line, const Limits& limits)
        : line_(line), rest_(line.text), limits_(limits) {}

    Property read();

private:
    std::string_view take_name();
    void read_parameter(Property& property);
    void read_bare_values(Property& property, std::string_view begun);
    std::string take_parameter_value();
    void add(Property& property, std::string name, std::string value);

    const LogicalLine& line_;
    std::string_view rest_;
    const Limits& limits_;
    std::size_t values_ = 0;
};

std::string_view PropertyReader::take_name() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_name_character);
    const auto name = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(name.size());
    return name;
}

/// RFC 6868 3.1: what stands for a line end, a quotation mark and the caret itself.
std::string decode_carets(std::string_view value) {
    if (value.find('^') == std::string_view::npos) return std::string(value);
    std::string result;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char next = value[i] == '^' && i + 1 < value.size() ? value[i + 1] : '\0';
        if (next == 'n')
            result += '\n';
        else if (next == '\'')
            result += '"';
        else if (next == '^')
            result += '^';
        else {
            result += value[i];
            continue;
        }
        ++i;
    }
    return result;
}

/// A quote that is never closed is taken as a character: better than to lose the card.
std::string PropertyReader::take_parameter_value() {
    const auto close =
        !rest_.empty() && rest_[0] == '"' ? rest_.find('"', 1) : std::string_view::npos;
    std::string_view value;
    if (close != std::string_view::npos) {
        value = rest_.substr(1, close - 1);
        rest_.remove_prefix(close + 1);
        // What stands between the quote and the next delimiter has no meaning.
        rest_.remove_prefix(std::min(rest_.find_first_of(";:,"), rest_.size()));
    } else {
        value = rest_.substr(0, rest_.find_first_of(";:,"));
        rest_.remove_prefix(value.size());
        value = text::trim(value);
    }
    return decode_carets(value);
}

void PropertyReader::add(Property& property, std::string name, std::string value) {
    if (++values_ > limits_.max_parameters)
        fail(line_.number,
             "more than " + std::to_string(limits_.max_parameters) + " parameter values.");
    const auto known = std::find_if(property.parameters.begin(), property.parameters.end(),
                                    [&](const Parameter& each) { return each.name == name; });
    if (known != property.parameters.end())
        known->values.push_back(std::move(value));
    else
        property.parameters.push_back({std::move(name), {std::move(value)}});
}

/// The parameter to which a value without a name belongs, as in 2.1: `TEL;HOME`,
/// `NOTE;QUOTED-PRINTABLE`.
std::string_view bare_parameter(std::string_view value) {
    struct Row {
        std::string_view value;
        std::string_view name;
    };
    static constexpr std::array rows = {
        Row{"QUOTED-PRINTABLE", "ENCODING"},
        Row{"BASE64", "ENCODING"},
        Row{"B", "ENCODING"},
        Row{"8BIT", "ENCODING"},
        Row{"7BIT", "ENCODING"},
        Row{"INLINE", "VALUE"},
        Row{"URL", "VALUE"},
        Row{"URI", "VALUE"},
        Row{"CONTENT-ID", "VALUE"},
        Row{"CID", "VALUE"},
    };
    for (const auto& row : rows)
        if (text::iequals(row.value, value)) return row.name;
    return "TYPE";
}

void PropertyReader::read_bare_values(Property& property, std::string_view begun) {
    std::string value = std::string(begun) + take_parameter_value();
    for (;;) {
        const auto name = bare_parameter(value);
        if (!value.empty()) add(property, std::string(name), std::move(value));
        if (rest_.empty() || rest_[0] != ',') return;
        rest_.remove_prefix(1);
        value = take_parameter_value();
    }
}

void PropertyReader::read_parameter(Property& property) {
    const auto name = take_name();
    const bool bare = rest_.empty() || rest_[0] != '=';
    if (bare) return read_bare_values(property, name);
    if (name.empty()) fail(line_.number, "a parameter without a name.");
    const auto upper = text::upper_ascii(name);
    do {
        rest_.remove_prefix(1);  // '=' or ','
        auto value = take_parameter_value();
        // RFC 6350 writes TYPE="voice,home" for two types (its own example in 6.4.1).
        if (upper == "TYPE" && value.find(',') != std::string::npos) {
            for (const auto part : text::split(value, ','))
                add(property, upper, std::string(text::trim(part)));
        } else {
            add(property, upper, std::move(value));
        }
    } while (!rest_.empty() && rest_[0] == ',');
}

Property PropertyReader::read() {
    Property property;
    property.begin = line_.begin;
    property.end = line_.end;
    property.line = line_.number;
    auto name = take_name();
    if (!rest_.empty() && rest_[0] == '.') {
        property.group = name;
        rest_.remove_prefix(1);
        name = take_name();
    }
    if (name.empty())
        fail(line_.number, "does not begin with the name of a property: \"" +
                               text::printable(line_.text, 40) + "\".");
    property.name = text::upper_ascii(name);
    while (!rest_.empty() && rest_[0] == ';') {
        rest_.remove_prefix(1);
        read_parameter(property);
    }
    if (rest_.empty() || rest_[0] != ':')
        fail(line_.number, "there is no colon between the name and the value of " +
                               text::printable(property.name, 40) + ".");
    property.value = rest_.substr(1);
    return property;
}

bool is_vcard(const Property& property) {
    return text::iequals(text::trim(property.value), "VCARD");
}

/// The lines of a vCard inside the vCard are passed over; false if they never end.
bool skip_nested(LineReader& reader, const Limits& limits, std::size_t& lines) {
    LogicalLine line;
    for (std::size_t depth = 1; depth > 0;) {
        if (!reader.next(line) || ++lines > limits.max_lines) return false;
        const auto text = text::trim(line.text);
        if (text::iequals(text, "BEGIN:VCARD")) ++depth;
        if (text::iequals(text, "END:VCARD")) --depth;
    }
    return true;
}

}  // namespace

Card parse(std::string_view bytes, const Limits& limits) {
    if (bytes.size() > limits.max_bytes)
        throw ParseError("The card has more than " + std::to_string(limits.max_bytes) + " bytes.");
    LineReader reader(bytes);
    LogicalLine line;
    if (!reader.next(line) || !text::iequals(text::trim(line.text), "BEGIN:VCARD"))
        throw ParseError("line 1: a vCard begins with BEGIN:VCARD.");

    Card card;
    card.begin = line.begin;
    card.line = line.number;
    std::size_t lines = 0;
    while (reader.next(line)) {
        if (++lines > limits.max_lines)
            fail(line.number, "more than " + std::to_string(limits.max_lines) + " lines.");
        Property property = PropertyReader(line, limits).read();
        if (property.name == "END" && is_vcard(property)) {
            card.end = line.end;
            if (reader.next(line)) fail(line.number, "there is something after END:VCARD.");
            return card;
        }
        if (property.name == "END") fail(line.number, "END of something that is no VCARD.");
        if (property.name == "BEGIN") {
            card.nested = true;
            if (!is_vcard(property) || !skip_nested(reader, limits, lines))
                fail(line.number, "BEGIN of something that does not end or is no VCARD.");
            continue;
        }
        if (property.name == "VERSION" && card.version == Version::none)
            card.version = version_named(property.value);
        card.properties.push_back(std::move(property));
    }
    fail(line.number, "the card has no END:VCARD.");
}

std::string refolded(std::string_view bytes) {
    return refold_cut_characters<LogicalLine>(
        bytes, LineReader(bytes),
        [](const LogicalLine& line) { fail(line.number, "bytes that are not UTF-8."); });
}

}  // namespace kalends::vcard
