// The best times for a meeting: who is invited, when each is busy, which rooms there are; then
// sched finds the slots.

#include "sched/meeting_times.hpp"

#include "api/handlers.hpp"
#include "api/meeting_request.hpp"
#include "base/clock.hpp"
#include "directory/directory.hpp"
#include "sched/busy.hpp"
#include "sched/outside.hpp"
#include "sched/people.hpp"
#include "store/bookings.hpp"
#include "store/groups.hpp"

#include <algorithm>

namespace kalends::api {
namespace {

using http::Status;
using ical::UtcTime;
using store::PrincipalKind;

/// Steps (ical::Budget) for all calendars that one request reads, and for those of one home: nobody
/// shall make others unknown by a calendar that takes long.
constexpr std::uint64_t all_steps = 20'000'000;
constexpr std::uint64_t steps_of_home = 2'000'000;

constexpr std::size_t max_rooms = 200;  // whose calendars are read

/// One who shall be there.
struct Invited {
    std::string who;      ///< as asked, or the login
    store::HomePtr home;  ///< nullptr: somebody from outside
    std::string why;      ///< a sentence, where nothing is known
};

/// A room that may do.
struct Candidate {
    store::HomePtr home;
    store::Booking booking;
};

class Search {
public:
    Search(const Call& call, MeetingRequest request)
        : call_(call), asked_(std::move(request)), from_(asked_.from - asked_.before),
          to_(asked_.to + asked_.after) {
        question_.from = asked_.from;
        question_.to = asked_.to;
        question_.duration = asked_.duration;
        question_.step = asked_.step;
        question_.before = asked_.before;
        question_.after = asked_.after;
        question_.zone = asked_.zone;
        question_.limit = asked_.limit;
    }

    json::Object run() {
        if (asked_.with_me) add_home(call_.who.home, {.who = call_.user().login});
        for (std::size_t i = 0; i < asked_.attendees.size(); ++i) add_attendee(i);
        read_busy_times();
        if (asked_.room) add_rooms(*asked_.room);
        return told(sched::meeting_times(question_));
    }

private:
    // ---- people

    void add_attendee(std::size_t index) {
        const auto& asked = asked_.attendees[index];
        const auto mail = itip::mail_of(asked.who);
        auto home = directory::find_for_login(call_.database, mail.empty() ? asked.who : mail);
        if (home && home->principal.kind == PrincipalKind::group) return add_group(home, asked);
        if (home) return add_home(home, asked);
        if (mail.empty())
            throw ApiError(Status::bad_request, "attendees[" + std::to_string(index) +
                                                    "]: there is nobody of that login.");
        const auto place = people_.size();
        add(nullptr, asked);
        outsiders_.push_back({.address = mail,
                              .free_busy_url = asked.free_busy_url,
                              .zone = question_.people.at(place).zone});
        outsider_places_.push_back(place);
    }

    /// Its members in its place.
    void add_group(const store::HomePtr& group, const AskedPerson& asked) {
        for (const auto& member :
             store::members_of(call_.database, group->principal.id, store::Reach::nested)) {
            if (member.kind != PrincipalKind::user) continue;
            auto person = asked;
            person.who = member.login;
            if (const auto home = call_.database.home(member.id)) add_home(home, person);
        }
    }

    /// Who is asked for twice comes once, and must come if one of them says so.
    void add_home(const store::HomePtr& home, const AskedPerson& asked) {
        const auto same = std::find_if(people_.begin(), people_.end(), [&](const Invited& other) {
            return other.home && other.home->principal.id == home->principal.id;
        });
        if (same == people_.end()) return add(home, asked);
        auto& person = question_.people.at(static_cast<std::size_t>(same - people_.begin()));
        person.required = person.required || asked.required;
    }

    void add(const store::HomePtr& home, const AskedPerson& asked) {
        if (people_.size() >= max_people)
            throw ApiError(Status::bad_request, "attendees are more than " +
                                                    std::to_string(max_people) +
                                                    ", with the members of groups.");
        sched::Invitee person;
        person.required = asked.required;
        person.zone = asked.zone ? asked.zone : home ? zone_of(*home) : asked_.zone;
        const bool works = !home || home->principal.kind == PrincipalKind::user;
        if (works) person.hours = asked.hours.value_or(asked_.hours);
        question_.people.push_back(std::move(person));
        people_.push_back({asked.who, home, ""});
    }

    [[nodiscard]] ical::ZonePtr zone_of(const store::Home& home) const {
        return sched::zone_of(home.principal, call_.settings.default_time_zone);
    }

    [[nodiscard]] bool is_me(const store::Home& home) const {
        return home.principal.id == call_.user().id;
    }

    // ---- busy times

    void read_busy_times() {
        for (std::size_t i = 0; i < people_.size(); ++i) {
            if (!people_[i].home) continue;
            auto& person = question_.people[i];
            auto busy = busy_of(*people_[i].home, people_[i].why);
            if (busy)
                person.busy = std::move(*busy);
            else
                person.known = {};
        }
        sched::read_outsiders(call_.database, *call_.who.home, call_.settings.free_busy, outsiders_,
                              from_, to_);
        for (std::size_t i = 0; i < outsiders_.size(); ++i) {
            auto& person = question_.people.at(outsider_places_[i]);
            person.busy = std::move(outsiders_[i].busy);
            person.known = outsiders_[i].known;
            people_.at(outsider_places_[i]).why = outsiders_[i].why;
        }
    }

    /// Nothing, and `why`, where they can't be told.
    std::optional<std::vector<ical::BusyPeriod>> busy_of(const store::Home& home,
                                                         std::string& why) {
        if (!sched::may_query_free_busy(call_.user(), home)) {
            why = "You may not see when they are busy.";
            return std::nullopt;
        }
        ical::Budget budget(std::min(steps_, steps_of_home));
        try {
            const auto busy = sched::busy_of(call_.database, home, from_, to_,
                                             {.mask = {.uid = asked_.masked_uid,
                                                       .organizer = own_addresses_,
                                                       .own = is_me(home)},
                                              .default_zone = call_.settings.default_time_zone,
                                              .availability = sched::availability_of(home)},
                                             budget);
            steps_ -= budget.spent();
            return busy.merged();
        } catch (const ical::TooExpensive&) {
            steps_ -= budget.spent();
            why = "Their calendars take too long to read.";
            return std::nullopt;
        }
    }

    // ---- rooms

    void add_rooms(const AskedRoom& asked) {
        const auto people = asked.people.value_or(static_cast<int>(people_.size()));
        question_.room = {.people = people, .features = asked.features};
        for (auto& candidate : candidates(asked)) {
            sched::Room room;
            room.capacity = candidate.booking.capacity;
            room.features = candidate.booking.features;
            if (!sched::fits(room, *question_.room)) continue;
            if (rooms_.size() >= max_rooms) break;
            std::string why;
            auto busy = busy_of(*candidate.home, why);
            if (!busy) continue;
            room.busy = std::move(*busy);
            if (candidate.booking.horizon_days > 0)
                room.busy.push_back({horizon(candidate.booking), to_, ical::Busy::unavailable});
            question_.rooms.push_back(std::move(room));
            rooms_.push_back(std::move(candidate));
        }
    }

    [[nodiscard]] static UtcTime horizon(const store::Booking& booking) {
        return std::chrono::floor<std::chrono::seconds>(clock::now()) +
               std::chrono::days{booking.horizon_days};
    }

    /// Those that are named, else all.
    [[nodiscard]] std::vector<Candidate> candidates(const AskedRoom& asked) const {
        std::vector<Candidate> result;
        for (const auto& login : asked.among) {
            auto home = directory::find(call_.database, login);
            if (!home || !is_room(home->principal))
                throw ApiError(Status::bad_request,
                               "room.among: there is no room or resource " + login + ".");
            auto booking = store::booking(call_.database, home->principal.id);
            result.push_back({std::move(home), std::move(booking)});
        }
        return result.empty() ? all_rooms() : result;
    }

    static bool is_room(const store::Principal& principal) {
        return principal.kind == PrincipalKind::location ||
               principal.kind == PrincipalKind::resource;
    }

    /// The smallest first, those of unknown size last.
    [[nodiscard]] std::vector<Candidate> all_rooms() const {
        constexpr std::size_t page = 1000;
        auto bookings = store::bookings(call_.database);
        std::vector<Candidate> result;
        for (const auto& principal :
             store::list_principals(call_.database, PrincipalKind::location, "", page)) {
            if (principal.disabled) continue;
            if (auto home = call_.database.home(principal.id))
                result.push_back({std::move(home), std::move(bookings[principal.id])});
        }
        const auto rank = [](const Candidate& room) {
            return std::pair(room.booking.capacity == 0, room.booking.capacity);
        };
        std::stable_sort(result.begin(), result.end(),
                         [&](const Candidate& a, const Candidate& b) { return rank(a) < rank(b); });
        return result;
    }

    // ---- the answer

    [[nodiscard]] json::Object told(const std::vector<sched::Slot>& slots) const {
        json::Array list;
        for (const auto& slot : slots) list.push_back(told(slot));
        json::Array attendees;
        for (std::size_t i = 0; i < people_.size(); ++i) attendees.push_back(told_person(i));
        json::Array rooms;
        for (const auto& room : rooms_) rooms.push_back(told(room));
        json::Object answer{{"slots", std::move(list)}, {"attendees", std::move(attendees)}};
        if (asked_.room) answer["rooms"] = std::move(rooms);
        return answer;
    }

    [[nodiscard]] json::Object told(const sched::Slot& slot) const {
        json::Object attendees;
        for (std::size_t i = 0; i < people_.size(); ++i) {
            auto& list = attendees[sched::name_of(slot.people[i])];
            if (!list.is_array()) list = json::Array{};
            list.get_array().emplace_back(people_[i].who);
        }
        json::Object object{{"start", date_of(slot.start.time_since_epoch().count())},
                            {"end", date_of(slot.end.time_since_epoch().count())},
                            {"score", slot.score},
                            {"missing", slot.missing},
                            {"attendees", std::move(attendees)}};
        if (!asked_.room) return object;
        json::Array rooms;
        for (const auto room : slot.rooms) rooms.emplace_back(rooms_[room].home->principal.login);
        object["rooms"] = std::move(rooms);
        return object;
    }

    [[nodiscard]] json::Object told_person(std::size_t index) const {
        const auto& invited = people_[index];
        const auto& person = question_.people[index];
        json::Object object{{"who", invited.who},
                            {"required", person.required},
                            {"time_zone", person.zone->name()}};
        if (invited.home) {
            object["login"] = invited.home->principal.login;
            object["name"] = invited.home->principal.shown_name();
        }
        if (!invited.why.empty()) object["why_unknown"] = invited.why;
        return object;
    }

    [[nodiscard]] static json::Object told(const Candidate& room) {
        json::Array features;
        for (const auto& feature : room.booking.features) features.emplace_back(feature);
        return {{"login", room.home->principal.login},
                {"name", room.home->principal.shown_name()},
                {"capacity", room.booking.capacity},
                {"features", std::move(features)}};
    }

    const Call& call_;
    MeetingRequest asked_;
    itip::Addresses own_addresses_ = sched::addresses_of(call_.user());
    UtcTime from_;  ///< with the buffers
    UtcTime to_;
    std::uint64_t steps_ = all_steps;
    sched::Question question_;
    std::vector<Invited> people_;  ///< as question_.people
    std::vector<sched::Outsider> outsiders_;
    std::vector<std::size_t> outsider_places_;  ///< in people_
    std::vector<Candidate> rooms_;              ///< as question_.rooms
};

}  // namespace

http::Response find_meeting_times(const Call& call) {
    const auto zone = sched::zone_of(call.user(), call.settings.default_time_zone);
    return answer(Search(call, meeting_request(call.body(), zone)).run());
}

}  // namespace kalends::api
