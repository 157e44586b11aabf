#include "directory/ldap/contents.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "directory/ldap/filter.hpp"

#include <algorithm>
#include <array>

namespace kalends::directory::ldap {
namespace {

using store::PrincipalKind;

constexpr std::size_t max_photo = 512 * 1024;  // bytes
constexpr std::size_t max_entries = 500'000;   // some KB of memory each

const std::string& or_base(const std::string& own, const Settings& settings) {
    return own.empty() ? settings.base : own;
}

/// What is looked for, and what it is then.
struct Part {
    PrincipalKind kind;
    const std::string& filter;
    const std::string& base;
};

}  // namespace

Contents read_contents(Connection& connection, const Settings& settings) {
    const auto& mapping = settings.mapping;
    const std::array parts{
        Part{PrincipalKind::location, mapping.room_filter, or_base(settings.room_base, settings)},
        Part{PrincipalKind::resource, mapping.resource_filter,
             or_base(settings.room_base, settings)},
        Part{PrincipalKind::user, mapping.user_filter, or_base(settings.people_base, settings)},
        Part{PrincipalKind::group, mapping.group_filter, or_base(settings.group_base, settings)}};
    Contents contents;
    std::unordered_set<std::string> seen;
    const auto now = clock::now();
    for (const auto& part : parts) {
        if (part.filter.empty()) continue;
        const Search search{
            .base = part.base, .filter = part.filter, .attributes = attributes_of(mapping)};
        const auto end = connection.search(search, settings.timeout, [&](Entry&& entry) {
            if (contents.all.size() + contents.unusable.size() >= max_entries)
                throw DirectoryRefused("there are more than " + std::to_string(max_entries) +
                                       " entries: are ldap.base and the filters right?");
            auto reading = read_entry(entry, mapping, part.kind, now);
            if (!reading.usable) {
                contents.unusable.push_back(std::move(reading.why_not));
                if (reading.found.disabled.empty())
                    contents.unusable_uuids.push_back(std::move(reading.found.uuid));
            } else if (seen.insert(reading.found.uuid).second)
                contents.all.push_back(std::move(reading.found));
        });
        contents.referrals += end.referrals;
    }
    return contents;
}

std::string change_marker(Connection& connection, const Settings& settings) {
    std::string marker;
    const auto collect = [&](const std::string& base, const std::string& attribute) {
        const Search search{
            .base = base, .scope = Scope::entry, .attributes = {attribute}, .at_most = 1};
        connection.search(search, settings.timeout, [&](Entry&& entry) {
            auto values = entry.values(attribute);
            std::ranges::sort(values);
            for (const auto& value : values) marker += value + ' ';
        });
    };
    collect(settings.base, "contextCSN");
    if (marker.empty()) collect("", "highestCommittedUSN");
    return marker.empty() ? "" : connection.uri() + ' ' + marker;
}

std::unordered_set<std::string> who_has_photo(Connection& connection, const Settings& settings) {
    const auto& mapping = settings.mapping;
    std::unordered_set<std::string> uuids;
    const Search search{.base = or_base(settings.people_base, settings),
                        .filter =
                            "(&" + mapping.user_filter + '(' + mapping.photo_attribute + "=*))",
                        .attributes = {mapping.uuid_attribute}};
    connection.search(search, settings.timeout, [&](Entry&& entry) {
        uuids.insert(
            uuid_from(mapping.uuid_attribute, std::string(entry.first(mapping.uuid_attribute))));
    });
    return uuids;
}

std::string read_photo(Connection& connection, const Settings& settings, const std::string& dn) {
    std::string photo;
    const auto& attribute = settings.mapping.photo_attribute;
    const Search search{.base = dn, .scope = Scope::entry, .attributes = {attribute}, .at_most = 1};
    connection.search(search, settings.timeout, [&](Entry&& entry) {
        const auto bytes = entry.first(attribute);
        if (bytes.size() <= max_photo) photo = bytes;
    });
    return photo;
}

bool offers_watching(Connection& connection, const Settings& settings) {
    bool offered = false;
    const Search search{
        .base = "", .scope = Scope::entry, .attributes = {"supportedControl"}, .at_most = 1};
    connection.search(search, settings.timeout, [&](Entry&& entry) {
        const auto& controls = entry.values("supportedControl");
        offered = std::ranges::find(controls, "1.3.6.1.4.1.4203.1.9.1.1") != controls.end();
    });
    return offered;
}

}  // namespace kalends::directory::ldap
