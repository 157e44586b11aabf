#pragma once
// What scheduling reads and writes: a transaction of one home, and the messages that go from it to
// others. RFC 6638. A transaction locks one home only: what it means for another is a row that
// commits with it (Delivery) and is applied in a transaction of that other home.

#include "store/objects.hpp"
#include "store/outgoing.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::store {

/// All that waits for one home from another about one meeting.
struct Hop {
    PrincipalId from;
    PrincipalId to;
    std::string uid;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted operator
    friend auto operator<=>(const Hop&, const Hop&) = default;
};

/// A message to somebody who is here too.
struct Delivery {
    std::int64_t id = 0;  ///< given by the store: the order in which they are applied
    PrincipalId from;     ///< the home that sends it: given by its transaction
    PrincipalId to;
    std::string method;  ///< of RFC 5546; empty: look at the organizer's object again
    std::string uid;
    std::string sender;  ///< calendar user addresses, as the meeting has them
    std::string recipient;
    std::string message;  ///< empty where `method` is
};

/// A message to somebody who is not. RFC 6047.
struct OutgoingMail {
    std::string method;
    std::string uid;
    std::string sender;
    std::string recipient;
    std::string message;
    std::string reason;   ///< why it is sent, in a few words
    bool forced = false;  ///< is sent also where it tells nothing new. RFC 6638 7.2
};

/// How long people outside are not told of what goes on changing; seconds.
struct HoldTimes {
    std::int64_t now = 0;      ///< since 1970
    std::int64_t quiet = 0;    ///< they are told when nothing has changed for so long
    std::int64_t at_most = 0;  ///< but not later than this after the first change
};

/// A scheduling object, or what might become one.
struct Placed {
    CollectionId collection;
    Object object;  ///< with its data
};

/// One transaction of a home, whose row it locks: two of one home follow each other. Scheduling
/// objects are changed in such a transaction only (MOVE excepted, which a put notices). What is
/// sent goes out together when it ends.
class HomeTransaction {
public:
    HomeTransaction(const HomeTransaction&) = delete;
    HomeTransaction& operator=(const HomeTransaction&) = delete;

    [[nodiscard]] PrincipalId home() const { return home_; }

    /// The scheduling object with that UID, whatever the calendar.
    std::optional<Placed> find_uid(std::string_view uid);

    /// What has the name in the collection.
    std::optional<Object> find(CollectionId in, std::string_view name);

    /// As store::put(), in this transaction. `acl_seq` 0: no decision stands behind it. In a
    /// transaction of several homes it is written later and the outcome is taken to be `created`:
    /// where it turns out not to be, nothing of all is done.
    WriteOutcome put(PutObject object);
    /// As store::erase(), likewise; of a scheduling object too.
    WriteOutcome erase(DeleteObject object);

    /// The groups that are invited to a meeting of this home, and no others.
    void set_groups(std::string_view uid, const std::vector<PrincipalId>& groups);

    void send(Delivery delivery);
    /// To each of these (home, address): a look at the object of that UID again.
    void refresh(std::string_view uid, std::string_view sender,
                 const std::vector<std::pair<PrincipalId, std::string>>& recipients);
    void send(OutgoingMail mail);

    /// People outside are to be told of a meeting of this home; `known`: what it was before.
    void hold_mail(std::string_view uid, const std::optional<Object>& known,
                   const HoldTimes& times);

    /// They are told now, if it was due by `time`.
    std::optional<MailHold> take_hold(std::string_view uid, std::int64_t time);

    /// An organizer outside has written about a meeting: what he is told is an answer to that mail,
    /// and news, whatever he was told before.
    void begin_thread(std::string_view uid, std::string_view recipient, std::string_view message_id,
                      std::int64_t time);

    /// The sender's object says what became of a message to that mail address: it leaves the
    /// outbox. False: it is not to say so any more, somebody has seen to that before, or a later
    /// message is in the log.
    bool told(std::int64_t mail, std::string_view address);

    /// To whom messages about a meeting wait: calendar user addresses.
    std::vector<std::string> waiting_recipients(std::string_view uid);

    /// A message leaves the outbox unsent. False: it has been sent, or is being sent now.
    bool drop_mail(std::int64_t mail, std::int64_t now);

    void log(const MailLogEntry& entry);

    /// Rows of the time digest of what may be busy in [from, to), of these calendars, which are
    /// locked, so that what is read stays true until the commit. Seconds of UTC, already widened.
    void busy_candidates(std::span<const CollectionId> of, std::int64_t from, std::int64_t to,
                         const ObjectSink& sink);

    /// Takes what waits for this home from another, of `uid` alone: in order, messages first. Who
    /// makes something wait from now on is not taken for what is taken here.
    std::vector<Delivery> take(PrincipalId from, std::string_view uid);

    /// The object of another home as it was when the last statement ran; not locked.
    std::optional<Object> peek(PrincipalId other, std::string_view uid);

    /// Which of these homes have a scheduling object with that UID; nothing is locked.
    std::vector<PrincipalId> having(std::span<const PrincipalId> homes, std::string_view uid);

    struct State;
    explicit HomeTransaction(State& state, PrincipalId home) : state_(state), home_(home) {}

private:
    State& state_;
    PrincipalId home_;
};

/// Runs `work` in a transaction of the home, again after a deadlock; it is committed where `work`
/// says true. False also where there is no such home. Throws Unavailable, OutcomeUnknown.
bool in_home(Database& db, PrincipalId home, const std::function<bool(HomeTransaction&)>& work);

/// One of several homes in one transaction.
struct OpenHop {
    OpenHop(std::size_t i, HomeTransaction::State& state, PrincipalId home)
        : index(i), transaction(state, home) {}
    std::size_t index;  ///< in the hops that were asked for
    HomeTransaction transaction;
};

/// What was written together could not be: each is to be done alone.
class Undone : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// As in_home(), one transaction of the homes to which these hops go: of those that nobody else
/// has now. Reads for all what waits for them and the objects that it is about, and writes for all:
/// as many statements as for one. Gives which hops were open, and so are done. Throws Undone,
/// Unavailable, OutcomeUnknown.
std::vector<bool> in_homes(Database& db, std::span<const Hop> hops,
                           const std::function<void(std::deque<OpenHop>&)>& work);

/// Whose is each address ("jane@example.com" or "urn:uuid:…", lower case); those that nobody has
/// are left out.
std::vector<std::pair<std::string, PrincipalId>>
principals_of_addresses(Database& db, std::span<const std::string> addresses);

/// The scheduling object with that UID in a home, as it is now; locks nothing.
std::optional<Placed> find_scheduled(Database& db, PrincipalId home, std::string_view uid);

/// The same for many: the objects of `uid` in the homes `to` of these, each once.
std::vector<Placed> find_scheduled(Database& db, std::span<const Hop> hops);

/// The scheduling objects of a collection, by id above `after`: names.
std::vector<std::string> scheduling_objects(Database& db, PrincipalId home, CollectionId in,
                                            std::string_view after, std::size_t limit);

/// What waits since before `older_than` (seconds since 1970) and may be tried now.
std::vector<Hop> waiting_deliveries(Database& db, std::int64_t older_than, std::size_t limit);

/// What waits on one way.
struct Waiting {
    std::int64_t bytes = 0;    ///< of its messages
    bool has_answers = false;  ///< some are for the organizer: REPLY, COUNTER, REFRESH
};
/// Of each of these, now; nothing is locked.
std::vector<Waiting> look_at(Database& db, std::span<const Hop> hops);

/// Applying it failed: it is tried again, later each time.
void put_off(Database& db, const Hop& hop);

/// Nobody is there for whom it is.
void drop(Database& db, const Hop& hop);

/// How many deliveries wait.
std::int64_t count_deliveries(Database& db);

}  // namespace kalends::store
