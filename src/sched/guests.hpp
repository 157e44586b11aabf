#pragma once
// People outside who answer an invitation on a page, by the link in their mail: what they see, and
// what becomes of what they say. RFC 5546 3.2.3, 3.2.7; decision 0018.

#include "ical/time.hpp"
#include "ical/zone.hpp"
#include "letters/answer_page.hpp"
#include "sched/answer_link.hpp"
#include "sched/scheduler.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kalends::sched {

/// What whoever has a link may see: what the mail says, as it is now.
struct Invitation {
    enum class State {
        open,
        cancelled,
        over,
        gone,  ///< there is no such meeting any more, or it does not invite him any more
    };
    State state = State::gone;
    std::string message = {};    ///< a VCALENDAR with METHOD:REQUEST; empty where it is gone
    std::string organizer = {};  ///< a name
    std::string language = {};   ///< the guest's or else the organizer's; empty: not known
    ical::ZonePtr zone = {};     ///< of the guest's clock; null: not known
    std::string partstat = {};   ///< what he has said of the whole
    std::vector<letters::DateChoice> dates = {};  ///< of a series: the next ones, on that clock
    bool may_propose = false;                     ///< another time
    std::string comment = {};                     ///< what he said to the organizer last
};

/// What he says there: an answer, or another time.
struct GuestWord {
    std::string partstat = {};  ///< ACCEPTED, TENTATIVE, DECLINED; empty: he proposes
    std::string date = {};      ///< letters::DateChoice::id; empty: the whole
    ical::LocalTime start{};    ///< of a proposal
    ical::LocalTime end{};
    ical::ZonePtr zone = {};  ///< of these; null: that of the meeting
    std::string comment = {};
};

enum class GuestOutcome {
    taken,
    nothing_new,   ///< that was known
    not_open,      ///< Invitation::State is another
    bad_proposal,  ///< the end is not after the start, or no other time can be proposed
    no_such_date,  ///< the series has it no more
    refused,       ///< what he says can't be stored
    too_many,      ///< he has said too much within an hour
};

class Guests {
public:
    /// `per_hour`: words of one guest to one organizer. `words`: the folder of letters::Writer.
    /// Both live longer than this.
    Guests(store::Database& database, Scheduler& scheduler, std::int64_t per_hour,
           std::string words)
        : database_(database), scheduler_(scheduler), per_hour_(per_hour),
          words_(std::move(words)) {}

    /// Throws store::Unavailable.
    Invitation show(const AnswerLink& link);

    /// Tells the organizer, as if it came by mail, and logs it. Throws store::Unavailable.
    GuestOutcome say(const AnswerLink& link, const GuestWord& word);

private:
    store::Database& database_;
    Scheduler& scheduler_;
    std::int64_t per_hour_;
    std::string words_;
};

}  // namespace kalends::sched
