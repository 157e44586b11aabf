#include "access/decide.hpp"

#include <algorithm>

namespace kalends::access {
namespace {

/// Whether the subject is the principal, or in it. RFC 3744 5.5.1.
bool belongs_to(const Subject& subject, std::int64_t principal) {
    return subject.principal != 0 &&
           (principal == subject.principal ||
            std::ranges::find(subject.groups, principal) != subject.groups.end());
}

/// Whether the subject is among those that the entry names. RFC 3744 5.5.1.
bool matches(const Ace& ace, const Subject& subject, std::int64_t owner, std::int64_t self) {
    switch (ace.who) {
    case Who::everybody:
        return true;
    case Who::authenticated:
        return subject.principal != 0;
    case Who::unauthenticated:
        return subject.principal == 0;
    case Who::owner:
        return belongs_to(subject, owner);
    case Who::self:
        return belongs_to(subject, self);
    case Who::principal:
        break;
    }
    return belongs_to(subject, ace.principal);
}

}  // namespace

Privileges decide(const Subject& subject, std::int64_t owner, std::span<const Ace> aces,
                  std::int64_t self) {
    if (subject.principal != 0 && (subject.administrator || subject.principal == owner)) return all;
    Privileges granted = none;
    Privileges decided = none;
    for (const auto& ace : aces) {
        if (matches(ace, subject, owner, self) == ace.inverted) continue;
        if (!ace.deny) granted |= ace.privileges & ~decided;
        decided |= ace.privileges;
    }
    return (granted & read) != 0 ? granted | read_free_busy : granted;
}

}  // namespace kalends::access
