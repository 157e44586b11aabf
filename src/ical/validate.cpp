// Three passes, cheap ones first: the bytes, the table of properties (property_rules_private.hpp),
// and what concerns several properties or the whole. No libical:
// docs/decisions/0003-ical-validation.md says why.
#include "ical/validate.hpp"

#include "base/text.hpp"
#include "ical/property_rules_private.hpp"
#include "ical/recurrence.hpp"
#include "ical/time.hpp"
#include "ical/zone.hpp"

#include <algorithm>
#include <bitset>

namespace kalends::ical {

namespace {

[[noreturn]] void refuse(std::size_t line, const std::string& what,
                         Fault fault = Fault::valid_calendar_data) {
    throw ObjectError(fault, "line " + std::to_string(line) + ": " + what);
}

[[noreturn]] void refuse_value(const Property& property) {
    refuse(property.line,
           property.name + " cannot be \"" + text::printable(property.value, 60) + "\"");
}

// ---- bytes ----

/// RFC 5545 3.1 has no control characters but tab and line ends, and XML (calendar-data in a
/// report) cannot carry them, nor U+FFFE and U+FFFF.
bool is_forbidden(std::string_view bytes, std::size_t at) {
    const auto c = static_cast<unsigned char>(bytes[at]);
    if (c == '\r') return at + 1 < bytes.size() && bytes[at + 1] != '\n' && bytes[at + 1] != '\r';
    if (c < 0x20 || c == 0x7F) return c != '\t' && c != '\n';
    const std::string_view rest = bytes.substr(at, 3);
    return c == 0xEF && (rest == "\xEF\xBF\xBE" || rest == "\xEF\xBF\xBF");
}

void check_characters(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const auto c = static_cast<unsigned char>(bytes[at]);
        if ((c >= 0x20 && c != 0x7F && c != 0xEF) || !is_forbidden(bytes, at)) continue;
        const auto newlines =
            std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        refuse(static_cast<std::size_t>(newlines) + 1, "a character that text must not have");
    }
}

/// A fold may stand inside a character: what counts is the text without folds.
void check_bytes(std::string_view bytes) {
    if (text::is_utf8(bytes)) return check_characters(bytes);
    try {
        check_characters(refolded(bytes));
    } catch (const ParseError& error) {
        throw ObjectError(Fault::valid_calendar_data, error.what());
    }
}

// ---- values ----

/// Empty parts are forgiven: programs that remove an exception leave "EXDATE:" behind.
bool all_parts(std::string_view value, bool (*good)(std::string_view)) {
    const auto parts = text::split(value, ',');
    return std::all_of(parts.begin(), parts.end(), [&](std::string_view part) {
        const std::string_view trimmed = text::trim(part);
        return trimmed.empty() || good(trimmed);
    });
}

bool is_date_or_time(std::string_view value) { return parse_date_or_time(value).has_value(); }
bool is_period(std::string_view value) { return parse_period(value).has_value(); }
bool is_date_or_period(std::string_view value) {
    return is_date_or_time(value) || is_period(value);
}

/// With a sign and, from some clients, decimals ("1.0").
bool is_number(std::string_view value) {
    if (value.starts_with('-') || value.starts_with('+')) value.remove_prefix(1);
    return !value.empty() && value.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_valid(ValueKind kind, std::string_view value) {
    switch (kind) {
    case ValueKind::free:
        return true;
    case ValueKind::date_or_time:
        return is_date_or_time(value);
    case ValueKind::dates_or_times:
        return all_parts(value, is_date_or_time);
    case ValueKind::dates_or_periods:
        return all_parts(value, is_date_or_period);
    case ValueKind::periods:
        return all_parts(value, is_period);
    case ValueKind::duration:
        return parse_duration(value).has_value();
    case ValueKind::trigger:
        return parse_duration(value) || parse_date_time(value);
    case ValueKind::integer:
        return is_number(value);
    case ValueKind::utc_offset:
        return parse_utc_offset(value).has_value();
    case ValueKind::rule:
        break;
    }
    return true;
}

void check_value(const Property& property, ValueKind kind) {
    if (kind == ValueKind::rule) {
        try {
            parse_rule(property.value);
        } catch (const UnsupportedCalendar& error) {
            refuse(property.line, property.name + ": " + error.what(), Fault::supported_rscale);
        } catch (const ValueError& error) {
            refuse(property.line, property.name + ": " + error.what());
        }
    } else if (!is_valid(kind, property.value)) {
        refuse_value(property);
    }
}

// ---- components ----

class Validation {
public:
    explicit Validation(const Component& calendar)
        : zones_{calendar}, is_message_{calendar.property("METHOD") != nullptr} {}

    void check(const Component& component) {
        const unsigned kind = component_kind(component.name);
        check_properties(component, kind);
        if (kind == in_event) check_event(component);
        for (const Component& child : component.components) {
            // A zone that makes no sense does no harm as long as tzdata knows its name.
            if (child.name == "VTIMEZONE")
                check_zone(child);
            else
                check(child);
        }
    }

private:
    void check_properties(const Component& component, unsigned kind) const {
        const auto rules = property_rules();
        std::bitset<64> seen;
        for (const Property& property : component.properties) {
            check_zone_of(property);
            const std::size_t index = property_rule_index(property.name);
            if (index == rules.size() || kind == 0) continue;
            if (seen[index] && (rules[index].once & kind) != 0) {
                refuse(property.line, property.name + " is there twice in " + component.name);
            }
            seen.set(index);
            check_value(property, rules[index].value);
        }
        for (std::size_t index = 0; index < rules.size(); ++index) {
            if ((required_in(rules[index]) & kind) != 0 && !seen[index]) {
                refuse(component.line,
                       component.name + " has no " + std::string{rules[index].name});
            }
        }
    }

    /// A message may be about an event without saying when it is. RFC 5545 3.6.1.
    [[nodiscard]] unsigned required_in(const PropertyRule& rule) const {
        const bool may_be_missing = is_message_ && rule.name == "DTSTART";
        return may_be_missing ? rule.required & ~in_event : rule.required;
    }

    /// A TZID must mean something; beside a time in UTC it says nothing.
    void check_zone_of(const Property& property) const {
        const std::string* tzid = property.parameter("TZID");
        if (tzid == nullptr || tzid->empty() || property.value.ends_with('Z')) return;
        if (zones_.find(*tzid) == nullptr) {
            refuse(property.line,
                   property.name + " is in the time zone \"" + text::printable(*tzid, 60) +
                       "\", which has no VTIMEZONE and is not known",
                   Fault::valid_timezone);
        }
    }

    /// Throws ValueError where neither its observances nor its name say what it means.
    void check_zone(const Component& zone) const {
        const Property* tzid = zone.property("TZID");
        if (tzid == nullptr) refuse(zone.line, "VTIMEZONE has no TZID");
        if (zones_.find(unescape_text(tzid->value)) == nullptr) {
            refuse(zone.line, "VTIMEZONE says nothing");
        }
    }

    /// RFC 5545 3.6.1.
    static void check_event(const Component& event) {
        const Property* end = event.property("DTEND");
        if (end != nullptr && event.property("DURATION") != nullptr) {
            refuse(end->line, "VEVENT has both DTEND and DURATION");
        }
    }

    Zones zones_;
    bool is_message_;
};

// ---- the whole ----

/// Formats that look alike are told apart: they are not broken, but not ours.
void check_format(const Component& top) {
    if (top.name == "VCARD") {
        refuse(top.line, "this is a vCard", Fault::supported_calendar_data);
    }
    if (top.name != "VCALENDAR") refuse(top.line, "BEGIN:VCALENDAR should be here");
    if (const Property* version = top.property("VERSION")) {
        const std::string_view value = text::trim(version->value);
        if (value != "2.0" && !value.ends_with(";2.0")) {
            refuse(version->line,
                   "VERSION is " + text::printable(value, 20) + ", and only 2.0 is supported",
                   Fault::supported_calendar_data);
        }
    }
    const Property* scale = top.property("CALSCALE");
    if (scale != nullptr && !text::iequals(text::trim(scale->value), "GREGORIAN")) {
        refuse(scale->line, "CALSCALE is " + text::printable(scale->value, 20) +
                                ", and RFC 5545 has only GREGORIAN");
    }
}

}  // namespace

void validate(std::string_view bytes, const Component& calendar) {
    check_format(calendar);
    check_bytes(bytes);
    if (time_zones_in(calendar).size() > max_time_zones) {
        refuse(calendar.line,
               "it refers to more than " + std::to_string(max_time_zones) + " time zones");
    }
    try {
        Validation{calendar}.check(calendar);
    } catch (const ValueError& error) {  // of a VTIMEZONE
        throw ObjectError(Fault::valid_calendar_data, error.what());
    }
}

Component parse_valid(std::string_view bytes, const Limits& limits) {
    std::vector<Component> calendars;
    try {
        calendars = parse_all(bytes, limits);
    } catch (const ParseError& error) {
        throw ObjectError(Fault::valid_calendar_data, error.what());
    }
    validate(bytes, calendars.front());
    if (calendars.size() > 1) {  // good iCalendar (RFC 5545 3.4), but not one object
        refuse(calendars[1].line, "a second " + calendars[1].name + " follows the first",
               Fault::valid_calendar_object_resource);
    }
    return std::move(calendars.front());
}

Accepted accept(std::string_view bytes, const Limits& limits) {
    Component calendar = parse_valid(bytes, limits);
    CalendarObject object = inspect(calendar);
    return {std::move(calendar), std::move(object)};
}

Component accept_time_zone(std::string_view bytes) {
    Component calendar = parse_valid(bytes);
    if (calendar.components.size() != 1 || calendar.components[0].name != "VTIMEZONE") {
        refuse(calendar.line, "there must be one VTIMEZONE and nothing else");
    }
    try {
        zone_of(calendar.components[0]);
    } catch (const ValueError& error) {
        refuse(calendar.components[0].line, error.what());
    }
    return std::move(calendar.components[0]);
}

}  // namespace kalends::ical
