#include "cli/manual.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace kalends::cli;

namespace {

std::string contents(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("the committed manual pages say what the tables say (kalends manual man)") {
    std::set<std::string> expected;
    for (const auto& page : manual_pages()) {
        CAPTURE(page.file);
        expected.insert(page.file);
        CHECK(contents(std::string(MANUAL_DIR) + "/" + page.file) == page.text);
    }
    for (const auto& file : std::filesystem::directory_iterator(MANUAL_DIR)) {
        CAPTURE(file.path());
        CHECK(expected.count(file.path().filename().string()) == 1);
    }
}

TEST_CASE("the help of every command names its options and shows an example") {
    for (const auto& command : commands()) {
        if (command.hidden || command.name == "version") continue;
        const auto help = help_for(command);
        CAPTURE(command.name);
        CHECK(help.find("Examples\n  ") != std::string::npos);
        for (const auto& option : command.options)
            CHECK(help.find("--" + std::string(option.name)) != std::string::npos);
        CHECK(help_overview().find(command.summary) != std::string::npos);
    }
}

TEST_CASE("help fits a terminal of 80 columns, but for examples") {
    for (const auto& command : commands()) {
        std::istringstream help(help_for(command));
        for (std::string line; std::getline(help, line) && line != "Examples";) {
            CAPTURE(line);
            CHECK(line.size() <= 80);
        }
    }
}
