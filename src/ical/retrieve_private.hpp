#pragma once

#include "ical/retrieve.hpp"

namespace kalends::ical {

/// RFC 4791 9.6.5: the object with its instances in `range` instead of its recurrence set.
std::string expand(std::string_view bytes, const Component& calendar, const TimeRange& range,
                   const FilterContext& context, std::size_t max_instances);

}  // namespace kalends::ical
