#include "http/message.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kalends::http {

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (const auto& field : fields_) {
        if (field.name_size != name.size()) continue;
        const auto [found, value] = view(field);
        if (text::iequals(found, name)) return value;
    }
    return std::nullopt;
}

std::string Headers::joined(std::string_view name) const {
    std::string all;
    bool first = true;
    for (const auto [found, value] : *this) {
        if (!text::iequals(found, name)) continue;
        if (!first) all += ", ";
        all += value;
        first = false;
    }
    return all;
}

void Headers::add(std::string_view name, std::string_view value) {
    const auto at = static_cast<std::uint32_t>(bytes_.size());
    const auto name_size = static_cast<std::uint32_t>(name.size());
    bytes_.append(name).append(value);
    fields_.push_back({at, name_size, at + name_size, static_cast<std::uint32_t>(value.size())});
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_,
                  [&](const Field& field) { return text::iequals(view(field).first, name); });
}

void Headers::set(std::string_view name, std::string_view value) {
    remove(name);
    add(name, value);
}

}  // namespace kalends::http
