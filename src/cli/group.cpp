// kalends group: groups, and who acts for somebody. kalends-group(8).

#include "base/text.hpp"
#include "cli/accounts.hpp"
#include "cli/connect.hpp"
#include "cli/run.hpp"
#include "directory/directory.hpp"
#include "store/groups.hpp"

#include <array>
#include <iostream>

namespace kalends::cli {
namespace {

using store::PrincipalKind;

/// Behind a login: the groups of those who act for it. No login has a '/'.
struct ProxySuffix {
    std::string_view suffix;
    PrincipalKind kind;
};
constexpr std::array proxy_suffixes{ProxySuffix{"/read", PrincipalKind::proxy_read},
                                    ProxySuffix{"/write", PrincipalKind::proxy_write}};

store::HomePtr find_anybody(store::Database& database, const std::string& login) {
    auto home = directory::find(database, login);
    if (home == nullptr) throw Failure("there is no \"" + text::printable(login) + "\"");
    return home;
}

/// The group that is meant by "staff", or by "jane/write".
store::PrincipalId group_named(store::Database& database, const std::string& name) {
    for (const auto& [suffix, kind] : proxy_suffixes) {
        if (!name.ends_with(suffix)) continue;
        const auto owner = find_anybody(database, name.substr(0, name.size() - suffix.size()));
        const auto group = store::proxy_group(database, owner->principal.id, kind);
        if (!group) throw Failure("nobody can act for a group");
        return *group;
    }
    return find_group(database, name)->principal.id;
}

/// Changes the members of the first operand by the others.
int change_members(const Arguments& arguments, const Config& config,
                   bool (*change)(store::Database&, store::PrincipalId,
                                  const std::vector<store::PrincipalId>&),
                   std::string_view what) {
    Connection database(config);
    const auto& words = arguments.operands();
    const auto group = group_named(*database, words.front());
    std::vector<store::PrincipalId> members;
    for (std::size_t i = 1; i < words.size(); ++i)
        members.push_back(find_anybody(*database, words[i])->principal.id);
    if (!change(*database, group, members)) throw Failure("the group was deleted meanwhile");
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto sentence = words[i] + ' ' + std::string(what) + ' ' + words.front();
        keep_for_audit(*database, "group", words.front(), sentence);
        std::cout << sentence << ".\n";
    }
    return done;
}

void print_group(store::Database& database, const store::Principal& group) {
    std::cout << group.login;
    if (!group.display_name.empty()) std::cout << "  " << text::printable(group.display_name);
    std::string_view separator = ":  ";
    for (const auto& member : store::members_of(database, group.id, store::Reach::direct)) {
        std::cout << separator << member.login;
        separator = " ";
    }
    std::cout << "\n";
}

}  // namespace

int group_add(const Arguments& arguments, const Config& config) {
    directory::NewAccount group;
    group.kind = PrincipalKind::group;
    group.login = arguments.operands()[0];
    group.display_name = arguments.value("name").value_or("");
    group.addresses = arguments.values("email");
    Connection database(config);
    if (arguments.flag("if-absent") && directory::find(*database, group.login) != nullptr)
        return done;
    directory::create_user(*database, group);
    keep_for_audit(*database, "group", group.login, "made");
    std::cout << "Made the group " << group.login << ".\n";
    return done;
}

int group_list(const Arguments& /*arguments*/, const Config& config) {
    constexpr std::size_t page = 500;
    Connection database(config);
    std::string after;
    for (;;) {
        const auto groups = store::list_principals(*database, PrincipalKind::group, after, page);
        for (const auto& group : groups) print_group(*database, group);
        if (groups.size() < page) return done;
        after = groups.back().login;
    }
}

int group_join(const Arguments& arguments, const Config& config) {
    return change_members(arguments, config, store::add_members, "is in");
}

int group_leave(const Arguments& arguments, const Config& config) {
    return change_members(arguments, config, store::remove_members, "is not in");
}

int group_delete(const Arguments& arguments, const Config& config) {
    Connection database(config);
    const auto home = find_group(*database, arguments.operands()[0]);
    store::delete_principal(*database, home->principal.id);
    keep_for_audit(*database, "group", home->principal.login, "deleted");
    std::cout << home->principal.login << " is deleted; those who were in it are not.\n";
    return done;
}

}  // namespace kalends::cli
