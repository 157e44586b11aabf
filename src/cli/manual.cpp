// Manual pages in man(7) macros.

#include "cli/manual.hpp"

#include "base/config.hpp"
#include "base/roff.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace kalends::cli {
namespace {

void append_paragraphs(std::string& to, std::string_view words) {
    for (const auto line : text::split(words, '\n'))
        to += line.empty() ? ".PP\n" : roff(line) + "\n";
}

void append_option(std::string& to, const Option& option) {
    to += ".TP\n";
    if (option.letter != 0) to += "\\fB\\-" + std::string(1, option.letter) + "\\fR, ";
    to += "\\fB\\-\\-" + roff(option.name) + "\\fR";
    if (!option.value.empty()) to += " \\fI" + roff(option.value) + "\\fR";
    to += "\n" + roff(option.sentence) + "\n";
}

void append_synopsis(std::string& to, const Command& command) {
    to += "\\fBkalends " + roff(command.name) + "\\fR";
    if (!command.options.empty()) to += " [\\fIOPTION\\fR...]";
    if (!command.operands.empty()) to += " \\fI" + roff(command.operands) + "\\fR";
    to += "\n";
}

void append_examples(std::string& to, const Command& command) {
    for (const auto& example : command.examples)
        to += ".TP\n\\fB" + roff(example.command) + "\\fR\n" + roff(example.what) + "\n";
}

std::string_view group_of(const Command& command) {
    return command.name.substr(0, command.name.find(' '));
}

/// The commands that share a page: one, or all of a group such as "user".
std::vector<const Command*> commands_of(std::string_view group) {
    std::vector<const Command*> result;
    for (const auto& command : commands())
        if (!command.hidden && group_of(command) == group) result.push_back(&command);
    return result;
}

std::string summary_of(std::string_view group, const std::vector<const Command*>& members) {
    return members.size() == 1 ? std::string(members[0]->summary)
                               : "manage the accounts of Kalends (" + std::string(group) + ")";
}

constexpr std::string_view exit_status_section =
    ".SH EXIT STATUS\n"
    ".TP\n0\nDone.\n"
    ".TP\n1\nIt could not be done; a sentence on standard error says why.\n"
    ".TP\n2\nThe command line was not understood.\n"
    ".TP\n78\nThe configuration is not valid.\n";

ManualPage page_of(std::string_view group) {
    const auto members = commands_of(group);
    const auto title = "kalends-" + std::string(group);
    std::string page = roff_title(text::upper_ascii(title), "8", version());
    page += ".SH NAME\n" + roff(title) + " \\- " + roff(summary_of(group, members)) +
            "\n.SH SYNOPSIS\n";
    for (const auto* command : members) {
        append_synopsis(page, *command);
        page += ".br\n";
    }
    page += ".SH DESCRIPTION\n";
    for (const auto* command : members) {
        if (members.size() > 1) page += ".SS kalends " + roff(command->name) + "\n";
        append_paragraphs(page, command->description);
        for (const auto& option : command->options) append_option(page, option);
    }
    page += ".SH COMMON OPTIONS\n";
    for (const auto& option : common_options()) append_option(page, option);
    page += ".SH EXAMPLES\n";
    for (const auto* command : members) append_examples(page, *command);
    page += exit_status_section;
    page += ".SH SEE ALSO\n\\fBkalends\\fR(8), \\fBkalends.toml\\fR(5)\n";
    return {title + ".8", page};
}

/// Help and version are on the overview's page.
bool has_page(std::string_view group) { return group != "help" && group != "version"; }

std::vector<std::string_view> groups() {
    std::vector<std::string_view> result;
    for (const auto& command : commands())
        if (!command.hidden &&
            std::find(result.begin(), result.end(), group_of(command)) == result.end())
            result.push_back(group_of(command));
    return result;
}

ManualPage overview_page() {
    std::string page = roff_title("KALENDS", "8", version());
    page += ".SH NAME\nkalends \\- groupware server for calendars, tasks and contacts\n"
            ".SH SYNOPSIS\n\\fBkalends\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...]\n.SH DESCRIPTION\n";
    append_paragraphs(
        page,
        "Kalends keeps calendars, tasks and address books, and synchronises them with Thunderbird, "
        "Evolution, Apple's programs, phones, and everything else that speaks CalDAV and CardDAV. "
        "All of "
        "it is one program with commands.");
    page += ".SH COMMANDS\n";
    for (const auto& command : commands()) {
        if (command.hidden) continue;
        page += ".TP\n\\fBkalends " + roff(command.name) + "\\fR\n" + roff(command.summary);
        if (has_page(group_of(command)))
            page += "; see \\fBkalends\\-" + roff(group_of(command)) + "\\fR(8)";
        page += "\n";
    }
    page += ".SH OPTIONS\n";
    for (const auto& option : common_options()) append_option(page, option);
    page += exit_status_section;
    page += ".SH ENVIRONMENT\n"
            ".TP\nKALENDS_CONFIG\nThe configuration, when \\fB\\-\\-config\\fR does not name one.\n"
            ".TP\nNOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS\nSee \\fBsd_notify\\fR(3), "
            "\\fBsd_listen_fds\\fR(3).\n"
            ".SH FILES\n"
            ".TP\n/etc/kalends/kalends.toml\nThe configuration.\n"
            ".TP\n/var/lib/kalends\nThe embedded PostgreSQL.\n"
            ".SH SEE ALSO\n\\fBkalends.toml\\fR(5)";
    for (const auto group : groups())
        if (has_page(group)) page += ", \\fBkalends\\-" + roff(group) + "\\fR(8)";
    return {"kalends.8", page + "\n"};
}

}  // namespace

std::vector<ManualPage> manual_pages() {
    std::vector<ManualPage> pages{overview_page()};
    for (const auto group : groups())
        if (has_page(group)) pages.push_back(page_of(group));
    pages.push_back({"kalends.toml.5", config_manual(version())});
    pages.push_back({"kalends.toml.example", config_example()});
    return pages;
}

}  // namespace kalends::cli
