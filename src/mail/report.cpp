#include "mail/report.hpp"

#include "base/text.hpp"
#include "mail/header_private.hpp"
#include "mail/line_private.hpp"

#include <algorithm>
#include <iterator>

namespace kalends::mail {
namespace {

constexpr std::string_view actions[] = {"failed", "delayed", "delivered", "relayed", "expanded"};
constexpr std::size_t max_value = 500;  // bytes of what is kept of a field

std::string value_of(const std::vector<Field>& group, std::string_view name) {
    const auto* found = find_field(group, name);
    return found != nullptr ? one_line(*found, max_value) : std::string();
}

/// Comments may come after the value of a field of words: "failed (bounced)".
std::string word_of(const std::vector<Field>& group, std::string_view name) {
    const auto value = value_of(group, name);
    return value.substr(0, value.find_first_of(" \t(;"));
}

void append_utf8(std::string& to, unsigned long c) {
    const auto byte = [&](unsigned long bits) { to += static_cast<char>(bits); };
    if (c < 0x80) {
        byte(c);
    } else if (c < 0x800) {
        byte(0xC0U | c >> 6U), byte(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
        byte(0xE0U | c >> 12U), byte(0x80U | (c >> 6U & 0x3FU)), byte(0x80U | (c & 0x3FU));
    } else {
        byte(0xF0U | c >> 18U), byte(0x80U | (c >> 12U & 0x3FU));
        byte(0x80U | (c >> 6U & 0x3FU)), byte(0x80U | (c & 0x3FU));
    }
}

/// RFC 6533 3: "\x{F6}" is a character.
std::string without_escapes(const std::string& value) {
    std::string result;
    for (std::size_t i = 0; i < value.size();) {
        const auto end = value.find('}', i);
        const auto digits = value.substr(i, 3) == "\\x{" && end != value.npos
                                ? value.substr(i + 3, end - i - 3)
                                : std::string();
        const bool hex = !digits.empty() && digits.size() <= 6 &&
                         digits.find_first_not_of("0123456789abcdefABCDEF") == digits.npos;
        const auto c = hex ? std::stoul(digits, nullptr, 16) : 0;
        if (c >= ' ' && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF)) {
            append_utf8(result, c);
            i = end + 1;
        } else {
            result += value[i++];
        }
    }
    return result;
}

/// RFC 3464 2.3.1: "rfc822;dora@partner.test", or "utf-8;…".
std::string address_of(const std::vector<Field>& group, std::string_view name) {
    const auto* found = find_field(group, name);
    if (found == nullptr) return {};
    const auto semicolon = found->find(';');
    if (semicolon == found->npos) return {};
    const auto type = text::trim(std::string_view(*found).substr(0, semicolon));
    auto value = one_line(std::string_view(*found).substr(semicolon + 1), max_value);
    if (text::iequals(type, "utf-8")) value = without_escapes(value);
    if (value.size() > 2 && value.starts_with('<') && value.ends_with('>'))
        value = value.substr(1, value.size() - 2);
    return value;
}

/// RFC 3463 2, also without anything else that a server has written after it.
std::string status_of(const std::vector<Field>& group) {
    const auto word = word_of(group, "Status");
    const auto parts = text::split(word, '.');
    const bool good = parts.size() == 3 &&
                      (parts[0] == "2" || parts[0] == "4" || parts[0] == "5") &&
                      std::ranges::all_of(parts, [](std::string_view part) {
                          return part.size() <= 3 && text::to_number(part).has_value();
                      });
    return good ? word : std::string();
}

}  // namespace

std::optional<DeliveryReport> parse_delivery_status(std::string_view content,
                                                    std::size_t max_recipients) {
    const Limits limits{.fields = 200};
    DeliveryReport report;
    // Groups of fields, with empty lines between them: the first is about the message.
    bool first = true;
    while (!content.empty()) {
        const auto [group, rest] = split_header(content, limits);
        if (rest.size() == content.size()) break;  // no field, and no empty line
        content = rest;
        if (group.empty()) continue;
        if (first) {
            report.envelope_id = value_of(group, "Original-Envelope-Id");
            first = false;
            // Some leave out the empty line between the message and its only recipient.
            if (find_field(group, "Action") == nullptr) continue;
        }
        RecipientReport recipient{.original_recipient = address_of(group, "Original-Recipient"),
                                  .final_recipient = address_of(group, "Final-Recipient"),
                                  .action = text::lower_ascii(word_of(group, "Action")),
                                  .status = status_of(group),
                                  .diagnostic_code = value_of(group, "Diagnostic-Code")};
        if (std::ranges::find(actions, recipient.action) == std::end(actions)) continue;
        if (report.recipients.size() == max_recipients) return std::nullopt;
        report.recipients.push_back(std::move(recipient));
    }
    if (report.recipients.empty()) return std::nullopt;
    return report;
}

}  // namespace kalends::mail
