#include "sched/groups.hpp"

#include "ical/document.hpp"
#include "itip/meeting.hpp"
#include "store/groups.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace kalends::sched {
namespace {

using store::PrincipalKind;

/// The members of a group, with all in groups in it.
std::vector<store::HomePtr> people_in(store::Database& database, store::PrincipalId group,
                                      std::size_t most) {
    std::vector<store::HomePtr> people;
    for (const auto& member : store::members_of(database, group, store::Reach::nested)) {
        if (people.size() == most) break;
        auto home = database.home(member.login);
        if (home && !home->principal.disabled && home->principal.kind != PrincipalKind::group)
            people.push_back(std::move(home));
    }
    return people;
}

std::string member_line(const store::Principal& member, const std::string& group) {
    ical::Property property;
    property.name = "ATTENDEE";
    property.parameters = {{"CN", {member.shown_name()}},
                           {"PARTSTAT", {"NEEDS-ACTION"}},
                           {"RSVP", {"TRUE"}},
                           {"MEMBER", {group}}};
    property.value = address_of(member);
    return ical::to_line(property);
}

class Expansion {
public:
    Expansion(store::Database& database, const People& people, std::size_t most)
        : database_(database), people_(people), most_(most) {}

    /// Whether somebody came or left.
    bool expand(ical::Part& component) {
        std::vector<std::string> groups;
        std::set<store::PrincipalId> invited;  // by name
        for (auto& line : component.lines) {
            if (line.name() != "ATTENDEE") continue;
            const auto* person = people_.find(line.value());
            if (person == nullptr || !person->home) continue;
            if (is_group(people_, line.value()))
                groups.push_back(mark(line));
            else
                invited.insert(person->home->principal.id);
            say_kind(line, person->home->principal.kind);
        }
        bool changed = remove_former(component, groups);
        for (const auto& group : groups) changed |= add_members(component, group, invited);
        return changed;
    }

    /// Whether lines say now what they are of.
    [[nodiscard]] bool has_marked() const { return marked_; }

private:
    const std::vector<store::HomePtr>& members(const std::string& group) {
        const auto known = members_.find(group);
        if (known != members_.end()) return known->second;
        const auto id = people_.find(group)->home->principal.id;
        return members_.emplace(group, people_in(database_, id, most_)).first->second;
    }

    /// Clients show a room as one only where it says so.
    void say_kind(ical::Line& line, PrincipalKind kind) {
        if (line.has_parameter("CUTYPE")) return;
        if (kind != PrincipalKind::location && kind != PrincipalKind::resource) return;
        line.set_parameter("CUTYPE", kind == PrincipalKind::location ? "ROOM" : "RESOURCE");
        marked_ = true;
    }

    std::string mark(ical::Line& line) {
        if (line.parameter("CUTYPE") != "GROUP") {
            line.set_parameter("CUTYPE", "GROUP");
            marked_ = true;
        }
        for (const auto* none : {"PARTSTAT", "RSVP"})
            if (line.has_parameter(none)) {
                line.remove_parameter(none);
                marked_ = true;
            }
        return line.value();
    }

    bool is_member(const std::string& group, std::string_view address) {
        const auto* person = people_.find(address);
        if (person == nullptr || !person->home) return false;
        const auto& all = members(group);
        return std::ranges::any_of(all, [&](const store::HomePtr& member) {
            return member->principal.id == person->home->principal.id;
        });
    }

    bool remove_former(ical::Part& component, const std::vector<std::string>& groups) {
        return std::erase_if(component.lines, [&](const ical::Line& line) {
                   if (line.name() != "ATTENDEE" || !line.has_parameter("MEMBER")) return false;
                   const auto of = itip::canonical(line.parameter("MEMBER"));
                   const auto* group = people_.find(of);
                   if (group == nullptr || !group->home) return false;  // of another server
                   const bool still = std::ranges::any_of(groups, [&](const std::string& each) {
                       return itip::canonical(each) == of && is_member(each, line.value());
                   });
                   return !still;
               }) > 0;
    }

    bool add_members(ical::Part& component, const std::string& group,
                     std::set<store::PrincipalId>& invited) {
        bool added = false;
        for (const auto& member : members(group)) {
            if (!invited.insert(member->principal.id).second) continue;
            component.append(member_line(member->principal, group));
            added = true;
        }
        return added;
    }

    store::Database& database_;
    const People& people_;
    std::size_t most_;
    std::map<std::string, std::vector<store::HomePtr>> members_;
    bool marked_ = false;
};

/// Which components of the calendar began before, for good.
std::vector<bool> past_parts(std::string_view object, const Since& since) {
    const auto calendar = ical::parse(object);
    const ical::Zones zones(calendar);
    std::vector<bool> past;
    for (const auto& component : calendar.components) {
        const auto* const start = component.property("DTSTART");
        const bool goes_on =
            component.property("RRULE") != nullptr || component.property("RDATE") != nullptr;
        past.push_back(start != nullptr && !goes_on &&
                       ical::moment_of(*start, zones, *since.floating) < since.moment);
    }
    return past;
}

}  // namespace

std::vector<store::PrincipalId> groups_in(const People& people, const itip::Meeting& meeting) {
    std::vector<store::PrincipalId> groups;
    for (const auto& attendee : meeting.attendees)
        if (is_group(people, attendee.address))
            groups.push_back(people.find(attendee.address)->home->principal.id);
    return groups;
}

bool is_group(const People& people, std::string_view address) {
    const auto* person = people.find(address);
    return person != nullptr && person->home &&
           person->home->principal.kind == PrincipalKind::group;
}

std::optional<std::string> with_members_of_groups(store::Database& database, const People& people,
                                                  std::string_view object,
                                                  const std::optional<Since>& since,
                                                  std::size_t max_members) {
    auto calendar = ical::parse_document(object);
    Expansion expansion(database, people, max_members);
    const auto past = since ? past_parts(object, *since) : std::vector<bool>();
    bool changed = false;
    for (std::size_t i = 0; i < calendar.parts.size(); ++i)
        if (past.empty() || !past.at(i)) changed |= expansion.expand(calendar.parts[i]);
    if (!changed && (since || !expansion.has_marked())) return std::nullopt;
    return ical::to_text(calendar);
}

}  // namespace kalends::sched
