#pragma once
// The search text of a card: what a query can ask for, folded, in one string that a trigram index
// serves. SQL finds candidates by it (maybe too many, never too few), vcard::Matcher decides.

#include "vcard/card.hpp"
#include "vcard/filter.hpp"

#include <string>
#include <vector>

namespace kalends::vcard {

/// "\nFN\x1FJOHN DOE\nEMAIL\x1FJOHN@EXAMPLE.COM\n": name and collation_key(unicode_casemap) of the
/// text of each ADR, EMAIL, FN, N, NICKNAME, NOTE, ORG, TEL, TITLE and UID.
std::string search_text(const Card& card);

/// What of a filter the search text can answer.
struct Plan {
    std::vector<std::string>
        contains;  ///< all of these stand in the search text of every card that matches
};

/// The most that `filter` tells; an empty plan for what it cannot answer (other properties,
/// is-not-defined, more
/// than max_tests).
Plan plan(const Filter& filter);

}  // namespace kalends::vcard
