#include "directory/ldap/plan.hpp"

#include "directory/ldap/dn.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

namespace kalends::directory::ldap {
namespace {

using store::DirectoryPrincipal;
using store::KnownPrincipal;
using store::PrincipalId;
using store::PrincipalKind;

/// The smallest number of missing people that says something about a directory.
constexpr std::size_t few = 10;

DirectoryPrincipal as_directory_principal(const Found& found) {
    return {.uuid = found.uuid,
            .kind = found.kind,
            .login = found.login,
            .display_name = found.display_name,
            .addresses = found.addresses,
            .locale = found.locale,
            .time_zone = found.time_zone,
            .stamp = found.changed,
            .closed = !found.disabled.empty()};
}

std::string_view called(PrincipalKind kind) {
    constexpr std::array<std::string_view, 4> names{"user", "group", "resource", "room"};
    return names.at(static_cast<std::size_t>(kind));
}

std::vector<std::string> sorted(std::vector<std::string> values) {
    std::ranges::sort(values);
    return values;
}

std::string sentence_of_gone(const KnownPrincipal& gone) {
    return "disable " + gone.is.login + ": it is not in the directory";
}

/// One comparison of the directory with what is known.
class Planner {
public:
    Planner(const Contents& contents, const store::KnownPrincipals& known, bool complete)
        : found_(contents.all), known_(known), complete_(complete),
          present_(contents.unusable_uuids.begin(), contents.unusable_uuids.end()) {
        plan_.skipped = contents.unusable;
        for (const auto& each : known.principals) {
            by_uuid_.emplace(each.is.uuid, &each);
            logins_.emplace(each.is.login, each.is.uuid);
            for (const auto& address : each.is.addresses) addresses_.emplace(address, each.is.uuid);
            uuids_.emplace(each.id.value, each.is.uuid);
        }
        for (const auto& [login, id] : known.former_logins)
            if (const auto owner = uuids_.find(id.value); owner != uuids_.end())
                logins_.emplace(login, owner->second);
        for (const auto& each : found_) found_uuids_.insert(each.uuid);
        release_addresses();
    }

    Plan run() {
        for (const auto* each : in_order()) take(*each);
        if (complete_) find_missing();
        return std::move(plan_);
    }

private:
    /// Who is known comes first, so that nobody new takes what they have; then by DN, so that the
    /// answer does not depend on the order in which a server gives entries.
    [[nodiscard]] std::vector<const Found*> in_order() const {
        std::vector<const Found*> order;
        order.reserve(found_.size());
        for (const auto& each : found_) order.push_back(&each);
        std::ranges::sort(order, [this](const Found* a, const Found* b) {
            const bool a_known = by_uuid_.contains(a->uuid);
            const bool b_known = by_uuid_.contains(b->uuid);
            if (a_known != b_known) return a_known;
            // A group may be called as a user is (posixGroup): the user has the name.
            const bool a_group = a->kind == PrincipalKind::group;
            const bool b_group = b->kind == PrincipalKind::group;
            return a_group != b_group ? b_group : a->dn < b->dn;
        });
        return order;
    }

    /// Addresses that somebody of the directory has no more are free for others of it.
    void release_addresses() {
        for (const auto& each : found_) {
            const auto known = by_uuid_.find(each.uuid);
            if (known == by_uuid_.end() || !known->second->from_directory) continue;
            for (const auto& address : known->second->is.addresses)
                if (std::ranges::find(each.addresses, address) == each.addresses.end())
                    addresses_.erase(address);
        }
    }

    void skip(const Found& found, const std::string& why) {
        plan_.skipped.push_back(std::string(called(found.kind)) + ' ' + found.login + " (" +
                                found.dn + "): " + why);
    }

    void take(const Found& found) {
        for (const auto& remark : found.remarks) skip(found, remark);
        if (!seen_.insert(found.uuid).second)
            return skip(found, "another entry has the same identifier");
        const auto known = by_uuid_.find(found.uuid);
        const auto* old = known == by_uuid_.end() ? nullptr : known->second;
        if (old != nullptr && !old->from_directory)
            return skip(found, "a local account has the same identifier");
        if (old != nullptr && old->is.kind != found.kind) {
            seen_.erase(found.uuid);  // what it was here is gone
            return skip(found, "it is a " + std::string(called(old->is.kind)) +
                                   " here; delete that first, with its data");
        }
        auto wanted = as_directory_principal(found);
        if (!may_have_login(found, old, wanted)) return;
        keep_free_addresses(found, wanted);
        if (old == nullptr)
            make(found, std::move(wanted));
        else
            change(found, *old, std::move(wanted));
    }

    /// False: it is skipped. Who is known already keeps the old login then.
    bool may_have_login(const Found& found, const KnownPrincipal* old, DirectoryPrincipal& wanted) {
        const auto [holder, free] = logins_.emplace(wanted.login, wanted.uuid);
        if (free || holder->second == wanted.uuid) return true;
        skip(found, "the login is taken by " + holder_of_login(holder->second, wanted.login));
        if (old != nullptr) wanted.login = old->is.login;
        return old != nullptr;
    }

    [[nodiscard]] std::string holder_of_login(const std::string& uuid,
                                              const std::string& login) const {
        const auto known = by_uuid_.find(uuid);
        if (known == by_uuid_.end()) return "another entry";
        const auto& holder = *known->second;
        if (holder.is.login != login) return holder.is.login + ", who was called so before";
        if (!holder.from_directory) return "a local account, which wins over the directory";
        if (holder.gone || (complete_ && !found_uuids_.contains(uuid)))
            return "another entry, which is gone; its data stay until kalends user delete " + login;
        return "another entry";
    }

    void keep_free_addresses(const Found& found, DirectoryPrincipal& wanted) {
        std::erase_if(wanted.addresses, [&](const std::string& address) {
            const auto [holder, free] = addresses_.emplace(address, wanted.uuid);
            if (free || holder->second == wanted.uuid) return false;
            const auto known = by_uuid_.find(holder->second);
            skip(found, "the address " + address + " is that of " +
                            (known == by_uuid_.end() ? "another entry" : known->second->is.login));
            return true;
        });
    }

    void make(const Found& found, DirectoryPrincipal wanted) {
        ++plan_.made;
        plan_.done.push_back("make the " + std::string(called(found.kind)) + ' ' + wanted.login);
        plan_.changes.make.push_back(std::move(wanted));
    }

    void change(const Found& found, const KnownPrincipal& old, DirectoryPrincipal wanted) {
        const auto& is = old.is;
        std::string what;
        const auto add = [&what](const std::string& part) {
            what.append(what.empty() ? "" : ", ").append(part);
        };
        if (wanted.login != is.login) add("is called " + wanted.login + " now");
        if (wanted.display_name != is.display_name) add("name \"" + wanted.display_name + '"');
        // Values have no order: what we have stays as it is.
        if (sorted(wanted.addresses) == sorted(is.addresses))
            wanted.addresses = is.addresses;
        else
            add("addresses");
        if (old.gone) add("is back");
        if (wanted.closed && !old.disabled) add("disabled: " + found.disabled);
        if (!wanted.closed && is.closed && !old.gone) add("enabled");
        if (wanted.locale != is.locale || wanted.time_zone != is.time_zone) add("language or zone");
        const bool closing = wanted.closed && !old.disabled;
        const bool opening = !wanted.closed && is.closed;
        if (what.empty() && !closing && !opening && wanted.stamp == is.stamp) return;
        if (!what.empty()) {
            ++plan_.changed;
            plan_.done.push_back("change " + is.login + ": " + what);
        }
        plan_.changes.change.emplace_back(old.id, std::move(wanted));
    }

    void find_missing() {
        for (const auto& each : known_.principals) {
            if (!each.from_directory || each.gone || seen_.contains(each.is.uuid) ||
                present_.contains(each.is.uuid))
                continue;
            ++plan_.gone;
            plan_.done.push_back(sentence_of_gone(each));
            plan_.changes.gone.push_back(each.id);
        }
    }

    const std::vector<Found>& found_;
    const store::KnownPrincipals& known_;
    bool complete_;
    std::unordered_map<std::string, const KnownPrincipal*> by_uuid_;
    std::unordered_map<std::string, std::string> logins_;     // to the uuid of who has it
    std::unordered_map<std::string, std::string> addresses_;  // likewise
    std::unordered_map<std::int64_t, std::string> uuids_;
    std::unordered_set<std::string> present_;  // but of no use
    std::unordered_set<std::string> found_uuids_;
    std::unordered_set<std::string> seen_;
    Plan plan_;
};

struct Missing {
    std::size_t known = 0;
    std::size_t missing = 0;
};

/// Takes back that those of that kind are gone.
void keep(Plan& plan, const store::KnownPrincipals& known, PrincipalKind kind) {
    for (const auto& each : known.principals) {
        if (each.is.kind != kind) continue;
        const auto before = plan.changes.gone.size();
        std::erase(plan.changes.gone, each.id);
        if (plan.changes.gone.size() == before) continue;
        --plan.gone;
        std::erase(plan.done, sentence_of_gone(each));
    }
}

}  // namespace

Plan plan_changes(const Contents& contents, const store::KnownPrincipals& known, bool complete) {
    return Planner{contents, known, complete}.run();
}

std::string hold_what_is_not_credible(Plan& plan, const store::KnownPrincipals& known,
                                      unsigned percent) {
    std::array<Missing, 4> by_kind{};
    std::unordered_set<std::int64_t> gone;
    for (const auto id : plan.changes.gone) gone.insert(id.value);
    for (const auto& each : known.principals) {
        if (!each.from_directory || each.gone) continue;
        auto& of_kind = by_kind.at(static_cast<std::size_t>(each.is.kind));
        ++of_kind.known;
        of_kind.missing += gone.contains(each.id.value) ? 1 : 0;
    }
    std::string why;
    for (std::size_t kind = 0; kind < by_kind.size(); ++kind) {
        const auto [had, missing] = by_kind.at(kind);
        const bool all = missing == had && missing != 0;
        const bool many = missing > few && missing * 100 > had * percent;
        if (!all && !many) continue;
        const auto name = called(static_cast<PrincipalKind>(kind));
        why.append(why.empty() ? "" : ". ")
            .append(std::to_string(missing) + " of " + std::to_string(had) + ' ')
            .append(name)
            .append(had == 1 ? "" : "s")
            .append(" are missing in the directory: no ")
            .append(name)
            .append(" is disabled. If that is right, run kalends ldap sync --accept-missing");
        keep(plan, known, static_cast<PrincipalKind>(kind));
    }
    return why;
}

MembershipPlan plan_memberships(const std::vector<Found>& found,
                                const store::KnownPrincipals& known,
                                std::vector<store::Membership> current) {
    std::unordered_map<std::string, PrincipalId> by_uuid;
    std::unordered_map<std::string, PrincipalId> by_login;
    std::unordered_map<std::string, PrincipalId> by_dn;
    for (const auto& each : known.principals) {
        if (!each.from_directory || each.gone) continue;
        by_uuid.emplace(each.is.uuid, each.id);
    }
    for (const auto& each : found) {
        const auto id = by_uuid.find(each.uuid);
        if (id == by_uuid.end()) continue;
        by_dn.emplace(normalized_dn(each.dn), id->second);
        // As the directory calls them: a login that is taken here is another's.
        if (each.kind == PrincipalKind::user) by_login.emplace(each.login, id->second);
    }

    MembershipPlan plan;
    std::vector<store::Membership> wanted;
    const auto want = [&](PrincipalId group, const auto& names, const std::string& name) {
        const auto member = names.find(name);
        if (member == names.end())
            ++plan.unknown;
        else if (member->second != group)
            wanted.emplace_back(group, member->second);
    };
    for (const auto& each : found) {
        const auto group = by_uuid.find(each.uuid);
        if (each.kind != PrincipalKind::group || group == by_uuid.end()) continue;
        for (const auto& dn : each.member_dns) want(group->second, by_dn, normalized_dn(dn));
        for (const auto& login : each.member_logins) want(group->second, by_login, login);
    }
    std::ranges::sort(wanted);
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    std::ranges::sort(current);
    std::ranges::set_difference(wanted, current, std::back_inserter(plan.add));
    std::ranges::set_difference(current, wanted, std::back_inserter(plan.remove));
    return plan;
}

}  // namespace kalends::directory::ldap
