#pragma once
// What of a mail is handed to those who apply deliveries: the message in the words of the meeting
// that is on file. Pure. Decision 0016.

#include "itip/meeting.hpp"
#include "mail/read.hpp"
#include "sched/mail_verdict.hpp"
#include "store/scheduling.hpp"

#include <string>

namespace kalends::sched {

/// The mail address of the one sender; empty where there is none, or there are several.
std::string one_sender(const mail::Incoming& message);

/// `content` is the calendar part that `mail` was judged by, and `sent` the meeting in it; `stored`
/// is the one on file. Where it is to be applied, its sender has the address that the meeting has
/// for him, and a new invitation is not answered: what somebody outside says of that is not his to
/// say. Throws ical::ParseError.
store::Delivery delivery_of(const MailCase& mail, const MailVerdict& verdict,
                            const std::string& content, const itip::Meeting& sent,
                            const itip::Meeting& stored);

}  // namespace kalends::sched
