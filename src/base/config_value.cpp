// Values of settings as text: sizes, durations, ranges.

#include "base/config_private.hpp"
#include "base/text.hpp"

#include <array>
#include <limits>

namespace kalends {
namespace {

struct Unit {
    std::string_view name;
    long long factor;
};

constexpr std::array size_units{Unit{"B", 1}, Unit{"KB", 1LL << 10U}, Unit{"MB", 1LL << 20U},
                                Unit{"GB", 1LL << 30U}};
constexpr std::array duration_units{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"min", 60'000},
                                    Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};

/// "30 s" with one of `units`, in the smallest of them.
std::optional<long long> with_unit(std::string_view text, std::span<const Unit> units) {
    text = text::trim(text);
    const auto end = text.find_first_not_of("0123456789");
    if (end == std::string_view::npos) return std::nullopt;
    const auto number = text::to_number(text.substr(0, end));
    const auto name = text::trim(text.substr(end));
    for (const auto& unit : units)
        if (number && unit.name == name &&
            *number <= std::numeric_limits<long long>::max() / unit.factor)
            return *number * unit.factor;
    return std::nullopt;
}

struct Range {
    std::string_view low, high;
};

Range range_of(std::string_view text) {
    const auto dots = text.find("..");
    return {text::trim(text.substr(0, dots)), text::trim(text.substr(dots + 2))};
}

bool is_choice(std::string_view range, std::string_view value) {
    for (const auto choice : text::split(range, '|'))
        if (text::trim(choice) == value) return true;
    return false;
}

std::optional<bool> read(std::string_view text, const bool& /*kind*/) {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}
std::optional<int> read(std::string_view text, const int& /*kind*/) {
    const auto number = text::to_number(text);
    if (!number || *number > std::numeric_limits<int>::max()) return std::nullopt;
    return static_cast<int>(*number);
}
std::optional<std::size_t> read(std::string_view text, const std::size_t& /*kind*/) {
    return parse_size(text);
}
std::optional<std::chrono::milliseconds> read(std::string_view text,
                                              const std::chrono::milliseconds& /*kind*/) {
    return parse_duration(text);
}
std::optional<std::string> read(std::string_view text, const std::string& /*kind*/) {
    return std::string(text);
}
std::optional<std::vector<std::string>> read(std::string_view text,
                                             const std::vector<std::string>& /*kind*/) {
    std::vector<std::string> items;
    if (text.empty()) return items;
    for (const auto item : text::split(text, ',')) items.emplace_back(text::trim(item));
    return items;
}

template <class T> bool in_range(const T& value, std::string_view range) {
    if (range.empty()) return true;
    if constexpr (std::is_same_v<T, std::string>) {
        return is_choice(range, value);
    } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::vector<std::string>>) {
        return true;
    } else {
        const auto [low, high] = range_of(range);
        return *read(low, value) <= value && value <= *read(high, value);
    }
}

constexpr std::array<std::string_view, 6> kinds{"true or false",
                                                "a whole number",
                                                "a size such as \"10 MB\" (B, KB, MB, GB)",
                                                "a duration such as \"30 s\" (ms, s, min, h, d)",
                                                "a text in quotes",
                                                "a list of texts in brackets"};

}  // namespace

std::optional<std::size_t> parse_size(std::string_view text) {
    const auto bytes = with_unit(text, size_units);
    if (!bytes) return std::nullopt;
    return static_cast<std::size_t>(*bytes);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto milliseconds = with_unit(text, duration_units);
    if (!milliseconds) return std::nullopt;
    return std::chrono::milliseconds{*milliseconds};
}

template <class Owner> std::string_view kind_of(const Setting<Owner>& setting) {
    return kinds.at(setting.field.index());
}

template <class Owner>
std::string assign(Owner& owner, const Setting<Owner>& setting, std::string_view text) {
    return std::visit(
        [&](auto field) -> std::string {
            auto& value = field(owner);
            auto given = read(text, value);
            if (!given) return "must be " + std::string(kind_of(setting));
            if (!in_range(*given, setting.range))
                return "is " + std::string(text) + ", but must be " +
                       (setting.range.find("..") == std::string_view::npos ? "one of " : "in ") +
                       std::string(setting.range);
            value = std::move(*given);
            return {};
        },
        setting.field);
}

template std::string_view kind_of(const Setting<Config>&);
template std::string_view kind_of(const Setting<Listener>&);
template std::string assign(Config&, const Setting<Config>&, std::string_view);
template std::string assign(Listener&, const Setting<Listener>&, std::string_view);

}  // namespace kalends
