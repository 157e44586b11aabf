#pragma once
// Who may speak for whom by mail: whether what a message asks for is done. Pure. RFC 6047 3;
// decision 0016.

#include "itip/address.hpp"
#include "itip/message.hpp"
#include "mail/authentication.hpp"
#include "mail/read.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::sched {

/// An iTIP object, as far as it says who speaks.
struct MailedObject {
    std::optional<itip::Method> method;  ///< nothing: none that RFC 5546 knows
    std::string uid;
    std::string organizer;  ///< calendar user addresses
    std::vector<std::string> attendees;
    bool same_organizer = true;  ///< in all components
    bool delegates = false;      ///< DELEGATED-TO stands somewhere
    bool is_whole = false;       ///< and not of some instances alone
    /// DTSTAMP and SEQUENCE, to be compared as text; empty where they can't be. RFC 5546 2.1.5
    /// compares them in the other order, for messages about one state of a meeting: of an
    /// invitation after a cancellation only DTSTAMP says that it is later.
    std::string age = {};
};

/// Throws ical::ParseError.
MailedObject mailed_object(std::string_view content);

/// Whose invitations are put into somebody's calendar: of everybody, of people who are known, of
/// nobody.
enum class Acceptance { always, known, never };

/// Of "always", "known", "never"; nothing for another word.
std::optional<Acceptance> acceptance_named(std::string_view name);

/// The message, and what is known here.
struct MailCase {
    const mail::Incoming& message;
    const mail::Verdict& proof;  ///< who really sent it
    MailedObject object;
    std::string from;              ///< the one address; empty: there is none, or several
    bool from_is_ours = false;     ///< of somebody here, or in a domain of ours
    bool from_is_known = false;    ///< in the directory, in address books, or one has met
    itip::Addresses me;            ///< whose mail it is
    bool is_stored = false;        ///< he has a meeting of that UID
    std::string stored_organizer;  ///< of it
    std::vector<std::string> stored_attendees;
    Acceptance acceptance = Acceptance::known;
    Acceptance published = Acceptance::never;  ///< whose METHOD:PUBLISH is put there
    bool shows_uninvited = true;               ///< answers of people who are not invited are shown
    std::string site;                          ///< X-Kalends-Loop of what is sent from here
    bool is_flood = false;                     ///< its sender has sent too many
    bool came_before = false;
    std::string cancelled;  ///< the age of its organizer's last CANCEL of the meeting, or empty
    bool is_inbox_flooded = false;  ///< too much that was not applied is in it already
};

/// Whether it is from who it says: of somebody here, only who has logged in is believed.
bool is_proven(const MailCase& mail);

struct MailVerdict {
    enum class Deed {
        apply,
        keep,  ///< it is shown in the inbox, with the reason
        pass,  ///< it stays a mail; the log has the reason
    };
    Deed deed = Deed::apply;
    std::string_view word = "applied";  ///< for the log
    std::string why = {};               ///< a sentence; of apply: none
};

/// By what the message is, whatever is stored.
MailVerdict judge_message(const MailCase& mail);

/// One that judge_message() lets through: by what it would change.
MailVerdict judge_meeting(const MailCase& mail);

/// Whether two mail addresses are of one person: equal but for case and tag (RFC 5233).
bool is_same_person(std::string_view a, std::string_view b);

}  // namespace kalends::sched
