#include "caldav/tables.hpp"

#include "caldav/mkcalendar.hpp"
#include "caldav/properties.hpp"
#include "caldav/reports/reports.hpp"

namespace kalends::caldav {
namespace {

constexpr unsigned above = dav::calendar_home | dav::folder | dav::file_home;  // RFC 4791 7.2
constexpr unsigned queried = dav::calendar | dav::inbox | dav::calendar_object | above;

constexpr dav::Report reports[] = {
    {{xml::caldav, "calendar-query"}, queried, calendar_query, access::read, "RFC 4791 7.8"},
    {{xml::caldav, "calendar-multiget"}, queried, calendar_multiget, access::read, "RFC 4791 7.9"},
    {{xml::caldav, "free-busy-query"},
     dav::calendar | above,
     free_busy_query,
     access::read_free_busy,
     "RFC 4791 7.10"},
};
constexpr dav::Method methods[] = {
    {"MKCALENDAR",
     dav::everything & ~(dav::addressbook_home | dav::addressbook | dav::address_object),
     mkcalendar}};
constexpr dav::Capability capabilities[] = {"calendar-access",
                                            "calendar-schedule",
                                            "calendar-auto-schedule",
                                            "calendar-availability",
                                            "inbox-availability",
                                            "calendar-query-extended",
                                            "calendarserver-group-attendee",
                                            "calendarserver-partstat-changes",
                                            "calendarserver-private-comments",
                                            "calendarserver-private-events"};

}  // namespace

Types::Types(sched::Scheduler* scheduler, const std::optional<fetch::Settings>& outside)
    : calendar(scheduler), outbox(outside) {}

dav::Tables tables(const Types& types) {
    static const auto all = [] {
        std::vector<dav::LiveProperty> rows;
        for (const auto table : {properties(), scheduling_properties()})
            rows.insert(rows.end(), table.begin(), table.end());
        return rows;
    }();
    return {.properties = all,
            .reports = reports,
            .methods = methods,
            .capabilities = capabilities,
            .types = types.all};
}

}  // namespace kalends::caldav
