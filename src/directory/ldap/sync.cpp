#include "directory/ldap/sync.hpp"

#include "directory/directory.hpp"

#include <algorithm>
#include <unordered_map>

namespace kalends::directory::ldap {
namespace {

using store::PrincipalKind;

void count(const Contents& contents, SyncReport& report) {
    for (const auto& each : contents.all) {
        if (each.kind == PrincipalKind::user)
            ++report.people;
        else if (each.kind == PrincipalKind::group)
            ++report.groups;
        else
            ++report.rooms;
    }
}

void synchronise_members(const Contents& contents, store::Database& db, SyncOptions options,
                         SyncReport& report) {
    constexpr std::size_t few = 10;
    const auto known = store::known_principals(db);
    const auto current = store::directory_memberships(db);
    auto plan = plan_memberships(contents.all, known, current);
    if (!options.accept_missing && plan.remove.size() > few &&
        plan.remove.size() == current.size() && report.held.empty())
        report.held = "no group of the directory has any member left: nobody is taken out of one. "
                      "If that is right, run kalends ldap sync --accept-missing";
    if (!report.held.empty()) plan.remove.clear();
    report.members_added = plan.add.size();
    report.members_removed = plan.remove.size();
    report.members_unknown = plan.unknown;
    if (!options.dry_run) store::change_memberships(db, plan.add, plan.remove);
}

/// Of those whose entries have changed since. A photo that can't be read is not worth a failure.
void synchronise_photos(Connection& connection, const Settings& settings, const Contents& contents,
                        const store::KnownPrincipals& before, store::Database& db,
                        SyncReport& report) {
    if (settings.mapping.photo_attribute.empty() || settings.mapping.changed_attribute.empty())
        return;
    std::unordered_map<std::string, std::string> stamps;
    for (const auto& each : before.principals) stamps.emplace(each.is.uuid, each.is.stamp);
    std::vector<const Found*> changed;
    for (const auto& each : contents.all) {
        const auto stamp = stamps.find(each.uuid);
        if (each.kind == PrincipalKind::user &&
            (stamp == stamps.end() || stamp->second != each.changed))
            changed.push_back(&each);
    }
    if (changed.empty()) return;
    const auto owners = who_has_photo(connection, settings);
    for (const auto* each : changed) {
        const bool has_one = owners.contains(each->uuid);
        if (!has_one && !stamps.contains(each->uuid)) continue;
        const auto photo = has_one ? read_photo(connection, settings, each->dn) : "";
        const auto home = db.home(each->login);
        if (!home || home->principal.uuid != each->uuid) continue;
        store::set_photo(db, home->principal.id, photo);
        report.photos += photo.empty() ? 0 : 1;
    }
}

}  // namespace

SyncReport synchronise(Connection& connection, const Settings& settings, store::Database& db,
                       SyncOptions options) {
    SyncReport report;
    const auto turn = store::take_sync_turn(db);
    report.others_turn = turn == nullptr;
    if (report.others_turn) return report;

    const auto contents = read_contents(connection, settings);
    count(contents, report);
    const auto known = store::known_principals(db);
    report.plan = plan_changes(contents, known, true);
    if (!options.accept_missing)
        report.held = hold_what_is_not_credible(report.plan, known, settings.max_gone_percent);
    if (!options.dry_run) store::write_changes(db, report.plan.changes, default_home());
    synchronise_members(contents, db, options, report);
    if (!options.dry_run) synchronise_photos(connection, settings, contents, known, db, report);
    return report;
}

std::optional<store::PrincipalId> adopt(store::Database& db, const Found& found, std::string& why) {
    Contents one;
    one.all.push_back(found);
    const store::DirectoryPrincipal place{.uuid = found.uuid,
                                          .kind = found.kind,
                                          .login = found.login,
                                          .display_name = {},
                                          .addresses = found.addresses,
                                          .locale = {},
                                          .time_zone = {},
                                          .stamp = {}};
    const auto known = store::principals_near(db, place);
    auto plan = plan_changes(one, known, false);
    // The stamp is left to the synchronisation, which reads the photo where it has changed.
    for (auto& each : plan.changes.make) each.stamp.clear();
    std::erase_if(plan.changes.change, [&](auto& each) {
        const auto old =
            std::ranges::find(known.principals, each.first, &store::KnownPrincipal::id);
        each.second.stamp = old->is.stamp;
        return plan.changed == 0;
    });
    store::write_changes(db, plan.changes, default_home());
    for (const auto& each : store::principals_near(db, place).principals)
        if (each.is.uuid == found.uuid && each.from_directory) return each.id;
    why = plan.skipped.empty() ? "the account could not be made" : plan.skipped.back();
    return std::nullopt;
}

}  // namespace kalends::directory::ldap
