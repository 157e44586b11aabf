#pragma once
// Requests for busy time: what a client posts to its outbox, and what is answered for each
// recipient. RFC 6638 5, RFC 5546 3.3.2 and 3.3.3.

#include "ical/freebusy.hpp"
#include "itip/message.hpp"
#include "sched/busy.hpp"
#include "sched/outside.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::sched {

/// A calendar user as the request names him.
struct Recipient {
    std::string address;  ///< "mailto:jane@example.com"
    std::string line;     ///< the content line: "ATTENDEE;CN=Jane:mailto:jane@example.com"
};

struct FreeBusyRequest {
    std::string uid;
    ical::UtcTime from{};
    ical::UtcTime to{};
    Recipient organizer;
    std::vector<Recipient> recipients;  ///< each once, in the order of the request
    std::string masked_uid;  ///< X-CALENDARSERVER-MASK-UID: of a meeting that does not count
    bool extended = false;   ///< X-CALENDARSERVER-EXTENDED-FREEBUSY: which events these are, too
};

/// Reads the body of a POST. Throws ical::ObjectError where it is not iCalendar, itip::Refused
/// (valid_message) where RFC 5546 3.3.2 does not allow it.
FreeBusyRequest free_busy_request(std::string_view body);

/// What became of one recipient. RFC 5546 3.6, RFC 6638 10.2.
struct RecipientStatus {
    enum class Kind { success, invalid_user, no_authority, unavailable };
    std::string recipient;  ///< the address, as the request has it
    Kind kind = Kind::success;
    std::string calendar_data = {};  ///< a VCALENDAR with METHOD:REPLY; only where it succeeded
};

/// "2.0;Success": a REQUEST-STATUS.
std::string_view request_status(RecipientStatus::Kind kind);

/// The REPLY that a recipient's `busy` is, with `components` behind it. RFC 5546 3.3.3.
std::string free_busy_reply(const FreeBusyRequest& request, const Recipient& recipient,
                            const ical::FreeBusy& busy, ical::UtcTime now,
                            std::string components = {});

/// What an extended request tells of somebody's events: components, as far as the asker may see
/// them. Throws ical::TooExpensive.
using Events = std::function<std::string(const store::HomePtr& home, ical::Budget& budget)>;

/// Who asks, and how.
struct Asking {
    store::Database& database;
    const store::Home& asker;       ///< whose outbox it is
    std::string_view default_zone;  ///< of who has none
    ical::UtcTime now{};
    Events events = nullptr;  ///< nullptr: an extended request is answered as any
    std::optional<fetch::Settings> outside = std::nullopt;  ///< how published free/busy is read
};

/// Asks all recipients, in the order of the request: who is not here, or may not be asked, is told
/// so in the status. Of people from outside it tells what they publish, where a card in the asker's
/// address books says where; what that does not speak of is BUSY-UNAVAILABLE. Throws
/// store::Unavailable.
std::vector<RecipientStatus> answers_to(const FreeBusyRequest& request, const Asking& asking);

}  // namespace kalends::sched
