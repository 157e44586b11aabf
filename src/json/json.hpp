#pragma once
// JSON (RFC 8259) by Boost.JSON: what others send, and what we answer. What is missing, or of
// another type than asked for, is nothing: somebody else's mistake is never an exception here.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::json {

using Object = boost::json::object;
using Array = boost::json::array;
using Value = boost::json::value;

/// Nothing if it is not one whole JSON object, or is nested deeper than any issuer's is.
std::optional<Object> parse_object(std::string_view text);

/// The object as JSON, on one line.
std::string text_of(const Object& object);

/// A member that is a text; empty if there is none.
std::string text_of(const Object& object, std::string_view name);

/// A member that is true.
bool is_true(const Object& object, std::string_view name);

/// A member that is a number, without its fraction.
std::optional<long long> number_of(const Object& object, std::string_view name);

/// A member that is a text or a list of texts, as "aud" is (RFC 7519 4.1.3).
std::vector<std::string> texts_of(const Object& object, std::string_view name);

/// A member that is a list of objects, as "keys" is (RFC 7517 5); others in it are left out.
std::vector<Object> objects_of(const Object& object, std::string_view name);

}  // namespace kalends::json
