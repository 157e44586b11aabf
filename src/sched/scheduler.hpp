#pragma once
// Implicit scheduling: what a write to somebody's calendar means to others. RFC 6638 3. It writes
// the object together with the messages that it means, and then sees to their delivery.

#include "access/privilege.hpp"
#include "itip/meeting.hpp"
#include "sched/courier.hpp"
#include "sched/people.hpp"
#include "store/collections.hpp"
#include "store/objects.hpp"

#include <functional>
#include <stdexcept>
#include <string>

namespace kalends::sched {

/// Who writes, into whose calendar.
struct Actor {
    store::HomePtr owner;         ///< whose calendar it is: who organizes, or attends
    access::Privileges may_send;  ///< of who is logged in, on the owner's outbox. RFC 6638 6.2
    bool reply = true;    ///< Schedule-Reply (RFC 6638 8.1); without it nobody gets a mail, either
    bool silent = false;  ///< nobody is told anything: the calendar is marked so
    bool merges = false;  ///< with If-Schedule-Tag-Match: others may have answered meanwhile
    std::function<bool(std::string_view)>
        tag_matches;  ///< If-Schedule-Tag-Match, of the stored tag (empty: none). RFC 6638 8.3
    std::optional<ical::UtcTime> groups_since =
        std::nullopt;  ///< groups are expanded in what begins after this only
};

/// The user may not send in the owner's name: which privilege of the outbox is missing.
class MayNotSend : public std::runtime_error {
public:
    explicit MayNotSend(access::Privileges missing)
        : std::runtime_error("You may not send invitations and answers for this calendar."),
          missing_(missing) {}
    [[nodiscard]] access::Privileges missing() const { return missing_; }

private:
    access::Privileges missing_;
};

/// The same meeting is in another calendar of the home already. RFC 6638 3.2.4.1.
class NotUnique : public std::runtime_error {
public:
    NotUnique(store::CollectionId collection, std::string name)
        : std::runtime_error("This meeting is in another of your calendars already."),
          collection_(collection), name_(std::move(name)) {}
    [[nodiscard]] store::CollectionId collection() const { return collection_; }
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    store::CollectionId collection_;
    std::string name_;
};

/// Stores an object without telling anybody, as an import does. A meeting of the owner becomes a
/// scheduling object, so that what is changed later is told.
store::WriteOutcome put_silently(store::Database& database, const store::Home& owner,
                                 store::PutObject object);

class Scheduler {
public:
    Scheduler(store::Database& database, Courier::Settings settings)
        : database_(database), courier_(database, std::move(settings)) {}

    /// Whether an object may take part in scheduling, from its bytes: has an ORGANIZER. May say so
    /// of one that doesn't.
    static bool may_concern_others(std::string_view data);

    /// Stores an object, whatever was there. Throws itip::Refused, MayNotSend, NotUnique.
    store::WriteOutcome put(const Actor& actor, const store::PutObject& sent);

    /// Deletes one: an organizer's meeting is cancelled, an attendee's declined.
    store::WriteOutcome erase(const Actor& actor, const store::DeleteObject& object);

    /// Brings the future of a meeting that somebody organizes in step with the groups that are
    /// invited. False: there was nothing to do.
    bool follow_groups(store::PrincipalId organizer, const std::string& uid);

    /// Applies what has been made to wait for others.
    void carry(std::vector<Hop> hops) noexcept { courier_.carry(std::move(hops)); }

    [[nodiscard]] const Site& site() const { return courier_.settings().site; }

    /// All scheduling objects of a calendar that is about to go.
    store::Changed erase_all(const Actor& actor, const store::Collection& calendar);

private:
    /// What the owner organizes, with the members of the groups that are invited.
    store::PutObject with_groups(const Actor& actor, const store::PutObject& sent, People& people);

    store::Database& database_;
    Courier courier_;
};

}  // namespace kalends::sched
