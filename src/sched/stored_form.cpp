#include "sched/stored_form.hpp"

#include "base/hash.hpp"
#include "ical/digest.hpp"

namespace kalends::sched {
namespace {

/// Nothing for what is a candidate of every range.
std::optional<store::TimeBounds> bounds_of(const ical::TimeDigest& digest) {
    const auto seconds = [](ical::UtcTime moment) { return moment.time_since_epoch().count(); };
    if (digest.first_start <= ical::beginning_of_time && digest.last_end >= ical::end_of_time)
        return std::nullopt;
    const auto widening =
        digest.floating ? std::chrono::seconds(ical::digest_widening).count() : std::int64_t{0};
    return store::TimeBounds{seconds(digest.first_start) - widening,
                             seconds(digest.last_end) + widening, digest.recurs};
}

}  // namespace

store::PutObject stored_form(std::string data, const ical::Component& calendar,
                             const ical::CalendarObject& object) {
    ical::Budget budget;
    auto digest = ical::digest(calendar, budget);
    store::PutObject stored;
    stored.uid = object.uid;
    stored.component = object.component;
    stored.etag = hash::fingerprint(data);
    stored.time = bounds_of(digest);
    stored.digest = std::move(digest.text);
    stored.data = std::move(data);
    return stored;
}

store::PutObject stored_form(std::string data) {
    const auto calendar = ical::parse(data);
    return stored_form(std::move(data), calendar, ical::inspect(calendar));
}

}  // namespace kalends::sched
