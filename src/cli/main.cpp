// kalends: one program, a command each in a file of its own. kalends(8).

#include "cli/manual.hpp"
#include "cli/run.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace kalends::cli {
namespace {

struct Runner {
    std::string_view command;
    int (*run)(const Arguments& arguments, const Config& config);
};

constexpr Runner runners[] = {
    {"serve", serve},
    {"init", init},
    {"postgres", run_postgres},
    {"user add", user_add},
    {"user list", user_list},
    {"user change", user_change},
    {"user passwd", user_passwd},
    {"user disable", user_disable},
    {"user enable", user_enable},
    {"user delete", user_delete},
    {"app-password add", app_password_add},
    {"app-password list", app_password_list},
    {"app-password revoke", app_password_revoke},
    {"audit", audit},
    {"group add", group_add},
    {"group list", group_list},
    {"group join", group_join},
    {"group leave", group_leave},
    {"group delete", group_delete},
    {"room add", room_add},
    {"room list", room_list},
    {"room change", room_change},
    {"room delete", user_delete},
    {"mail queue", mail_queue},
    {"mail retry", mail_retry},
    {"mail drop", mail_drop},
    {"mail log", mail_log},
    {"mail test", mail_test},
    {"ldap test", ldap_test},
    {"ldap sync", ldap_sync},
    {"share", share},
    {"import", import_files},
    {"export", export_files},
    {"doctor", doctor},
};

int check_config(const Arguments& arguments) {
    if (arguments.flag("defaults")) {
        std::cout << config_example();
        return done;
    }
    configuration(arguments);
    const auto file = configuration_file(arguments);
    std::cout << (file.empty() ? "There is no configuration: all defaults." : file + " is valid.")
              << "\n";
    return done;
}

int help(const Arguments& arguments) {
    const auto& words = arguments.operands();
    if (words.empty()) {
        std::cout << help_overview();
        return done;
    }
    std::cout << help_for(parse_arguments([&] {
                              auto asked = words;
                              asked.emplace_back("--help");
                              return asked;
                          }())
                              .command());
    return done;
}

int manual(const Arguments& arguments) {
    for (const auto& page : manual_pages()) {
        const auto path = arguments.operands().front() + "/" + page.file;
        if (!(std::ofstream(path, std::ios::binary) << page.text))
            throw Failure("can't write " + path);
    }
    return done;
}

int run(const Arguments& arguments) {
    const auto name = arguments.command().name;
    if (arguments.flag("help")) {
        std::cout << help_for(arguments.command());
        return done;
    }
    if (name == "help") return help(arguments);
    if (name == "manual") return manual(arguments);
    if (name == "check-config") return check_config(arguments);
    if (name == "imip") return imip(arguments);
    if (name == "version") {
        std::cout << "kalends " << version() << "\n";
        return done;
    }
    for (const auto& runner : runners)
        if (runner.command == name) return runner.run(arguments, configuration(arguments));
    throw std::logic_error("the command " + std::string(name) + " does nothing");
}

int run_command_line(std::vector<std::string> words) {
    if (words.empty() || words[0] == "--help" || words[0] == "-h") words = {"help"};
    if (words[0] == "--version") words = {"version"};
    return run(parse_arguments(words));
}

}  // namespace

std::string configuration_file(const Arguments& arguments) {
    constexpr auto usual = "/etc/kalends/kalends.toml";
    if (const auto named = arguments.value("config")) return *named;
    if (const auto* named = std::getenv("KALENDS_CONFIG"); named != nullptr) return named;
    return std::filesystem::exists(usual) ? usual : "";
}

Config configuration(const Arguments& arguments) {
    const auto file = configuration_file(arguments);
    return file.empty() ? Config() : load_config(file);
}

}  // namespace kalends::cli

int main(int argc, char** argv) {
    using namespace kalends;
    try {
        return cli::run_command_line({argv + 1, argv + argc});
    } catch (const cli::UsageError& error) {
        std::cerr << "kalends: " << error.what() << "\n";
        return cli::wrong_usage;
    } catch (const ConfigError& error) {
        std::cerr << error.what() << "\n";
        return cli::wrong_config;
    } catch (const std::exception& error) {
        std::cerr << "kalends: " << error.what() << "\n";
        return cli::failed;
    }
}
