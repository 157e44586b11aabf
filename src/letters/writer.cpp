#include "letters/writer.hpp"

#include "base/text.hpp"
#include "letters/telling_private.hpp"

namespace kalends::letters {
namespace {

/// One empty line at most between two others, however many sections of a layout are empty.
std::string tidy(const std::string& text) {
    std::string result;
    bool was_empty = true;
    for (const auto line : text::split(text, '\n')) {
        const auto rest = line.substr(0, line.find_last_not_of(" \t\r") + 1);
        if (rest.empty() && was_empty) continue;
        was_empty = rest.empty();
        result.append(rest).append(1, '\n');
    }
    while (result.ends_with("\n\n")) result.pop_back();
    return result;
}

}  // namespace

Text Writer::write(const Occasion& occasion) const {
    const Telling telling(occasion, folder_);
    const auto facts = telling.layout();
    return {.subject = telling.subject(),
            .text = tidy(filled(folder_, "letter.txt", facts, false)),
            .html = filled(folder_, "letter.html", facts, true)};
}

}  // namespace kalends::letters
