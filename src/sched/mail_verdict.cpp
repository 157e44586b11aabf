#include "sched/mail_verdict.hpp"

#include "base/text.hpp"
#include "ical/lines.hpp"
#include "itip/meeting.hpp"
#include "sched/people.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace kalends::sched {
namespace {

using itip::Method;
using Deed = MailVerdict::Deed;

constexpr std::array invitations{Method::request, Method::add};
constexpr std::array from_organizers{Method::request, Method::add, Method::cancel,
                                     Method::declinecounter, Method::publish};

bool is_one_of(const MailCase& mail, std::span<const Method> methods) {
    return std::ranges::find(methods, *mail.object.method) != methods.end();
}
bool is_answer(const MailCase& mail) { return sched::is_answer(*mail.object.method); }
bool is_from_organizer(const MailCase& mail) { return is_one_of(mail, from_organizers); }
bool is_invitation(const MailCase& mail) { return is_one_of(mail, invitations); }
bool is_published(const MailCase& mail) { return *mail.object.method == Method::publish; }

/// Whether such mail of this sender is put into the calendar.
bool is_wanted(const MailCase& mail, Acceptance of) {
    return of == Acceptance::always || (of == Acceptance::known && mail.from_is_known);
}

bool is_among(const std::vector<std::string>& addresses, const std::string& who) {
    return std::ranges::any_of(addresses, [&](const std::string& each) {
        return is_same_person(itip::mail_of(each), who);
    });
}

bool is_contradictory(const MailCase& mail) {
    const auto& parts = mail.message.calendars;
    const auto method = itip::name_of(*mail.object.method);
    return std::ranges::any_of(parts, [&](const mail::CalendarPart& part) {
        return !part.method.empty() && part.method != method;
    });
}

/// The same invitation may be there twice, as text/calendar and as an attachment.
bool has_different_parts(const MailCase& mail) {
    const auto& parts = mail.message.calendars;
    return std::ranges::any_of(parts, [&](const mail::CalendarPart& part) {
        try {
            const auto object = mailed_object(part.content);
            return object.uid != mail.object.uid || object.method != mail.object.method ||
                   object.organizer != mail.object.organizer;
        } catch (const ical::ParseError&) {
            return true;
        }
    });
}

bool is_loop(const MailCase& mail) {
    return !mail.site.empty() &&
           std::ranges::find(mail.message.loops, mail.site) != mail.message.loops.end();
}

bool speaks_as_organizer(const MailCase& mail) {
    return is_same_person(itip::mail_of(mail.object.organizer), mail.from);
}

/// Who writes to an organizer without being invited: a "party crasher", RFC 5546 3.2.3.
bool is_uninvited(const MailCase& mail) {
    return is_answer(mail) && !is_among(mail.stored_attendees, mail.from);
}

bool invites_me(const MailCase& mail) {
    return std::ranges::any_of(mail.object.attendees,
                               [&](const std::string& each) { return mail.me.contains(each); });
}

/// To what is stored. A PUBLISH names no attendees (RFC 5546 3.2.1): it would take him out.
bool is_invited(const MailCase& mail) {
    return mail.is_stored &&
           std::ranges::any_of(mail.stored_attendees,
                               [&](const std::string& each) { return mail.me.contains(each); });
}

/// Somebody brings in somebody else.
bool delegates(const MailCase& mail) {
    const bool is_new = std::ranges::any_of(mail.object.attendees, [&](const std::string& each) {
        return !is_among(mail.stored_attendees, itip::mail_of(each));
    });
    return is_new || mail.object.delegates;
}

struct Rule {
    bool (*holds)(const MailCase& mail);
    Deed deed;
    std::string_view word;
    std::string_view why;
};

/// The first that holds decides; a message for which none does is applied.
constexpr std::array rules_of_message{
    Rule{[](const MailCase& mail) { return mail.message.spam; }, Deed::pass, "spam",
         "The mail system has marked it as spam."},
    Rule{is_loop, Deed::pass, "loop", "It was sent from here."},
    Rule{[](const MailCase& mail) { return mail.came_before; }, Deed::pass, "again",
         "The same message came before."},
    Rule{[](const MailCase& mail) { return !mail.object.method; }, Deed::pass, "no message",
         "It has no METHOD: it is a calendar file, and no message."},
    Rule{[](const MailCase& mail) { return mail.from.empty(); }, Deed::keep, "unclear sender",
         "It names no sender, or several."},
    Rule{is_contradictory, Deed::keep, "contradiction",
         "Its header names another method than its content."},
    Rule{has_different_parts, Deed::keep, "contradiction",
         "Its calendar parts tell different things."},
    Rule{[](const MailCase& mail) { return !mail.object.same_organizer; }, Deed::keep,
         "contradiction", "Its components have different organizers."},
    Rule{[](const MailCase& mail) { return mail.proof.kind == mail::Verdict::Kind::none; },
         Deed::keep, "unproven", "Nothing proves that it is from its sender."},
    Rule{[](const MailCase& mail) { return !is_proven(mail); }, Deed::keep, "unproven",
         "It claims to be from here, but its sender has not logged in."},

    Rule{[](const MailCase& mail) { return mail.is_flood; }, Deed::pass, "flood",
         "Its sender has sent too many within an hour."},
    Rule{[](const MailCase& mail) { return is_from_organizer(mail) && !speaks_as_organizer(mail); },
         Deed::keep, "for another", "Its sender is not the organizer of this meeting."},
    Rule{[](const MailCase& mail) {
             return is_answer(mail) && !is_among(mail.object.attendees, mail.from);
         },
         Deed::keep, "for another",
         "It is an answer in the name of somebody else than its sender."},
    Rule{
        [](const MailCase& mail) { return is_published(mail) && !is_wanted(mail, mail.published); },
        Deed::keep, "published", "It makes a date known, and is no invitation."},
};

/// The same, of what is stored.
constexpr std::array rules_of_meeting{
    Rule{[](const MailCase& mail) { return is_answer(mail) && !mail.is_stored; }, Deed::pass,
         "unknown meeting", "There is no such meeting."},
    Rule{[](const MailCase& mail) {
             return is_answer(mail) && !mail.me.contains(mail.stored_organizer);
         },
         Deed::keep, "not yours", "Somebody else organizes this meeting."},
    Rule{[](const MailCase& mail) { return is_uninvited(mail) && mail.shows_uninvited; },
         Deed::keep, "not invited", "Its sender is not invited to this meeting."},
    Rule{is_uninvited, Deed::pass, "not invited", "Its sender is not invited to this meeting."},
    Rule{[](const MailCase& mail) { return is_answer(mail) && delegates(mail); }, Deed::keep,
         "delegated", "It sends somebody else, who is not invited: invite him if you like."},

    Rule{[](const MailCase& mail) {
             return is_from_organizer(mail) && mail.me.contains(mail.object.organizer);
         },
         Deed::pass, "own meeting", "It is about a meeting of one's own."},
    Rule{[](const MailCase& mail) {
             return is_from_organizer(mail) && mail.is_stored &&
                    itip::canonical(mail.stored_organizer) !=
                        itip::canonical(mail.object.organizer);
         },
         Deed::keep, "other organizer", "The meeting on file has another organizer."},
    Rule{[](const MailCase& mail) {
             return is_from_organizer(mail) && !is_invitation(mail) && !is_published(mail) &&
                    !mail.is_stored;
         },
         Deed::pass, "unknown meeting", "There is no such meeting."},
    Rule{[](const MailCase& mail) {
             return is_from_organizer(mail) && !mail.is_stored && !mail.object.age.empty() &&
                    mail.object.age <= mail.cancelled;
         },
         Deed::pass, "cancelled", "Its cancellation came before."},
    Rule{[](const MailCase& mail) { return is_published(mail) && is_invited(mail); }, Deed::pass,
         "published", "It makes known a meeting to which you are invited: the invitation counts."},
    Rule{[](const MailCase& mail) { return is_invitation(mail) && !invites_me(mail); }, Deed::keep,
         "not invited", "It does not name you: somebody has forwarded it, perhaps."},
    Rule{[](const MailCase& mail) {
             return is_invitation(mail) && !mail.is_stored && mail.acceptance == Acceptance::never;
         },
         Deed::keep, "not wanted", "Invitations by mail are not put into this calendar."},
    Rule{[](const MailCase& mail) {
             return is_invitation(mail) && !mail.is_stored && !is_wanted(mail, mail.acceptance);
         },
         Deed::keep, "stranger", "Its sender is not known here."},
};

MailVerdict by_rules(std::span<const Rule> rules, const MailCase& mail) {
    const auto rule =
        std::ranges::find_if(rules, [&](const Rule& each) { return each.holds(mail); });
    if (rule == rules.end()) return {};
    MailVerdict verdict{.deed = rule->deed, .word = rule->word, .why = std::string(rule->why)};
    if (verdict.deed == Deed::keep && mail.is_inbox_flooded) verdict.deed = Deed::pass;
    return verdict;
}

/// "20261122T123657Z 0000000002"; empty where DTSTAMP is no time in UTC.
std::string age_of(const ical::Component& component) {
    constexpr std::size_t utc = 16;
    constexpr std::size_t digits = 10;
    const auto* stamp = component.property("DTSTAMP");
    if (stamp == nullptr || stamp->value.size() != utc || stamp->value.back() != 'Z') return {};
    const auto* sequence = component.property("SEQUENCE");
    const auto number = sequence == nullptr ? 0 : text::to_number(sequence->value).value_or(0);
    auto written = std::to_string(number);
    if (written.size() > digits) return {};
    return stamp->value + ' ' + std::string(digits - written.size(), '0') + written;
}

}  // namespace

bool is_proven(const MailCase& mail) {
    using Kind = mail::Verdict::Kind;
    return mail.proof.kind == Kind::smtp_auth ||
           (mail.proof.kind != Kind::none && !mail.from_is_ours);
}

std::optional<Acceptance> acceptance_named(std::string_view name) {
    constexpr std::array names{std::pair{"always", Acceptance::always},
                               std::pair{"known", Acceptance::known},
                               std::pair{"never", Acceptance::never}};
    for (const auto& [known, acceptance] : names)
        if (name == known) return acceptance;
    return std::nullopt;
}

bool is_same_person(std::string_view a, std::string_view b) {
    return !a.empty() && without_tag(text::lower_ascii(a)) == without_tag(text::lower_ascii(b));
}

MailedObject mailed_object(std::string_view content) {
    const auto calendar = ical::parse(content);
    const auto meeting = itip::meeting_of(calendar);
    MailedObject object{.method = std::nullopt,
                        .uid = meeting.uid,
                        .organizer = meeting.organizer,
                        .attendees = {},
                        .same_organizer = meeting.same_organizer};
    if (const auto* method = calendar.property("METHOD"))
        object.method = itip::method_named(text::trim(method->value));
    for (const auto& component : calendar.components) {
        if (component.name == "VTIMEZONE") continue;
        object.is_whole = object.is_whole || component.property("RECURRENCE-ID") == nullptr;
        object.age = std::max(object.age, age_of(component));
        for (const auto& line : component.properties)
            object.delegates |=
                line.name == "ATTENDEE" && line.parameter("DELEGATED-TO") != nullptr;
    }
    object.attendees.reserve(meeting.attendees.size());
    for (const auto& attendee : meeting.attendees) object.attendees.push_back(attendee.address);
    return object;
}

MailVerdict judge_message(const MailCase& mail) {
    auto verdict = by_rules(rules_of_message, mail);
    if (verdict.word == "unproven" && !mail.proof.why.empty()) verdict.why += " " + mail.proof.why;
    return verdict;
}

MailVerdict judge_meeting(const MailCase& mail) { return by_rules(rules_of_meeting, mail); }

}  // namespace kalends::sched
