#include "xml/writer.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace kalends::xml {
namespace {

struct Known {
    std::string_view ns;
    std::string_view prefix;
};

constexpr std::array known = {
    Known{dav, "D"},        Known{caldav, "C"}, Known{carddav, "CR"}, Known{calendarserver, "CS"},
    Known{apple_ical, "A"},
};

/// What a byte becomes: `plain` stays, `dropped` vanishes, `look` starts a character that may be
/// forbidden.
enum Kind : unsigned char {
    plain,
    dropped,
    look,
    ampersand,
    less,
    greater,
    quote,
    carriage_return,
    tab,
    line_feed
};

constexpr std::array<std::string_view, 10> replacements = {
    "", "", "", "&amp;", "&lt;", "&gt;", "&quot;", "&#13;", "&#9;", "&#10;"};

using Table = std::array<Kind, 256>;

constexpr Table make_table(bool attribute) {
    Table table{};
    for (std::size_t c = 0; c < ' '; ++c) table[c] = dropped;
    table['\t'] = attribute ? tab : plain;
    table['\n'] = attribute ? line_feed : plain;
    table['\r'] = carriage_return;
    table['&'] = ampersand;
    table['<'] = less;
    table['>'] = greater;
    table['"'] = quote;
    table[0xEF] = look;
    return table;
}

constexpr Table text_table = make_table(false);
constexpr Table attribute_table = make_table(true);

constexpr std::uint64_t each_byte(unsigned char value) { return 0x0101010101010101U * value; }

/// Whether one of eight bytes may need a look: below ' ', one of `& < > "`, or from 0xEF up. May be
/// wrong in saying yes, never in saying no: the tests are the classic ones on a word, which carry
/// upwards only.
bool may_be_special(std::uint64_t word) {
    constexpr std::uint64_t high = each_byte(0x80);
    constexpr std::uint64_t ones = each_byte(1);
    const auto has_zero = [](std::uint64_t w) { return (w - ones) & ~w; };
    const std::uint64_t control = (word - each_byte(0x20)) & ~word;
    // '<' (3C) and '>' (3E) differ in one bit, '&' (26) and '"' (22) too.
    const std::uint64_t angle = has_zero((word & each_byte(0xFD)) ^ each_byte('<'));
    const std::uint64_t mark = has_zero((word & each_byte(0xFB)) ^ each_byte('"'));
    const std::uint64_t lead = has_zero(word ^ each_byte(0xEF));
    return ((control | angle | mark | lead) & high) != 0;
}

/// The first byte from `at` on that is not plain, or the end.
std::size_t find_special(std::string_view text, std::size_t at, const Table& table) {
    while (text.size() - at >= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, sizeof word);
        if (!may_be_special(word)) {
            at += sizeof word;
            continue;
        }
        for (const std::size_t end = at + sizeof word; at < end; ++at)
            if (table[static_cast<unsigned char>(text[at])] != plain) return at;
    }
    while (at < text.size() && table[static_cast<unsigned char>(text[at])] == plain) ++at;
    return at;
}

/// U+FFFE and U+FFFF, in UTF-8 EF BF BE and EF BF BF, are no XML characters.
bool is_non_character(std::string_view text, std::size_t at) {
    const auto character = text.substr(at, 3);
    return character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
}

void append(std::string& to, std::string_view text, const Table& table) {
    std::size_t begin = 0;
    std::size_t at = 0;
    while ((at = find_special(text, at, table)) < text.size()) {
        const Kind kind = table[static_cast<unsigned char>(text[at])];
        std::size_t length = 1;
        if (kind == look) {
            length = 3;
            if (!is_non_character(text, at)) {
                ++at;
                continue;
            }
        }
        to.append(text, begin, at - begin);
        to.append(replacements[kind]);
        at += length;
        begin = at;
    }
    to.append(text, begin);
}

}  // namespace

void append_escaped(std::string& to, std::string_view text) { append(to, text, text_table); }

void append_escaped_attribute(std::string& to, std::string_view value) {
    append(to, value, attribute_table);
}

std::string_view known_prefix(std::string_view ns) {
    for (const auto& row : known)
        if (row.ns == ns) return row.prefix;
    return {};
}

void Writer::begin_document(NameView root) {
    to_ += "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
    start(root, {}, "");
    for (const auto& row : known) {
        to_ += " xmlns:";
        to_ += row.prefix;
        to_ += "=\"";
        to_ += row.ns;
        to_ += '"';
    }
    to_ += '>';
}

/// A namespace without a prefix of ours becomes the default namespace of that one element: its
/// children, if they are in it too, say so again. What we write otherwise always has a prefix and
/// does not mind.
void Writer::start(NameView name, WrittenAttributes attributes, std::string_view end) {
    const auto prefix = known_prefix(name.ns);
    to_ += '<';
    if (!prefix.empty()) {
        to_ += prefix;
        to_ += ':';
    }
    to_ += name.local;
    if (prefix.empty()) {
        to_ += " xmlns=\"";
        append_escaped_attribute(to_, name.ns);
        to_ += '"';
    }
    for (const auto& attribute : attributes) {
        to_ += ' ';
        to_ += attribute.local;
        to_ += "=\"";
        append_escaped_attribute(to_, attribute.value);
        to_ += '"';
    }
    to_ += end;
}

void Writer::open(NameView name, WrittenAttributes attributes) { start(name, attributes, ">"); }

void Writer::empty(NameView name, WrittenAttributes attributes) { start(name, attributes, "/>"); }

void Writer::close(NameView name) {
    const auto prefix = known_prefix(name.ns);
    to_ += "</";
    if (!prefix.empty()) {
        to_ += prefix;
        to_ += ':';
    }
    to_ += name.local;
    to_ += '>';
}

void Writer::element(NameView name, std::string_view text, WrittenAttributes attributes) {
    if (text.empty()) return empty(name, attributes);
    open(name, attributes);
    append_escaped(to_, text);
    close(name);
}

}  // namespace kalends::xml
