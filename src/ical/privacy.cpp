#include "ical/privacy.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kalends::ical {
namespace {

struct ClassRow {
    AccessClass access;
    std::string_view name;
    std::string_view
        mark;  ///< in digests; put_objects in sql/schema.sql knows that it begins with " V"
};
constexpr std::array classes{
    ClassRow{AccessClass::is_public, "PUBLIC", " Vp"},
    ClassRow{AccessClass::restricted, "RESTRICTED", " Vr"},
    ClassRow{AccessClass::confidential, "CONFIDENTIAL", " Vc"},
    ClassRow{AccessClass::is_private, "PRIVATE", " Vx"},
};

const ClassRow& row_of(AccessClass access) {
    return *std::ranges::find(classes, access, &ClassRow::access);
}

enum Kind : unsigned {
    in_calendar = 1U << 0U,
    in_event = 1U << 1U,
    in_todo = 1U << 2U,
    in_journal = 1U << 3U,
    in_freebusy = 1U << 4U,
};
constexpr unsigned in_series = in_event | in_todo | in_journal;

struct KindRow {
    std::string_view name;
    Kind kind;
};
constexpr std::array kinds{KindRow{"VEVENT", in_event}, KindRow{"VTODO", in_todo},
                           KindRow{"VJOURNAL", in_journal}, KindRow{"VFREEBUSY", in_freebusy}};

/// A property that others see. calendarserver caldav-privateevents 4.2.2.4, 4.2.2.5.
struct ShownRow {
    std::string_view name;
    unsigned in;                                    ///< components that it is shown in
    AccessClass up_to = AccessClass::confidential;  ///< the strictest class that shows it
};
constexpr std::array shown{
    ShownRow{"PRODID", in_calendar},
    ShownRow{"VERSION", in_calendar},
    ShownRow{"CALSCALE", in_calendar},
    ShownRow{access_property, in_calendar},
    ShownRow{"UID", in_series | in_freebusy},
    ShownRow{"RECURRENCE-ID", in_series},
    ShownRow{"SEQUENCE", in_series},
    ShownRow{"DTSTAMP", in_series | in_freebusy},
    ShownRow{"STATUS", in_series},
    ShownRow{"TRANSP", in_event},
    ShownRow{"DTSTART", in_series | in_freebusy},
    ShownRow{"DTEND", in_event | in_freebusy},
    ShownRow{"COMPLETED", in_todo},
    ShownRow{"DUE", in_todo},
    ShownRow{"DURATION", in_event | in_todo | in_freebusy},
    ShownRow{"RRULE", in_series},
    ShownRow{"RDATE", in_series},
    ShownRow{"EXDATE", in_series},
    ShownRow{"FREEBUSY", in_freebusy},
    ShownRow{"SUMMARY", in_series, AccessClass::restricted},
    ShownRow{"LOCATION", in_event | in_todo, AccessClass::restricted},
};

/// 0 for what is not shown at all.
unsigned kind_of(const Component& component) {
    for (const auto& row : kinds)
        if (row.name == component.name) return row.kind;
    return 0;
}

bool is_shown(const Property& property, unsigned in, AccessClass access) {
    return std::ranges::any_of(shown, [&](const ShownRow& row) {
        return (row.in & in) != 0 && access <= row.up_to && row.name == property.name;
    });
}

void remove_hidden(Edit& edit, const Component& component, unsigned kind, AccessClass access) {
    for (const Property& property : component.properties)
        if (!is_shown(property, kind, access)) edit.remove(property);
}

}  // namespace

std::string_view name_of(AccessClass access) { return row_of(access).name; }

std::optional<AccessClass> access_named(std::string_view value) {
    for (const auto& row : classes)
        if (text::iequals(row.name, text::trim(value))) return row.access;
    return std::nullopt;
}

std::optional<AccessClass> access_of(const Component& calendar) {
    std::optional<AccessClass> strictest;
    for (const auto* property : calendar.properties_named(access_property)) {
        const auto access = access_named(property->value).value_or(AccessClass::is_private);
        strictest = std::max(access, strictest.value_or(AccessClass::is_public));
    }
    return strictest;
}

std::string reduced(std::string_view bytes, const Component& calendar, AccessClass access) {
    if (access == AccessClass::is_public) return std::string(bytes);
    if (access == AccessClass::is_private) return {};
    Edit edit{bytes};
    remove_hidden(edit, calendar, in_calendar, access);
    for (const Component& component : calendar.components) {
        if (component.name == "VTIMEZONE") continue;
        const auto kind = kind_of(component);
        if (kind == 0) {
            edit.remove(component);
            continue;
        }
        remove_hidden(edit, component, kind, access);
        for (const Component& inside : component.components) edit.remove(inside);  // VALARM
    }
    return edit.result();
}

std::string with_access(std::string_view bytes, const Component& calendar, AccessClass access) {
    Edit edit{bytes};
    edit.append(calendar, std::string(access_property) + ':' + std::string(name_of(access)));
    return edit.result();
}

std::string_view access_mark(const Component& calendar) {
    const auto access = access_of(calendar);
    return access ? row_of(*access).mark : std::string_view{};
}

std::optional<AccessClass> access_in(std::string_view digest) {
    for (const auto& row : classes)
        if (digest.ends_with(row.mark)) return row.access;
    return std::nullopt;
}

}  // namespace kalends::ical
