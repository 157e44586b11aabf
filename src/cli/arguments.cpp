// Takes a command line apart by the table of commands.

#include "base/text.hpp"
#include "cli/command.hpp"

#include <algorithm>

namespace kalends::cli {
namespace {

/// "; did you mean --config?", or nothing when no candidate is near.
std::string suggestion(std::string_view given, const std::vector<std::string_view>& known,
                       std::string_view before) {
    std::string_view best;
    std::size_t best_distance = 3;
    for (const auto candidate : known) {
        const auto distance = text::edit_distance(given, candidate);
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    if (best.empty()) return {};
    return "; did you mean " + std::string(before) + std::string(best) + "?";
}

const Option* find_option(const Command& command, std::string_view name, char letter) {
    for (const auto options : {command.options, common_options()})
        for (const auto& option : options)
            if ((!name.empty() && option.name == name) || (letter != 0 && option.letter == letter))
                return &option;
    return nullptr;
}

[[noreturn]] void unknown_option(const Command& command, const std::string& word) {
    std::vector<std::string_view> known;
    for (const auto options : {command.options, common_options()})
        for (const auto& option : options) known.push_back(option.name);
    const auto name =
        word.starts_with("--") ? std::string_view(word).substr(2) : std::string_view{};
    throw UsageError("kalends " + std::string(command.name) + " has no option " + word +
                     suggestion(name, known, "--"));
}

/// How many operands a synopsis such as "FROM [TO] FILE..." asks for.
struct OperandCount {
    std::size_t least = 0;
    std::size_t most = 0;
};

OperandCount operand_count(std::string_view synopsis) {
    constexpr std::size_t any_number = 1'000'000;
    OperandCount count;
    if (synopsis.empty()) return count;
    for (const auto word : text::split(synopsis, ' ')) {
        if (word.front() != '[') ++count.least;
        count.most += word.find("...") != std::string_view::npos ? any_number : 1;
    }
    return count;
}

/// The names that may follow "user".
std::vector<std::string_view> names_below(std::string_view group) {
    std::vector<std::string_view> names;
    for (const auto& command : commands())
        if (command.name.starts_with(std::string(group) + " "))
            names.push_back(command.name.substr(group.size() + 1));
    return names;
}

std::string joined(const std::vector<std::string_view>& names) {
    std::string result;
    for (const auto name : names) result.append(result.empty() ? "" : ", ").append(name);
    return result;
}

[[noreturn]] void unknown_command(std::span<const std::string> words) {
    if (const auto below = names_below(words[0]); !below.empty()) {
        if (words.size() < 2 || words[1].starts_with("-"))
            throw UsageError("kalends " + words[0] + " needs to know what to do: " + joined(below));
        throw UsageError("there is no command \"" + words[0] + " " + words[1] + "\"" +
                         suggestion(words[1], below, "kalends " + words[0] + " "));
    }
    std::vector<std::string_view> known;
    for (const auto& command : commands())
        if (!command.hidden) known.push_back(command.name.substr(0, command.name.find(' ')));
    throw UsageError("there is no command \"" + text::printable(words[0]) + "\"" +
                     suggestion(words[0], known, "kalends "));
}

}  // namespace

const Command* find_command(std::string_view name) {
    for (const auto& command : commands())
        if (command.name == name) return &command;
    return nullptr;
}

Arguments::Arguments(const Command& command, std::span<const std::string> words)
    : command_(&command) {
    bool only_operands = false;
    for (std::size_t at = 0; at < words.size();) {
        const auto& word = words[at];
        if (!only_operands && word == "--") {
            only_operands = true;
            ++at;
        } else if (!only_operands && word.size() > 1 && word.front() == '-') {
            at = take_option(words, at);
        } else {
            operands_.push_back(word);
            ++at;
        }
    }
    if (!flag("help")) check_operands();
}

/// Takes the option at words[at], with its value, and returns where to go on.
std::size_t Arguments::take_option(std::span<const std::string> words, std::size_t at) {
    const auto& word = words[at];
    const bool is_long = word.starts_with("--");
    const auto equals = is_long ? word.find('=') : std::string::npos;
    const auto name = is_long ? std::string_view(word).substr(
                                    2, equals == std::string::npos ? std::string::npos : equals - 2)
                              : std::string_view{};
    const auto* option = find_option(*command_, name, is_long ? '\0' : word[1]);
    if (option == nullptr) unknown_option(*command_, word.substr(0, equals));

    std::optional<std::string> value;
    if (equals != std::string::npos) value = word.substr(equals + 1);
    if (!is_long && word.size() > 2) value = word.substr(2);
    if (option->value.empty()) {
        if (value) throw UsageError("--" + std::string(option->name) + " takes no value");
        options_.emplace_back(option->name, "");
        return at + 1;
    }
    std::size_t next = at + 1;
    if (!value && next < words.size()) value = words[next++];
    if (!value)
        throw UsageError("--" + std::string(option->name) +
                         " needs a value: " + std::string(option->value));
    options_.emplace_back(option->name, std::move(*value));
    return next;
}

void Arguments::check_operands() const {
    const auto count = operand_count(command_->operands);
    const auto synopsis =
        "kalends " + std::string(command_->name) + " " + std::string(command_->operands);
    if (operands_.size() < count.least) throw UsageError("something is missing: " + synopsis);
    if (operands_.size() > count.most)
        throw UsageError("\"" + text::printable(operands_[count.most]) +
                         "\" is too much: " + synopsis);
}

std::optional<std::string> Arguments::value(std::string_view option) const {
    const auto found = std::find_if(options_.rbegin(), options_.rend(),
                                    [&](const auto& given) { return given.first == option; });
    if (found == options_.rend()) return std::nullopt;
    return found->second;
}

std::vector<std::string> Arguments::values(std::string_view option) const {
    std::vector<std::string> result;
    for (const auto& [name, value] : options_)
        if (name == option) result.push_back(value);
    return result;
}

Arguments parse_arguments(std::span<const std::string> words) {
    if (words.empty()) throw UsageError("a command is missing; kalends --help lists them");
    if (words.size() > 1)
        if (const auto* command = find_command(words[0] + " " + words[1]))
            return {*command, words.subspan(2)};
    if (const auto* command = find_command(words[0])) return {*command, words.subspan(1)};
    unknown_command(words);
}

}  // namespace kalends::cli
