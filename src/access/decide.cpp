#include "access/decide.hpp"

#include <algorithm>

namespace kalends::access {
namespace {

/// Whether the entry speaks of the subject. RFC 3744 5.5.1. The owner never gets here.
bool concerns(const Ace& ace, const Subject& subject) {
    switch (ace.who) {
    case Who::everybody:
        return true;
    case Who::authenticated:
        return subject.principal != 0;
    case Who::unauthenticated:
        return subject.principal == 0;
    case Who::owner:
        return false;
    case Who::principal:
        break;
    }
    return subject.principal != 0 &&
           (ace.principal == subject.principal ||
            std::ranges::find(subject.groups, ace.principal) != subject.groups.end());
}

}  // namespace

Privileges decide(const Subject& subject, std::int64_t owner, std::span<const Ace> aces) {
    if (subject.principal != 0 && (subject.administrator || subject.principal == owner)) return all;
    Privileges granted = none;
    Privileges decided = none;
    for (const auto& ace : aces) {
        if (!concerns(ace, subject)) continue;
        if (!ace.deny) granted |= ace.privileges & ~decided;
        decided |= ace.privileges;
    }
    return (granted & read) != 0 ? granted | read_free_busy : granted;
}

}  // namespace kalends::access
