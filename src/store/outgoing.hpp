#pragma once
// What people outside are told by mail: the meetings of which they are to be told, the messages
// that wait to be sent, and what became of each (decision 0016).

#include "store/database.hpp"
#include "store/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::store {

/// A meeting that has changed: who is outside is told when it is due.
struct MailHold {
    PrincipalId home;
    std::int64_t id = 0;  ///< given by the store; messages have none that is the same
    std::string uid;
    std::int64_t since = 0;            ///< when it was changed first; seconds since 1970
    std::int64_t due = 0;              ///< when they are told
    std::optional<std::string> known;  ///< the object before that; nothing: there was none
};

/// A message that waits to be sent.
struct OutboxMail {
    PrincipalId home;
    std::int64_t id = 0;
    std::int64_t created = 0;
    std::int64_t next_try = 0;
    int tries = 0;  ///< that failed
    bool forced = false;
    std::string method;
    std::string uid;
    std::string sender;  ///< calendar user addresses, as the meeting has them
    std::string recipient;
    std::string message_id;            ///< the left part
    std::string reason;                ///< why it is sent, in a few words
    std::string problem;               ///< why it could not be sent yet
    std::string status;                ///< RFC 6638 3.2.9: what became of it, which the sender's
                                       ///< object does not say yet; empty: it is to be sent
    std::string message;               ///< a VCALENDAR with METHOD
    std::optional<std::string> known;  ///< what the recipient was told of the meeting last
    std::string thread;                ///< Message-ID of the first mail about it; empty: none
};

/// What has become of a mail about a meeting.
struct MailLogEntry {
    PrincipalId home;
    std::int64_t at = 0;
    std::int64_t mail = 0;  ///< its number in the outbox; 0: it came in
    bool incoming = false;
    bool kept = false;    ///< it was put into the inbox without being applied
    bool proven = false;  ///< it is from who it says
    std::string method;
    std::string uid;
    std::string address;  ///< of the other side
    std::string message_id;
    std::string verdict;  ///< one word
    std::string why;      ///< a sentence
    std::int64_t id = 0;
    std::string cancels = {};  ///< its age, if the organizer cancels the whole meeting by it
};

/// Meetings that are due by `time`, of all homes, those that have waited longest first.
std::vector<MailHold> due_holds(Database& db, std::int64_t time, std::size_t limit);

/// What is held, of one home or (0) of all.
std::vector<MailHold> holds(Database& db, PrincipalId home, std::size_t limit);

/// Messages whose time has come, each the first of those to its recipient about its meeting, and
/// those that have been settled without their senders' being told; nobody else gets them for
/// `lease` seconds.
std::vector<OutboxMail> claim_mails(Database& db, std::int64_t now, std::int64_t lease,
                                    std::size_t limit);

/// Those that wait, of one home or (0) of all.
std::vector<OutboxMail> waiting_mails(Database& db, PrincipalId home, std::size_t limit);

/// It has been handed on (the recipient knows it now) or given up, with that `status` and `entry`
/// for the log. It stays until its sender's object says so (HomeTransaction::told()), and is
/// claimed again where that has not come about within `patience` seconds.
void settle_mail(Database& db, const OutboxMail& mail, const MailLogEntry& entry,
                 std::string_view status, bool handed_on, std::int64_t patience);

/// It leaves the outbox.
void remove_mail(Database& db, const OutboxMail& mail);

/// It was claimed, and there was no time for it.
void give_back_mail(Database& db, const OutboxMail& mail);

/// It was claimed, and takes longer: nobody else gets it before `until`.
void keep_mail(Database& db, const OutboxMail& mail, std::int64_t until);

/// A held meeting could not be told of: again at `due`.
void put_off_hold(Database& db, const MailHold& hold, std::int64_t due);

/// Whether nothing was sent to the same recipient about the same meeting since.
bool is_last_sent(Database& db, const MailLogEntry& sent);

/// It could not be sent: again at `next_try`.
void put_off_mail(Database& db, const OutboxMail& mail, std::int64_t next_try,
                  std::string_view problem);

/// The time of a message or a held meeting (0: of all) has come. How many.
std::size_t retry_outgoing(Database& db, std::int64_t id);

/// What is held, or in the outbox, under that number.
std::optional<MailHold> find_hold(Database& db, std::int64_t id);
std::optional<MailHold> find_hold(Database& db, PrincipalId home, std::string_view uid);
std::optional<OutboxMail> find_outgoing(Database& db, std::int64_t id);

void log_mail(Database& db, const MailLogEntry& entry);

/// The newest first.
std::vector<MailLogEntry> mail_log(Database& db, PrincipalId home, std::size_t limit);

/// What was sent under that number: a report names it. Nothing where it is forgotten.
std::optional<MailLogEntry> find_sent(Database& db, std::int64_t mail);

/// What is known of somebody who has sent a mail. To one that is proven to be his, those that are
/// not are nothing: others may have made them.
struct MailHistory {
    bool came_before = false;  ///< a mail of his with that Message-ID has come
    std::int64_t recent = 0;   ///< how many of his that were proven have come since that moment
    std::int64_t kept = 0;     ///< how many of anybody's were kept since then
    bool has_met = false;      ///< he was told of a meeting, or what he sent was applied
    std::string cancelled;     ///< MailLogEntry::cancels of the newest about that meeting, or empty
};
MailHistory mail_history(Database& db, PrincipalId home, std::string_view address,
                         std::string_view message_id, std::string_view uid, std::int64_t since,
                         bool is_proven);

/// Forgets what was logged or told before; how many.
std::size_t prune_mail_log(Database& db, std::int64_t before);
std::size_t prune_correspondence(Database& db, std::int64_t before);

}  // namespace kalends::store
