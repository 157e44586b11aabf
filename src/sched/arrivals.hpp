#pragma once
// Mail that has arrived for people here: invitations, answers, and reports of what could not be
// delivered. RFC 6047; decision 0016.

#include "mail/read.hpp"
#include "sched/mail_verdict.hpp"
#include "sched/scheduler.hpp"
#include "store/outgoing.hpp"
#include "xml/name.hpp"

#include <string>
#include <vector>

namespace kalends::sched {

/// A property of the inbox in which its owner says whose invitations by mail are put into the
/// calendar: "always", "known", "never".
inline constexpr xml::NameView mail_invitations_property{"urn:kalends", "mail-invitations"};

/// The same of dates that are made known (METHOD:PUBLISH); without it nobody's.
inline constexpr xml::NameView mail_published_property{"urn:kalends", "mail-published"};

/// A message as the mail system delivers it.
struct ArrivedMail {
    std::string recipient;  ///< of the envelope
    std::string login;      ///< whose mailbox it goes to; empty: the recipient says it
    std::string text;       ///< RFC 5322
};

class Reception;

/// A report came before its organizer was told that what it is about was sent, which would take its
/// place: it is to be read again later.
class NotYet : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override {
        return "a report of what is being sent";
    }
};

class Arrivals {
public:
    struct Settings {
        mail::AuthenticationSettings authentication;
        mail::Limits limits = {};
        std::vector<std::string> domains;  ///< in any form: whoever is in them must log in to be
                                           ///< believed
        Acceptance acceptance = Acceptance::known;  ///< of those who have not said
        std::string site;                           ///< X-Kalends-Loop of what is sent from here
        std::string bounces;  ///< where reports come: "bounce@…", for "bounce+17-1a2b3c4d@…"
        bool shows_uninvited = true;      ///< what people answer who are not invited
        std::int64_t per_hour = 200;      ///< from one sender to one person
        std::int64_t kept_per_hour = 50;  ///< that are shown to one person without being applied
    };

    /// Both live longer than this.
    Arrivals(store::Database& database, Scheduler& scheduler, Settings settings)
        : database_(database), scheduler_(scheduler), settings_(std::move(settings)) {}

    /// Does what it asks for, if its sender may; says in the log what was done, and why. What
    /// can't be read is logged, too. Throws store::Unavailable and NotYet: it is to be tried again.
    void receive(const ArrivedMail& mail);

private:
    void receive(const store::HomePtr& home, const mail::Incoming& message);
    /// One that doctor has sent: it changes nothing, and doctor hears whether it is believed.
    void probe(const std::string& tag, const mail::Incoming& message);
    void report(std::int64_t number, const std::string& token, const mail::DeliveryReport& report);
    mail::Verdict proof_of(const mail::Incoming& message, const std::string& from);
    /// What is known of who has sent it, and whether it is he.
    void note_sender(const store::Home& home, MailCase& mail, store::MailLogEntry& entry);
    bool has_card(const store::Home& home, const std::string& address);
    void apply(const store::HomePtr& home, MailCase& mail, const std::string& content,
               store::MailLogEntry& entry);
    static void apply_in(store::HomeTransaction& transaction, const store::Home& home,
                         const People& people, const MailCase& mail,
                         const store::Delivery& delivery, Reception& reception);

    store::Database& database_;
    Scheduler& scheduler_;
    Settings settings_;
};

/// RFC 6638 3.2.9 of what a report says of a recipient; empty: nothing new.
std::string_view report_status(const mail::RecipientReport& report);

}  // namespace kalends::sched
