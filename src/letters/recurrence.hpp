#pragma once
// How often something takes place, in words.

#include "ical/recurrence.hpp"
#include "letters/dates.hpp"
#include "letters/words.hpp"

#include <optional>
#include <string>

namespace kalends::letters {

/// "every 2 weeks on Tuesday and Friday until May 12, 2026", of a series that begins at `start`
/// (local). Nothing for a rule that people would not say in a few words.
std::optional<std::string> in_words(const ical::Rule& rule, ical::LocalTime start,
                                    const Words& words, const Dates& dates);

}  // namespace kalends::letters
