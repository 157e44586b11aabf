#pragma once
// Typed reading of a JSON object that somebody sends: what is wrong is told with the name of the
// field.

#include "api/answer.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::api {

/// All functions throw ApiError 400 for a member of another type than asked for; null counts as not
/// there.
class Fields {
public:
    /// Keeps a reference. `path` stands before the names in errors: "attendees[2].".
    explicit Fields(const json::Object& object, std::string path = "")
        : object_(object), path_(std::move(path)) {}

    /// Throws for a member of any other name: it would be a typing error that goes unseen.
    void allow(std::initializer_list<std::string_view> names) const;

    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    /// Throws also where it is not there, or empty.
    [[nodiscard]] std::string required_text(std::string_view name) const;
    [[nodiscard]] bool flag(std::string_view name, bool otherwise) const;
    /// A whole number from `least` to `most`.
    [[nodiscard]] std::optional<int> number(std::string_view name, int least, int most) const;
    /// nullptr if it is not there.
    [[nodiscard]] const json::Array* list(std::string_view name) const;
    [[nodiscard]] const json::Object* object(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;

    [[nodiscard]] std::string path_of(std::string_view name) const {
        return path_ + std::string(name);
    }
    /// 400: "attendees[2].zone is …".
    [[noreturn]] void refuse(std::string_view name, const std::string& what) const;

private:
    [[nodiscard]] const json::Value* find(std::string_view name) const;

    const json::Object& object_;
    std::string path_;
};

}  // namespace kalends::api
