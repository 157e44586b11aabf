// The texts in content lines and how lines are written: escapes, lists, quoting. RFC 5545 3.1 and
// 3.3.11, RFC 6868.
#include "ical/lines.hpp"

namespace kalends::ical {

namespace {

/// What a backslash and `c` stand for; NUL if that is no escape. \" and \: are not in RFC 5545, but
/// written by clients that escape too much.
char escaped(char c) {
    switch (c) {
    case 'n':
    case 'N':
        return '\n';
    case '\\':
    case ';':
    case ',':
    case ':':
    case '"':
        return c;
    default:
        return '\0';
    }
}

/// Appends the text of one value up to an unescaped comma (if `list`) or the end; where it stopped.
std::size_t append_unescaped(std::string& to, std::string_view value, std::size_t at, bool list) {
    for (; at < value.size(); ++at) {
        const char c = value[at];
        if (c == ',' && list) break;
        const char meant = c == '\\' && at + 1 < value.size() ? escaped(value[at + 1]) : '\0';
        to += meant != '\0' ? meant : c;
        if (meant != '\0') ++at;
    }
    return at;
}

void append_parameter_value(std::string& to, std::string_view value) {
    const bool quoted = value.find_first_of(",;:") != std::string_view::npos;
    if (quoted) to += '"';
    for (const char c : value) {
        switch (c) {
        case '\n':
            to += "^n";
            break;
        case '"':
            to += "^'";
            break;
        case '^':
            to += "^^";
            break;
        default:
            to += c;
        }
    }
    if (quoted) to += '"';
}

}  // namespace

std::string unescape_text(std::string_view value) {
    std::string text;
    text.reserve(value.size());
    append_unescaped(text, value, 0, false);
    return text;
}

std::string escape_text(std::string_view text) {
    std::string value;
    value.reserve(text.size() + 8);
    for (const char c : text) {
        switch (c) {
        case '\n':
            value += "\\n";
            break;
        case '\r':
            break;
        case '\\':
        case ';':
        case ',':
            value += '\\';
            [[fallthrough]];
        default:
            value += c;
        }
    }
    return value;
}

std::vector<std::string> split_text_list(std::string_view value) {
    std::vector<std::string> parts;
    std::size_t at = 0;
    do {
        at = append_unescaped(parts.emplace_back(), value, at, true) + 1;
    } while (at <= value.size());
    return parts;
}

std::string to_line(const Property& property) {
    std::string line = property.name;
    for (const Parameter& parameter : property.parameters) {
        line += ';';
        line += parameter.name;
        char before = '=';
        for (const std::string& value : parameter.values) {
            line += before;
            append_parameter_value(line, value);
            before = ',';
        }
    }
    line += ':';
    line += property.value;
    return line;
}

}  // namespace kalends::ical
