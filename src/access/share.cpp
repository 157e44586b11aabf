#include "access/share.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace kalends::access {
namespace {

/// Speaks of one principal and those in it.
bool names_one(const Ace& ace) { return ace.who == Who::principal && !ace.inverted; }

/// The highest first.
constexpr std::array levels{Level::writer, Level::reader, Level::free_busy};

Level level_of(Privileges privileges) {
    const auto found = std::ranges::find_if(levels, [&](Level level) {
        const auto needed = privileges_of(level) & ~read_current_user_privilege_set;
        return (privileges & needed) == needed;
    });
    return found == levels.end() ? Level::nothing : *found;
}

}  // namespace

Privileges privileges_of(Level level) {
    constexpr Privileges to_read = read | read_free_busy | read_current_user_privilege_set;
    constexpr std::array by_level{none, Privileges{read_free_busy}, to_read, to_read | write};
    return by_level.at(static_cast<std::size_t>(level));
}

std::vector<Share> shares_in(std::span<const Ace> aces) {
    std::unordered_map<std::int64_t, std::vector<Ace>> own;
    std::vector<std::int64_t> in_order;
    for (const auto& ace : aces) {
        if (!names_one(ace)) continue;
        auto& list = own[ace.principal];
        if (list.empty()) in_order.push_back(ace.principal);
        list.push_back(ace);
    }
    std::vector<Share> shares;
    for (const auto principal : in_order) {
        const auto level = level_of(decide({principal, {}, false}, 0, own.at(principal)));
        if (level != Level::nothing) shares.push_back({principal, level});
    }
    return shares;
}

std::vector<Ace> shared(std::span<const Ace> aces, const Share& share) {
    std::vector<Ace> result;
    if (share.level != Level::nothing)
        result.push_back({.principal = share.principal, .privileges = privileges_of(share.level)});
    std::ranges::copy_if(aces, std::back_inserter(result), [&](const Ace& ace) {
        return !names_one(ace) || ace.principal != share.principal;
    });
    return result;
}

}  // namespace kalends::access
