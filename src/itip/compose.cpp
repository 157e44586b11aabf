#include "itip/component_private.hpp"
#include "itip/compose_private.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace kalends::itip {
namespace {

using Names = std::set<std::string, std::less<>>;

void drop_private_parameters(ical::Line& line) {
    std::vector<std::string> dropped;
    for (const auto& each : line.property().parameters)
        if (!is_shared_parameter(each.name)) dropped.push_back(each.name);
    for (const auto& name : dropped) line.remove_parameter(name);
}

void note_zones(Names& names, const ical::Part& part) {
    for (const auto& line : part.lines)
        if (const auto tzid = line.parameter("TZID"); !tzid.empty()) names.emplace(tzid);
    for (const auto& each : part.parts) note_zones(names, each);
}

}  // namespace

ical::Part as_sent(ical::Part component, const Moment& moment) {
    component.remove_parts("VALARM");
    std::erase_if(component.lines,
                  [](const ical::Line& line) { return !is_shared_property(line.name()); });
    for (auto& line : component.lines) drop_private_parameters(line);
    component.set("DTSTAMP", ical::format_utc(moment.now));
    return component;
}

std::string compose(Method method, const Series& source, std::vector<ical::Part> components,
                    const Moment& moment) {
    ical::Part calendar{.name = "VCALENDAR", .lines = {}, .parts = {}};
    calendar.append("VERSION:2.0");
    calendar.append("PRODID:" + moment.product_id);
    if (const auto* scale = source.calendar().line("CALSCALE")) calendar.lines.push_back(*scale);
    calendar.append("METHOD:" + std::string(name_of(method)));
    Names used;
    for (const auto& each : components) note_zones(used, each);
    for (const auto& each : source.calendar().parts) {
        if (each.name != "VTIMEZONE") continue;
        if (used.contains(ical::unescape_text(each.value("TZID")))) calendar.parts.push_back(each);
    }
    std::ranges::move(components, std::back_inserter(calendar.parts));
    return ical::to_text(calendar);
}

}  // namespace kalends::itip
