#include "api/fields.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kalends::api {

void Fields::refuse(std::string_view name, const std::string& what) const {
    throw ApiError(http::Status::bad_request, path_of(name) + " " + what + ".");
}

const json::Value* Fields::find(std::string_view name) const {
    const auto* value = object_.if_contains(name);
    return value != nullptr && !value->is_null() ? value : nullptr;
}

void Fields::allow(std::initializer_list<std::string_view> names) const {
    for (const auto& member : object_) {
        const std::string_view name{member.key().data(), member.key().size()};
        if (std::find(names.begin(), names.end(), name) == names.end())
            refuse(text::printable(name, 80), "is not a field that is known here");
    }
}

std::optional<std::string> Fields::text(std::string_view name) const {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) refuse(name, "is a text");
    return std::string(value->get_string().data(), value->get_string().size());
}

std::string Fields::required_text(std::string_view name) const {
    auto value = text(name);
    if (!value || value->empty()) refuse(name, "is missing");
    return *value;
}

bool Fields::flag(std::string_view name, bool otherwise) const {
    const auto* value = find(name);
    if (value == nullptr) return otherwise;
    if (!value->is_bool()) refuse(name, "is true or false");
    return value->get_bool();
}

std::optional<int> Fields::number(std::string_view name, int least, int most) const {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto range =
        "is a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most)
        refuse(name, range);
    return static_cast<int>(value->get_int64());
}

const json::Array* Fields::list(std::string_view name) const {
    const auto* value = find(name);
    if (value == nullptr) return nullptr;
    if (!value->is_array()) refuse(name, "is a list");
    return &value->get_array();
}

const json::Object* Fields::object(std::string_view name) const {
    const auto* value = find(name);
    if (value == nullptr) return nullptr;
    if (!value->is_object()) refuse(name, "is an object");
    return &value->get_object();
}

std::vector<std::string> Fields::texts(std::string_view name) const {
    std::vector<std::string> result;
    const auto* items = list(name);
    if (items == nullptr) return result;
    result.reserve(items->size());
    for (const auto& item : *items) {
        if (!item.is_string()) refuse(name, "is a list of texts");
        result.emplace_back(item.get_string().data(), item.get_string().size());
    }
    return result;
}

}  // namespace kalends::api
