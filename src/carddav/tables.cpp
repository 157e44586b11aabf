#include "carddav/tables.hpp"

#include "carddav/addressbook_type.hpp"
#include "carddav/properties.hpp"
#include "carddav/reports/reports.hpp"

namespace kalends::carddav {
namespace {

constexpr unsigned queried = dav::addressbook | dav::address_object | dav::addressbook_home;

constexpr dav::Report reports[] = {
    {{xml::carddav, "addressbook-query"}, queried, addressbook_query, access::read, "RFC 6352 8.6"},
    {{xml::carddav, "addressbook-multiget"},
     queried,
     addressbook_multiget,
     access::read,
     "RFC 6352 8.7"},
};
constexpr dav::Capability capabilities[] = {"addressbook"};

}  // namespace

dav::Tables tables() {
    static const dav::CollectionType* const types[] = {&addressbook_type()};
    return {.properties = properties(),
            .reports = reports,
            .methods = {},
            .capabilities = capabilities,
            .types = types};
}

}  // namespace kalends::carddav
