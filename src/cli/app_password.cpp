// kalends app-password: a password for one device each. kalends-app-password(8).

#include "auth/app_password.hpp"

#include "base/text.hpp"
#include "cli/accounts.hpp"
#include "cli/connect.hpp"
#include "cli/run.hpp"

#include <iostream>

namespace kalends::cli {
namespace {

void print_json(const store::AppPassword& password) {
    std::cout << "{\"id\": " << text::json_quoted(password.id)
              << ", \"name\": " << text::json_quoted(password.name)
              << ", \"read_only\": " << (password.read_only ? "true" : "false")
              << ", \"created\": " << text::json_quoted(date(password.created))
              << ", \"last_used\": "
              << (password.last_used == 0 ? "null" : text::json_quoted(date(password.last_used)))
              << ", \"last_address\": " << text::json_quoted(password.last_peer) << "}\n";
}

void print_line(const store::AppPassword& password) {
    std::cout << password.id << "  " << text::printable(password.name) << "  made "
              << date(password.created);
    if (password.last_used == 0)
        std::cout << "  never used";
    else
        std::cout << "  last used " << date(password.last_used) << " from " << password.last_peer;
    std::cout << (password.read_only ? "  read-only" : "") << "\n";
}

}  // namespace

int app_password_add(const Arguments& arguments, const Config& config) {
    const auto name = arguments.value("name");
    if (!name || name->empty()) throw UsageError("say which device it is for: --name");
    Connection database(config);
    const auto home = find_user(*database, arguments.operands()[0]);
    const auto made =
        auth::make_app_password(*database, home->principal.id, *name, arguments.flag("read-only"));
    if (!made)
        throw Failure("there are " + std::to_string(store::max_app_passwords) +
                      " already; kalends app-password revoke takes some back");
    keep_for_audit(*database, "app-password", home->principal.login, "made for " + *name);
    std::cout << "Password: " << *made << "\n";
    return done;
}

int app_password_list(const Arguments& arguments, const Config& config) {
    Connection database(config);
    const auto home = find_user(*database, arguments.operands()[0]);
    for (const auto& password : store::list_app_passwords(*database, home->principal.id))
        arguments.flag("json") ? print_json(password) : print_line(password);
    return done;
}

int app_password_revoke(const Arguments& arguments, const Config& config) {
    std::vector<std::string> ids{arguments.operands().begin() + 1, arguments.operands().end()};
    if (ids.empty() != arguments.flag("all")) throw UsageError("say which: an ID, or --all");
    Connection database(config);
    const auto home = find_user(*database, arguments.operands()[0]);
    const auto id = home->principal.id;
    if (ids.empty())
        for (const auto& password : store::list_app_passwords(*database, id))
            ids.push_back(password.id);
    for (const auto& revoked : ids) {
        if (!store::revoke_app_password(*database, id, revoked))
            throw Failure(home->principal.login + " has no app password " +
                          text::printable(revoked));
        keep_for_audit(*database, "app-password", home->principal.login, "revoked " + revoked);
        std::cout << revoked << " is revoked.\n";
    }
    return done;
}

}  // namespace kalends::cli
