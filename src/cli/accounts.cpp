#include "cli/accounts.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "cli/run.hpp"
#include "directory/directory.hpp"
#include "store/audit.hpp"
#include "store/directory_sync.hpp"

namespace kalends::cli {

store::HomePtr find_user(store::Database& database, const std::string& login) {
    auto home = directory::find(database, login);
    if (home == nullptr || home->principal.kind == store::PrincipalKind::group)
        throw Failure("there is no user \"" + text::printable(login) +
                      "\"; kalends user list shows all");
    return home;
}

store::HomePtr find_group(store::Database& database, const std::string& name) {
    auto home = directory::find(database, name);
    if (home == nullptr || home->principal.kind != store::PrincipalKind::group)
        throw Failure("there is no group \"" + text::printable(name) +
                      "\"; kalends group list shows all");
    return home;
}

void require_local(store::Database& database, const store::Principal& principal) {
    if (store::is_from_directory(database, principal.id))
        throw Failure(principal.login +
                      " is an account of the directory (LDAP), which alone changes it");
}

std::string date(std::int64_t seconds) {
    return clock::iso_date(clock::Seconds{std::chrono::seconds{seconds}});
}

void keep_for_audit(store::Database& database, const std::string& event, const std::string& target,
                    const std::string& detail) {
    store::write_audit(database, {{.at = clock::unix_now(),
                                   .event = event,
                                   .target = target,
                                   .detail = detail + ", by the operator"}});
}

}  // namespace kalends::cli
