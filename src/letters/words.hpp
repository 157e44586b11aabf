#pragma once
// The sentences of a language, with places to be filled.

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace kalends::letters {

/// The file of that name: as an administrator has put it into the folder, or as the program brings
/// it along; empty if there is none. An empty folder is none.
std::string file(const std::string& folder, std::string_view name);

class Words {
public:
    /// Of "pt-BR": what pt-br.json has, else pt.json, else en.json; single sentences likewise, so
    /// that a file may have only those that an administrator wants to be others. Throws
    /// std::runtime_error on a file that is no JSON object of texts.
    Words(std::string_view language, const std::string& folder);

    using Places = std::initializer_list<std::pair<std::string_view, std::string_view>>;
    /// The sentence with its {{places}} filled; the key itself if there is none.
    [[nodiscard]] std::string operator()(std::string_view key, Places places = {}) const;

    /// In which the dates are to be written: the language of the words.
    [[nodiscard]] const std::string& language() const { return language_; }

private:
    bool add(const std::string& folder, const std::string& language);

    std::string language_ = "en";
    std::map<std::string, std::string, std::less<>> sentences_;
};

}  // namespace kalends::letters
