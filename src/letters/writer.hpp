#pragma once
// What people who read no calendar are told in a mail: subject, text and HTML. RFC 6047 says
// nothing of it; what changed stands first, and times are those of the reader's zone where it is
// known.

#include "ical/zone.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kalends::letters {

/// Where an answer is given without a calendar program.
struct AnswerLinks {
    std::string accept;
    std::string tentative;
    std::string decline;
};

struct Occasion {
    std::string_view message;                              ///< a VCALENDAR with METHOD
    std::optional<std::string_view> known = std::nullopt;  ///< what the reader was sent of it last
    std::string_view sender;                               ///< a name, as it begins a sentence
    std::string_view replier = {};  ///< of a REPLY or COUNTER: the address whose answer it is
    std::string_view language = "en";
    const ical::Zone* zone = nullptr;  ///< the reader's; nullptr: not known
    std::optional<AnswerLinks> links = std::nullopt;
};

struct Text {
    std::string subject;  ///< one line
    std::string text;     ///< lines end with LF
    std::string html;     ///< well-formed, without script, nothing is loaded from elsewhere
};

class Writer {
public:
    /// `folder`: words and layouts that take the place of those that come along ("de.json",
    /// "letter.txt", "letter.html"); empty: none.
    explicit Writer(std::string folder = {}) : folder_(std::move(folder)) {}

    /// Throws ical::ParseError, ical::ValueError, and std::runtime_error on a broken file in the
    /// folder.
    [[nodiscard]] Text write(const Occasion& occasion) const;

private:
    std::string folder_;
};

}  // namespace kalends::letters
