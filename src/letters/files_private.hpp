#pragma once
// The words and layouts that the program brings along.

#include <span>
#include <string_view>

namespace kalends::letters {

struct File {
    std::string_view name;  ///< "en.json", "letter.html"
    std::string_view text;
};

std::span<const File> files();

}  // namespace kalends::letters
