#include "sched/busy.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "directory/rights.hpp"
#include "ical/availability.hpp"
#include "itip/meeting.hpp"

namespace kalends::sched {
namespace {

constexpr std::string_view caldav = "urn:ietf:params:xml:ns:caldav";
constexpr std::string_view calendarserver = "http://calendarserver.org/ns/";

constexpr std::size_t page = 5000;

/// Availability was checked when it was set. If it can't be read any more (by a later version, with
/// other tzdata), the calendars still say much.
void add_availability(ical::FreeBusy& busy, const std::string& text, const ical::Zone& floating,
                      ical::Budget& budget) {
    try {
        ical::add_availability(busy, ical::parse(text), floating, budget);
    } catch (const ical::ParseError& error) {
        log(Level::warning, "sched.availability.broken", {{"why", error.what()}});
    } catch (const ical::ValueError& error) {
        log(Level::warning, "sched.availability.broken", {{"why", error.what()}});
    }
}

/// The object has the masked UID already.
bool is_masked(store::Database& db, const store::Collection& calendar, std::string_view name,
               const Mask& mask) {
    const auto object = store::find_object(db, calendar.home, calendar.id, name);
    if (!object) return true;  // deleted meanwhile
    const auto organizer = itip::meeting_of(ical::parse(object->data)).organizer;
    return organizer.empty() ? mask.own : mask.organizer.contains(organizer);
}

}  // namespace

ical::ZonePtr zone_of(const store::Principal& owner, std::string_view otherwise) {
    if (auto zone = ical::system_zone(owner.time_zone)) return zone;
    auto zone = ical::system_zone(otherwise);
    return zone ? zone : ical::Zone::utc();
}

ical::ZonePtr zone_of(const store::Collection& calendar, const store::Principal& owner,
                      std::string_view otherwise) {
    if (const auto* id = calendar.property(caldav, "calendar-timezone-id"))
        if (auto zone = ical::system_zone(id->text)) return zone;
    if (const auto* timezone = calendar.property(caldav, "calendar-timezone")) {
        try {
            return ical::zone_of_calendar_timezone(timezone->text);
        } catch (const std::runtime_error&) {
            return ical::Zone::utc();  // it was checked when it was set; tzdata may have changed
        }
    }
    return zone_of(owner, otherwise);
}

void add_calendar(ical::FreeBusy& busy, store::Database& db, const store::Collection& calendar,
                  const ical::Zone& floating, ical::Budget& budget, const Counts& counts) {
    const auto seconds = [](ical::UtcTime moment) { return moment.time_since_epoch().count(); };
    store::Candidates candidates;
    // Of any component: VFREEBUSY counts too, and the digest of a task has no busy time.
    candidates.overlapping.emplace(seconds(busy.from()), seconds(busy.to()));
    store::ObjectScan scan(db, calendar.home, calendar.id, candidates);
    const auto add = [&](const store::ObjectView& row) {
        if (counts(row)) busy.add_digest(row.digest, floating, budget);
    };
    while (scan.next(page, add)) {
    }
}

bool is_opaque(const store::Collection& calendar) {
    const auto* transparency = calendar.property(caldav, "schedule-calendar-transp");
    // <C:transparent/> or <C:opaque/> stands in it.
    return transparency == nullptr || transparency->xml.find("transparent") == std::string::npos;
}

std::optional<std::string> availability_of(const store::Home& home) {
    const auto inbox = home.scheduling(store::CollectionKind::inbox);
    if (!inbox) return std::nullopt;
    for (const auto ns : {caldav, calendarserver})
        if (const auto* property = inbox->property(ns, "calendar-availability"))
            return property->text;
    return std::nullopt;
}

ical::FreeBusy busy_of(store::Database& db, const store::Home& home, ical::UtcTime from,
                       ical::UtcTime to, const BusyOptions& options, ical::Budget& budget) {
    ical::FreeBusy busy(from, to);
    for (const auto& collection : home.collections) {
        if (collection->kind != store::CollectionKind::calendar || !is_opaque(*collection))
            continue;
        const auto counts = [&](const store::ObjectView& row) {
            return options.mask.uid.empty() || row.uid != options.mask.uid ||
                   !is_masked(db, *collection, row.name, options.mask);
        };
        const auto zone = zone_of(*collection, home.principal, options.default_zone);
        add_calendar(busy, db, *collection, *zone, budget, counts);
    }
    if (options.availability)
        add_availability(busy, *options.availability,
                         *zone_of(home.principal, options.default_zone), budget);
    return busy;
}

bool may_query_free_busy(const store::Principal& asker, const store::Home& home) {
    const auto inbox = home.scheduling(store::CollectionKind::inbox);
    return inbox &&
           (directory::rights_of(&asker, home, *inbox) & access::schedule_query_freebusy) != 0;
}

}  // namespace kalends::sched
