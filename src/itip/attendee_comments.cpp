#include "itip/attendance_private.hpp"
#include "itip/attendee_comments_private.hpp"
#include "itip/component_private.hpp"

#include <algorithm>
#include <set>

namespace kalends::itip {
namespace {

constexpr std::string_view reference = "X-CALENDARSERVER-ATTENDEE-REF";

bool is_comment(const ical::Line& line) { return line.name() == attendee_comment; }

void refuse_duplicates(const ical::Part& component) {
    std::set<std::string> seen;
    for (const auto& line : component.lines)
        if (is_comment(line) && !seen.insert(canonical(line.parameter(reference))).second)
            throw Refused(Rule::duplicate_comment,
                          "an attendee has two private comments in one component");
}

/// Those of who is invited.
std::vector<ical::Line> comments_for(const ical::Part& from, const ical::Part& component) {
    const auto invited = attendee_lines(component);
    std::vector<ical::Line> comments;
    std::ranges::copy_if(from.lines, std::back_inserter(comments), [&](const ical::Line& line) {
        return is_comment(line) && invited.contains(canonical(line.parameter(reference)));
    });
    return comments;
}

std::multiset<std::string> spelled_comments(const std::vector<ical::Line>& lines) {
    std::multiset<std::string> found;
    for (const auto& line : lines)
        if (is_comment(line)) found.insert(spelled(line));
    return found;
}

}  // namespace

std::vector<ical::Line>::iterator find_comment(ical::Part& component, std::string_view attendee) {
    const auto wanted = canonical(attendee);
    return std::ranges::find_if(component.lines, [&](const ical::Line& line) {
        return is_comment(line) && canonical(line.parameter(reference)) == wanted;
    });
}

void restore_comments(const Series& before, Series& after) {
    for (auto* component : after.components()) {
        refuse_duplicates(*component);
        const auto* old = before.component_of(after.key_of(*component));
        if (old == nullptr) old = before.master();
        if (old == nullptr) continue;
        auto comments = comments_for(*old, *component);
        if (spelled_comments(comments) == spelled_comments(component->lines)) continue;
        std::erase_if(component->lines, is_comment);
        std::ranges::move(comments, std::back_inserter(component->lines));
    }
}

}  // namespace kalends::itip
