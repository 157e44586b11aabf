#pragma once
// The commands of the one binary as a table: from it come the parser, `--help` and the manual
// pages.

#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kalends::cli {

/// What the program ends with.
enum ExitStatus : int {
    done = 0,
    failed = 1,         ///< what was asked could not be done; a sentence says why
    wrong_usage = 2,    ///< the command line is not understood
    wrong_config = 78,  ///< the configuration is not valid (EX_CONFIG)
};

struct Option {
    std::string_view name;   ///< "config" for --config
    char letter = 0;         ///< 'c' for -c, or none
    std::string_view value;  ///< what its value is called: "FILE"; empty: it has none
    std::string_view sentence;
};

struct Example {
    std::string_view command;
    std::string_view what;
};

struct Command {
    std::string_view name;         ///< "serve", "user add"
    std::string_view operands;     ///< as in a synopsis: "LOGIN", "FILE...", "[DIR]", or empty
    std::string_view summary;      ///< a few words for lists
    std::string_view description;  ///< paragraphs, separated by an empty line
    std::span<const Option> options;
    std::span<const Example> examples;
    bool hidden = false;  ///< for the build; not in help and manual
};

/// In the order in which help lists them.
std::span<const Command> commands();

/// Options that every command takes.
std::span<const Option> common_options();

/// nullptr if there is none of that name.
const Command* find_command(std::string_view name);

/// A command line that is not understood: what() is a sentence for the user.
class UsageError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A command line, taken apart.
class Arguments {
public:
    Arguments(const Command& command, std::span<const std::string> words);

    [[nodiscard]] const Command& command() const { return *command_; }
    [[nodiscard]] bool flag(std::string_view option) const { return value(option).has_value(); }
    /// The value of an option (the last one given); nothing if it was not.
    [[nodiscard]] std::optional<std::string> value(std::string_view option) const;
    /// All values of an option that may be repeated.
    [[nodiscard]] std::vector<std::string> values(std::string_view option) const;
    [[nodiscard]] const std::vector<std::string>& operands() const { return operands_; }

private:
    std::size_t take_option(std::span<const std::string> words, std::size_t at);
    void check_operands() const;

    const Command* command_;
    std::vector<std::pair<std::string_view, std::string>> options_;
    std::vector<std::string> operands_;
};

/// The command that the words begin with, and its arguments. Throws UsageError, with a suggestion
/// where a name is nearly right.
Arguments parse_arguments(std::span<const std::string> words);

}  // namespace kalends::cli
