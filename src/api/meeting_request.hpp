#pragma once
// The body of POST /api/v1/meeting-times, checked. docs/api.md describes it.

#include "json/json.hpp"
#include "sched/meeting_times.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace kalends::api {

/// Nothing in it: any time is as good.
using Hours = std::optional<sched::WorkingWeek>;

struct AskedPerson {
    std::string who;  ///< a login or an address
    bool required = true;
    std::string free_busy_url;   ///< empty: none is given
    ical::ZonePtr zone;          ///< nullptr: that of the account
    std::optional<Hours> hours;  ///< nothing: those of the request
};

struct AskedRoom {
    std::optional<int> people;          ///< nothing: as many as are invited
    std::vector<std::string> features;  ///< sorted
    std::vector<std::string> among;     ///< logins; empty: all rooms
};

struct MeetingRequest {
    std::vector<AskedPerson> attendees;
    bool with_me = true;  ///< who asks must be there too
    ical::UtcTime from{};
    ical::UtcTime to{};
    std::chrono::minutes duration{};
    std::chrono::minutes step{};
    std::chrono::minutes before{};
    std::chrono::minutes after{};
    ical::ZonePtr zone;
    Hours hours;
    std::optional<AskedRoom> room;
    std::string masked_uid;
    std::size_t limit = 0;
};

inline constexpr std::size_t max_people = 200;  ///< of one meeting

/// `zone` is that of who asks, for a request that names none. Throws ApiError 400 with the field.
MeetingRequest meeting_request(const json::Object& body, const ical::ZonePtr& zone);

}  // namespace kalends::api
