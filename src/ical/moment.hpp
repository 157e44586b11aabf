#pragma once
// Moments as people and programs write them in URLs and JSON: RFC 3339.

#include "ical/zone.hpp"

#include <optional>
#include <string_view>

namespace kalends::ical {

/// 2026-01-05T09:00:00Z, with an offset (+01:00), or with neither: then, as a date alone, on the
/// clock of `zone`. The seconds may be left out. Nothing for other text.
std::optional<UtcTime> parse_moment(std::string_view text, const Zone& zone);

}  // namespace kalends::ical
