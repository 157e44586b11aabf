#pragma once
// What a message tells, in the words of a language: what letters and pages are filled with. For
// this room.

#include "letters/dates.hpp"
#include "letters/facts.hpp"
#include "letters/words.hpp"
#include "letters/writer.hpp"

#include <kainjow/mustache.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::letters {

class Telling {
public:
    using Data = kainjow::mustache::data;

    /// Keeps a reference to the occasion. Throws as Writer::write().
    Telling(const Occasion& occasion, const std::string& folder);

    [[nodiscard]] std::string subject() const;
    /// All that a letter may say.
    [[nodiscard]] Data layout() const;

    [[nodiscard]] const Words& words() const { return words_; }
    [[nodiscard]] const Dates& dates() const { return dates_; }
    [[nodiscard]] const Facts& facts() const { return now_; }

private:
    /// A fact that has a line of its own.
    struct Line {
        std::string_view label;  // a key of the words
        std::string text;
    };
    struct Difference {
        std::string_view label;
        std::string before;
        std::string after;
    };

    [[nodiscard]] bool is_update() const;
    /// What the keys of subject and lead end with.
    [[nodiscard]] std::string kind() const;
    [[nodiscard]] std::string_view answer() const;
    [[nodiscard]] std::string title(const Facts& facts) const;
    [[nodiscard]] std::string told(const When& when) const;
    [[nodiscard]] std::string repetition(const Facts& facts) const;
    [[nodiscard]] std::string instances(const Facts& facts) const;
    /// What a meeting is, line by line; empty lines are left out.
    [[nodiscard]] std::vector<Line> facts_in_lines(const Facts& facts) const;
    [[nodiscard]] std::vector<Difference> differences() const;
    [[nodiscard]] Data changes() const;
    [[nodiscard]] Data lines() const;
    [[nodiscard]] Data people() const;

    const Occasion& occasion_;
    Words words_;
    Dates dates_;
    Facts now_;
    std::optional<Facts> known_;
};

/// The key of a PARTSTAT in the words ("accepted"); empty for one that is no answer.
std::string_view key_of_answer(std::string_view partstat);

/// The layout of that name, filled. `escapes`: for HTML. Throws std::runtime_error on a broken one.
std::string filled(const std::string& folder, std::string_view name, const Telling::Data& facts,
                   bool escapes);

}  // namespace kalends::letters
