#pragma once
// The filter of an addressbook-query, as plain structs (whoever reads XML fills them), and whether
// a card matches. RFC 6352 10.5.

#include "base/text_match.hpp"
#include "vcard/card.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::vcard {

/// RFC 6352 10.5.2. A bare `TEL;HOME` counts as TYPE=HOME.
struct ParamFilter {
    std::string name;  ///< without a case
    bool is_not_defined = false;
    std::optional<TextMatch> text;
};

/// RFC 6352 10.5.1.
struct PropFilter {
    std::string name;  ///< "TEL" in any group, or "home.TEL"; without a case
    bool is_not_defined = false;
    bool all_of = false;  ///< test="allof"; default anyof
    std::vector<TextMatch> texts;
    std::vector<ParamFilter> params;
};

/// RFC 6352 10.5. Without prop-filters it matches everything.
struct Filter {
    bool all_of = false;  ///< test="allof"; default anyof
    std::vector<PropFilter> props;
};

/// How many tests a filter holds, at all levels: what matching a card may cost. Whoever reads one
/// from the network refuses more than max_tests.
std::size_t count_tests(const Filter& filter);
inline constexpr std::size_t max_tests = 200;

/// A filter made ready for many cards.
class Matcher {
public:
    explicit Matcher(Filter filter);

    /// Whether the card matches. One property that passes the tests of a prop-filter suffices; a
    /// negated text-match is met by a property whose text does not match.
    [[nodiscard]] bool operator()(const Card& card) const;

private:
    Filter filter_;
};

/// The same for one card.
bool matches(const Card& card, const Filter& filter);

}  // namespace kalends::vcard
