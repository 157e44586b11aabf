#pragma once
// Help texts and manual pages, written from the table of commands.

#include "cli/command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kalends::cli {

/// The list of commands: `kalends --help`.
std::string help_overview();

/// One command: `kalends user add --help`.
std::string help_for(const Command& command);

/// "0.1.0"
std::string version();

struct ManualPage {
    std::string file;  ///< "kalends-user.8"
    std::string text;
};

/// kalends(8), a page for each subcommand (all of `user` in one), kalends.toml(5), and the example
/// configuration.
std::vector<ManualPage> manual_pages();

}  // namespace kalends::cli
