// One pass over the bytes: physical lines are joined where a fold is (only then are they copied),
// and each logical line is cut at the first delimiters outside quotes. The tree is built on a stack
// of its own, so depth costs no call stack. RFC 5545 3.1, RFC 6868.
//
// Lenient where clients err and nothing is lost: LF alone, CR CR LF, a byte order mark, blank
// lines, spaces around names, a parameter without a value. Positions always point into the bytes as
// they came.
#include "ical/lines.hpp"

#include "base/content_line.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace kalends::ical {

namespace {

constexpr std::size_t none = std::string_view::npos;

[[noreturn]] void fail(std::size_t line, const std::string& what) {
    throw ParseError("line " + std::to_string(line) + ": " + what);
}

/// Upper case of what a name may have, NUL for all else. RFC 5545 has letters, digits and "-"; "_",
/// "." and
/// "/" are in X- names that are out there.
constexpr std::array<char, 256> make_name_table() {
    std::array<char, 256> table{};
    for (unsigned c = '0'; c <= '9'; ++c) table[c] = static_cast<char>(c);
    for (unsigned c = 'A'; c <= 'Z'; ++c) {
        table[c] = static_cast<char>(c);
        table[c + 'a' - 'A'] = static_cast<char>(c);
    }
    for (const char c : {'-', '_', '.', '/'}) table[static_cast<unsigned char>(c)] = c;
    return table;
}
constexpr auto name_table = make_name_table();

char name_char(char c) { return name_table[static_cast<unsigned char>(c)]; }

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// ---- lines ----

/// A logical line: its text without folds and line end, and where it was.
struct Line {
    std::string_view text;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t number = 0;
};

class LineReader {
public:
    LineReader(std::string_view bytes, std::size_t max_lines)
        : bytes_{bytes}, max_lines_{max_lines} {
        if (bytes_.starts_with("\xEF\xBB\xBF")) position_ = 3;
    }

    /// The next line that is not blank; false at the end. `line.text` is good until the next call.
    bool next(Line& line) {
        std::string_view text;
        do {
            if (position_ >= bytes_.size()) return false;
            line.begin = position_;
            line.number = number_ + 1;
            text = physical();
        } while (text.empty() || text.find_first_not_of(" \t") == none);
        line.text = at_fold() ? unfolded(text) : text;
        line.end = position_;
        return true;
    }

    [[nodiscard]] std::size_t number() const { return number_; }

private:
    /// The rest of the line at the position, without its line end; moves on behind it.
    std::string_view physical() {
        if (++number_ > max_lines_) {
            fail(number_, "there are more than " + std::to_string(max_lines_) + " lines");
        }
        const char* from = bytes_.data() + position_;
        const std::size_t rest = bytes_.size() - position_;
        const void* found = std::memchr(from, '\n', rest);
        std::size_t length = rest;
        if (found != nullptr) {
            length = static_cast<std::size_t>(static_cast<const char*>(found) - from);
            position_ += length + 1;
        } else {
            position_ = bytes_.size();
        }
        while (length > 0 && from[length - 1] == '\r') --length;
        return {from, length};
    }

    /// Whether the line goes on. Exporters that put an empty line into a folded text are forgiven.
    [[nodiscard]] bool at_fold() const {
        std::size_t at = position_;
        while (at < bytes_.size() && (bytes_[at] == '\r' || bytes_[at] == '\n')) ++at;
        return at < bytes_.size() && is_blank(bytes_[at]);
    }

    std::string_view unfolded(std::string_view first) {
        joined_ = first;
        for (;;) {
            const std::string_view more = physical();
            if (more.empty()) continue;  // an empty line before the fold that at_fold() has seen
            joined_ += more.substr(1);
            if (!at_fold()) return joined_;
        }
    }

    std::string_view bytes_;
    std::size_t max_lines_;
    std::size_t position_ = 0;
    std::size_t number_ = 0;
    std::string joined_;
};

// ---- one line ----

/// RFC 6868: ^n, ^' and ^^; any other ^ is itself.
std::string decode_parameter(std::string_view raw) {
    std::size_t caret = raw.find('^');
    if (caret == none) return std::string{raw};
    std::string text;
    text.reserve(raw.size());
    std::size_t from = 0;
    for (; caret != none && caret + 1 < raw.size(); caret = raw.find('^', from)) {
        const char next = raw[caret + 1];
        const char meant = next == 'n' ? '\n' : next == '\'' ? '"' : next == '^' ? '^' : '\0';
        text += raw.substr(from, caret - from);
        if (meant != '\0') {
            text += meant;
            from = caret + 2;
        } else {
            text += '^';
            from = caret + 1;
        }
    }
    return text.append(raw.substr(from));
}

/// Cuts one line into name, parameters and value. With `backslashes`, "\\;" and "\\," in a
/// parameter value are part of it.
class LineParser {
public:
    LineParser(std::string_view text, std::size_t number, bool backslashes = false)
        : text_{text}, number_{number}, backslashes_{backslashes} {}

    /// The name as written, and behind it the position.
    std::string_view name() {
        const std::size_t from = at_;
        while (at_ < text_.size() && name_char(text_[at_]) != '\0') ++at_;
        return text_.substr(from, at_ - from);
    }

    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }

    /// The parameters up to the colon.
    void parameters(std::vector<Parameter>& to, std::size_t& parts_left) {
        skip_blanks();
        while (peek() == ';') {
            const bool is_escaped = at_ > 0 && text_[at_ - 1] == '\\' && !backslashes_;
            ++at_;
            skip_blanks();
            const std::string_view found = name();
            skip_blanks();
            if (is_escaped && peek() != '=') fail(number_, "no parameter after \"\\;\"");
            if (found.empty() && (peek() == ';' || peek() == ':')) continue;
            if (found.empty()) fail(number_, "a parameter without a name in " + shown());
            spend(parts_left);
            Parameter& parameter = to.emplace_back();
            parameter.name = text::upper_ascii(found);
            while (peek() == '=' || (peek() == ',' && !parameter.values.empty())) {
                ++at_;
                spend(parts_left);
                parameter.values.push_back(parameter_value());
            }
        }
    }

    /// What follows the colon.
    std::string_view value() {
        if (peek() != ':') fail(number_, "no colon after the name in " + shown());
        return text_.substr(at_ + 1);
    }

    [[nodiscard]] std::string shown() const { return "\"" + text::printable(text_, 60) + "\""; }

private:
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    void spend(std::size_t& parts_left) const {
        if (parts_left == 0) fail(number_, "there are too many parameters");
        --parts_left;
    }

    std::string parameter_value() {
        std::string_view quoted;
        if (peek() == '"') {
            const std::size_t close = text_.find('"', at_ + 1);
            if (close == none) fail(number_, "a quote is not closed in " + shown());
            quoted = text_.substr(at_ + 1, close - at_ - 1);
            at_ = close + 1;
        }
        const std::size_t from = at_;
        while (at_ < text_.size() && text_[at_] != ';' && text_[at_] != ':' && text_[at_] != ',') {
            at_ += backslashes_ && text_[at_] == '\\' && at_ + 1 < text_.size() ? 2 : 1;
        }
        std::string value = decode_parameter(quoted);
        if (at_ > from) value += decode_parameter(text_.substr(from, at_ - from));
        return value;
    }

    std::string_view text_;
    std::size_t number_;
    bool backslashes_;
    std::size_t at_ = 0;
};

void assign_upper(std::string& to, std::string_view name) {
    to.resize(name.size());
    std::transform(name.begin(), name.end(), to.begin(), name_char);
}

// ---- the tree ----

class TreeBuilder {
public:
    TreeBuilder(std::string_view bytes, const Limits& limits)
        : reader_{bytes, limits.max_lines}, limits_{limits}, parts_left_{limits.max_parts} {}

    std::vector<Component> all(std::size_t max_tops) {
        Line line;
        while (reader_.next(line)) {
            if (open_.empty() && tops_.size() == max_tops) {
                fail(line.number, "something follows the end of the calendar");
            }
            take(line);
        }
        if (!open_.empty()) fail(reader_.number(), "END:" + open_.back().name + " is missing");
        if (tops_.empty()) throw ParseError("the text has no BEGIN line");
        return std::move(tops_);
    }

private:
    void take(const Line& line) {
        LineParser parser{line.text, line.number};
        const std::string_view name = parser.name();
        if (name.empty()) fail(line.number, "no property name in " + parser.shown());
        if (text::iequals(name, "BEGIN")) {
            begin(line, parser);
        } else if (text::iequals(name, "END")) {
            end(line, parser);
        } else {
            property(line, name, parser);
        }
    }

    void begin(const Line& line, LineParser& parser) {
        if (open_.size() == limits_.max_depth) fail(line.number, "components are nested too deep");
        Component& component = open_.emplace_back();
        component.name = component_name(line, parser);
        component.begin = line.begin;
        component.body = line.end;
        component.line = line.number;
        component.properties.reserve(12);
    }

    void end(const Line& line, LineParser& parser) {
        if (open_.empty()) fail(line.number, "END without BEGIN");
        const std::string name = component_name(line, parser);
        Component done = std::move(open_.back());
        if (name != done.name) {
            fail(line.number, "END:" + name + " where END:" + done.name + " should be (line " +
                                  std::to_string(done.line) + ")");
        }
        open_.pop_back();
        done.tail = line.begin;
        done.end = line.end;
        (open_.empty() ? tops_ : open_.back().components).push_back(std::move(done));
    }

    void property(const Line& line, std::string_view name, LineParser& parser) {
        if (open_.empty()) fail(line.number, "BEGIN should be here, not " + parser.shown());
        Property& property = open_.back().properties.emplace_back();
        assign_upper(property.name, name);
        property.begin = line.begin;
        property.end = line.end;
        property.line = line.number;
        try {
            content(property, parser);
        } catch (const ParseError&) {
            // iOS escapes addresses in X-APPLE-STRUCTURED-LOCATION;X-TITLE= as if they were TEXT.
            if (line.text.find('\\') == none) throw;
            property.parameters.clear();
            LineParser again{line.text, line.number, true};
            again.name();
            content(property, again);
        }
    }

    void content(Property& property, LineParser& parser) {
        parser.parameters(property.parameters, parts_left_);
        property.value = parser.value();
    }

    std::string component_name(const Line& line, LineParser& parser) {
        std::vector<Parameter> ignored;
        parser.parameters(ignored, parts_left_);
        const std::string_view name = text::trim(parser.value());
        if (name.empty() ||
            !std::all_of(name.begin(), name.end(), [](char c) { return name_char(c) != '\0'; })) {
            fail(line.number, "no component name in " + parser.shown());
        }
        return text::upper_ascii(name);
    }

    LineReader reader_;
    Limits limits_;
    std::size_t parts_left_;
    std::vector<Component> open_;
    std::vector<Component> tops_;
};

}  // namespace

const std::string* Property::parameter(std::string_view wanted) const {
    for (const Parameter& each : parameters) {
        if (each.name == wanted) return each.values.empty() ? nullptr : &each.values.front();
    }
    return nullptr;
}

const Property* Component::property(std::string_view wanted) const {
    for (const Property& each : properties) {
        if (each.name == wanted) return &each;
    }
    return nullptr;
}

std::vector<const Property*> Component::properties_named(std::string_view wanted) const {
    std::vector<const Property*> found;
    for (const Property& each : properties) {
        if (each.name == wanted) found.push_back(&each);
    }
    return found;
}

Component parse(std::string_view bytes, const Limits& limits) {
    return std::move(TreeBuilder{bytes, limits}.all(1).front());
}

std::vector<Component> parse_all(std::string_view bytes, const Limits& limits) {
    return TreeBuilder{bytes, limits}.all(none);
}

Property parse_line(std::string_view line) {
    LineParser parser{line, 1};
    const std::string_view name = parser.name();
    if (name.empty()) fail(1, "no property name in " + parser.shown());
    Property property;
    assign_upper(property.name, name);
    std::size_t parts_left = Limits{}.max_parts;
    parser.parameters(property.parameters, parts_left);
    property.value = parser.value();
    property.end = line.size();
    property.line = 1;
    return property;
}

std::string refolded(std::string_view bytes) {
    return refold_cut_characters<Line>(
        bytes, LineReader{bytes, Limits{}.max_lines},
        [](const Line& line) { fail(line.number, "bytes that are not UTF-8"); });
}

}  // namespace kalends::ical
