#pragma once
// A secret in a file of its own.

#include <string>

namespace kalends::app {

/// The first line of a file, without its end; empty where the file can't be read.
std::string first_line(const std::string& path);

}  // namespace kalends::app
