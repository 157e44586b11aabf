#include "vcard/validate.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kalends::vcard {
namespace {

constexpr std::size_t max_uid_bytes = 1024;

/// Properties that no card may have twice. RFC 6350 6 says "*1" of more, but RFC 2426 does not
/// forbid those, and phones merge cards into ones with two BDAYs.
constexpr std::array<std::string_view, 3> at_most_once = {"VERSION", "UID", "REV"};

constexpr std::array<std::string_view, 7> media_types = {
    "text/vcard",
    "text/x-vcard",
    "text/directory",
    "application/vcard",
    "text/plain",
    "application/octet-stream",
    "",
};

[[noreturn]] void refuse(Fault fault, std::size_t line, const std::string& sentence) {
    throw CardError(fault, "line " + std::to_string(line) + ": " + sentence);
}

[[noreturn]] void invalid(std::size_t line, const std::string& sentence) {
    refuse(Fault::valid_address_data, line, sentence);
}

bool is_forbidden_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n') ||
           c == '\x7F';
}

std::size_t line_at(std::string_view bytes, std::size_t offset) {
    const auto before = bytes.substr(0, offset);
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

/// RFC 6350 3.1: UTF-8, and controls nowhere (3.3, VALUE-CHAR). A fold may stand inside a
/// character: what counts is the text without folds.
void check_bytes(std::string_view bytes) {
    const auto control = std::find_if(bytes.begin(), bytes.end(), is_forbidden_control);
    if (control != bytes.end())
        invalid(line_at(bytes, static_cast<std::size_t>(control - bytes.begin())),
                "a control character.");
    if (text::is_utf8(bytes)) return;
    try {
        (void)refolded(bytes);
    } catch (const ParseError& error) {
        throw CardError(Fault::valid_address_data, error.what());
    }
}

void check_version(const Card& card) {
    if (card.version == Version::v3_0 || card.version == Version::v4_0) return;
    const Property* version = card.property("VERSION");
    if (version == nullptr) invalid(card.line, "the card has no VERSION.");
    refuse(Fault::supported_address_data, version->line,
           "vCard version \"" + text::printable(version->value, 20) +
               "\"; 3.0 and 4.0 are supported.");
}

void check_occurrences(const Card& card) {
    for (const auto name : at_most_once) {
        std::size_t count = 0;
        for (const auto& property : card.properties)
            if (property.name == name && ++count > 1)
                invalid(property.line, "a second " + std::string(name) + ".");
    }
}

const Property& required(const Card& card, std::string_view name, std::string_view section) {
    const Property* property = card.property(name);
    if (property == nullptr)
        invalid(card.line,
                "the card has no " + std::string(name) + " (" + std::string(section) + ").");
    return *property;
}

/// Groups of Apple's are 3.0 with a property of their own.
bool is_group(const Card& card) {
    return std::any_of(
        card.properties.begin(), card.properties.end(), [](const Property& property) {
            return (property.name == "KIND" || property.name == "X-ADDRESSBOOKSERVER-KIND") &&
                   text::iequals(text::trim(property.value), "group");
        });
}

Card parse_or_refuse(std::string_view bytes, const Limits& limits) {
    try {
        return parse(bytes, limits);
    } catch (const ParseError& error) {
        throw CardError(Fault::valid_address_data, error.what());
    }
}

/// iCalendar and its like: well-formed for all we know, but not for an address book.
bool is_other_format(std::string_view bytes) {
    constexpr std::string_view begin = "BEGIN:";
    const auto start = text::trim(bytes);
    return text::iequals(start.substr(0, begin.size()), begin) &&
           !text::iequals(text::trim(start.substr(begin.size())).substr(0, 5), "VCARD");
}

}  // namespace

const char* precondition_name(Fault fault) {
    return fault == Fault::supported_address_data ? "supported-address-data" : "valid-address-data";
}

bool is_supported_media_type(std::string_view content_type) {
    const auto type = text::trim(content_type.substr(0, content_type.find(';')));
    return std::any_of(media_types.begin(), media_types.end(),
                       [&](std::string_view each) { return text::iequals(each, type); });
}

Accepted accept(std::string_view bytes, const Limits& limits) {
    check_bytes(bytes);
    if (is_other_format(bytes))
        throw CardError(Fault::supported_address_data, "line 1: this is no vCard.");
    Accepted accepted{parse_or_refuse(bytes, limits), {}};
    const Card& card = accepted.card;
    check_version(card);
    if (card.nested)
        invalid(card.line, "a vCard inside the vCard (RFC 6352 5.1: a single one only).");
    check_occurrences(card);
    // An empty FN is let pass: phones write one for a card that has a number alone.
    required(card, "FN", "RFC 6350 6.2.1");
    const Property& uid = required(card, "UID", "RFC 6352 5.1");
    accepted.uid = text::trim(unescape_text(uid.value));
    if (accepted.uid.empty()) invalid(uid.line, "the UID is empty.");
    if (accepted.uid.size() > max_uid_bytes)
        invalid(uid.line, "the UID is longer than 1024 bytes.");
    accepted.is_group = is_group(card);
    return accepted;
}

}  // namespace kalends::vcard
