#pragma once
// A link by which somebody outside answers an invitation without a calendar program: whoever has it
// may speak for one attendee of one meeting, and for nobody else.

#include "store/ids.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace kalends::sched {

struct AnswerLink {
    store::PrincipalId home;  ///< of the organizer
    std::string uid;
    std::string attendee;  ///< as the meeting has the address
    friend bool operator==(const AnswerLink&, const AnswerLink&) = default;
};

/// What a link may fill in on the page: "?say=accept".
struct AnswerWord {
    std::string_view word;
    std::string_view partstat;
};
inline constexpr std::array answer_words{AnswerWord{"accept", "ACCEPTED"},
                                         AnswerWord{"tentative", "TENTATIVE"},
                                         AnswerWord{"decline", "DECLINED"}};

/// For a URL: letters, digits, '-' and '_'. `secret`: store::Database::secret().
std::string token_of(const AnswerLink& link, std::string_view secret);

/// Nothing for what was not made with that secret.
std::optional<AnswerLink> read_token(std::string_view token, std::string_view secret);

}  // namespace kalends::sched
