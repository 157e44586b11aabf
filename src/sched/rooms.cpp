#include "sched/rooms.hpp"

#include "base/log.hpp"
#include "ical/digest.hpp"
#include "ical/instances.hpp"
#include "ical/spans.hpp"
#include "itip/meeting.hpp"
#include "itip/series.hpp"
#include "sched/busy.hpp"

#include <algorithm>
#include <map>

namespace kalends::sched {
namespace {

using std::chrono::days;

/// How far after their start clashes are looked for: a series may have no end.
constexpr days farthest{3 * 366};

bool overlaps(const ical::Spans& booked, ical::UtcTime start, ical::UtcTime end) {
    const auto after = std::ranges::lower_bound(booked, end, {}, &ical::Span::start);
    return after != booked.begin() && std::prev(after)->end > start;
}

std::vector<store::CollectionId> calendars_of(const store::Home& home) {
    std::vector<store::CollectionId> ids;
    for (const auto& each : home.collections)
        if (each->kind == store::CollectionKind::calendar) ids.push_back(each->id);
    return ids;
}

ical::Spans booked_in(store::HomeTransaction& transaction, const store::Home& room,
                      std::string_view uid, ical::UtcTime from, ical::UtcTime to,
                      const ical::Zone& zone) {
    std::vector<ical::Span> booked;
    const auto calendars = calendars_of(room);
    const auto seconds = [](ical::UtcTime moment) { return moment.time_since_epoch().count(); };
    const auto widened = std::chrono::seconds(ical::digest_widening).count();
    transaction.busy_candidates(
        calendars, seconds(from) - widened, seconds(to) + widened,
        [&](const store::ObjectView& row) {
            if (row.uid == uid || row.digest.empty()) return;
            ical::Budget budget;
            ical::busy_periods(row.digest, from, to, zone, budget,
                               [&](ical::UtcTime start, ical::UtcTime end, ical::Busy kind) {
                                   if (kind != ical::Busy::free) booked.push_back({start, end});
                               });
        });
    return ical::united(std::move(booked));
}

/// What instances are known by: the form of the master's DTSTART.
enum class Form { zoned, floating, date };

Form form_of(const ical::Component& calendar) {
    for (const auto& each : calendar.components) {
        const auto* start = each.property("DTSTART");
        if (start == nullptr || each.property("RECURRENCE-ID") != nullptr) continue;
        if (const auto* type = start->parameter("VALUE"); type != nullptr && *type == "DATE")
            return Form::date;
        const bool zoned = start->parameter("TZID") != nullptr || start->value.ends_with('Z');
        return zoned ? Form::zoned : Form::floating;
    }
    return Form::zoned;
}

/// The latest DTSTART of the series and of its instances; as if in UTC where it is floating.
ical::UtcTime latest_start(std::string_view invitation) {
    const itip::Series series(invitation);
    auto latest = ical::beginning_of_time;
    for (const auto* component : series.components())
        if (const auto* start = component->line("DTSTART"))
            latest = std::max(latest, series.key_of(*start, start->value()).start);
    return latest;
}

itip::InstanceKey key_of(const ical::Instance& instance, Form form) {
    const ical::UtcTime digits{instance.recurrence_id.time_since_epoch()};
    return {.start = form == Form::zoned ? instance.recurrence_id_utc : digits,
            .is_date = form == Form::date,
            .floating = form == Form::floating};
}

/// What is said to all that is wanted, without looking into the calendar; nothing where one has to
/// look.
std::optional<std::vector<itip::Answer>> fixed_answer(store::Acceptance acceptance) {
    using store::Acceptance;
    const auto all = [](const char* partstat) {
        return std::vector<itip::Answer>{{.instance = {}, .partstat = partstat}};
    };
    switch (acceptance) {
    case Acceptance::never:
        return std::vector<itip::Answer>{};
    case Acceptance::always:
        return all("ACCEPTED");
    case Acceptance::manual:
        return all("TENTATIVE");
    case Acceptance::decline:
        return all("DECLINED");
    case Acceptance::when_free:
    case Acceptance::accept_if_free:
    case Acceptance::decline_if_busy:
        break;
    }
    return std::nullopt;
}

constexpr std::string_view needs_action = "NEEDS-ACTION";

/// What the room has said to a component.
std::string said(const ical::Component& component, const itip::Addresses& me) {
    for (const auto& property : component.properties)
        if (property.name == "ATTENDEE" && me.contains(property.value))
            if (const auto* partstat = property.parameter("PARTSTAT")) return *partstat;
    return std::string(needs_action);
}

struct Verdict {
    itip::InstanceKey key;
    std::string partstat;
};

/// What a room says to an instance that is asked for.
std::string judged(store::Acceptance acceptance, bool clashes) {
    using store::Acceptance;
    if (clashes)
        return acceptance == Acceptance::accept_if_free ? std::string(needs_action) : "DECLINED";
    return acceptance == Acceptance::decline_if_busy ? std::string(needs_action) : "ACCEPTED";
}

/// What most of them say: so that few instances need a component of their own.
std::string most_said(const std::vector<Verdict>& verdicts) {
    std::map<std::string, std::size_t> count;
    for (const auto& each : verdicts) ++count[each.partstat];
    return std::ranges::max_element(count, {}, [](const auto& each) { return each.second; })->first;
}

/// One invitation, and what the room has to say to it.
class Judgement {
public:
    Judgement(const ical::Component& calendar, const itip::Addresses& me)
        : me_(me), form_(form_of(calendar)) {
        for (const auto& each : calendar.components)
            if (each.name != "VTIMEZONE" && each.property("RECURRENCE-ID") == nullptr)
                master_ = &each;
    }

    /// What has been answered already (somebody may have done so by hand) stays.
    void judge(const ical::Instance& instance, store::Acceptance acceptance, bool clashes) {
        auto partstat = said(*instance.component, me_);
        const bool is_asked = partstat == needs_action && !itip::is_cancelled(*instance.component);
        if (is_asked) partstat = judged(acceptance, clashes);
        recurs_ = recurs_ || instance.recurs;
        verdicts_.push_back({key_of(instance, form_), std::move(partstat)});
    }

    [[nodiscard]] std::vector<itip::Answer> answers() const {
        const auto usual = usual_answer();
        std::vector<itip::Answer> answers{{.instance = {}, .partstat = usual}};
        if (!recurs_) return answers;
        for (const auto& each : verdicts_)
            if (each.partstat != usual)
                answers.push_back({.instance = each.key, .partstat = each.partstat});
        return answers;
    }

private:
    [[nodiscard]] std::string usual_answer() const {
        if (recurs_ && master_ != nullptr)
            if (auto before = said(*master_, me_); before != needs_action) return before;
        return most_said(verdicts_);
    }

    const itip::Addresses& me_;
    Form form_;
    const ical::Component* master_ = nullptr;
    std::vector<Verdict> verdicts_;
    bool recurs_ = false;
};

/// Those that are not over.
std::vector<ical::Instance> coming(const ical::Component& calendar, std::string_view text,
                                   const ical::Zone& zone, ical::UtcTime now) {
    ical::Budget budget;
    return ical::instances(calendar, now, std::max(now, latest_start(text)) + farthest, zone,
                           budget);
}

}  // namespace

bool is_over(const store::Home& room, std::string_view meeting, ical::UtcTime now) {
    return coming(ical::parse(meeting), meeting, *zone_of(room.principal, "UTC"), now).empty();
}

std::vector<itip::Answer> answers_of_room(store::HomeTransaction& transaction,
                                          const store::Home& room, const store::Booking& booking,
                                          std::string_view invitation, const itip::Addresses& me,
                                          ical::UtcTime now) {
    const auto calendar = ical::parse(invitation);
    const auto zone = zone_of(room.principal, "UTC");
    const auto wanted = coming(calendar, invitation, *zone, now);
    if (wanted.empty() || booking.acceptance == store::Acceptance::never) return {};  // it is over
    if (booking.horizon_days > 0) {
        const auto horizon = now + days{booking.horizon_days};
        if (std::ranges::any_of(wanted, [&](const auto& each) { return each.end > horizon; }))
            return {{.instance = {}, .partstat = "DECLINED"}};
    }
    if (const auto fixed = fixed_answer(booking.acceptance)) return *fixed;

    const auto last = std::ranges::max_element(wanted, {}, &ical::Instance::end)->end;
    const auto booked = booked_in(transaction, room, itip::meeting_of(calendar).uid,
                                  wanted.front().start, last, *zone);
    Judgement judgement(calendar, me);
    for (const auto& each : wanted)
        judgement.judge(each, booking.acceptance, overlaps(booked, each.start, each.end));
    return judgement.answers();
}

}  // namespace kalends::sched
