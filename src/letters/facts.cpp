#include "letters/facts.hpp"

#include "base/text.hpp"
#include "ical/lines.hpp"
#include "itip/address.hpp"

#include <algorithm>

namespace kalends::letters {
namespace {

using ical::Component;
using ical::Property;

std::string text_in(const Component& component, std::string_view name) {
    const auto* line = component.property(name);
    return line == nullptr ? "" : ical::unescape_text(line->value);
}

Person person_of(const Property& line) {
    Person person;
    person.address = itip::mail_of(line.value);
    if (person.address.empty()) person.address = line.value;
    const auto* name = line.parameter("CN");
    person.name = name == nullptr || name->empty() ? person.address : *name;
    if (const auto* partstat = line.parameter("PARTSTAT")) person.partstat = *partstat;
    const auto* role = line.parameter("ROLE");
    person.is_optional = role != nullptr && text::iequals(*role, "OPT-PARTICIPANT");
    return person;
}

/// Reads the times of one VCALENDAR.
class Clock {
public:
    Clock(const Component& calendar, const ical::Zone* zone) : zones_(calendar), zone_(zone) {}

    /// The value in local time of the zone of `of`: both ends of a meeting are told on one clock.
    /// The name of that zone in `zone`.
    [[nodiscard]] ical::LocalTime local(const Property& line, const Property& of,
                                        std::string* zone = nullptr) const {
        const auto written = ical::parse_date_or_time(line.value);
        if (!written) throw ical::ValueError("\"" + text::printable(line.value) + "\" is no time");
        if (written->is_date || is_floating(line, *written)) return written->local;
        const auto* shown = zone_of(of);
        if (zone != nullptr) *zone = shown->name();
        return shown->to_local(ical::moment_of(line, zones_, *ical::Zone::utc()));
    }
    [[nodiscard]] ical::LocalTime local(const Property& line, std::string* zone = nullptr) const {
        return local(line, line, zone);
    }

    [[nodiscard]] std::optional<When> when(const Component& component) const {
        const auto* start = component.property("DTSTART");
        const auto* due = component.property("DUE");
        if (start == nullptr) start = due;
        if (start == nullptr) return std::nullopt;
        When when;
        when.start = local(*start, &when.zone);
        when.is_date = ical::parse_date(start->value).has_value();
        when.end = end(component, *start, when);
        return when;
    }

    [[nodiscard]] When at(const Property& recurrence_id) const {
        When when;
        when.start = local(recurrence_id, &when.zone);
        when.end = when.start;
        when.is_date = ical::parse_date(recurrence_id.value).has_value();
        return when;
    }

    /// UNTIL as the people of the meeting say it.
    void localize(ical::Rule& rule, const Property& start) const {
        if (!rule.until || !rule.until->is_utc) return;
        const auto moment = ical::UtcTime{rule.until->local.time_since_epoch()};
        rule.until->local = zone_of(start)->to_local(moment);
        rule.until->is_utc = false;
    }

private:
    [[nodiscard]] bool is_floating(const Property& line, const ical::DateOrTime& written) const {
        const auto* tzid = line.parameter("TZID");
        return !written.is_utc && (tzid == nullptr || zones_.find(*tzid) == nullptr);
    }

    [[nodiscard]] const ical::Zone* zone_of(const Property& line) const {
        if (zone_ != nullptr) return zone_;
        const auto* tzid = line.parameter("TZID");
        const auto* zone = tzid == nullptr ? nullptr : zones_.find(*tzid);
        return zone == nullptr ? ical::Zone::utc().get() : zone;
    }

    [[nodiscard]] ical::LocalTime end(const Component& component, const Property& start,
                                      const When& when) const {
        for (const auto* name : {"DTEND", "DUE"})
            if (const auto* line = component.property(name))
                return std::max(local(*line, start), when.start);
        if (const auto* line = component.property("DURATION")) {
            const auto length = ical::parse_duration(line->value).value_or(ical::Duration{});
            return std::max(when.start + length.days + length.time, when.start);
        }
        const bool is_date = ical::parse_date(start.value).has_value();
        return is_date ? when.start + std::chrono::days{1} : when.start;
    }

    ical::Zones zones_;
    const ical::Zone* zone_;
};

void note_recurrence(Facts& facts, const Component& master, const Clock& clock) {
    const auto rules = master.properties_named("RRULE");
    facts.recurs_otherwise = rules.size() > 1 || master.property("RDATE") != nullptr;
    const auto* start = master.property("DTSTART");
    if (rules.size() != 1 || facts.recurs_otherwise || start == nullptr) return;
    facts.rule = ical::parse_rule(rules.front()->value);
    clock.localize(*facts.rule, *start);
}

}  // namespace

Facts facts_of(std::string_view message, const ical::Zone* zone) {
    const auto calendar = ical::parse(message);
    const Clock clock(calendar, zone);
    Facts facts;
    if (const auto* method = calendar.property("METHOD"))
        facts.method = itip::method_named(method->value).value_or(itip::Method::request);
    const Component* about = nullptr;
    for (const auto& each : calendar.components) {
        if (each.name == "VTIMEZONE") continue;
        const auto* instance = each.property("RECURRENCE-ID");
        if (about == nullptr || instance == nullptr) about = &each;
        if (instance != nullptr) facts.instances.push_back(clock.at(*instance));
    }
    if (about == nullptr) return facts;
    if (about->property("RECURRENCE-ID") == nullptr) facts.instances.clear();

    facts.title = text_in(*about, "SUMMARY");
    facts.place = text_in(*about, "LOCATION");
    facts.description = text_in(*about, "DESCRIPTION");
    facts.comment = text_in(*about, "COMMENT");
    facts.is_cancelled = text::iequals(text_in(*about, "STATUS"), "CANCELLED");
    if (const auto* organizer = about->property("ORGANIZER"))
        facts.organizer = person_of(*organizer);
    for (const auto* attendee : about->properties_named("ATTENDEE"))
        facts.attendees.push_back(person_of(*attendee));
    facts.when = clock.when(*about);
    note_recurrence(facts, *about, clock);
    return facts;
}

}  // namespace kalends::letters
