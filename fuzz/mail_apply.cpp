// libFuzzer: any bytes as a mail to Anna, who organizes meetings and attends others, all the way to
// what would be stored. Its sender is taken for proven, so that the way does not end there; and who
// he is says From. Seeds: fuzz/mail_seeds.py.
#include "ical/budget.hpp"
#include "ical/digest.hpp"
#include "ical/document.hpp"
#include "ical/validate.hpp"
#include "itip/receive.hpp"
#include "itip/series.hpp"
#include "mail/address.hpp"
#include "sched/mail_delivery.hpp"
#include "sched/participants.hpp"
#include "sched/stored_form.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>

using namespace kalends;

namespace {

constexpr std::string_view anna = "mailto:anna@firma.test";

// ---- what is on file

struct Meeting {
    std::string_view uid;
    std::string_view organizer;
    std::string_view rule;      // of the first component; empty: one instance
    std::string_view instance;  // lines of a second; empty: there is none
};
constexpr std::array meetings{
    Meeting{"hers", "anna@firma.test", "", ""},
    Meeting{"hers-daily", "anna@firma.test",
            "RRULE:FREQ=DAILY;COUNT=10\r\nEXDATE:20270305T100000Z\r\n",
            "RECURRENCE-ID:20270304T100000Z\r\nDTSTART:20270304T110000Z\r\n"},
    Meeting{"his", "dora@partner.test", "", ""},
    Meeting{"his-daily", "dora@partner.test",
            "RRULE:FREQ=DAILY;COUNT=10\r\nEXDATE:20270305T100000Z\r\n",
            "RECURRENCE-ID:20270304T100000Z\r\nDTSTART:20270304T110000Z\r\n"},
    Meeting{"his-instance", "dora@partner.test", "",
            "RECURRENCE-ID:20270304T100000Z\r\nDTSTART:20270304T110000Z\r\n"},
};

std::string component(const Meeting& meeting, std::string_view lines) {
    std::string text = "BEGIN:VEVENT\r\n";
    text.append("UID:").append(meeting.uid).append("\r\n").append(lines);
    text += "DTSTAMP:20270101T120000Z\r\nDURATION:PT1H\r\nSUMMARY:Lunch\r\nSEQUENCE:1\r\n";
    text.append("ORGANIZER:mailto:").append(meeting.organizer).append("\r\n");
    for (const auto* who : {"anna@firma.test", "dora@partner.test", "emil+x@partner.test"})
        text.append("ATTENDEE;PARTSTAT=TENTATIVE:mailto:").append(who).append("\r\n");
    text += "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\n";
    return text;
}

std::string object(const Meeting& meeting) {
    std::string text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n";
    if (meeting.instance.empty() || !meeting.rule.empty())
        text += component(meeting, "DTSTART:20270302T100000Z\r\n" + std::string(meeting.rule));
    if (!meeting.instance.empty()) text += component(meeting, meeting.instance);
    return text + "END:VCALENDAR\r\n";
}

/// What Anna has of that UID; empty: nothing.
std::string on_file(const std::string& uid) {
    for (const auto& meeting : meetings)
        if (meeting.uid == uid) return object(meeting);
    return {};
}

// ---- what must be true

void demand(bool holds, const char* what, const std::string& message, const std::string& result) {
    if (holds) return;
    std::fprintf(stderr, "%s\n--- message\n%s\n--- result\n%s\n", what, message.c_str(),
                 result.c_str());
    std::abort();
}

/// Why it can't be stored; empty: it can be.
std::string fault_of(const std::string& data) {
    try {
        (void)ical::accept(data);
        return {};
    } catch (const ical::ObjectError& error) {
        return error.what();
    }
}

/// As an object of its own, without METHOD.
std::string plain(const std::string& message) {
    auto calendar = ical::parse_document(message);
    calendar.remove("METHOD");
    return ical::to_text(calendar);
}

/// All that a component says but for one attendee's answer and when it was written.
std::multiset<std::string> beside_answer_of(const ical::Part& component, const std::string& who) {
    std::multiset<std::string> lines;
    for (const auto& line : component.lines) {
        if (line.name() == "ATTENDEE" && itip::canonical(line.value()) == itip::canonical(who))
            continue;
        // Who has answered may add a word to the organizer.
        if (line.name() == "X-CALENDARSERVER-ATTENDEE-COMMENT") continue;
        lines.insert(ical::to_line(line.property()));
    }
    for (const auto& each : component.parts) lines.insert(ical::to_text(each));
    return lines;
}

void check_reply(const std::string& before, const std::string& after, const std::string& sender,
                 const std::string& message) {
    const itip::Series old(before);
    const itip::Series now(after);
    for (const auto* component : now.components()) {
        const auto key = now.key_of(*component);
        const auto* same = old.component_of(key);
        demand(same != nullptr || (key && old.master() != nullptr),
               "a reply makes an instance out of nothing", message, after);
        const auto expected = same != nullptr ? *same : old.derive(*key);
        demand(beside_answer_of(*component, sender) == beside_answer_of(expected, sender),
               "a reply changes more than its sender's answer", message, after);
    }
}

void check_invitation(const std::string& before, const std::string& after,
                      const std::string& message) {
    const auto calendar = ical::parse(after);
    const auto meeting = itip::meeting_of(calendar);
    demand(itip::canonical(meeting.organizer) != itip::canonical(anna),
           "somebody makes her the organizer", message, after);
    if (!before.empty()) {
        demand(itip::canonical(itip::meeting_of(ical::parse(before)).organizer) ==
                   itip::canonical(meeting.organizer),
               "the meeting has another organizer", message, after);
        return;
    }
    for (const auto& component : calendar.components) {
        demand(component.name == "VTIMEZONE" ||
                   std::ranges::none_of(component.components,
                                        [](const auto& each) { return each.name == "VALARM"; }),
               "a stranger sets an alarm", message, after);
        for (const auto& line : component.properties)
            demand(line.name != "ATTENDEE" ||
                       itip::canonical(line.value) != itip::canonical(anna) ||
                       (line.parameter("PARTSTAT") != nullptr &&
                        *line.parameter("PARTSTAT") == "NEEDS-ACTION"),
                   "a stranger answers for her", message, after);
    }
}

// ---- the way of a mail, as sched::Arrivals has it

struct Arrived {
    mail::Incoming message;
    mail::Verdict proof{.kind = mail::Verdict::Kind::dmarc};
    sched::MailVerdict verdict;
    store::Delivery delivery;
    std::string before;
    itip::Addresses me;
};

Arrived judged(const mail::Incoming& message) {
    Arrived arrived{.message = message};
    const auto& content = message.calendars.front().content;
    (void)ical::parse_valid(content);
    arrived.me.add(anna);
    sched::MailCase mail{.message = arrived.message,
                         .proof = arrived.proof,
                         .object = sched::mailed_object(content),
                         .from = sched::one_sender(message),
                         .from_is_known = true,
                         .me = arrived.me};
    arrived.before = on_file(mail.object.uid);
    const auto sent = sched::meeting_in(content);
    const auto stored =
        arrived.before.empty() ? itip::Meeting{} : sched::meeting_in(arrived.before);
    mail.is_stored = !arrived.before.empty();
    mail.stored_organizer = stored.organizer;
    for (const auto& each : stored.attendees) mail.stored_attendees.push_back(each.address);
    arrived.verdict = sched::judge_message(mail);
    if (arrived.verdict.deed == sched::MailVerdict::Deed::apply)
        arrived.verdict = sched::judge_meeting(mail);
    arrived.delivery = sched::delivery_of(mail, arrived.verdict, content, sent, stored);
    return arrived;
}

void apply(const Arrived& arrived) {
    const auto& delivery = arrived.delivery;
    const itip::Moment moment{
        .now = ical::UtcTime{std::chrono::sys_days{std::chrono::February / 1 / 2027}}};
    const bool is_answer = sched::is_answer(*itip::method_named(delivery.method));
    itip::Received received;
    if (is_answer) {
        itip::Addresses sender;
        sender.add(delivery.sender);
        received = itip::receive_from_attendee(delivery.message, arrived.before, sender, moment);
    } else {
        received = itip::receive_from_organizer(
            delivery.message,
            arrived.before.empty() ? std::nullopt : std::optional<std::string_view>{arrived.before},
            arrived.me, moment);
    }
    if (received.outcome != itip::Outcome::stored) return;
    const auto& data = received.data;
    // What it makes is as good as what it was made of.
    if (!is_answer && !fault_of(plain(delivery.message)).empty()) return;
    const auto fault = fault_of(data);
    demand(fault.empty(), fault.c_str(), delivery.message, data);
    (void)sched::stored_form(data);
    if (is_answer)
        check_reply(arrived.before, data, delivery.sender, delivery.message);
    else
        check_invitation(arrived.before, data, delivery.message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto message = mail::read(std::string(data, data + size));
        mail::authenticate(message, {.authserv_id = "mx", .our_hosts = {"mx"}, .allow_spf = true});
        if (message.calendars.empty()) return 0;
        const auto arrived = judged(message);
        if (arrived.verdict.deed == sched::MailVerdict::Deed::apply) apply(arrived);
    } catch (const mail::TooMuch&) {
    } catch (const ical::ObjectError&) {
    } catch (const ical::ParseError&) {
    } catch (const ical::ValueError&) {
    } catch (const ical::TooExpensive&) {
    } catch (const itip::Refused&) {
    }
    return 0;
}
