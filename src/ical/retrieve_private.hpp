#pragma once

#include "ical/retrieve.hpp"

namespace kalends::ical {

/// RFC 4791 9.6.5: the object with its instances in `range` instead of its recurrence set.
std::string expand(std::string_view bytes, const Component& calendar, const TimeRange& range,
                   const FilterContext& context, std::size_t max_instances);

/// RFC 7809 3.1.3: removes VTIMEZONEs from `calendar` and adds some to it, of the `original` that
/// it is a part of (which was parsed from `bytes`) where that has one, else of tzdata.
void choose_time_zones(Edit& edit, const Component& calendar, TimeZones wanted,
                       std::string_view bytes, const Component& original);

}  // namespace kalends::ical
