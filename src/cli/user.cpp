// kalends user: accounts. kalends-user(8).

#include "auth/password.hpp"
#include "base/text.hpp"
#include "cli/accounts.hpp"
#include "cli/connect.hpp"
#include "cli/run.hpp"
#include "directory/directory.hpp"

#include <filesystem>
#include <iostream>
#include <unistd.h>

namespace kalends::cli {
namespace {

constexpr std::size_t shortest_password = 1;
constexpr std::size_t longest_password = 1000;

/// A password from standard input where that is asked for, else a new one, which is then printed.
struct Password {
    std::string text;
    bool made = false;
};

Password password_of(const Arguments& arguments) {
    if (!arguments.flag("password-stdin")) return {auth::random_password(), true};
    Password given;
    std::getline(std::cin, given.text);
    if (!given.text.empty() && given.text.back() == '\r') given.text.pop_back();
    if (given.text.size() < shortest_password || given.text.size() > longest_password)
        throw Failure(
            "the first line of standard input is no password: it must have 1 to 1000 bytes");
    return given;
}

void say_password(const Password& password) {
    if (password.made) std::cout << "Password: " << password.text << "\n";
}

int set_disabled(const Arguments& arguments, const Config& config, bool disabled) {
    Connection database(config);
    const auto home = find_user(*database, arguments.operands()[0]);
    if (!store::set_disabled(*database, home->principal.id, disabled))
        throw Failure("the user was deleted meanwhile");
    keep_for_audit(*database, "account", home->principal.login, disabled ? "disabled" : "enabled");
    std::cout << home->principal.login
              << (disabled ? " can't log in any more.\n" : " can log in.\n");
    return done;
}

void print_json(const store::Principal& user) {
    std::string addresses;
    for (const auto& address : user.addresses)
        addresses.append(addresses.empty() ? "" : ", ").append(text::json_quoted(address));
    std::cout << "{\"login\": " << text::json_quoted(user.login)
              << ", \"name\": " << text::json_quoted(user.display_name) << ", \"addresses\": ["
              << addresses << "]"
              << ", \"disabled\": " << (user.disabled ? "true" : "false")
              << ", \"administrator\": " << (user.administrator ? "true" : "false") << "}\n";
}

void print_line(const store::Principal& user) {
    std::cout << user.login;
    if (!user.display_name.empty()) std::cout << "  " << text::printable(user.display_name);
    for (const auto& address : user.addresses) std::cout << "  <" << address << ">";
    if (user.administrator) std::cout << "  administrator";
    if (user.disabled) std::cout << "  disabled";
    std::cout << "\n";
}

/// A name that tzdata has.
void require_time_zone(const Config& config, const std::string& name) {
    const auto path = std::filesystem::path(config.server.tzdata) / name;
    std::error_code none;
    if (!name.empty() && (name.find("..") != std::string::npos || name.front() == '/' ||
                          !std::filesystem::is_regular_file(path, none)))
        throw UsageError("there is no time zone " + text::printable(name));
}

store::PrincipalChange change_in(const Arguments& arguments, const Config& config) {
    store::PrincipalChange change;
    change.display_name = arguments.value("name");
    change.locale = arguments.value("locale");
    change.time_zone = arguments.value("time-zone");
    if (change.time_zone) require_time_zone(config, *change.time_zone);
    if (auto addresses = arguments.values("email");
        !addresses.empty() || arguments.flag("no-email"))
        change.addresses = std::move(addresses);
    if (arguments.flag("admin") && arguments.flag("no-admin"))
        throw UsageError("say one of --admin and --no-admin");
    if (arguments.flag("admin") || arguments.flag("no-admin"))
        change.administrator = arguments.flag("admin");
    return change;
}

bool is_confirmed(const std::string& login) {
    if (::isatty(STDIN_FILENO) == 0)
        throw Failure("nobody is there to be asked; add --yes to delete " + login);
    std::cout << "Delete " << login
              << " with all calendars and contacts? Type the login again: " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == login;
}

}  // namespace

int user_add(const Arguments& arguments, const Config& config) {
    directory::NewAccount account;
    account.login = arguments.operands()[0];
    account.display_name = arguments.value("name").value_or("");
    account.addresses = arguments.values("email");
    account.administrator = arguments.flag("admin");
    const auto password = password_of(arguments);
    account.password = password.text;

    Connection database(config);
    if (arguments.flag("if-absent") && directory::find(*database, account.login) != nullptr)
        return done;
    directory::create_user(*database, account);
    keep_for_audit(*database, "account", account.login, "made");
    std::cout << "Made the account " << account.login << ".\n";
    say_password(password);
    return done;
}

int user_list(const Arguments& arguments, const Config& config) {
    constexpr std::size_t page = 500;
    Connection database(config);
    std::string after;
    for (;;) {
        const auto users =
            store::list_principals(*database, store::PrincipalKind::user, after, page);
        for (const auto& user : users) arguments.flag("json") ? print_json(user) : print_line(user);
        if (users.size() < page) return done;
        after = users.back().login;
    }
}

int user_change(const Arguments& arguments, const Config& config) {
    const auto change = change_in(arguments, config);
    Connection database(config);
    const auto home = find_user(*database, arguments.operands()[0]);
    require_local(*database, home->principal);
    directory::change_user(*database, home->principal.id, change);
    keep_for_audit(*database, "account", home->principal.login, "changed");
    print_line(database->home(home->principal.id)->principal);
    return done;
}

int user_passwd(const Arguments& arguments, const Config& config) {
    const auto password = password_of(arguments);
    Connection database(config);
    const auto home = find_user(*database, arguments.operands()[0]);
    require_local(*database, home->principal);
    if (!store::set_password_hash(*database, home->principal.id,
                                  auth::hash_password(password.text)))
        throw Failure("the user was deleted meanwhile");
    keep_for_audit(*database, "account", home->principal.login, "new password");
    std::cout << "The password of " << home->principal.login << " is changed.\n";
    say_password(password);
    return done;
}

int user_disable(const Arguments& arguments, const Config& config) {
    return set_disabled(arguments, config, true);
}

int user_enable(const Arguments& arguments, const Config& config) {
    return set_disabled(arguments, config, false);
}

int user_delete(const Arguments& arguments, const Config& config) {
    Connection database(config);
    const auto home = find_user(*database, arguments.operands()[0]);
    const auto& login = home->principal.login;
    if (!arguments.flag("yes") && !is_confirmed(login)) throw Failure("nothing was deleted");
    store::delete_principal(*database, home->principal.id);
    keep_for_audit(*database, "account", login, "deleted");
    std::cout << login << " is deleted.\n";
    return done;
}

}  // namespace kalends::cli
