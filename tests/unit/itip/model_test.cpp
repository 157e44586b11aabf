// A small world of homes that send each other messages: whatever people do, and in whatever order
// their messages arrive, in the end all know the same. RFC 6638 3.2, RFC 5546 2.1.5.
//
// Messages of one meeting to one recipient arrive in order; those to different recipients in any.
// A run is its seed: what a failed check prints can be run again by itself.
#include "itip/attendee.hpp"
#include "itip/organizer.hpp"
#include "itip/receive.hpp"
#include "itip/series.hpp"
#include "meeting_texts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace kalends;
using namespace kalends::itip_test;

namespace {

enum class Bug {
    none,
    reply_dropped,
    sequence_swapped,
    partstat_lost,  // of one instance, in the organizer's object
    cancel_twice,
    out_of_order,
};

/// What a run found to be wrong.
struct Violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void demand(bool holds, const std::string& what) {
    if (!holds) throw Violation(what);
}

constexpr std::array<const char*, 4> people = {"mailto:olga@example.com", "mailto:anna@example.com",
                                               "mailto:bert@example.com",
                                               "mailto:room@example.com"};
const std::string room = people[3];
constexpr int most_instances = 4;

struct Envelope {
    std::string uid, from, to, text;
    bool to_organizer = false;
    bool is_refresh = false;
};

/// What somebody said last, and when.
struct Said {
    std::string partstat;
    int when = 0;
};

// ---- reading and writing objects

itip::InstanceKey key_on(int day, int hour) {
    return {.start = std::chrono::sys_days{std::chrono::March / 2 / 2026} + std::chrono::days{day} +
                     std::chrono::hours{hour}};
}

std::string partstat_in(const ical::Part& component, const std::string& who) {
    for (const auto& line : component.lines)
        if (line.name() == "ATTENDEE" && line.value() == who)
            return line.has_parameter("PARTSTAT") ? std::string(line.parameter("PARTSTAT"))
                                                  : "NEEDS-ACTION";
    return {};
}

bool set_partstat(ical::Part& component, const std::string& who, const std::string& partstat) {
    for (auto& line : component.lines) {
        if (line.name() != "ATTENDEE" || line.value() != who) continue;
        line.set_parameter("PARTSTAT", partstat);
        return true;
    }
    return false;
}

bool is_over(const ical::Part& component) { return component.value("STATUS") == "CANCELLED"; }

void add_attendee(ical::Part& component, const std::string& who) {
    if (partstat_in(component, who).empty())
        component.append("ATTENDEE;PARTSTAT=NEEDS-ACTION:" + who);
}

void drop_attendee(ical::Part& component, const std::string& who) {
    std::erase_if(component.lines, [&](const ical::Line& line) {
        return line.name() == "ATTENDEE" && line.value() == who;
    });
}

void shift(ical::Part& component, std::chrono::minutes by) {
    for (const auto* const name : {"DTSTART", "DTEND"}) {
        const auto time = ical::parse_date_or_time(component.value(name));
        component.set(name, ical::format_utc(ical::UtcTime{time->local.time_since_epoch()} + by));
    }
}

/// All instances with what describes them.
std::map<itip::InstanceKey, ical::Part> instances_of(const itip::Series& series) {
    std::map<itip::InstanceKey, ical::Part> found;
    if (series.master() != nullptr) {
        ical::Budget budget;
        const auto from = key_on(-1, 0).start;
        const auto to = key_on(30, 0).start;
        for (const auto& key : series.instances(from, to, budget, 100))
            found.emplace(key, series.derive(key));
    }
    for (const auto& key : series.overrides())
        found.insert_or_assign(key, *series.override_of(key));
    return found;
}

// ---- the world

class World {
public:
    World(unsigned seed, Bug bug) : random_(seed), bug_(bug) {}

    void run() {
        constexpr int steps = 9;
        create();
        for (int i = 0; i < steps; ++i) {
            if (chance(2)) act();
            for (int n = pick(3); n > 0; --n) deliver_one();
        }
        while (deliver_one()) {
        }
        for (const auto& [uid, organizer] : organizers_) check(uid, organizer);
    }

private:
    // ---- chance

    int pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
    bool chance(int one_in) { return pick(one_in) == 0; }
    std::string answer() {
        static constexpr std::array<const char*, 3> answers = {"ACCEPTED", "DECLINED", "TENTATIVE"};
        return answers[static_cast<std::size_t>(pick(3))];
    }
    std::string somebody_but(const std::string& other) {
        std::string who = other;
        while (who == other) who = people[static_cast<std::size_t>(pick(people.size()))];
        return who;
    }
    itip::Moment now() {
        ++clock_;
        return {.now = at(0).now + std::chrono::seconds{clock_}, .product_id = "-//Test//EN"};
    }

    // ---- what people do

    void create() {
        const auto uid = "meeting" + std::to_string(organizers_.size());
        const std::string organizer = people[static_cast<std::size_t>(pick(2))];
        organizers_[uid] = organizer;
        std::string text =
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\nBEGIN:VEVENT\nUID:" + uid +
            "\nDTSTAMP:20260301T120000Z\nDTSTART:20260302T100000Z\n" +
            "DTEND:20260302T110000Z\nSUMMARY:Model\nORGANIZER:" + organizer +
            "\nATTENDEE;PARTSTAT=ACCEPTED:" + organizer + "\n";
        if (!chance(4)) text += "RRULE:FREQ=DAILY;COUNT=" + std::to_string(most_instances) + "\n";
        for (const auto* const who : people)
            if (who != organizer && !chance(4))
                text += "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:" + std::string(who) + "\n";
        text += "END:VEVENT\nEND:VCALENDAR\n";
        organize(uid, std::nullopt, crlf(text));
        asked_[uid] = clock_;
    }

    void act() {
        if (chance(12)) return create();
        const auto meeting =
            std::next(organizers_.begin(), pick(static_cast<int>(organizers_.size())));
        const auto& [uid, organizer] = *meeting;
        if (chance(2)) return edit(uid, organizer);
        const auto who = somebody_but(organizer);
        if (who != room) attend(uid, who);
    }

    void edit(const std::string& uid, const std::string& organizer) {
        auto& home = homes_[organizer];
        const auto mine = home.find(uid);
        if (mine == home.end()) return;
        const auto before = mine->second;
        if (chance(12)) return remove(uid, organizer);
        itip::Series series{before};
        change(series, uid, organizer);
        organize(uid, before, series.text());
    }

    void remove(const std::string& uid, const std::string& organizer) {
        const auto moment = now();
        for (auto& each : itip::cancel_all(homes_[organizer][uid], only(organizer), moment))
            send({uid, organizer, each.recipient, each.data, false});
        homes_[organizer].erase(uid);
    }

    void change(itip::Series& series, const std::string& uid, const std::string& organizer) {
        const auto instances = instances_of(series);
        const auto key =
            std::next(instances.begin(), pick(static_cast<int>(instances.size())))->first;
        const auto who = somebody_but(organizer);
        switch (pick(9)) {
        case 0:
            return series.master()->set("LOCATION", "Room " + std::to_string(clock_));
        case 1:  // clients let go of what was special when they move a series
            asked_[uid] = clock_;
            drop_overrides(series);
            series.master()->remove("EXDATE");
            return shift(*series.master(), std::chrono::hours{1});
        case 2:
            return repeat(series, uid);
        case 3:
            return change_instance(series, key, [&](ical::Part& each) {
                asked_[uid] = clock_;
                shift(each, std::chrono::minutes{30});
            });
        case 4:
            return change_instance(series, key, [&](ical::Part& each) {
                each.set("LOCATION", "Other room " + std::to_string(clock_));
            });
        case 5:
            if (!series.recurs() || instances.size() < 2) return;
            series.remove_override(key);
            return series.exclude(key);
        case 6:
            asked_[uid] = clock_;
            for (auto* each : series.components()) add_attendee(*each, who);
            return;
        case 7:
            asked_[uid] = clock_;
            for (auto* each : series.components()) drop_attendee(*each, who);
            return;
        default:
            return change_instance(series, key, [&](ical::Part& each) {
                asked_[uid] = clock_;
                partstat_in(each, who).empty() ? add_attendee(each, who) : drop_attendee(each, who);
            });
        }
    }

    template <class Change>
    static void change_instance(itip::Series& series, const itip::InstanceKey& key, Change change) {
        if (!series.recurs()) return;
        auto* known = series.override_of(key);
        auto component = known != nullptr ? *known : series.derive(key);
        change(component);
        series.put(std::move(component));
    }

    static void drop_overrides(itip::Series& series) {
        series.remove_if([](const auto& key, const ical::Part&) { return key.has_value(); });
    }

    void repeat(itip::Series& series, const std::string& uid) {
        asked_[uid] = clock_;
        drop_overrides(series);
        series.master()->remove("EXDATE");
        series.master()->set("RRULE",
                             "FREQ=DAILY;COUNT=" + std::to_string(1 + pick(most_instances)));
    }

    void organize(const std::string& uid, const std::optional<std::string>& before,
                  const std::string& after) {
        const auto organizer = organizers_[uid];
        auto organized = itip::organize(before, after, only(organizer), now());
        itip::Statuses statuses;
        for (auto& each : organized.messages) {
            statuses[itip::canonical(each.recipient)] = "1.2";
            send({uid, organizer, each.recipient, each.data, false});
        }
        homes_[organizer][uid] =
            itip::with_statuses(organized.data, itip::Role::organizer, statuses);
    }

    void attend(const std::string& uid, const std::string& who) {
        auto& home = homes_[who];
        const auto mine = home.find(uid);
        if (mine == home.end()) return;
        const auto before = mine->second;
        itip::Series series{before};
        const auto& organizer = organizers_[uid];
        if (chance(8)) {
            if (auto reply = itip::decline_all(before, only(who), now()))
                send({uid, who, organizer, reply->data, true});
            home.erase(mine);
            said_.erase({uid, who});
            return;
        }
        answer_something(series, uid, who);
        const auto attended = itip::attend(before, series.text(), only(who), now());
        if (attended.data.empty())
            home.erase(mine);
        else
            mine->second = attended.data;
        if (attended.reply) send({uid, who, organizer, attended.reply->data, true});
    }

    void answer_something(itip::Series& series, const std::string& uid, const std::string& who) {
        const auto instances = instances_of(series);
        if (instances.empty()) return;
        const auto [key, component] =
            *std::next(instances.begin(), pick(static_cast<int>(instances.size())));
        // Whoever has not heard yet that he is asked anew answers what was asked before.
        const auto& coming = queues_[{uid, who}];
        std::map<itip::InstanceKey, Said> forgotten;
        if (!coming.empty()) said_.erase({uid, who});
        auto& said = coming.empty() ? said_[{uid, who}] : forgotten;
        const auto partstat = answer();
        if (chance(2) || !series.recurs()) {
            for (auto* each : series.components())
                if (!is_over(*each)) set_partstat(*each, who, partstat);
            said.clear();
            for (const auto& each : instances)
                if (!is_over(each.second)) said[each.first] = {partstat, clock_ + 1};
        } else if (chance(3)) {
            series.remove_override(key);
            series.exclude(key);
            said[key] = {"DECLINED", clock_ + 1};
        } else {
            auto single = component;
            if (is_over(single) || !set_partstat(single, who, partstat)) return;
            series.put(std::move(single));
            said[key] = {partstat, clock_ + 1};
        }
    }

    // ---- messages

    void send(Envelope envelope) {
        if (bug_ == Bug::reply_dropped && envelope.to_organizer && chance(3)) return;
        if (bug_ == Bug::sequence_swapped && !envelope.to_organizer && chance(3))
            envelope.text = swapped(envelope.text);
        auto& queue = queues_[{envelope.uid, envelope.to}];
        if (bug_ == Bug::cancel_twice && has(envelope.text, "METHOD:CANCEL"))
            queue.push_back(envelope);
        queue.push_back(std::move(envelope));
    }

    /// With the SEQUENCE of an earlier version.
    static std::string swapped(const std::string& text) {
        itip::Series series{text};
        for (auto* each : series.components()) each->set("SEQUENCE", "0");
        return series.text();
    }

    bool deliver_one() {
        std::vector<std::deque<Envelope>*> ready;
        for (auto& each : queues_)
            if (!each.second.empty()) ready.push_back(&each.second);
        if (ready.empty()) return false;
        auto& queue = *ready[static_cast<std::size_t>(pick(static_cast<int>(ready.size())))];
        const bool backwards = bug_ == Bug::out_of_order;
        const auto envelope = backwards ? queue.back() : queue.front();
        backwards ? queue.pop_back() : queue.pop_front();
        demand(delivered_.insert(envelope.to + envelope.from + envelope.text).second,
               envelope.to + " is sent the same message twice");
        envelope.to_organizer ? deliver_to_organizer(envelope) : deliver_to_attendee(envelope);
        return true;
    }

    void deliver_to_attendee(const Envelope& envelope) {
        auto& home = homes_[envelope.to];
        const auto me = only(envelope.to);
        const auto mine = home.find(envelope.uid);
        const auto before =
            mine == home.end() ? std::nullopt : std::optional<std::string>(mine->second);
        const auto moment = now();
        const auto received = itip::receive_from_organizer(envelope.text, before, me, moment);
        if (received.outcome == itip::Outcome::removed) home.erase(envelope.uid);
        if (received.outcome != itip::Outcome::stored) return;
        if (chance(8)) {
            const auto again =
                itip::receive_from_organizer(envelope.text, received.data, me, moment);
            demand(again.outcome == itip::Outcome::nothing && !again.worth_telling,
                   envelope.to + " is told twice of the same");
        }
        home[envelope.uid] = received.data;
        if (envelope.to == room) answer_as_room(envelope.uid);
    }

    void answer_as_room(const std::string& uid) {
        std::vector<itip::Answer> answers{{std::nullopt, "ACCEPTED"}};
        // It has something else on the second day.
        answers.push_back({key_on(1, 10), "DECLINED"});
        const auto answered = itip::answer(homes_[room][uid], only(room), answers, now());
        homes_[room][uid] = answered.data;
        if (answered.reply) send({uid, room, organizers_[uid], answered.reply->data, true});
    }

    void deliver_to_organizer(const Envelope& envelope) {
        auto& home = homes_[envelope.to];
        const auto mine = home.find(envelope.uid);
        if (mine == home.end()) return;
        const auto sender = only(envelope.from);
        itip::Received received;
        const auto moment = now();
        try {
            received = itip::receive_from_attendee(envelope.text, mine->second, sender, moment);
        } catch (const itip::Refused&) {
            return;  // not invited any more
        }
        if (received.outcome != itip::Outcome::stored) return;
        if (chance(8)) {
            const auto again =
                itip::receive_from_attendee(envelope.text, received.data, sender, moment);
            demand(again.outcome == itip::Outcome::nothing && !again.worth_telling,
                   "the organizer is told twice of the same");
        }
        mine->second =
            bug_ == Bug::partstat_lost ? forgetful(received.data, envelope.from) : received.data;
        if (received.worth_telling)
            refresh(envelope.uid, received.tell_sender ? std::string{} : envelope.from);
    }

    static std::string forgetful(const std::string& data, const std::string& who) {
        itip::Series series{data};
        for (const auto& key : series.overrides())
            set_partstat(*series.override_of(key), who, "NEEDS-ACTION");
        return series.text();
    }

    void refresh(const std::string& uid, const std::string& but) {
        const auto& organizer = organizers_[uid];
        for (const auto* const who : people) {
            if (who == organizer || who == but) continue;
            // One that is under way is replaced: what comes last says all.
            auto& queue = queues_[{uid, who}];
            if (!queue.empty() && queue.back().is_refresh) queue.pop_back();
            if (auto message = itip::request_for(homes_[organizer][uid], who, now()))
                send({uid, organizer, who, message->data, false, true});
        }
    }

    // ---- what must hold in the end

    void check(const std::string& uid, const std::string& organizer) {
        const auto mine = homes_[organizer].find(uid);
        for (const std::string who : people) {
            if (who == organizer) continue;
            const auto copy = homes_[who].find(uid);
            const auto theirs = copy == homes_[who].end() ? Instances{} : seen(copy->second);
            if (mine == homes_[organizer].end())
                demand(theirs.empty(), who + " keeps something of " + uid + ", which is gone");
            else
                compare(uid, who, seen(mine->second), theirs);
        }
    }

    using Instances = std::map<itip::InstanceKey, ical::Part>;

    /// What somebody sees in a calendar.
    static Instances seen(const std::string& object) {
        auto instances = instances_of(itip::Series{object});
        std::erase_if(instances, [](const auto& each) { return is_over(each.second); });
        return instances;
    }

    void compare(const std::string& uid, const std::string& who, const Instances& organized,
                 const Instances& copied) {
        for (const auto& [key, component] : organized) {
            const auto name = uid + " " + itip::format(key) + " of " + who;
            const auto partstat = partstat_in(component, who);
            const auto copy = copied.find(key);
            if (partstat.empty()) {
                demand(copy == copied.end(), name + ": not invited, but there");
                continue;
            }
            check_said(uid, who, key, partstat, name);
            if (copy == copied.end())
                demand(partstat == "DECLINED", name + ": not there, but " + partstat);
            else
                compare(component, copy->second, name);
        }
        for (const auto& each : copied)
            demand(organized.contains(each.first),
                   uid + " " + itip::format(each.first) + " of " + who + ": there is none");
    }

    /// Nobody's last answer is lost, unless he was asked again.
    void check_said(const std::string& uid, const std::string& who, const itip::InstanceKey& key,
                    const std::string& partstat, const std::string& name) {
        const auto& said = said_[{uid, who}];
        const auto last = said.find(key);
        if (last == said.end() || last->second.when <= asked_[uid]) return;
        demand(partstat == last->second.partstat,
               name + ": said " + last->second.partstat + ", is " + partstat);
    }

    static void compare(const ical::Part& mine, const ical::Part& theirs, const std::string& name) {
        for (const auto* const property : {"DTSTART", "DTEND", "LOCATION", "SUMMARY"})
            demand(mine.value(property) == theirs.value(property), name + ": another " + property);
        for (const auto* const who : people)
            demand(partstat_in(mine, who) == partstat_in(theirs, who),
                   name + ": " + who + " is " + partstat_in(mine, who) + ", there " +
                       partstat_in(theirs, who));
        const auto sequence = [](const ical::Part& each) {
            return each.value("SEQUENCE").empty() ? 0
                                                  : std::stoi(std::string(each.value("SEQUENCE")));
        };
        demand(sequence(theirs) <= sequence(mine), name + ": a SEQUENCE that there never was");
    }

    std::mt19937 random_;
    Bug bug_;
    int clock_ = 0;
    std::map<std::string, std::string> organizers_;  // by UID, also of meetings that are gone
    std::map<std::string, std::map<std::string, std::string>> homes_;
    std::map<std::pair<std::string, std::string>, std::deque<Envelope>> queues_;
    std::set<std::string> delivered_;
    std::map<std::string, int> asked_;  // when last something was changed that asks all anew
    std::map<std::pair<std::string, std::string>, std::map<itip::InstanceKey, Said>> said_;
};

/// What is wrong in the first run that fails; empty if none does.
std::string first_violation(Bug bug, unsigned runs) {
    for (unsigned seed = 0; seed < runs; ++seed) {
        try {
            World{seed, bug}.run();
        } catch (const Violation& violation) {
            return "seed " + std::to_string(seed) + ": " + violation.what();
        }
    }
    return {};
}

}  // namespace

TEST_CASE("RFC 6638 3.2: whatever people do, in the end all know the same") {
#ifdef __SANITIZE_ADDRESS__
    constexpr unsigned runs = 500;  // each takes 20 ms, ten times as long as without
#else
    constexpr unsigned runs = 2000;
#endif
    CHECK(first_violation(Bug::none, runs) == "");
}

TEST_CASE("the model finds bugs that are planted in it") {
    constexpr unsigned runs = 1000;
    for (const auto bug : {Bug::reply_dropped, Bug::sequence_swapped, Bug::partstat_lost,
                           Bug::cancel_twice, Bug::out_of_order}) {
        CAPTURE(static_cast<int>(bug));
        const auto found = first_violation(bug, runs);
        INFO(found);
        CHECK_FALSE(found.empty());
    }
}
