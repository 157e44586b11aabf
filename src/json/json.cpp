#include "json/json.hpp"

#include <boost/json/src.hpp>  // Boost.JSON is compiled here, once

#include <cmath>

namespace kalends::json {
namespace {

constexpr std::size_t max_depth = 8;

std::string text_in(const boost::json::value& value) {
    const auto* text = value.if_string();
    return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

const boost::json::array* array_of(const Object& object, std::string_view name) {
    const auto* found = object.if_contains(name);
    return found != nullptr ? found->if_array() : nullptr;
}

}  // namespace

std::optional<Object> parse_object(std::string_view text) {
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = max_depth;
    auto value = boost::json::parse(text, error, {}, options);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

std::string text_of(const Object& object) { return boost::json::serialize(object); }

std::string text_of(const Object& object, std::string_view name) {
    const auto* found = object.if_contains(name);
    return found != nullptr ? text_in(*found) : std::string();
}

bool is_true(const Object& object, std::string_view name) {
    const auto* found = object.if_contains(name);
    return found != nullptr && found->is_bool() && found->get_bool();
}

std::optional<long long> number_of(const Object& object, std::string_view name) {
    constexpr double most = 1e15;  // exact in a double, and far beyond any date
    const auto* found = object.if_contains(name);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    const auto number = found->to_number<double>();
    if (!std::isfinite(number) || std::abs(number) > most) return std::nullopt;
    return static_cast<long long>(std::floor(number));
}

std::vector<std::string> texts_of(const Object& object, std::string_view name) {
    if (auto one = text_of(object, name); !one.empty()) return {std::move(one)};
    std::vector<std::string> texts;
    const auto* array = array_of(object, name);
    if (array == nullptr) return texts;
    texts.reserve(array->size());
    for (const auto& item : *array) texts.push_back(text_in(item));
    return texts;
}

std::vector<Object> objects_of(const Object& object, std::string_view name) {
    std::vector<Object> objects;
    const auto* array = array_of(object, name);
    if (array == nullptr) return objects;
    objects.reserve(array->size());
    for (const auto& item : *array)
        if (item.is_object()) objects.push_back(item.get_object());
    return objects;
}

}  // namespace kalends::json
