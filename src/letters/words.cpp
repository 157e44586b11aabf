#include "letters/words.hpp"

#include "base/text.hpp"
#include "json/json.hpp"
#include "letters/files_private.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace kalends::letters {
namespace {

constexpr std::string_view english = "en";

bool is_alnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A language tag is a part of a file's name: nothing but letters, digits and hyphens.
bool is_tag(std::string_view language) {
    constexpr std::size_t longest = 35;  // RFC 5646 4.4.1
    return !language.empty() && language.size() <= longest &&
           std::ranges::all_of(language, [](char c) { return is_alnum(c) || c == '-'; });
}

std::string built_in(std::string_view name) {
    for (const auto& each : files())
        if (each.name == name) return std::string(each.text);
    return {};
}

std::string in_folder(const std::string& folder, std::string_view name) {
    if (folder.empty()) return {};
    std::ifstream stream(folder + "/" + std::string(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

std::string file(const std::string& folder, std::string_view name) {
    auto own = in_folder(folder, name);
    return own.empty() ? built_in(name) : own;
}

Words::Words(std::string_view language, const std::string& folder) {
    // The most special last: it takes the place of what the others say.
    add(folder, std::string(english));
    if (!is_tag(language)) return;
    const auto tag = text::lower_ascii(language);
    const auto primary = tag.substr(0, tag.find('-'));
    if (primary != english && add(folder, primary)) language_ = language;
    if (tag != primary && add(folder, tag)) language_ = language;
    if (primary == english) language_ = language;
}

bool Words::add(const std::string& folder, const std::string& language) {
    const auto name = language + ".json";
    bool found = false;
    for (const auto& text : {built_in(name), in_folder(folder, name)}) {
        if (text.empty()) continue;
        const auto table = json::parse_object(text);
        if (!table) throw std::runtime_error(name + " of the letters is not a JSON object");
        for (const auto& [key, value] : *table) {
            const auto* sentence = value.if_string();
            if (sentence == nullptr)
                throw std::runtime_error(name + ": " + std::string(key) + " is not a text");
            sentences_.insert_or_assign(std::string(key), std::string(*sentence));
        }
        found = true;
    }
    return found;
}

std::string Words::operator()(std::string_view key, Places places) const {
    const auto found = sentences_.find(key);
    if (found == sentences_.end()) return std::string(key);
    std::string_view rest = found->second;
    std::string result;
    // In one pass: what is put in is not looked at again.
    for (auto open = rest.find("{{"); open != rest.npos; open = rest.find("{{")) {
        const auto close = rest.find("}}", open);
        if (close == rest.npos) break;
        const auto name = text::trim(rest.substr(open + 2, close - open - 2));
        result.append(rest.substr(0, open));
        for (const auto& [place, value] : places)
            if (place == name) result.append(value);
        rest.remove_prefix(close + 2);
    }
    return result.append(rest);
}

}  // namespace kalends::letters
