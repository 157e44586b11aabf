// A reply says what one attendee thinks of which version of a meeting. It changes that attendee's
// lines and no others, and only where it answers what the organizer asks now: the meeting may have
// been moved while the reply was under way, and replies may overtake each other.
#include "base/text.hpp"
#include "ical/budget.hpp"
#include "itip/attendance_private.hpp"
#include "itip/attendee_comments_private.hpp"
#include "itip/component_private.hpp"
#include "itip/difference_private.hpp"
#include "itip/meeting.hpp"
#include "itip/receive.hpp"
#include "itip/series.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace kalends::itip {
namespace {

// ---- which version is answered

/// Whether a reply names times, and other ones than the organizer has.
bool names_other_times(const Of& reply, const Of& target) {
    constexpr std::array<std::string_view, 3> ends = {"DTEND", "DUE", "DURATION"};
    const bool names_end = std::ranges::any_of(
        ends, [&](std::string_view name) { return reply.component.line(name) != nullptr; });
    const auto theirs = times_of(reply);
    const auto ours = times_of(target);
    if (theirs.start && theirs.start != ours.start) return true;
    if (names_end && theirs.end != ours.end) return true;
    const auto* rule = reply.component.line("RRULE");
    const auto* our_rule = target.component.line("RRULE");
    return rule != nullptr && our_rule != nullptr && rule->value() != our_rule->value();
}

/// Whether the attendee has answered later, or was asked anew since. RFC 5546 2.1.5.
bool is_older(const ical::Part& reply, const ical::Line& attendee) {
    const auto asked = text::to_number(attendee.parameter(asked_parameter));
    if (asked && sequence_of(reply) < *asked) return true;
    // Both are in UTC: as texts they are in the order of time.
    const auto stamp = text::trim(reply.value("DTSTAMP"));
    return !stamp.empty() && stamp < attendee.parameter(answered_parameter);
}

/// RFC 5546 2.1.5. SEQUENCE rises with every change, so that an older one alone does not make an
/// answer void: whoever said yes to a meeting means it also when its title was changed meanwhile.
bool is_void(const Of& reply, const Of& target, const ical::Line& attendee) {
    if (is_older(reply.component, attendee)) return true;
    if (attendee.has_parameter(asked_parameter)) return false;
    if (sequence_of(reply.component) >= sequence_of(target.component)) return false;
    return !times_of(reply).start || names_other_times(reply, target);
}

// ---- what a reply changes

/// REQUEST-STATUS codes, as SCHEDULE-STATUS has them. RFC 6638 7.3.
std::string status_of(const ical::Part& reply) {
    std::string codes;
    for (const auto& line : reply.lines) {
        if (line.name() != "REQUEST-STATUS") continue;
        const std::string_view value = line.value();
        const auto code = text::trim(value.substr(0, value.find(';')));
        if (!code.empty()) codes.append(codes.empty() ? "" : ",").append(code);
    }
    return codes.empty() ? "2.0" : codes;
}

/// Parameters of the attendee's own that everybody sees.
bool take_extensions(const ical::Line& from, ical::Line& to) {
    std::set<std::string> names;
    for (const auto* line : {&from, &std::as_const(to)})
        for (const auto& each : line->property().parameters)
            if (is_public_extension(each.name)) names.insert(each.name);
    bool changed = false;
    for (const auto& name : names) {
        changed = changed || parameter_values(from, name) != parameter_values(to, name);
        copy_parameter(from, name, to);
    }
    return changed;
}

/// Names of the parameters that have changed, of those that everybody sees.
std::set<std::string> take_answer(const ical::Part& reply, const ical::Line& from, ical::Line& to) {
    std::set<std::string> changed;
    const auto partstat = partstat_of(from);
    if (partstat_of(to) != partstat) {
        to.set_parameter("PARTSTAT", partstat);
        to.remove_parameter("RSVP");
        changed.insert("ATTENDEE;PARTSTAT");
    }
    if (parameter_values(from, "DELEGATED-TO") != parameter_values(to, "DELEGATED-TO"))
        changed.insert("ATTENDEE;DELEGATED-TO");
    copy_parameter(from, "DELEGATED-TO", to);
    to.set_parameter("SCHEDULE-STATUS", status_of(reply));
    if (const auto stamp = text::trim(reply.value("DTSTAMP")); !stamp.empty())
        to.set_parameter(answered_parameter, stamp);
    return changed;
}

/// Adds whoever `delegator` sends instead. RFC 5546 2.2.2, 3.2.2.3.
bool add_delegates(const ical::Line& from, const std::string& delegator, ical::Part& target) {
    bool added = false;
    for (const auto& address : parameter_values(from, "DELEGATED-TO")) {
        Addresses delegate;
        delegate.add(address);
        if (attendee_line(target, delegate) != nullptr) continue;
        ical::Line line{"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:" + address};
        line.set_parameter("DELEGATED-FROM", delegator);
        target.lines.push_back(std::move(line));
        added = true;
    }
    return added;
}

/// Whether the line in a reply says that somebody who is invited sent its sender.
bool is_delegate(const ical::Line& from, const ical::Part& target) {
    Addresses delegators;
    for (const auto& each : parameter_values(from, "DELEGATED-FROM")) delegators.add(each);
    return !delegators.empty() && attendee_line(target, delegators) != nullptr;
}

/// As one that has not answered yet.
ical::Line delegate_line(const ical::Line& from) {
    ical::Line line{"ATTENDEE:" + from.value()};
    for (const auto* const name : {"CN", "CUTYPE", "DELEGATED-FROM", "EMAIL", "ROLE"})
        copy_parameter(from, name, line);
    return line;
}

/// The words of the attendee with that address: the draft on private comments 3.2. Where the
/// attendee took them back altogether nothing is left of them.
bool take_comment(const ical::Part& reply, const std::string& attendee, const Moment& moment,
                  ical::Part& target) {
    const auto* sent = reply.line(private_comment);
    const auto known = find_comment(target, attendee);
    const bool had = known != target.lines.end();
    if (sent == nullptr && !had) return false;
    if (sent != nullptr && had && known->value() == sent->value()) return false;
    if (had) target.lines.erase(known);
    if (sent == nullptr) return true;
    ical::Line line{std::string(attendee_comment) + ":"};
    line.set_value(sent->value());
    line.set_parameter("X-CALENDARSERVER-ATTENDEE-REF", with_plain_scheme(attendee));
    line.set_parameter("X-CALENDARSERVER-DTSTAMP", ical::format_utc(moment.now));
    target.lines.push_back(std::move(line));
    return true;
}

/// Properties of the attendee's own that everybody sees; their names where they changed.
std::vector<std::string> take_public_extensions(const ical::Part& reply, ical::Part& target) {
    std::vector<std::string> changed;
    for (const auto& line : reply.lines) {
        if (!is_public_extension(line.name()) || target.value(line.name()) == line.value())
            continue;
        target.remove(line.name());
        target.lines.push_back(line);
        changed.push_back(line.name());
    }
    return changed;
}

// ---- instances that are as the series

/// What says nothing about an instance.
bool is_bookkeeping(const ical::Line& line) {
    return line.name() == "DTSTAMP" || line.name() == "CREATED" || line.name() == "LAST-MODIFIED";
}

/// What a component says, in an order of its own. When somebody answered is remembered, so that
/// counts; what came of a message does not.
std::multiset<std::string> meaning_of(const ical::Part& component) {
    std::multiset<std::string> lines;
    for (const auto& line : component.lines) {
        if (is_bookkeeping(line)) continue;
        if (line.name() != "ATTENDEE") {
            lines.insert(spelled(line));
            continue;
        }
        auto property = line.property();
        std::erase_if(property.parameters, [](const ical::Parameter& each) {
            return each.name == "SCHEDULE-STATUS" || each.name == "RSVP";
        });
        std::ranges::sort(property.parameters, {}, &ical::Parameter::name);
        lines.insert(ical::to_line(property));
    }
    for (const auto& each : component.parts) lines.insert(ical::to_text(each));
    return lines;
}

// ---- one reply

class Application {
public:
    Application(const Series& reply, Series& object, const Addresses& sender, const Moment& moment)
        : reply_(reply), object_(object), sender_(sender), moment_(moment) {}

    Received apply() {
        take_series();
        take_instances();
        drop_needless();
        return std::move(received_);
    }

private:
    void take_series() {
        const auto* whole = reply_.master();
        auto* master = object_.master();
        if (whole == nullptr || master == nullptr) return;
        const auto* mine = attendee_line(*master, sender_);
        if (mine == nullptr || attendee_line(*whole, sender_) == nullptr) {
            take(*whole, *master, {});
            return;
        }
        const auto before = partstat_of(*mine);
        take(*whole, *master, {});
        follow(*whole, before);
    }

    /// An answer to the series answers also those instances with a component of their own that its
    /// sender did not know: they came into being by what others answered, and are when the series
    /// says. A sender who knows them names them.
    void follow(const ical::Part& whole, const std::string& before) {
        const auto& from = *attendee_line(whole, sender_);
        if (partstat_of(from) == before) return;
        for (const auto& key : object_.overrides()) {
            auto& component = *object_.override_of(key);
            auto* mine = attendee_line(component, sender_);
            if (mine == nullptr || partstat_of(*mine) != before ||
                reply_.override_of(key) != nullptr || is_older(whole, *mine) ||
                !is_as_series_says(key, component))
                continue;
            take_answer(whole, from, *mine);
            touched_.insert(key);
        }
    }

    [[nodiscard]] bool is_as_series_says(const InstanceKey& key,
                                         const ical::Part& component) const {
        const auto whole = times_of({object_, *object_.master()});
        const auto single = times_of({object_, component});
        if (!whole.start || !single.start || *single.start != key) return false;
        if (!whole.end || !single.end) return whole.end == single.end;
        return whole.end->start - whole.start->start == single.end->start - single.start->start;
    }

    void take_instances() {
        std::set<InstanceKey> unknown;
        for (const auto& key : reply_.overrides())
            if (object_.override_of(key) == nullptr) unknown.insert(key);
        ical::Budget budget;
        const auto known = existing(object_, unknown, budget);
        Growth growth;
        for (const auto& key : reply_.overrides()) {
            const auto& answer = *reply_.override_of(key);
            if (auto* component = object_.override_of(key)) {
                if (take(answer, *component, key)) touched_.insert(key);
            } else if (known.contains(key)) {
                auto instance = object_.derive(key);
                growth.add(instance);
                if (!take(answer, instance, key)) continue;
                object_.put(std::move(instance));
                touched_.insert(key);
            }
        }
    }

    /// False where it does not count.
    bool take(const ical::Part& reply, ical::Part& target, const std::optional<InstanceKey>& key) {
        const auto* from = attendee_line(reply, sender_);
        auto* to = attendee_line(target, sender_);
        if (from == nullptr) return false;
        // It was cancelled when its sender answered, and has come back.
        if (is_cancelled(reply) && !is_cancelled(target)) return false;
        if (to == nullptr) {
            if (!is_delegate(*from, target)) return false;
            target.lines.push_back(delegate_line(*from));
            to = &target.lines.back();
        }
        if (sequence_of(reply) < sequence_of(target) || partstat_of(*from) == "DECLINED")
            received_.tell_sender = true;
        if (is_void({reply_, reply}, {object_, target}, *to)) return false;
        const auto attendee = to->value();
        auto parameters = take_answer(reply, *from, *to);
        bool answered = take_extensions(*from, *to) || !parameters.empty();
        answered = add_delegates(*from, attendee, target) || answered;
        auto properties = take_public_extensions(reply, target);
        if (answered) properties.emplace_back("ATTENDEE");
        if (take_comment(reply, attendee, moment_, target))
            properties.emplace_back(private_comment);
        note(key, std::move(properties), parameters);
        return true;
    }

    void note(const std::optional<InstanceKey>& key, std::vector<std::string> properties,
              const std::set<std::string>& parameters) {
        if (properties.empty()) return;
        std::ranges::sort(properties);
        Change change{.recurrence_id = key ? format(*key) : std::string{},
                      .properties = std::move(properties),
                      .parameters = {parameters.begin(), parameters.end()}};
        received_.changes.push_back(std::move(change));
        received_.worth_telling = true;
    }

    /// A component that says what the series says is none: who declines one instance and then
    /// everything would leave it behind.
    void drop_needless() {
        if (object_.master() == nullptr) return;
        std::set<InstanceKey> needless;
        for (const auto& key : touched_)
            if (meaning_of(*object_.override_of(key)) == meaning_of(object_.derive(key)))
                needless.insert(key);
        if (needless.empty()) return;
        object_.remove_if([&](const std::optional<InstanceKey>& key, const ical::Part&) {
            return key && needless.contains(*key);
        });
    }

    const Series& reply_;
    Series& object_;
    const Addresses& sender_;
    const Moment& moment_;
    std::set<InstanceKey> touched_;
    Received received_;
};

/// Whether one of `who` attends an instance at least.
bool is_invited(const Series& object, const Addresses& who) {
    if (who.empty()) return false;
    const auto components = object.components();
    return std::ranges::any_of(
        components, [&](const ical::Part* each) { return attendee_line(*each, who) != nullptr; });
}

/// In whose place the sender answers.
Addresses delegators_of(const Series& reply, const Addresses& sender) {
    Addresses delegators;
    for (const auto* each : reply.components()) {
        const auto* from = attendee_line(*each, sender);
        if (from == nullptr) continue;
        for (const auto& address : parameter_values(*from, "DELEGATED-FROM"))
            delegators.add(address);
    }
    return delegators;
}

Method method_of(const Series& message) {
    const auto method = method_named(message.calendar().value("METHOD"));
    if (method == Method::reply || method == Method::counter || method == Method::refresh)
        return *method;
    throw Refused(Rule::valid_message, "an attendee sends REPLY, COUNTER or REFRESH");
}

}  // namespace

Received receive_from_attendee(std::string_view message, std::string_view mine,
                               const Addresses& sender, const Moment& moment) {
    const Series reply{message};
    Series object{mine};
    const auto method = method_of(reply);
    if (meeting_of(reply.calendar()).uid != meeting_of(object.calendar()).uid)
        throw Refused(Rule::valid_message, "the message is about another meeting");
    if (!is_invited(object, sender) && !is_invited(object, delegators_of(reply, sender)))
        throw Refused(Rule::valid_message, "its sender is not invited");
    if (method != Method::reply) return {.worth_telling = method == Method::counter};

    const auto before = object.text();
    auto received = Application{reply, object, sender, moment}.apply();
    auto after = object.text();
    if (after == before) return {};
    received.outcome = Outcome::stored;
    received.data = std::move(after);
    return received;
}

}  // namespace kalends::itip
