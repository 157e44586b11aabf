#include "caldav/tables.hpp"

#include "caldav/calendar_type.hpp"
#include "caldav/mkcalendar.hpp"
#include "caldav/properties.hpp"
#include "caldav/reports/reports.hpp"

namespace kalends::caldav {
namespace {

constexpr unsigned above = dav::calendar_home | dav::folder | dav::file_home;  // RFC 4791 7.2
constexpr unsigned queried = dav::calendar | dav::calendar_object | above;

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
constexpr dav::Capability capabilities[] = {"calendar-access", "calendar-query-extended"};

}  // namespace

dav::Tables tables() {
    static const dav::CollectionType* const types[] = {&calendar_type()};
    return {.properties = properties(),
            .reports = reports,
            .methods = methods,
            .capabilities = capabilities,
            .types = types};
}

}  // namespace kalends::caldav
