#pragma once
// The page on which somebody answers an invitation who reads no calendar. Plain HTML: it needs no
// script, and loads nothing.

#include "ical/time.hpp"
#include "ical/zone.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kalends::letters {

/// One date of a series, to be chosen.
struct DateChoice {
    std::string id;
    ical::LocalTime at{};  ///< on the clock of the page
    bool is_date = false;
};

/// The fields of the form: "do" ("answer", "propose"), "answer" (a PARTSTAT), "date" (an id or
/// nothing), "start", "end" ("2026-03-10T10:00"; of days "2026-03-10", the last included), "zone"
/// (of these, where it is not the meeting's), "comment".
struct AnswerForm {
    std::string_view message;      ///< a VCALENDAR with METHOD:REQUEST; empty: `notice` alone
    std::string_view sender = {};  ///< a name, as it begins a sentence
    std::string_view language = "en";
    std::string_view notice = {};    ///< what is said first, a key of the words: "answer_thanks"
    bool is_open = false;            ///< an answer can be given
    std::string_view partstat = {};  ///< what was answered
    std::string_view chosen = {};    ///< a PARTSTAT that is filled in
    std::vector<DateChoice> dates = {};
    bool may_propose = false;
    std::string_view comment = {};     ///< that is filled in
    const ical::Zone* zone = nullptr;  ///< the reader's; nullptr: not known
};

/// Longer ones are not taken: characters.
inline constexpr std::size_t longest_comment = 2000;

/// `folder` as of Writer. Throws ical::ParseError, ical::ValueError, and std::runtime_error on a
/// broken file in the folder.
std::string answer_page(const AnswerForm& form, const std::string& folder);

/// Whether there are words in that language (RFC 5646), or in the one that it is a kind of.
bool has_language(std::string_view language, const std::string& folder);

}  // namespace kalends::letters
