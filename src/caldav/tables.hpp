#pragma once
// What this room brings to the registry.

#include "caldav/calendar_type.hpp"
#include "caldav/scheduling_types.hpp"
#include "dav/live_property.hpp"

#include <array>

namespace kalends::caldav {

/// The types of collections; they live as long as the registry. nullptr: nobody is told of
/// meetings. `outside`: how the free/busy is read that others publish; nothing: it is not.
struct Types {
    explicit Types(sched::Scheduler* scheduler,
                   const std::optional<fetch::Settings>& outside = std::nullopt);
    Types(const Types&) = delete;
    Types& operator=(const Types&) = delete;
    CalendarType calendar;
    InboxType inbox;
    OutboxType outbox;
    std::array<const dav::CollectionType*, 3> all{&calendar, &inbox, &outbox};
};

dav::Tables tables(const Types& types);

}  // namespace kalends::caldav
