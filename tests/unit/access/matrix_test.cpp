// Every kind of subject against every kind of entry, alone and in pairs, for each privilege. RFC
// 3744 5.5. What is expected comes from a table of who is meant by what, and from nothing of the
// code.

#include "access/decide.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using namespace kalends::access;

namespace {

constexpr std::int64_t owner = 1;
constexpr std::int64_t member = 2;  // of `team`, which is in `company`
constexpr std::int64_t other = 3;
constexpr std::int64_t administrator = 4;
constexpr std::int64_t team = 10;
constexpr std::int64_t company = 11;
constexpr std::array<std::int64_t, 2> closure{team, company};

enum Kind { is_owner, is_administrator, is_member, is_other, is_nobody };
constexpr std::array subjects{
    Subject{.principal = owner, .groups = {}},
    Subject{.principal = administrator, .groups = {}, .administrator = true},
    Subject{.principal = member, .groups = closure},
    Subject{.principal = other, .groups = {}},
    Subject{},
};

/// How an entry can say whom it is for, and which of member, other and nobody that is; `self` of
/// the resource is `self_principal`.
struct Naming {
    std::string_view name;
    Who who;
    std::int64_t principal;
    std::int64_t self_principal;
    bool member, other, nobody;
};
// clang-format off
constexpr std::array namings{
    Naming{"href of the member",   Who::principal,       member,  0,       true,  false, false},
    Naming{"href of the group",    Who::principal,       team,    0,       true,  false, false},
    Naming{"href of its group",    Who::principal,       company, 0,       true,  false, false},
    Naming{"href of the other",    Who::principal,       other,   0,       false, true,  false},
    Naming{"href of nobody here",  Who::principal,       99,      0,       false, false, false},
    Naming{"owner",                Who::owner,           0,       0,       false, false, false},
    Naming{"all",                  Who::everybody,       0,       0,       true,  true,  true},
    Naming{"authenticated",        Who::authenticated,   0,       0,       true,  true,  false},
    Naming{"unauthenticated",      Who::unauthenticated, 0,       0,       false, false, true},
    Naming{"self, of the member",  Who::self,            0,       member,  true,  false, false},
    Naming{"self, of its group",   Who::self,            0,       company, true,  false, false},
    Naming{"self, of the other",   Who::self,            0,       other,   false, true,  false},
    Naming{"self of no principal", Who::self,            0,       0,       false, false, false},
};
// clang-format on

struct Entry {
    Naming naming;
    bool inverted, deny;
};

std::vector<Entry> entries() {
    std::vector<Entry> found;
    for (const auto& naming : namings)
        for (const bool inverted : {false, true})
            for (const bool deny : {false, true}) found.push_back({naming, inverted, deny});
    return found;
}

std::string to_string(const Entry& entry) {
    return std::string(entry.deny ? "deny " : "grant ") + (entry.inverted ? "all but " : "") +
           std::string(entry.naming.name);
}

bool means(const Entry& entry, Kind kind) {
    const bool named = kind == is_member  ? entry.naming.member
                       : kind == is_other ? entry.naming.other
                                          : entry.naming.nobody;
    return entry.inverted ? !named : named;
}

/// RFC 3744 6: the first entry that is for the subject decides; all of them name `privilege`.
Privileges expected(Kind kind, const std::vector<Entry>& list, Privileges privilege) {
    if (kind == is_owner || kind == is_administrator) return all;
    const Privileges granted = privilege & read ? privilege | read_free_busy : privilege;
    for (const auto& entry : list)
        if (means(entry, kind)) return entry.deny ? none : granted;
    return none;
}

Privileges decided(Kind kind, const std::vector<Entry>& list, Privileges privilege) {
    std::vector<Ace> aces;
    aces.reserve(list.size());
    for (const auto& entry : list)
        aces.push_back({.who = entry.naming.who,
                        .principal = entry.naming.principal,
                        .deny = entry.deny,
                        .privileges = privilege,
                        .inverted = entry.inverted});
    return decide(subjects.at(kind), owner, aces, list.front().naming.self_principal);
}

}  // namespace

TEST_CASE("RFC 3744 5.5.1: each entry speaks to whom it names, for each privilege") {
    for (const auto& entry : entries())
        for (const auto kind : {is_owner, is_administrator, is_member, is_other, is_nobody})
            for (const auto& row : privilege_tree()) {
                CAPTURE(to_string(entry));
                CAPTURE(kind);
                CAPTURE(row.name);
                const std::vector list{entry};
                CHECK(decided(kind, list, row.bits) == expected(kind, list, row.bits));
            }
}

TEST_CASE("RFC 3744 6: of two entries the first that speaks to a subject decides") {
    for (const auto& first : entries())
        for (const auto& second : entries()) {
            if (second.naming.self_principal != first.naming.self_principal) continue;
            for (const auto kind : {is_owner, is_administrator, is_member, is_other, is_nobody}) {
                CAPTURE(to_string(first));
                CAPTURE(to_string(second));
                CAPTURE(kind);
                const std::vector list{first, second};
                CHECK(decided(kind, list, bind) == expected(kind, list, bind));
            }
        }
}
