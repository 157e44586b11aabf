// `--help`: plain text for a terminal of 80 columns.

#include "base/text.hpp"
#include "cli/manual.hpp"

namespace kalends::cli {
namespace {

constexpr std::size_t width = 80;

/// Words in lines of 80 columns, each line behind `indent` spaces; paragraphs stay apart.
std::string wrapped(std::string_view words, std::size_t indent) {
    std::string result;
    std::string line(indent, ' ');
    const auto end_line = [&] {
        while (!line.empty() && line.back() == ' ') line.pop_back();
        result += line + "\n";
        line.assign(indent, ' ');
    };
    for (const auto paragraph_line : text::split(words, '\n')) {
        for (const auto word : text::split(paragraph_line, ' ')) {
            if (line.size() > indent && line.size() + word.size() > width) end_line();
            line.append(word).append(" ");
        }
        end_line();
    }
    return result;
}

std::string option_title(const Option& option) {
    std::string title = option.letter != 0 ? std::string("-") + option.letter + ", " : "    ";
    title.append("--").append(option.name);
    if (!option.value.empty()) title.append(" ").append(option.value);
    return title;
}

void append_options(std::string& to, std::span<const Option> options) {
    for (const auto& option : options)
        to += "  " + option_title(option) + "\n" + wrapped(option.sentence, 8);
}

}  // namespace

std::string version() { return KALENDS_VERSION; }

std::string help_overview() {
    std::string help =
        "Kalends, a groupware server: calendars, tasks and contacts for every client.\n\n"
        "kalends COMMAND [OPTION...]\n\n";
    for (const auto& command : commands()) {
        if (command.hidden) continue;
        std::string line = "  " + std::string(command.name);
        line.resize(18, ' ');
        help += line.append(command.summary) + "\n";
    }
    help += "\nkalends COMMAND --help explains one with examples. A first calendar:\n\n"
            "  kalends serve &\n"
            "  kalends user add jane --name \"Jane Doe\" --email jane@example.com\n\n"
            "then give a client the address http://127.0.0.1:8008/ with that login.\n";
    return help;
}

std::string help_for(const Command& command) {
    std::string help = "kalends " + std::string(command.name);
    if (!command.options.empty()) help += " [OPTION...]";
    if (!command.operands.empty()) help.append(" ").append(command.operands);
    help += "\n\n" + wrapped(command.description, 0) + "\nOptions\n";
    append_options(help, command.options);
    append_options(help, common_options());
    if (!command.examples.empty()) help += "\nExamples\n";
    for (const auto& example : command.examples)
        help += "  " + std::string(example.command) + "\n" + wrapped(example.what, 8);
    return help;
}

}  // namespace kalends::cli
