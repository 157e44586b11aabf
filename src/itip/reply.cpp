#include "ical/time.hpp"
#include "itip/attendance_private.hpp"
#include "itip/component_private.hpp"
#include "itip/compose_private.hpp"
#include "itip/reply_private.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kalends::itip {
namespace {

/// What a reply repeats. Who answers which time can be seen from it, and mail clients show it; what
/// else the organizer wrote he knows.
constexpr std::array<std::string_view, 15> repeated = {
    "UID",      "RECURRENCE-ID", "SEQUENCE", "DTSTART",   "DTEND",
    "DURATION", "DUE",           "RRULE",    "RDATE",     "SUMMARY",
    "LOCATION", "PRIORITY",      "STATUS",   "COMPLETED", "PERCENT-COMPLETE"};

bool is_repeated(const ical::Line& line) {
    return std::ranges::find(repeated, line.name()) != repeated.end() ||
           line.name() == private_comment || is_public_extension(line.name());
}

/// RFC 6638 7: parameters between a client and its server stay there, and so do private ones.
bool stays_here(const ical::Parameter& parameter) {
    if (parameter.name.starts_with("X-")) return !is_public_extension(parameter.name);
    return parameter.name.starts_with("SCHEDULE-") || parameter.name == "RSVP";
}

ical::Line to_be_sent(const ical::Line& line) {
    auto property = line.property();
    std::erase_if(property.parameters, stays_here);
    return ical::Line(ical::to_line(property));
}

std::set<std::string> comments_of(const ical::Part* component) {
    std::set<std::string> found;
    if (component == nullptr) return found;
    for (const auto& line : component->lines)
        if (line.name() == "COMMENT") found.insert(spelled(line));
    return found;
}

}  // namespace

void Reply::tell(const std::optional<InstanceKey>& key, const ical::Part& component,
                 const ical::Part* before) {
    const auto* organizer = component.line("ORGANIZER");
    const auto* attendee = attendee_line(component, me_);
    if (organizer == nullptr || attendee == nullptr) return;
    const auto said = comments_of(before);
    ical::Part answer{.name = component.name, .lines = {}, .parts = {}};
    for (const auto& line : component.lines)
        if (is_repeated(line) || (line.name() == "COMMENT" && !said.contains(spelled(line))))
            answer.lines.push_back(line);
    answer.append("DTSTAMP:" + ical::format_utc(moment_.now));
    answer.lines.push_back(to_be_sent(*organizer));
    answer.lines.push_back(to_be_sent(*attendee));
    answer.append("REQUEST-STATUS:2.0;Success");
    components_.insert_or_assign(key, std::move(answer));
}

void Reply::complete(const Series& series) {
    if (!components_.contains(std::nullopt)) return;
    for (const auto* component : series.components()) {
        const auto key = series.key_of(*component);
        if (!components_.contains(key)) tell(key, *component, component);
    }
}

std::optional<Message> Reply::message(const Series& series) const {
    if (components_.empty()) return std::nullopt;
    std::vector<ical::Part> answers;
    answers.reserve(components_.size());
    for (const auto& each : components_) answers.push_back(each.second);
    const auto& organizer = components_.begin()->second;
    return Message{.method = Method::reply,
                   .recipient = std::string(organizer.value("ORGANIZER")),
                   .data = compose(Method::reply, series, std::move(answers), moment_)};
}

}  // namespace kalends::itip
