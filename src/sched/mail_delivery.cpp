#include "sched/mail_delivery.hpp"

#include "ical/document.hpp"
#include "mail/address.hpp"
#include "sched/participants.hpp"

namespace kalends::sched {
namespace {

/// Somebody's line in the meeting as it is written there; empty where there is none.
std::string as_written(const std::vector<std::string>& addresses, const std::string& from) {
    for (const auto& each : addresses)
        if (is_same_person(itip::mail_of(each), from)) return each;
    return {};
}

/// What stands between somebody and his own server says nothing to others. RFC 6638 7.
void remove_scheduling(ical::Line& line) {
    for (const auto* name : {"SCHEDULE-AGENT", "SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND"})
        line.remove_parameter(name);
}

/// A message in which the sender has the address that the meeting has for him, and the recipient
/// has not answered yet where the invitation is new: what somebody outside says of that is not his
/// to say.
std::string prepared(const std::string& content, const MailCase& mail, const std::string& sender) {
    auto calendar = ical::parse_document(content);
    for (auto& component : calendar.parts) {
        for (auto& line : component.lines) {
            if (line.name() == "ORGANIZER" || line.name() == "ATTENDEE") remove_scheduling(line);
            if (line.name() != "ATTENDEE") continue;
            if (is_same_person(itip::mail_of(line.value()), mail.from) && !sender.empty() &&
                is_answer(*mail.object.method)) {
                line.set_value(sender);
            } else if (!mail.is_stored && mail.me.contains(line.value())) {
                line.set_parameter("PARTSTAT", "NEEDS-ACTION");
                line.set_parameter("RSVP", "TRUE");
            }
        }
    }
    return ical::to_text(calendar);
}

}  // namespace

std::string one_sender(const mail::Incoming& message) {
    const bool is_one = message.from_fields == 1 && message.from.size() == 1 &&
                        mail::is_address(message.from.front().address);
    return is_one ? message.from.front().address : std::string();
}

store::Delivery delivery_of(const MailCase& mail, const MailVerdict& verdict,
                            const std::string& content, const itip::Meeting& sent,
                            const itip::Meeting& stored) {
    const bool answers = mail.object.method && is_answer(*mail.object.method);
    const auto written =
        as_written(answers ? mail.stored_attendees : std::vector{mail.object.organizer}, mail.from);
    return {.method = mail.object.method ? std::string(itip::name_of(*mail.object.method)) : "",
            .uid = mail.object.uid,
            .sender = answers ? written : mail.object.organizer,
            .recipient = own_address(answers ? stored : sent, mail.me),
            .message = verdict.deed == MailVerdict::Deed::apply ? prepared(content, mail, written)
                                                                : content};
}

}  // namespace kalends::sched
