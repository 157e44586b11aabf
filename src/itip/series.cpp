// Components are found by the moment that their RECURRENCE-ID means, never by its spelling: clients
// write it in UTC, in a zone of their own, or as the server sent it.
#include "itip/series.hpp"

#include "base/text.hpp"
#include "ical/instances.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>

namespace kalends::itip {
namespace {

using namespace std::chrono;

bool has_instances(std::string_view component) {
    return component != "VTIMEZONE" && !component.starts_with("X-");
}

/// What makes the recurrence set, without the length of an instance.
constexpr std::array<std::string_view, 6> of_recurrence = {"DTSTART", "DUE",    "RRULE",
                                                           "RDATE",   "EXRULE", "EXDATE"};

/// What an instance of its own does not have.
constexpr std::array<std::string_view, 4> of_master_alone = {"RRULE", "RDATE", "EXRULE", "EXDATE"};

template <class Names> bool is_in(const Names& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

ical::DateOrTime read(const ical::Line& line, std::string_view value) {
    value = text::trim(value);
    if (auto date = ical::parse_date_or_time(value)) return *date;
    if (const auto period = ical::parse_period(value)) return period->start;
    throw ical::ValueError(line.name() +
                           " is not a date or date-time: " + text::printable(value, 80));
}

ical::LocalTime digits(ical::UtcTime moment) { return ical::LocalTime{moment.time_since_epoch()}; }
ical::UtcTime as_if_utc(ical::LocalTime local) { return ical::UtcTime{local.time_since_epoch()}; }

void note_zones(std::set<std::string, std::less<>>& names, const ical::Part& part) {
    for (const auto& line : part.lines)
        if (const auto tzid = line.parameter("TZID"); !tzid.empty()) names.emplace(tzid);
    for (const auto& each : part.parts)
        if (each.name != "VTIMEZONE") note_zones(names, each);
}

std::string tzid_of(const ical::Part& vtimezone) {
    return ical::unescape_text(vtimezone.value("TZID"));
}

}  // namespace

/// The VTIMEZONEs as Zones wants them; it keeps a reference, so they stay where they are.
struct Series::ZoneTable {
    explicit ZoneTable(ical::Component vtimezones)
        : calendar(std::move(vtimezones)), zones(calendar) {}
    ical::Component calendar;
    ical::Zones zones;
};

Series::Series(std::string_view bytes) {
    ical::Component tree = ical::parse(bytes);
    calendar_ = ical::part_of(tree, bytes);
    std::erase_if(tree.components,
                  [](const ical::Component& each) { return each.name != "VTIMEZONE"; });
    zones_ = std::make_shared<const ZoneTable>(std::move(tree));
    index();
    (void)start();  // throws
}

void Series::index() {
    kind_.clear();
    master_.reset();
    overrides_.clear();
    for (std::size_t i = 0; i < calendar_.parts.size(); ++i) {
        const auto& part = calendar_.parts[i];
        if (kind_.empty() && has_instances(part.name)) kind_ = part.name;
        if (kind_.empty() || part.name != kind_) continue;
        if (const auto key = key_of(part))
            overrides_.emplace(*key, i);
        else if (!master_)
            master_ = i;
    }
}

// ---- finding

std::vector<ical::Part*> Series::components() {
    std::vector<ical::Part*> found;
    found.reserve(calendar_.parts.size());
    for (auto& each : calendar_.parts)
        if (!kind_.empty() && each.name == kind_) found.push_back(&each);
    return found;
}

std::vector<const ical::Part*> Series::components() const {
    std::vector<const ical::Part*> found;
    found.reserve(calendar_.parts.size());
    for (const auto& each : calendar_.parts)
        if (!kind_.empty() && each.name == kind_) found.push_back(&each);
    return found;
}

ical::Part* Series::master() { return master_ ? &calendar_.parts[*master_] : nullptr; }
const ical::Part* Series::master() const { return master_ ? &calendar_.parts[*master_] : nullptr; }

ical::Part* Series::override_of(const InstanceKey& key) {
    const auto found = overrides_.find(key);
    return found == overrides_.end() ? nullptr : &calendar_.parts[found->second];
}

const ical::Part* Series::override_of(const InstanceKey& key) const {
    const auto found = overrides_.find(key);
    return found == overrides_.end() ? nullptr : &calendar_.parts[found->second];
}

ical::Part* Series::component_of(const std::optional<InstanceKey>& key) {
    return key ? override_of(*key) : master();
}

const ical::Part* Series::component_of(const std::optional<InstanceKey>& key) const {
    return key ? override_of(*key) : master();
}

std::vector<InstanceKey> Series::overrides() const {
    std::vector<InstanceKey> keys;
    keys.reserve(overrides_.size());
    for (const auto& each : overrides_) keys.push_back(each.first);
    return keys;
}

std::optional<InstanceKey> Series::key_of(const ical::Part& component) const {
    const auto* id = component.line("RECURRENCE-ID");
    if (id == nullptr) return std::nullopt;
    return key_of(*id, id->value());
}

InstanceKey Series::key_of(const ical::Line& line, std::string_view value) const {
    const auto when = read(line, value);
    if (when.is_date) return {as_if_utc(when.local), true, false};
    if (when.is_utc) return {as_if_utc(when.local), false, false};
    const auto* zone = zone_of(line);
    if (zone == nullptr) return {as_if_utc(when.local), false, true};
    return {zone->to_utc(when.local), false, false};
}

const ical::Zone* Series::zone_of(const ical::Line& line) const {
    const auto tzid = line.parameter("TZID");
    return tzid.empty() ? nullptr : zones_->zones.find(tzid);
}

const ical::Line* Series::start_line() const {
    const auto* component = master();
    if (component == nullptr) return nullptr;
    const auto* line = component->line("DTSTART");
    return line != nullptr ? line : component->line("DUE");
}

std::optional<InstanceKey> Series::start() const {
    const auto* line = start_line();
    if (line == nullptr) return std::nullopt;
    return key_of(*line, line->value());
}

// ---- recurrence

bool Series::recurs() const {
    const auto* component = master();
    return component != nullptr &&
           (component->line("RRULE") != nullptr || component->line("RDATE") != nullptr);
}

/// The master reduced to its recurrence: each instance is where it starts.
ical::Component Series::probe() const {
    ical::Part reduced{.name = kind_, .lines = {}, .parts = {}};
    for (const auto& line : master()->lines)
        if (is_in(of_recurrence, line.name())) reduced.lines.push_back(line);
    if (reduced.line("DTSTART") != nullptr) reduced.remove("DUE");
    auto component = ical::parse(ical::to_text(reduced));
    auto calendar = zones_->calendar;
    calendar.components.push_back(std::move(component));
    return calendar;
}

std::vector<InstanceKey> Series::instances(ical::UtcTime from, ical::UtcTime to,
                                           ical::Budget& budget, std::size_t max_instances) const {
    std::vector<InstanceKey> found;
    const auto first = start();
    if (!first) return found;
    // The row of a VTODO that is only due leaves `from` itself out: RFC 4791 9.9.
    const auto all =
        ical::instances(probe(), from - 1s, to, *ical::Zone::utc(), budget, max_instances);
    found.reserve(all.size());
    for (const auto& each : all)
        if (each.recurrence_id_utc >= from && each.recurrence_id_utc < to)
            found.push_back({each.recurrence_id_utc, first->is_date, first->floating});
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

bool Series::has_instance(const InstanceKey& key, ical::Budget& budget) const {
    constexpr std::size_t more_than_there_are = 10;
    const auto found = instances(key.start, key.start + 1s, budget, more_than_there_are);
    return std::ranges::find(found, key) != found.end();
}

std::set<InstanceKey> Series::excluded() const {
    std::set<InstanceKey> keys;
    if (master() == nullptr) return keys;
    for (const auto& line : master()->lines) {
        if (line.name() != "EXDATE") continue;
        for (const auto value : text::split(line.value(), ','))
            if (!text::trim(value).empty()) keys.insert(key_of(line, value));
    }
    return keys;
}

bool Series::is_excluded(const InstanceKey& key) const { return excluded().contains(key); }

// ---- changing

ical::Part Series::derive(const InstanceKey& key) const {
    ical::Part component = *master();
    std::erase_if(component.lines,
                  [](const ical::Line& line) { return is_in(of_master_alone, line.name()); });
    component.append("RECURRENCE-ID" + written(key));
    const auto from = start();
    if (!from) return component;
    for (auto& line : component.lines) {
        if (line.name() != "DTSTART" && line.name() != "DTEND" && line.name() != "DUE") continue;
        auto when = key_of(line, line.value());
        when.start += key.start - from->start;
        line = ical::Line(line.name() + written_as(line, when));
    }
    return component;
}

std::string Series::written_as(const ical::Line& form, const InstanceKey& key) const {
    const auto local = digits(key.start);
    if (key.is_date) return ";VALUE=DATE:" + ical::format_date(local);
    if (key.floating) return ":" + ical::format(ical::DateOrTime{local, false, false});
    const auto* zone = zone_of(form);
    if (zone == nullptr || text::trim(form.value()).ends_with('Z'))
        return ":" + ical::format_utc(key.start);
    ical::Property property{.name = {},
                            .parameters = {{"TZID", {std::string(form.parameter("TZID"))}}},
                            .value = ical::format({zone->to_local(key.start), false, false})};
    return ical::to_line(property);
}

std::string Series::written(const InstanceKey& key) const {
    const auto* form = start_line();
    if (form != nullptr) return written_as(*form, key);
    return (key.is_date ? ";VALUE=DATE:" : ":") + format(key);
}

void Series::put(ical::Part component) {
    const auto key = key_of(component);
    if (auto* there = component_of(key)) {
        *there = std::move(component);
        return;
    }
    if (kind_.empty()) kind_ = component.name;
    if (key)
        overrides_.emplace(*key, calendar_.parts.size());
    else
        master_ = calendar_.parts.size();
    calendar_.parts.push_back(std::move(component));
}

void Series::remove_if(const Choice& unwanted) {
    std::erase_if(calendar_.parts, [&](const ical::Part& each) {
        return !kind_.empty() && each.name == kind_ && unwanted(key_of(each), each);
    });
    index();
}

void Series::remove_override(const InstanceKey& key) {
    remove_if(
        [&](const std::optional<InstanceKey>& each, const ical::Part&) { return each == key; });
}

void Series::exclude(const InstanceKey& key) { exclude(std::set<InstanceKey>{key}); }

void Series::exclude(const std::set<InstanceKey>& keys) {
    if (master() == nullptr || keys.empty()) return;
    const auto there = excluded();
    for (const auto& key : keys)
        if (!there.contains(key)) master()->append("EXDATE" + written(key));
}

void Series::readmit(const std::set<InstanceKey>& keys) {
    if (master() == nullptr || keys.empty()) return;
    auto& lines = master()->lines;
    std::erase_if(lines, [&](ical::Line& line) {
        if (line.name() != "EXDATE") return false;
        std::string left;
        for (const auto value : text::split(line.value(), ',')) {
            if (text::trim(value).empty() || keys.contains(key_of(line, value))) continue;
            left.append(left.empty() ? "" : ",").append(value);
        }
        if (left.empty()) return true;
        line.set_value(left);
        return false;
    });
}

// ---- zones

void Series::adopt_zones(const Series& other) {
    ical::Component merged = zones_->calendar;
    std::set<std::string, std::less<>> known;
    for (const auto& each : calendar_.parts)
        if (each.name == "VTIMEZONE") known.insert(tzid_of(each));
    std::vector<ical::Part> missing;
    for (const auto& each : other.calendar_.parts)
        if (each.name == "VTIMEZONE" && known.insert(tzid_of(each)).second) missing.push_back(each);
    if (missing.empty()) return;
    for (const auto& each : other.zones_->calendar.components) merged.components.push_back(each);
    zones_ = std::make_shared<const ZoneTable>(std::move(merged));
    calendar_.parts.insert(calendar_.parts.begin(), std::make_move_iterator(missing.begin()),
                           std::make_move_iterator(missing.end()));
    index();
}

void Series::drop_unused_zones() {
    std::set<std::string, std::less<>> used;
    for (const auto& each : calendar_.parts)
        if (each.name != "VTIMEZONE") note_zones(used, each);
    const auto dropped = std::erase_if(calendar_.parts, [&](const ical::Part& each) {
        return each.name == "VTIMEZONE" && !used.contains(tzid_of(each));
    });
    if (dropped > 0) index();
}

std::string format(const InstanceKey& key) {
    const auto local = digits(key.start);
    return ical::format(ical::DateOrTime{local, key.is_date, !key.is_date && !key.floating});
}

}  // namespace kalends::itip
