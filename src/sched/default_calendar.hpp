#pragma once
// Into which calendar of a home a new meeting goes. RFC 6638 9.2.

#include "store/home.hpp"

#include <string_view>

namespace kalends::sched {

/// The calendar that schedule-default-calendar-URL names; nullptr where nobody has set it, or there
/// is none any more. RFC 6638 9.2.
store::CollectionPtr chosen_calendar(const store::Home& home);

/// Where a new object of that component goes: chosen_calendar(), else the first
/// calendar of the home that takes it; nullptr where there is none. RFC 6638 9.2.
store::CollectionPtr default_calendar(const store::Home& home, unsigned component);

/// Of the inbox; its content is the address of a calendar in the same home. RFC 6638 9.2.
inline constexpr std::string_view default_calendar_property = "schedule-default-calendar-URL";

}  // namespace kalends::sched
