#include "base/text.hpp"
#include "mail/header_private.hpp"

#include <algorithm>

namespace kalends::mail {
namespace {

/// The first line of `text` without its end, and taken away from it.
std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// RFC 5322 3.6.8; white space before the colon as in 4.5.
std::string_view name_of(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == line.npos) return {};
    const auto name = text::trim(line.substr(0, colon));
    const bool clean = !name.empty() && name.data() == line.data() &&
                       std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f; });
    return clean ? name : std::string_view();
}

void append(std::string& value, std::string_view line) {
    const auto from = value.size();
    value += line;
    std::replace(value.begin() + static_cast<std::ptrdiff_t>(from), value.end(), '\0', ' ');
}

}  // namespace

Split split_header(std::string_view entity, const Limits& limits) {
    using What = TooMuch::What;
    Split result;
    auto rest = entity;
    if (auto after = rest; rest.starts_with("From ") && name_of(take_line(after)).empty())
        rest = after;  // the line before a message in a mailbox file
    while (!rest.empty()) {
        if (entity.size() - rest.size() > limits.header_bytes) throw TooMuch(What::header_bytes);
        auto after = rest;
        const auto line = take_line(after);
        const bool continues = !line.empty() && (line[0] == ' ' || line[0] == '\t');
        if (continues && !result.header.empty()) {
            append(result.header.back().value, line);
        } else if (const auto name = name_of(line); !name.empty()) {
            if (result.header.size() == limits.fields) throw TooMuch(What::fields);
            result.header.push_back({std::string(name), {}});
            append(result.header.back().value, line.substr(line.find(':') + 1));
        } else {
            result.body = line.empty() ? after : rest;
            return result;
        }
        if (result.header.back().value.size() > limits.field_bytes)
            throw TooMuch(What::field_bytes);
        rest = after;
    }
    return result;
}

const std::string* find_field(const std::vector<Field>& header, std::string_view name) {
    for (const auto& field : header)
        if (text::iequals(field.name, name)) return &field.value;
    return nullptr;
}

}  // namespace kalends::mail
