// Offsets from UTC over all time, and the zones of one calendar object.

#include "ical/zone.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kalends::ical {
namespace {

using namespace std::chrono;

/// 146,097 days, which are also whole weeks: after 400 years the calendar is the same.
constexpr std::int64_t calendar_cycle = 146'097LL * 86'400;

/// Beyond this zones are taken to go on as they are: an hour wrong a century from now moves
/// nobody's query.
constexpr UtcTime far_future{sys_days{year{2100} / January / 1}};

std::size_t count_up_to(const std::vector<std::int64_t>& sorted, std::int64_t value) {
    return static_cast<std::size_t>(std::upper_bound(sorted.begin(), sorted.end(), value) -
                                    sorted.begin());
}

}  // namespace

Zone::Zone(std::string name, seconds initial, std::vector<Transition> transitions, bool repeats)
    : name_(std::move(name)), offsets_{static_cast<std::int32_t>(initial.count())},
      repeats_(repeats && !transitions.empty()) {
    std::stable_sort(transitions.begin(), transitions.end(),
                     [](const Transition& a, const Transition& b) { return a.at < b.at; });
    for (const Transition& transition : transitions) {
        const auto offset = static_cast<std::int32_t>(transition.offset.count());
        const std::int32_t before = offsets_.back();
        const std::int64_t at = transition.at.time_since_epoch().count();
        // Where the clock goes forward, what it skips is read with the offset before; where it goes
        // back, so is what it shows twice. Both end at the later of the two readings of the clock.
        std::int64_t local = at + std::max(before, offset);
        if (!local_from_.empty()) local = std::max(local, local_from_.back());
        utc_from_.push_back(at);
        local_from_.push_back(local);
        offsets_.push_back(offset);
    }
}

std::int64_t Zone::folded(std::int64_t moment, std::int64_t limit) const {
    if (!repeats_ || moment <= limit) return moment;
    return moment - (moment - limit + calendar_cycle - 1) / calendar_cycle * calendar_cycle;
}

seconds Zone::offset_at(UtcTime moment) const {
    if (utc_from_.empty()) return seconds{offsets_.front()};
    const std::int64_t at = folded(moment.time_since_epoch().count(), utc_from_.back());
    return seconds{offsets_[count_up_to(utc_from_, at)]};
}

LocalTime Zone::to_local(UtcTime moment) const {
    return LocalTime{moment.time_since_epoch() + offset_at(moment)};
}

UtcTime Zone::to_utc(LocalTime local) const {
    const std::int64_t digits = local.time_since_epoch().count();
    if (utc_from_.empty()) return UtcTime{seconds{digits - offsets_.front()}};
    const std::int64_t at = folded(digits, local_from_.back());
    return UtcTime{seconds{digits - offsets_[count_up_to(local_from_, at)]}};
}

bool Zone::agrees_with(const Zone& other, UtcTime from, UtcTime to) const {
    if (offset_at(from) != other.offset_at(from)) return false;
    const std::int64_t first = from.time_since_epoch().count();
    const std::int64_t end = std::min(to, std::max(from, far_future)).time_since_epoch().count();
    const auto same_at_changes_of = [&](const Zone& zone) {
        for (std::size_t i = count_up_to(zone.utc_from_, first);
             i < zone.utc_from_.size() && zone.utc_from_[i] < end; ++i) {
            const UtcTime change{seconds{zone.utc_from_[i]}};
            if (offset_at(change) != other.offset_at(change)) return false;
        }
        return true;
    };
    return same_at_changes_of(*this) && same_at_changes_of(other);
}

const ZonePtr& Zone::utc() {
    static const ZonePtr zone =
        std::make_shared<const Zone>("UTC", seconds{0}, std::vector<Transition>{});
    return zone;
}

Zones::Zones(const Component& calendar, const TzData& tzdata)
    : calendar_(calendar), tzdata_(tzdata) {}

const Component* Zones::own(std::string_view tzid) const {
    for (const Component& component : calendar_.components) {
        if (component.name != "VTIMEZONE") continue;
        const Property* name = component.property("TZID");
        // TZID is TEXT: Exchange has "TZID:Pacific Time (US & Canada)\, Tijuana".
        if (name != nullptr && unescape_text(text::trim(name->value)) == text::trim(tzid)) {
            return &component;
        }
    }
    return nullptr;
}

const Zone* Zones::find(std::string_view tzid) const {
    tzid = text::trim(tzid);
    for (const Entry& entry : found_)
        if (entry.tzid == tzid) return entry.zone;

    ZonePtr kept;
    const Zone* known = tzdata_.resolve(tzid);
    if (const Component* vtimezone = own(tzid)) {
        try {
            kept = zone_of(*vtimezone);
        } catch (const ValueError&) {
            if (known == nullptr) throw;
        }
    }
    const Zone* zone = kept ? kept.get() : known;
    found_.push_back({std::string(tzid), zone, std::move(kept)});
    return zone;
}

UtcTime moment_of(const Property& property, const Zones& zones, const Zone& floating) {
    const auto value = parse_date_or_time(text::trim(property.value));
    if (!value)
        throw ValueError("line " + std::to_string(property.line) + ": " + property.name +
                         " is not a date or date-time: " + text::printable(property.value, 80));
    if (value->is_utc) return UtcTime{value->local.time_since_epoch()};
    const std::string* tzid = value->is_date ? nullptr : property.parameter("TZID");
    const Zone* zone = tzid != nullptr ? zones.find(*tzid) : nullptr;
    return (zone != nullptr ? *zone : floating).to_utc(value->local);
}

}  // namespace kalends::ical
