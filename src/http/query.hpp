#pragma once
// The parameters behind the '?' of a URL, as HTML forms write them.

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kalends::http {

/// what() is a sentence that names the parameter.
class BadQuery : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The first parameter of that name in `query`, decoded; nothing if it is not there. Throws
/// BadQuery.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

}  // namespace kalends::http
