#include "sched/schedule_changes.hpp"

#include "xml/writer.hpp"

namespace kalends::sched {
namespace {

using itip::Change;
using itip::Method;
using xml::NameView;

constexpr NameView root = schedule_changes_property;
constexpr NameView dtstamp{xml::calendarserver, "dtstamp"};
constexpr NameView action{xml::calendarserver, "action"};
constexpr NameView create{xml::calendarserver, "create"};
constexpr NameView update{xml::calendarserver, "update"};
constexpr NameView cancel{xml::calendarserver, "cancel"};
constexpr NameView reply{xml::calendarserver, "reply"};
constexpr NameView attendee{xml::calendarserver, "attendee"};
constexpr NameView recurrence{xml::calendarserver, "recurrence"};
constexpr NameView master{xml::calendarserver, "master"};
constexpr NameView recurrence_id{xml::calendarserver, "recurrenceid"};
constexpr NameView changes_name{xml::calendarserver, "changes"};
constexpr NameView changed_property{xml::calendarserver, "changed-property"};
constexpr NameView changed_parameter{xml::calendarserver, "changed-parameter"};

/// "TZID" of "DTSTART;TZID"; empty where it is of another property.
std::string_view parameter_of(std::string_view name, std::string_view property) {
    const bool is_its_own =
        name.size() > property.size() && name.starts_with(property) && name[property.size()] == ';';
    return is_its_own ? name.substr(property.size() + 1) : std::string_view{};
}

void write_property(xml::Writer& writer, const std::string& property, const Change& change) {
    bool has_parameters = false;
    for (const auto& each : change.parameters) {
        const auto parameter = parameter_of(each, property);
        if (parameter.empty()) continue;
        if (!has_parameters) writer.open(changed_property, {{"name", property}});
        has_parameters = true;
        writer.empty(changed_parameter, {{"name", parameter}});
    }
    if (has_parameters)
        writer.close(changed_property);
    else
        writer.empty(changed_property, {{"name", property}});
}

void write_instance(xml::Writer& writer, const Change& change) {
    if (change.recurrence_id.empty())
        writer.empty(master);
    else
        writer.element(recurrence_id, change.recurrence_id);
}

void write_recurrence(xml::Writer& writer, const Change& change) {
    writer.open(recurrence);
    write_instance(writer, change);
    writer.open(changes_name);
    for (const auto& property : change.properties) write_property(writer, property, change);
    writer.close(changes_name);
    writer.close(recurrence);
}

/// At least one: a message may raise SEQUENCE alone.
void write_recurrences(xml::Writer& writer, const std::vector<Change>& changes) {
    for (const auto& change : changes) write_recurrence(writer, change);
    if (changes.empty()) write_recurrence(writer, {});
}

/// No instances where the whole is cancelled; no CS:changes. The draft 4.1.2.2, 4.1.2.3.
void write_cancel(xml::Writer& writer, const std::vector<Change>& changes) {
    writer.open(cancel);
    for (const auto& change : changes) {
        if (change.recurrence_id.empty()) continue;
        writer.open(recurrence);
        write_instance(writer, change);
        writer.close(recurrence);
    }
    writer.close(cancel);
}

void write_action(xml::Writer& writer, const Applied& applied) {
    if (applied.method == Method::cancel) {
        write_cancel(writer, applied.changes);
    } else if (applied.method == Method::reply) {
        writer.open(reply);
        writer.element(attendee, applied.attendee);
        write_recurrences(writer, applied.changes);
        writer.close(reply);
    } else if (applied.created) {
        writer.empty(create);
    } else {
        writer.open(update);
        write_recurrences(writer, applied.changes);
        writer.close(update);
    }
}

}  // namespace

std::optional<std::string> schedule_changes(const Applied& applied, ical::UtcTime now) {
    if (applied.method == Method::counter || applied.method == Method::declinecounter ||
        applied.method == Method::refresh)
        return std::nullopt;
    std::string element;
    xml::Writer writer{element};
    writer.open(root, {{"xmlns:CS", xml::calendarserver}});
    writer.element(dtstamp, ical::format_utc(now));
    writer.open(action);
    write_action(writer, applied);
    writer.close(action);
    writer.close(root);
    return element;
}

}  // namespace kalends::sched
