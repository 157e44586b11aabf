#pragma once
// Text of others, as it may go into a header, a log or a database.

#include <cstddef>
#include <string>
#include <string_view>

namespace kalends::mail {

/// At most `max` bytes of UTF-8, cut between two characters.
void cut(std::string& utf8, std::size_t max);

/// Well-formed UTF-8 of at most `max` bytes without controls (each is a space) and without spaces
/// at both ends. What is not UTF-8 is replaced by U+FFFD.
std::string one_line(std::string_view bytes, std::size_t max = 500);

}  // namespace kalends::mail
