#include "sched/people.hpp"

#include "base/percent.hpp"
#include "base/text.hpp"
#include "directory/directory.hpp"
#include "directory/rights.hpp"
#include "mail/address.hpp"
#include "store/scheduling.hpp"

#include <algorithm>

namespace kalends::sched {
namespace {

constexpr std::string_view urn_uuid = "urn:uuid:";

/// The login in "/dav/principals/users/jane", of whatever host; empty for any other address.
std::string login_in(std::string_view address) {
    constexpr std::string_view place = "/dav/principals/";
    const auto at = address.find(place);
    if (at == std::string_view::npos) return {};
    const auto rest = address.substr(at + place.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return {};
    const auto name = rest.substr(slash + 1);
    if (name.find('/') != std::string_view::npos) return {};
    return percent::decode(name).value_or("");
}

/// What the directory's tables are asked for.
std::vector<std::string> keys_of(const std::string& canonical) {
    if (canonical.starts_with(urn_uuid)) return {canonical};
    const auto mail = itip::mail_of(canonical);
    if (mail.empty()) return {};
    std::vector<std::string> keys{mail};
    if (auto base = without_tag(mail); base != mail) keys.push_back(std::move(base));
    return keys;
}

}  // namespace

std::string without_tag(std::string_view mail) {
    const auto at = mail.rfind('@');
    const auto plus = mail.find('+');
    if (plus == std::string_view::npos || plus == 0 || plus > at) return std::string(mail);
    return std::string(mail.substr(0, plus)) + std::string(mail.substr(at));
}

bool is_answer(itip::Method method) {
    using itip::Method;
    return method == Method::reply || method == Method::counter || method == Method::refresh;
}

std::string_view delivery_status(const Site& site, const store::Principal& from, const Person& to,
                                 itip::Method method) {
    if (!to.home && !to.can_have_mail) return status::invalid_user;
    if (!to.home) return site.sends_mail ? status::pending : status::no_way;
    const auto inbox = to.home->scheduling(store::CollectionKind::inbox);
    if (!inbox) return status::invalid_user;
    const auto needed =
        is_answer(method) ? access::schedule_deliver_reply : access::schedule_deliver_invite;
    return (directory::rights_of(&from, *to.home, *inbox) & needed) == needed
               ? status::delivered
               : status::no_privileges;
}

itip::Addresses addresses_of(const store::Principal& principal) {
    itip::Addresses all;
    for (const auto& address : principal.addresses) all.add(address);
    all.add(std::string(urn_uuid) + principal.uuid);
    return all;
}

std::string address_of(const store::Principal& principal) {
    return principal.addresses.empty() ? std::string(urn_uuid) + principal.uuid
                                       : "mailto:" + principal.addresses.front();
}

Person People::person_of(const std::string& canonical,
                         const std::map<std::string, store::PrincipalId>& known) {
    Person person;
    for (const auto& key : keys_of(canonical)) {
        const auto found = known.find(key);
        if (found == known.end()) continue;
        person.home = database_.home(found->second);
        break;
    }
    if (const auto login = login_in(canonical); !person.home && !login.empty())
        person.home = directory::find(database_, login);
    if (person.home && person.home->principal.disabled) person.home = nullptr;
    const auto mail = itip::mail_of(canonical);
    person.can_have_mail =
        !person.home && !mail.empty() && !mail::is_in_domains(mail, site_.domains);
    return person;
}

void People::learn(const std::vector<std::string>& addresses) {
    std::vector<std::string> unknown;
    std::vector<std::string> keys;
    for (const auto& address : addresses) {
        auto canonical = itip::canonical(address);
        if (people_.contains(canonical)) continue;
        for (auto& key : keys_of(canonical)) keys.push_back(std::move(key));
        unknown.push_back(std::move(canonical));
    }
    std::map<std::string, store::PrincipalId> known;
    for (auto& [address, id] : store::principals_of_addresses(database_, keys))
        known.emplace(std::move(address), id);
    for (const auto& canonical : unknown)
        people_.try_emplace(canonical, person_of(canonical, known));
}

bool People::have_groups() const {
    return std::ranges::any_of(people_, [](const auto& each) {
        const auto& home = each.second.home;
        return home && home->principal.kind == store::PrincipalKind::group;
    });
}

const Person* People::find(std::string_view address) const {
    const auto found = people_.find(itip::canonical(address));
    return found == people_.end() ? nullptr : &found->second;
}

}  // namespace kalends::sched
