#include "cli/command.hpp"

#include <doctest/doctest.h>

using namespace kalends::cli;

namespace {

Arguments parse(const std::vector<std::string>& words) { return parse_arguments(words); }

/// The sentence that a command line is refused with; empty if it is not.
std::string refused(const std::vector<std::string>& words) {
    try {
        parse(words);
        return {};
    } catch (const UsageError& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("a command of two words is found before one of one word") {
    const auto arguments = parse({"user", "add", "jane"});
    CHECK(arguments.command().name == "user add");
    CHECK(arguments.operands() == std::vector<std::string>{"jane"});
    CHECK(parse({"import", "jane", "a.ics"}).command().name == "import");
}

TEST_CASE("options may be long, short, joined, and after operands") {
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"user", "add", "--name", "Jane Doe", "jane"},
                                               {"user", "add", "jane", "--name=Jane Doe"},
                                               {"user", "add", "-n", "Jane Doe", "jane"},
                                               {"user", "add", "-nJane Doe", "jane"}}) {
        const auto arguments = parse(words);
        CHECK(arguments.value("name") == "Jane Doe");
        CHECK(arguments.operands() == std::vector<std::string>{"jane"});
    }
}

TEST_CASE("an option may be repeated: all are kept, and the last one counts") {
    const auto arguments =
        parse({"user", "add", "jane", "-e", "a@example.com", "-e", "b@example.com"});
    CHECK(arguments.values("email") == std::vector<std::string>{"a@example.com", "b@example.com"});
    CHECK(arguments.value("email") == "b@example.com");
    CHECK(parse({"serve"}).values("pid-file").empty());
}

TEST_CASE("every command takes --config and --help") {
    for (const auto& command : commands()) {
        std::vector<std::string> words;
        const auto space = command.name.find(' ');
        words.emplace_back(command.name.substr(0, space));
        if (space != std::string_view::npos) words.emplace_back(command.name.substr(space + 1));
        words.insert(words.end(), {"--config", "x.toml", "--help"});
        CAPTURE(command.name);
        CHECK(parse(words).value("config") == "x.toml");
        CHECK(parse(words).flag("help"));
    }
}

TEST_CASE("after -- everything is an operand, and a single dash is one too") {
    CHECK(parse({"user", "add", "--", "-jane"}).operands() == std::vector<std::string>{"-jane"});
    CHECK(parse({"import", "jane", "-"}).operands().back() == "-");
}

TEST_CASE("what is mistyped is refused with what was probably meant") {
    CHECK(refused({"serv"}) == "there is no command \"serv\"; did you mean kalends serve?");
    CHECK(refused({"user", "ad", "jane"}) ==
          "there is no command \"user ad\"; did you mean kalends user add?");
    CHECK(refused({"user", "add", "jane", "--nmae", "x"}) ==
          "kalends user add has no option --nmae; did you mean --name?");
    CHECK(refused({"serve", "-x"}) == "kalends serve has no option -x");
}

TEST_CASE("a group alone lists what it can do") {
    CHECK(refused({"user"}) == "kalends user needs to know what to do: add, list, change, passwd, "
                               "disable, enable, delete");
}

TEST_CASE("values and operands that are missing or too many are refused") {
    CHECK(refused({"serve", "--pid-file"}) == "--pid-file needs a value: FILE");
    CHECK(refused({"user", "add", "jane", "--admin=yes"}) == "--admin takes no value");
    CHECK(refused({"user", "add"}) == "something is missing: kalends user add LOGIN");
    CHECK(refused({"import", "jane"}) == "something is missing: kalends import LOGIN FILE...");
    CHECK(refused({"serve", "now"}) == "\"now\" is too much: kalends serve ");
    CHECK(refused({}) == "a command is missing; kalends --help lists them");
    CHECK(refused({"help", "user", "add"}).empty());
    CHECK_FALSE(refused({"help", "user", "add", "jane"}).empty());
}
