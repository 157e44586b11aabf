// kalends ldap: the directory. kalends-ldap(8).

#include "app/settings.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/connect.hpp"
#include "cli/directory_check.hpp"
#include "cli/run.hpp"
#include "directory/directory.hpp"
#include "directory/ldap/login.hpp"
#include "directory/ldap/sync.hpp"
#include "store/directory_sync.hpp"

#include <iostream>
#include <memory>
#include <optional>

namespace kalends::cli {
namespace {

namespace ldap = directory::ldap;
using Kind = ldap::LoginOutcome::Kind;

ldap::Settings directory_settings(const Config& config) {
    if (config.ldap.uri.empty())
        throw Failure("there is no directory: ldap.uri is not set; see kalends.toml(5)");
    return app::ldap_settings(config);
}

std::optional<std::string> password_of(const Arguments& arguments) {
    if (!arguments.flag("password-stdin")) return std::nullopt;
    std::string password;
    std::getline(std::cin, password);
    if (!password.empty() && password.back() == '\r') password.pop_back();
    return password;
}

/// Whose account the login would be: false if the directory is not asked about it.
bool say_what_is_here(const Config& config, const std::string& login) {
    const auto step = [](const std::string& sentence) { std::cout << "- " << sentence << "\n"; };
    Connection database(config);
    const auto home = directory::find_for_login(*database, login);
    if (!home) {
        step("there is no account yet; it is made at the first login, or by the next "
             "synchronisation");
        return true;
    }
    const auto& is = home->principal;
    if (!store::is_from_directory(*database, is.id)) {
        step(is.login + " is a local account: the directory is not asked about it");
        return false;
    }
    step("the account " + is.login + " comes from the directory" +
         (is.disabled ? ", and is disabled here" : ""));
    return true;
}

void print(const std::vector<std::string>& lines, std::string_view before) {
    for (const auto& line : lines) std::cout << before << line << "\n";
}

void print_report(const ldap::SyncReport& report, bool dry_run) {
    print(report.plan.done, dry_run ? "would " : "");
    print(report.plan.skipped, "skipped: ");
    if (!report.held.empty()) std::cout << "HELD: " << report.held << ".\n";
    std::cout << "In the directory: " << report.people << " people, " << report.groups
              << " groups, " << report.rooms << " rooms and resources.\n"
              << (dry_run ? "Would be made " : "Made ") << report.plan.made << ", changed "
              << report.plan.changed << ", disabled " << report.plan.gone << "; members added "
              << report.members_added << ", removed " << report.members_removed << "; skipped "
              << report.plan.skipped.size() << ".\n";
    if (report.members_unknown != 0)
        std::cout << report.members_unknown
                  << " members of groups are nobody that ldap.user_filter and the others find.\n";
}

}  // namespace

int ldap_test(const Arguments& arguments, const Config& config) {
    set_log_level(Level::error);
    const auto settings = directory_settings(config);
    const auto& typed = arguments.operands().front();
    const auto login = directory::canonical_login(typed).value_or(typed);
    const auto password = password_of(arguments);
    if (login != typed) std::cout << "- as a login that is " << text::printable(login) << "\n";
    const bool is_asked = say_what_is_here(config, login);

    ldap::Servers servers{settings};
    ldap::Pool pool{servers, 1};
    const auto outcome = ldap::log_in(
        pool, login, password, [](const std::string& step) { std::cout << "- " << step << "\n"; });
    if (!is_asked) {
        std::cout << "The local account decides; kalends user passwd sets its password.\n";
        return failed;
    }
    if (outcome.kind == Kind::right) {
        std::cout << (password ? "This login works.\n"
                               : "This user may log in. Add --password-stdin to try a password.\n");
        return done;
    }
    std::cout << (outcome.kind == Kind::unavailable
                      ? "The directory can't be used: nobody new can log in.\n"
                      : "This login does not work.\n");
    return failed;
}

int ldap_sync(const Arguments& arguments, const Config& config) {
    const auto settings = directory_settings(config);
    const bool dry_run = arguments.flag("dry-run");
    Connection database(config);
    ldap::Servers servers{settings};
    try {
        const auto connection = servers.connect_as_service(clock::steady() + settings.timeout);
        const auto report = ldap::synchronise(
            *connection, settings, *database,
            {.dry_run = dry_run, .accept_missing = arguments.flag("accept-missing")});
        if (report.others_turn)
            throw Failure("a server is synchronising at this moment; try again");
        print_report(report, dry_run);
        return report.held.empty() ? done : failed;
    } catch (const ldap::DirectoryUnavailable& error) {
        throw Failure(error.what());
    } catch (const ldap::DirectoryRefused& error) {
        throw Failure(error.what());
    }
}

std::vector<DirectoryFinding> examine_directory(const Config& config) {
    std::vector<DirectoryFinding> findings;
    if (config.ldap.uri.empty()) return findings;
    const auto settings = app::ldap_settings(config);
    for (const auto& uri : settings.uris) {
        auto one = settings;
        one.uris = {uri};
        try {
            ldap::Servers servers{one};
            const auto connection = servers.connect_as_service(clock::steady() + one.timeout);
            const auto contents = ldap::read_contents(*connection, one);
            findings.push_back(
                {contents.all.empty(),
                 "The directory " + uri + " has " + std::to_string(contents.all.size()) +
                     " users, groups and rooms" +
                     (contents.all.empty() ? ": are ldap.base and the filters right, and may "
                                             "ldap.bind_dn read them?"
                                           : ".")});
            for (const auto& why : contents.unusable)
                findings.push_back({false, "It can't be used: " + why});
        } catch (const std::exception& error) {
            findings.push_back({true, "The directory: " + std::string(error.what()) + "."});
        }
        const bool in_clear = uri.starts_with("ldap://") && !settings.start_tls &&
                              !uri.starts_with("ldap://127.") &&
                              !uri.starts_with("ldap://localhost");
        if (in_clear)
            findings.push_back({true, "Passwords cross the network in clear to " + uri +
                                          ": set ldap.start_tls, or use ldaps://."});
    }
    if (!settings.check_certificate)
        findings.push_back({true, "ldap.check_certificate is off: anybody on the way to the "
                                  "directory reads all passwords."});
    return findings;
}

}  // namespace kalends::cli
