#include "api/meeting_request.hpp"

#include "api/fields.hpp"
#include "base/text.hpp"
#include "ical/moment.hpp"

#include <algorithm>
#include <array>

namespace kalends::api {
namespace {

using std::chrono::minutes;

constexpr int day_minutes = 24 * 60;
constexpr int max_duration = 7 * day_minutes;
constexpr std::chrono::days max_window{92};
constexpr int max_room = 1'000'000;  // people
constexpr int max_slots = 100;
constexpr int default_slots = 10;
constexpr std::array steps{5, 10, 15, 20, 30, 60};
constexpr int default_step = 15;

ical::UtcTime moment(const Fields& fields, std::string_view name, const ical::Zone& zone) {
    const auto found = ical::parse_moment(fields.required_text(name), zone);
    if (!found) fields.refuse(name, "is no time like 2026-01-31T09:00:00Z");
    return *found;
}

ical::ZonePtr zone_in(const Fields& fields) {
    const auto name = fields.text("time_zone");
    if (!name) return nullptr;
    auto zone = ical::system_zone(*name);
    if (!zone) fields.refuse("time_zone", "is not known here");
    return zone;
}

// ---- working hours

/// "09:30", and "24:00" as an end.
std::optional<minutes> time_of_day(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto hour = text::to_number(text.substr(0, colon));
    const auto minute = text::to_number(text.substr(colon + 1));
    if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > day_minutes) return std::nullopt;
    return minutes{*hour * 60 + *minute};
}

minutes time_of_day(const Fields& fields, std::string_view name) {
    const auto time = time_of_day(fields.required_text(name));
    if (!time) fields.refuse(name, "is no time of day like 09:00");
    return *time;
}

/// As in a recurrence rule, RFC 5545 3.3.10.
constexpr std::array<std::string_view, 7> weekdays{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

std::vector<std::size_t> days_in(const Fields& fields) {
    if (!fields.has("days")) return {1, 2, 3, 4, 5};
    std::vector<std::size_t> days;
    for (const auto& word : fields.texts("days")) {
        const auto* const day =
            std::find(weekdays.begin(), weekdays.end(), text::upper_ascii(word));
        if (day == weekdays.end()) fields.refuse("days", "are of MO, TU, WE, TH, FR, SA, SU");
        days.push_back(static_cast<std::size_t>(day - weekdays.begin()));
    }
    return days;
}

void add_shift(sched::WorkingWeek& week, const Fields& fields) {
    fields.allow({"days", "from", "to"});
    const sched::Shift shift{time_of_day(fields, "from"), time_of_day(fields, "to")};
    for (const auto day : days_in(fields)) week.at(day).push_back(shift);
}

/// Nothing where they are not given; an empty list is any time.
std::optional<Hours> hours_in(const Fields& fields) {
    constexpr std::size_t max_shifts = 21;
    const auto* const list = fields.list("working_hours");
    if (list == nullptr) return std::nullopt;
    if (list->empty()) return Hours{};
    if (list->size() > max_shifts) fields.refuse("working_hours", "are too many");
    sched::WorkingWeek week;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto& item = (*list)[i];
        if (!item.is_object()) fields.refuse("working_hours", "is a list of objects");
        add_shift(week, Fields(item.get_object(),
                               fields.path_of("working_hours[" + std::to_string(i) + "].")));
    }
    return Hours{week};
}

sched::WorkingWeek nine_to_five() {
    using std::chrono::hours;
    sched::WorkingWeek week;
    for (const std::size_t day : {1, 2, 3, 4, 5}) week.at(day).push_back({hours{9}, hours{17}});
    return week;
}

// ---- who and where

AskedPerson person_in(const json::Value& item, const std::string& path) {
    AskedPerson person;
    if (const auto* name = item.if_string()) {
        person.who.assign(name->data(), name->size());
    } else if (const auto* object = item.if_object()) {
        const Fields fields(*object, path + ".");
        fields.allow({"who", "required", "free_busy_url", "time_zone", "working_hours"});
        person.who = fields.required_text("who");
        person.required = fields.flag("required", true);
        person.free_busy_url = fields.text("free_busy_url").value_or("");
        person.zone = zone_in(fields);
        person.hours = hours_in(fields);
    }
    if (person.who.empty())
        throw ApiError(http::Status::bad_request,
                       path + " is a login, an address, or an object with \"who\".");
    return person;
}

std::vector<AskedPerson> attendees_in(const Fields& fields) {
    const auto* const list = fields.list("attendees");
    if (list == nullptr) return {};
    if (list->size() > max_people)
        fields.refuse("attendees", "are more than " + std::to_string(max_people));
    std::vector<AskedPerson> people;
    people.reserve(list->size());
    for (std::size_t i = 0; i < list->size(); ++i)
        people.push_back(person_in((*list)[i], "attendees[" + std::to_string(i) + "]"));
    return people;
}

std::optional<AskedRoom> room_in(const Fields& fields) {
    const auto* const object = fields.object("room");
    if (object == nullptr) return std::nullopt;
    const Fields of_room(*object, "room.");
    of_room.allow({"people", "features", "among"});
    AskedRoom room;
    room.people = of_room.number("people", 1, max_room);
    room.features = of_room.texts("features");
    room.among = of_room.texts("among");
    std::ranges::sort(room.features);
    return room;
}

/// The step, the lengths, and the window that they must fit in.
void read_times(MeetingRequest& request, const Fields& fields, const ical::ZonePtr& own_zone) {
    request.zone = zone_in(fields);
    if (!request.zone) request.zone = own_zone;
    const auto duration = fields.number("duration", 1, max_duration);
    if (!duration) fields.refuse("duration", "is missing: a number of minutes");
    request.duration = minutes{*duration};
    request.before = minutes{fields.number("buffer_before", 0, day_minutes).value_or(0)};
    request.after = minutes{fields.number("buffer_after", 0, day_minutes).value_or(0)};
    const int step = fields.number("step", steps.front(), steps.back()).value_or(default_step);
    if (std::find(steps.begin(), steps.end(), step) == steps.end())
        fields.refuse("step", "is 5, 10, 15, 20, 30 or 60 minutes");
    request.step = minutes{step};

    request.from = moment(fields, "from", *request.zone);
    request.to = moment(fields, "to", *request.zone);
    if (request.to - request.from < request.duration)
        fields.refuse("to", "must be later than from by the duration at least");
    if (request.to - request.from > max_window)
        fields.refuse("to",
                      "is more than " + std::to_string(max_window.count()) + " days after from");
}

}  // namespace

MeetingRequest meeting_request(const json::Object& body, const ical::ZonePtr& zone) {
    const Fields fields(body);
    fields.allow({"attendees", "with_me", "from", "to", "duration", "step", "buffer_before",
                  "buffer_after", "time_zone", "working_hours", "room", "masked_uid", "limit"});
    MeetingRequest request;
    request.attendees = attendees_in(fields);
    request.with_me = fields.flag("with_me", true);
    if (request.attendees.empty() && !request.with_me)
        fields.refuse("attendees", "is empty: nobody is invited");
    read_times(request, fields, zone);
    request.hours = hours_in(fields).value_or(Hours{nine_to_five()});
    request.room = room_in(fields);
    request.masked_uid = fields.text("masked_uid").value_or("");
    request.limit =
        static_cast<std::size_t>(fields.number("limit", 1, max_slots).value_or(default_slots));
    return request;
}

}  // namespace kalends::api
