#pragma once
// What of a calendar object is shown to those who are not its owner: the property
// X-CALENDARSERVER-ACCESS and what it leaves. calendarserver caldav-privateevents 4.1, 4.2.2.

#include "ical/lines.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kalends::ical {

/// The values of the property. calendarserver caldav-privateevents 4.1.2.
enum class AccessClass : std::uint8_t {
    is_public,     ///< others see all
    restricted,    ///< … the times, summary and location
    confidential,  ///< … the times
    is_private,    ///< … nothing
};

inline constexpr std::string_view access_property = "X-CALENDARSERVER-ACCESS";

/// "PUBLIC", "RESTRICTED", "CONFIDENTIAL", "PRIVATE".
std::string_view name_of(AccessClass access);

/// Nothing for a value that is none of these.
std::optional<AccessClass> access_named(std::string_view value);

/// What the calendar itself says; nothing if it doesn't say. A value that nobody knows counts as
/// is_private.
std::optional<AccessClass> access_of(const Component& calendar);

/// What others see of `bytes`, which `calendar` was parsed from: the components and properties that
/// the class leaves, each line as it is stored. Empty for is_private.
std::string reduced(std::string_view bytes, const Component& calendar, AccessClass access);

/// `bytes` with the property, which they don't have yet.
std::string with_access(std::string_view bytes, const Component& calendar, AccessClass access);

/// What a digest (digest.hpp) ends in, so that nobody has to parse an object to know for whom it
/// is; empty where the calendar doesn't say.
std::string_view access_mark(const Component& calendar);

/// What a digest says of that; nothing if the calendar doesn't say.
std::optional<AccessClass> access_in(std::string_view digest);

}  // namespace kalends::ical
