#pragma once
// People outside are told: what was held becomes messages, and what became of these is written
// where their sender sees it (decision 0016; RFC 6638 3.2.9).

#include "itip/organizer.hpp"
#include "sched/people.hpp"
#include "store/outgoing.hpp"
#include "store/scheduling.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kalends::sched {

/// What people outside are to be told of a meeting that was `known` to them and is `now`; both may
/// be nothing. To those alone who can only be told by mail. Throws Unlearnt.
std::vector<itip::Message> overdue(const store::Home& owner, const People& people,
                                   const std::optional<std::string>& known,
                                   const std::optional<std::string>& now);

/// Why somebody gets a message, in a few words: "changed: DTSTART, LOCATION".
std::string reason_of(const itip::Message& message);

/// Makes messages of a meeting of that home, where it is held and due by `time`, for those outside.
/// False: it is not. Throws Unlearnt.
bool release(store::HomeTransaction& transaction, const store::Home& owner, const People& people,
             std::string_view uid, std::int64_t time = std::numeric_limits<std::int64_t>::max());

/// Makes messages of a meeting that is due by `time`. False: it is not any more, somebody else has
/// done it. Throws store::Unavailable.
bool release(store::Database& database, const Site& site, const store::MailHold& held,
             std::int64_t time);

/// Nobody is told: of a message, or that a meeting has changed. Their sender sees by the status
/// that it has not reached them. `home` 0: whosever it is. False: nothing of that number waits (any
/// more; or it is being sent now). Throws store::Unavailable.
bool drop_outgoing(store::Database& database, const Site& site, store::PrincipalId home,
                   std::int64_t id, std::int64_t time);

/// Makes a message about single instances one about all, where its recipient has been told nothing
/// of the meeting, or the last message has not reached him: it may have failed while this one
/// waited. Throws ical::ParseError, ical::ValueError, store::Unavailable.
void complete(store::Database& database, store::OutboxMail& mail);

/// Whether the message tells its recipient what he has been told already. RFC 6638 7.2 lets the
/// organizer send it nevertheless.
bool is_known(const store::OutboxMail& mail);

/// RFC 6638 3.2.9 of an enhanced status code (RFC 3463) with which a message was refused for good.
std::string_view refusal_status(std::string_view enhanced);

/// What became of a message.
struct SentMail {
    store::OutboxMail mail;
    bool handed_on = false;  ///< else given up, or it told nothing new
    std::string status;      ///< RFC 6638 3.2.9
    std::string message_id;  ///< whole, without brackets
    std::string verdict;     ///< of store::MailLogEntry
    std::string why;
};

/// Notes and logs what became of a message, before anything else can go wrong: it is not sent
/// again.
void settle(store::Database& database, const SentMail& sent, std::int64_t time);

/// Writes what became of messages of one meeting of one home where their sender sees it, and takes
/// them out of the outbox.
void write_statuses(store::Database& database, std::span<const SentMail> sent);

/// Writes the status of a delivery into the sender's object: of a message to the organizer on its
/// ORGANIZER, else on the recipient's ATTENDEE.
void write_status(store::HomeTransaction& transaction, std::string_view uid, itip::Method method,
                  const itip::Statuses& statuses);

}  // namespace kalends::sched
