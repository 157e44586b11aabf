// Three kinds of properties: those that are the attendee's own come from what was sent; of those
// that the organizer decides and people look at, a change is refused, so that nobody believes to
// have moved a meeting; all others come from what was stored, because clients change them without
// meaning it: they drop what they don't know, and write what they know in their own way.
#include "base/text.hpp"
#include "ical/recurrence.hpp"
#include "ical/time.hpp"
#include "itip/attendance_private.hpp"
#include "itip/component_private.hpp"
#include "itip/own_changes_private.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kalends::itip {
namespace {

template <class Names> bool is_in(const Names& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// The attendee's own, but they stay where a client leaves them out.
constexpr std::array<std::string_view, 3> stamps = {"DTSTAMP", "CREATED", "LAST-MODIFIED"};

/// Text that people look at.
constexpr std::array<std::string_view, 3> shown = {"SUMMARY", "LOCATION", "DESCRIPTION"};

/// Of an attendee's own line.
constexpr std::array<std::string_view, 4> own_parameters = {"PARTSTAT", "RSVP", "DELEGATED-TO",
                                                            "SENT-BY"};

/// What of a VTODO its organizer is told. RFC 5546 3.4.3.
constexpr std::array<std::string_view, 3> progress = {"PERCENT-COMPLETE", "COMPLETED", "STATUS"};

/// RFC 6638 3.2.2.1, 2 to 4; what tells an attendee's own view of a meeting; and his words.
bool is_own(const ical::Part& component, const ical::Line& line) {
    if (line.name() == attendee_comment) return false;
    return is_personal_property(line.name()) || line.name() == "COMMENT" ||
           is_public_extension(line.name()) ||
           (component.name == "VTODO" && line.name() == "STATUS");
}

// ---- what the organizer decides

std::string canonical_rule(std::string_view rule) {
    try {
        return ical::format(ical::parse_rule(rule));
    } catch (const ical::ValueError&) {
        return std::string(rule);
    }
}

std::multiset<std::string> rules_of(const ical::Part& component, std::string_view name) {
    std::multiset<std::string> rules;
    for (const auto& line : component.lines)
        if (line.name() == name) rules.insert(canonical_rule(line.value()));
    return rules;
}

std::set<InstanceKey> dates_of(const Of& in) {
    std::set<InstanceKey> dates;
    for (const auto& line : in.component.lines) {
        if (line.name() != "RDATE") continue;
        for (const auto value : text::split(line.value(), ','))
            if (!text::trim(value).empty()) dates.insert(in.series.key_of(line, value));
    }
    return dates;
}

/// Without what clients do to white space.
std::string words_of(std::string_view value) {
    std::string words;
    bool between = false;
    for (const char each : ical::unescape_text(value)) {
        const bool is_space = each == ' ' || each == '\t' || each == '\r' || each == '\n';
        if (!is_space && between && !words.empty()) words += ' ';
        if (!is_space) words += each;
        between = is_space;
    }
    return words;
}

std::string_view name_of_end(const ical::Part& component) {
    if (component.line("DURATION") != nullptr) return "DURATION";
    return component.name == "VTODO" ? "DUE" : "DTEND";
}

void refuse_other_times(const Of& before, const Of& after) {
    const auto had = times_of(before);
    const auto has = times_of(after);
    if (had.start != has.start) refuse_change("DTSTART");
    if (had.end != has.end) refuse_change(name_of_end(after.component));
    for (const auto* const name : {"RRULE", "EXRULE"})
        if (rules_of(before.component, name) != rules_of(after.component, name))
            refuse_change(name);
    if (dates_of(before) != dates_of(after)) refuse_change("RDATE");
}

/// Some clients give an instance the words of its series when they answer; nobody believes to have
/// changed something by that.
bool are_words_of_series(const Of& of, std::string_view name, const std::string& words) {
    const auto* master = of.series.master();
    return master != nullptr && words == words_of(master->value(name));
}

void refuse_other_words(const Of& before, const Of& after) {
    for (const auto name : shown) {
        const auto* line = after.component.line(name);
        if (line == nullptr) continue;
        const auto words = words_of(line->value());
        if (words != words_of(before.component.value(name)) &&
            !are_words_of_series(before, name, words))
            refuse_change(name);
    }
}

/// Clients for tasks drop everybody when a task is ticked off: then they are put back.
bool is_bare_task(const ical::Part& component) {
    return component.name == "VTODO" && component.line("ORGANIZER") == nullptr &&
           component.line("ATTENDEE") == nullptr;
}

void refuse_other_people(const ical::Part& before, const ical::Part& after, const Addresses& me) {
    if (is_bare_task(after)) return;
    const auto* had = before.line("ORGANIZER");
    const auto* has = after.line("ORGANIZER");
    if (had != nullptr && (has == nullptr || !is_same_user(*had, *has))) refuse_change("ORGANIZER");
    if (attendee_line(before, me) != nullptr && attendee_line(after, me) == nullptr)
        refuse_change("ATTENDEE");
}

// ---- what is put together

/// The lines of `before` that are not the attendee's own, with those of `after` that are. A line
/// that is in both stays where it is.
std::vector<ical::Line> merged_lines(const ical::Part& before, const ical::Part& after,
                                     Sent sent_as) {
    std::multimap<std::string, const ical::Line*> sent;
    for (const auto& line : after.lines)
        if (is_own(after, line) || is_in(stamps, line.name())) sent.emplace(spelled(line), &line);
    const auto replaced = [&](const ical::Line& line) {
        const bool may_miss = sent_as == Sent::in_part || is_in(stamps, line.name());
        if (may_miss && after.line(line.name()) == nullptr) return false;
        return is_own(before, line) || is_in(stamps, line.name());
    };
    std::vector<ical::Line> lines;
    lines.reserve(before.lines.size() + sent.size());
    for (const auto& line : before.lines) {
        if (replaced(line)) {
            const auto same = sent.find(spelled(line));
            if (same == sent.end()) continue;
            sent.erase(same);
        }
        lines.push_back(line);
    }
    for (const auto& line : after.lines) {
        const auto left = sent.find(spelled(line));
        if (left == sent.end()) continue;
        lines.push_back(line);
        sent.erase(left);
    }
    return lines;
}

std::vector<ical::Part> merged_parts(const ical::Part& before, const ical::Part& after,
                                     Sent sent_as) {
    const bool has_alarms =
        std::ranges::find(after.parts, "VALARM", &ical::Part::name) != after.parts.end();
    const bool keeps = sent_as == Sent::in_part && !has_alarms;
    std::vector<ical::Part> parts;
    parts.reserve(before.parts.size() + after.parts.size());
    for (const auto& each : before.parts)
        if (keeps || each.name != "VALARM") parts.push_back(each);
    for (const auto& each : after.parts)
        if (each.name == "VALARM") parts.push_back(each);
    return parts;
}

/// A client that has the attendee twice, once as before and once as now, means now.
const ical::Line* sent_attendee_line(const ical::Part& after, const Addresses& me,
                                     const std::string& before) {
    const ical::Line* found = nullptr;
    for (const auto& line : after.lines) {
        if (line.name() != "ATTENDEE" || !me.contains(line.value())) continue;
        if (found == nullptr || partstat_of(*found) == before) found = &line;
    }
    return found;
}

void take_own_parameters(const ical::Line& sent, ical::Line& mine) {
    const auto before = partstat_of(mine);
    std::set<std::string> names;
    for (const auto* const line : {&std::as_const(mine), &sent})
        for (const auto& each : line->property().parameters)
            if (is_in(own_parameters, each.name) || each.name.starts_with("X-"))
                names.insert(each.name);
    for (const auto remembered : {answered_parameter, asked_parameter})
        names.erase(std::string(remembered));
    for (const auto& name : names) copy_parameter(sent, name, mine);
    // What a client leaves out it did not answer.
    if (!sent.has_parameter("PARTSTAT") && before != "NEEDS-ACTION")
        mine.set_parameter("PARTSTAT", before);
}

/// Ticking a task off is an answer, also from a client that knows nothing of attendees.
void follow_progress(const ical::Part& before, const ical::Part& after, ical::Line& mine) {
    const bool was = before.line("COMPLETED") != nullptr;
    const bool is = after.line("COMPLETED") != nullptr;
    if (was != is) mine.set_parameter("PARTSTAT", is ? "COMPLETED" : "IN-PROCESS");
}

/// Many clients answer by PARTSTAT alone and send back the TRANSP that stood there for the answer
/// before: an attendee who accepts is busy, one who declines is free. What he changes is his own.
void follow_answer(const ical::Part& before, std::string_view partstat, ical::Part& merged) {
    const auto* had = before.line("TRANSP");
    const auto* has = merged.line("TRANSP");
    if (had == nullptr || has == nullptr) return;
    const bool is_as_before = text::iequals(had->value(), has->value());
    if (is_as_before && (partstat == "ACCEPTED" || partstat == "TENTATIVE"))
        merged.set("TRANSP", "OPAQUE");
    if (partstat == "DECLINED") merged.set("TRANSP", "TRANSPARENT");
}

void take_own_answer(const ical::Part& before, const ical::Part& after, const Addresses& me,
                     const Moment& moment, ical::Part& merged) {
    auto* mine = attendee_line(merged, me);
    if (mine == nullptr) return;
    const auto was = partstat_of(*mine);
    if (const auto* sent = sent_attendee_line(after, me, was)) take_own_parameters(*sent, *mine);
    if (after.name == "VTODO" && partstat_of(*mine) == was) follow_progress(before, after, *mine);
    if (partstat_of(*mine) == was) return;
    mine->set_parameter(answered_parameter, ical::format_utc(moment.now));
    follow_answer(before, partstat_of(*mine), merged);
}

/// RFC 6638 3.2.2.1, 10: what came of messages that the client sends.
void take_statuses_of_client(const ical::Part& after, ical::Part& merged) {
    std::map<std::string, const ical::Line*> sent;
    for (auto& line : merged.lines) {
        if (line.name() != "ATTENDEE" || !text::iequals(line.parameter("SCHEDULE-AGENT"), "CLIENT"))
            continue;
        if (sent.empty())
            for (const auto& each : after.lines)
                if (each.name() == "ATTENDEE") sent.emplace(canonical(each.value()), &each);
        const auto found = sent.find(canonical(line.value()));
        if (found != sent.end()) copy_parameter(*found->second, "SCHEDULE-STATUS", line);
    }
}

bool delegated_by(const ical::Line& line, const Addresses& who) {
    const auto delegators = parameter_values(line, "DELEGATED-FROM");
    return std::ranges::any_of(delegators,
                               [&](const std::string& each) { return who.contains(each); });
}

/// Whoever the attendee sends in his place comes with it. RFC 5546 2.2.2.
void take_delegates(const ical::Part& after, const Addresses& me, ical::Part& merged) {
    for (const auto& line : after.lines) {
        if (line.name() != "ATTENDEE" || !delegated_by(line, me)) continue;
        Addresses delegate;
        delegate.add(line.value());
        if (attendee_line(merged, delegate) == nullptr) merged.lines.push_back(line);
    }
}

// ---- what the organizer is to know

std::multiset<std::string> said(const ical::Part& component, std::string_view name) {
    std::multiset<std::string> lines;
    for (const auto& line : component.lines)
        if (line.name() == name) lines.insert(line.value());
    return lines;
}

/// Extensions of the attendee that the organizer is to know.
std::multiset<std::string> public_extensions(const ical::Part& component,
                                             const ical::Line& attendee) {
    std::multiset<std::string> found;
    for (const auto& line : component.lines)
        if (is_public_extension(line.name())) found.insert(spelled(line));
    for (const auto& each : attendee.property().parameters)
        if (is_public_extension(each.name)) found.insert(each.name + "=" + each.values.front());
    return found;
}

bool says_more(const ical::Part& before, const ical::Part& after) {
    const auto old = said(before, "COMMENT");
    const auto now = said(after, "COMMENT");
    return !std::ranges::includes(old, now);
}

}  // namespace

void refuse_change(std::string_view property) {
    throw Refused(Rule::allowed_attendee_change,
                  "only the organizer of a meeting can change its " + std::string(property));
}

ical::Part with_own_changes(const Of& before, const Of& after, Sent sent_as, const Addresses& me,
                            const Moment& moment) {
    refuse_other_people(before.component, after.component, me);
    refuse_other_times(before, after);
    refuse_other_words(before, after);
    ical::Part merged{.name = before.component.name,
                      .lines = merged_lines(before.component, after.component, sent_as),
                      .parts = merged_parts(before.component, after.component, sent_as)};
    take_own_answer(before.component, after.component, me, moment, merged);
    take_statuses_of_client(after.component, merged);
    take_delegates(after.component, me, merged);
    return merged;
}

bool answers_differ(const ical::Part& before, const ical::Part& after, const Addresses& me) {
    const auto* was = attendee_line(before, me);
    const auto* is = attendee_line(after, me);
    if (was == nullptr || is == nullptr) return false;
    if (partstat_of(*was) != partstat_of(*is)) return true;
    if (parameter_values(*was, "DELEGATED-TO") != parameter_values(*is, "DELEGATED-TO"))
        return true;
    if (before.value(private_comment) != after.value(private_comment)) return true;
    if ((before.line(private_comment) == nullptr) != (after.line(private_comment) == nullptr))
        return true;
    if (says_more(before, after)) return true;
    if (public_extensions(before, *was) != public_extensions(after, *is)) return true;
    return after.name == "VTODO" && std::ranges::any_of(progress, [&](std::string_view name) {
               return before.value(name) != after.value(name);
           });
}

}  // namespace kalends::itip
