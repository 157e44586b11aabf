#include "base/text.hpp"
#include "ical/recurrence.hpp"
#include "itip/address.hpp"
#include "itip/attendance_private.hpp"
#include "itip/component_private.hpp"
#include "itip/difference_private.hpp"
#include "itip/meeting.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <vector>

namespace kalends::itip {
namespace {

using namespace std::chrono;

/// What says nothing about the meeting, or is told under another name. TRANSP is everybody's own.
constexpr std::array<std::string_view, 10> ignored = {
    "CREATED",       "DTEND",         "DTSTAMP",  "DUE",    "DURATION",
    "LAST-MODIFIED", "RECURRENCE-ID", "SEQUENCE", "TRANSP", "UID"};

constexpr std::array<std::string_view, 6> of_attendee = {"CUTYPE", "DELEGATED-FROM", "DELEGATED-TO",
                                                         "MEMBER", "PARTSTAT",       "ROLE"};

/// By which attendees answer.
constexpr std::array<std::string_view, 3> answers = {"DELEGATED-FROM", "DELEGATED-TO", "PARTSTAT"};

template <class Names> bool is_in(const Names& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// A fact: whose (an attendee's address, else empty), the parameter (empty: the value), and what it
/// says.
struct Fact {
    std::string whose;
    std::string parameter;
    std::string says;
    friend auto operator<=>(const Fact&, const Fact&) = default;  // NOLINT(modernize-use-nullptr)
};
using Facts = std::set<Fact>;
using Shape = std::map<std::string, Facts>;  // by property

class Reader {
public:
    Reader(const Of& of, Detail detail) : of_(of), detail_(detail) {}

    Shape read() {
        for (const auto& line : of_.component.lines)
            if (!is_in(ignored, line.name()) && is_shared_property(line.name())) note(line);
        note_end();
        return std::move(shape_);
    }

private:
    void note(const ical::Line& line) {
        auto& facts = shape_[line.name()];
        if (line.name() == "ATTENDEE") {
            auto address = canonical(line.value());
            note_parameters(facts, line, address);
            note_agent(facts, line, address);
            facts.insert({std::move(address), {}, {}});
        } else if (line.name() == "ORGANIZER") {
            note_parameters(facts, line, {});
            facts.insert({{}, {}, canonical(line.value())});
        } else {
            note_parameters(facts, line, {});
            note_value(facts, line);
        }
    }

    void note_value(Facts& facts, const ical::Line& line) const {
        if (line.name() == "EXDATE" || line.name() == "RDATE") {
            for (const auto value : text::split(line.value(), ','))
                if (!text::trim(value).empty()) facts.insert({{}, {}, date(line, value)});
        } else if (line.name() == "DTSTART") {
            facts.insert({{}, {}, date(line, line.value())});
        } else if (line.name() == "RRULE" || line.name() == "EXRULE") {
            facts.insert({{}, {}, rule(line.value())});
        } else {
            facts.insert({{}, {}, std::string(text::trim(line.value()))});
        }
    }

    [[nodiscard]] std::string date(const ical::Line& line, std::string_view value) const {
        const auto slash = value.find('/');
        auto says = format(of_.series.key_of(line, value));
        if (slash != std::string_view::npos) says += value.substr(slash);
        return says;
    }

    static std::string rule(const std::string& value) {
        try {
            return ical::format(ical::parse_rule(value));
        } catch (const ical::ValueError&) {
            return value;
        }
    }

    void note_parameters(Facts& facts, const ical::Line& line, const std::string& whose) const {
        // The zone of an EXDATE is a matter of spelling.
        if (line.name() == "EXDATE" || line.name() == "RDATE") return;
        for (const auto& each : line.property().parameters) {
            if (!counts(line.name(), each.name)) continue;
            std::string says;
            for (const auto& value : each.values) says.append(value).append(",");
            if (each.name == "PARTSTAT") says = partstat_of(line);
            if (each.name == "PARTSTAT" && says == "NEEDS-ACTION") continue;  // as if absent
            facts.insert({whose, each.name, std::move(says)});
        }
    }

    /// Whom the server invites is worth a message: others may see his answers come.
    void note_agent(Facts& facts, const ical::Line& line, const std::string& whose) const {
        if (detail_ != Detail::all && agent_of(line.property()) != Agent::server)
            facts.insert({whose, "SCHEDULE-AGENT", "other"});
    }

    [[nodiscard]] bool counts(const std::string& property, const std::string& parameter) const {
        if (!is_shared_parameter(parameter) || parameter == asked_parameter) return false;
        if (property == "ORGANIZER") return parameter.starts_with("X-") || parameter == "SENT-BY";
        if (property != "ATTENDEE" || detail_ == Detail::all) return true;
        if (detail_ == Detail::asked && is_in(answers, parameter)) return false;
        return parameter.starts_with("X-") || is_in(of_attendee, parameter);
    }

    void note_end() {
        const auto times = times_of(of_);
        if (!times.end) return;
        auto& facts = shape_[of_.component.name == "VTODO" ? "DUE" : "DTEND"];
        facts.insert({{}, {}, format(*times.end)});
    }

    const Of& of_;
    Detail detail_;
    Shape shape_;
};

void compare(const std::string& property, const Facts& a, const Facts& b, Difference& result) {
    if (a == b) return;
    result.properties.insert(property);
    std::vector<Fact> changed;
    std::ranges::set_symmetric_difference(a, b, std::back_inserter(changed));
    const auto whole = [](const Facts& facts, const std::string& whose) {
        return whose.empty() || facts.contains({whose, {}, {}});
    };
    for (const auto& each : changed)
        if (!each.parameter.empty() && whole(a, each.whose) && whole(b, each.whose))
            result.parameters.insert(property + ";" + each.parameter);
}

/// RRULE, RDATE and EXRULE as written, for whether they are the same.
std::multiset<std::string> rules_of(const ical::Part& master) {
    std::multiset<std::string> rules;
    for (const auto& line : master.lines)
        if (line.name() == "RRULE" || line.name() == "RDATE" || line.name() == "EXRULE")
            rules.insert(line.name() + ":" + line.value());
    return rules;
}

bool is_endless(const ical::Part& master) {
    return std::ranges::any_of(master.lines, [](const ical::Line& line) {
        if (line.name() != "RRULE") return false;
        const auto value = text::upper_ascii(line.value());
        return value.find("UNTIL=") == std::string::npos &&
               value.find("COUNT=") == std::string::npos;
    });
}

constexpr std::size_t max_compared = 3000;
constexpr std::array<years, 3> windows = {years{1}, years{5}, years{50}};

/// Whether, in that window, there is an instance of `after` that `before` has not.
bool adds_in(const Series& before, const Series& after, years window, ical::Budget& budget) {
    const auto from = std::min(before.start()->start, after.start()->start);
    const auto to =
        std::min<ical::UtcTime>(from + duration_cast<seconds>(window), ical::end_of_time);
    const auto old = before.instances(from, to, budget, max_compared);
    const auto now = after.instances(from, to, budget, max_compared);
    return !std::ranges::includes(old, now);
}

}  // namespace

Difference difference(const Of& before, const Of& after, Detail detail) {
    const auto old = Reader(before, detail).read();
    const auto now = Reader(after, detail).read();
    static const Facts none;
    Difference result;
    for (const auto& [property, facts] : old) {
        const auto found = now.find(property);
        compare(property, facts, found == now.end() ? none : found->second, result);
    }
    for (const auto& [property, facts] : now)
        if (!old.contains(property)) compare(property, none, facts, result);
    return result;
}

Times times_of(const Of& of) {
    Times times;
    if (const auto* start = of.component.line("DTSTART"))
        times.start = of.series.key_of(*start, start->value());
    for (const auto* name : {"DTEND", "DUE"})
        if (const auto* end = of.component.line(name))
            times.end = of.series.key_of(*end, end->value());
    if (times.end || !times.start) return times;
    const auto duration = ical::parse_duration(text::trim(of.component.value("DURATION")));
    if (duration) {
        times.end = times.start;
        times.end->start += duration->flat();
    } else if (times.start->is_date && of.component.name == "VEVENT") {
        times.end = times.start;
        times.end->start += days{1};
    }
    return times;
}

bool adds_instances(const Series& before, const Series& after, ical::Budget& budget) {
    if (!after.recurs()) return before.recurs();
    if (!before.recurs() || !before.start() || !after.start()) return true;
    if (is_endless(*after.master()) && !is_endless(*before.master())) return true;
    const auto same_dates =
        before.start() == after.start() && before.excluded() == after.excluded();
    if (same_dates && rules_of(*before.master()) == rules_of(*after.master())) return false;
    for (const auto window : windows) {
        try {
            if (adds_in(before, after, window, budget)) return true;
        } catch (const ical::TooExpensive&) {
            return false;  // the same as far as one could see
        }
    }
    return false;
}

std::set<InstanceKey> existing(const Series& series, const std::set<InstanceKey>& keys,
                               ical::Budget& budget) {
    constexpr std::size_t few = 50;
    constexpr std::size_t many = 200'000;
    std::set<InstanceKey> found;
    if (keys.empty() || series.master() == nullptr) return found;
    if (keys.size() <= few) {
        for (const auto& key : keys)
            if (series.has_instance(key, budget)) found.insert(key);
        return found;
    }
    const auto all = series.instances(keys.begin()->start, keys.rbegin()->start + 1s, budget, many);
    std::ranges::set_intersection(all, keys, std::inserter(found, found.end()));
    return found;
}

Change change_of(const std::optional<InstanceKey>& key, const Difference& difference) {
    Change change;
    if (key) change.recurrence_id = format(*key);
    change.properties.assign(difference.properties.begin(), difference.properties.end());
    change.parameters.assign(difference.parameters.begin(), difference.parameters.end());
    return change;
}

}  // namespace kalends::itip
