#include "app/registry.hpp"

#include "carddav/tables.hpp"
#include "dav/path.hpp"
#include "files/tables.hpp"

#include <array>
#include <string_view>

namespace kalends::app {
namespace {

struct KindName {
    unsigned kinds;
    std::string_view name;
};
// Groups before what is in them: a property on all of a group is said to be on the group.
constexpr std::array kind_names{
    KindName{dav::everything, "everything"},
    KindName{dav::root, "root"},
    KindName{dav::principal_set, "principal set"},
    KindName{dav::principals, "principal or proxies"},
    KindName{dav::principal, "principal"},
    KindName{dav::proxy, "proxies"},
    KindName{dav::home_set, "home set"},
    KindName{dav::stored_collections, "home or collection"},
    KindName{dav::folders, "home or folder"},
    KindName{dav::homes, "home"},
    KindName{dav::calendar_home, "calendar home"},
    KindName{dav::addressbook_home, "address book home"},
    KindName{dav::file_home, "file home"},
    KindName{dav::folder, "folder"},
    KindName{dav::collections, "calendar or address book"},
    KindName{dav::calendar, "calendar"},
    KindName{dav::addressbook, "address book"},
    KindName{dav::for_scheduling, "inbox or outbox"},
    KindName{dav::inbox, "inbox"},
    KindName{dav::outbox, "outbox"},
    KindName{dav::objects, "object"},
    KindName{dav::calendar_object, "calendar object"},
    KindName{dav::address_object, "card"},
    KindName{dav::file, "file"},
};

std::string kinds_text(unsigned kinds) {
    std::string text;
    for (const auto& [group, name] : kind_names) {
        if ((kinds & group) != group) continue;
        text.append(text.empty() ? "" : ", ").append(name);
        kinds &= ~group;
    }
    return text;
}

std::string_view source_text(dav::Source source) {
    switch (source) {
    case dav::Source::computed:
    case dav::Source::recorded:
        return "protected";
    case dav::Source::stored:
    case dav::Source::spread:
        return "set by clients";
    case dav::Source::report:
        break;
    }
    return "in reports only";
}

std::string name_text(xml::NameView name) {
    const auto prefix = xml::known_prefix(name.ns);
    return "`" + (prefix.empty() ? std::string(name.ns) : std::string(prefix)) + ":" +
           std::string(name.local) + "`";
}

}  // namespace

dav::Registry make_registry(const caldav::Types& types) {
    const std::array rooms{dav::dav_tables(), caldav::tables(types), carddav::tables(),
                           files::tables()};
    return dav::Registry(rooms);
}

std::string property_reference(const dav::Registry& registry) {
    std::string page = "# Live properties and reports\n\n"
                       "Written from the tables in `src/dav/properties/`, `src/caldav/` and "
                       "`src/carddav/`; a test compares.\n"
                       "Any other property that a client sets on a collection or an object is kept "
                       "as it was sent.\n"
                       "Prefixes: `D` is `DAV:`, `C` CalDAV, `CR` CardDAV, `CS` "
                       "`http://calendarserver.org/ns/`.\n\n"
                       "| property | on | value | section |\n| --- | --- | --- | --- |\n";
    for (const auto* row : registry.properties())
        page.append("| ")
            .append(name_text(row->name))
            .append(" | ")
            .append(kinds_text(row->on))
            .append(" | ")
            .append(source_text(row->source))
            .append(" | ")
            .append(row->section)
            .append(" |\n");
    page += "\n| report | on | section |\n| --- | --- | --- |\n";
    for (const auto* report : registry.reports())
        page.append("| ")
            .append(name_text(report->name))
            .append(" | ")
            .append(kinds_text(report->on))
            .append(" | ")
            .append(report->section)
            .append(" |\n");
    return page;
}

}  // namespace kalends::app
