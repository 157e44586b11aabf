// kalends share: who has a calendar or an address book beside its owner. kalends-share(8).

#include "access/share.hpp"

#include "base/text.hpp"
#include "cli/accounts.hpp"
#include "cli/connect.hpp"
#include "cli/run.hpp"
#include "dav/path.hpp"
#include "directory/directory.hpp"
#include "store/acl.hpp"

#include <algorithm>
#include <array>
#include <iostream>

namespace kalends::cli {
namespace {

using access::Level;
using store::CollectionKind;

struct LevelRow {
    Level level;
    std::string_view option;
    std::string_view words;
};
constexpr std::array levels{
    LevelRow{Level::reader, "read", "may read"},
    LevelRow{Level::writer, "write", "may read and write"},
    LevelRow{Level::free_busy, "free-busy", "may see when the owner is busy, of"},
    LevelRow{Level::nothing, "none", "has no access of its own to"},
};

const LevelRow& row_of(Level level) { return *std::ranges::find(levels, level, &LevelRow::level); }

/// The one that was given; nothing if none was.
std::optional<Level> level_of(const Arguments& arguments) {
    std::optional<Level> level;
    for (const auto& row : levels) {
        if (!arguments.flag(row.option)) continue;
        if (level) throw UsageError("say one of --read, --write, --free-busy and --none");
        level = row.level;
    }
    return level;
}

/// Where it may be, and below that the segments of its path.
struct Address {
    std::string login;
    std::vector<CollectionKind> homes;
    std::vector<std::string> names;
};

/// "celia/project" as people write it.
Address short_address(const std::string& operand) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at <= operand.size();) {
        const auto end = std::min(operand.find('/', at), operand.size());
        if (end > at) words.push_back(operand.substr(at, end - at));
        at = end + 1;
    }
    if (words.size() < 2)
        throw Failure("\"" + text::printable(operand) +
                      "\" names no calendar; they are written as celia/project");
    return {words.front(),
            {CollectionKind::calendar_home, CollectionKind::addressbook_home},
            {words.begin() + 1, words.end()}};
}

/// "/dav/calendars/celia/project/", or that as a URL.
Address whole_address(const std::string& operand) {
    const auto path = dav::parse_path(dav::path_of_href(operand));
    const bool cards = path && path->kind == dav::addressbook_home;
    if (!path || path->names.empty() || (!cards && path->kind != dav::calendar_home))
        throw Failure("\"" + text::printable(operand) + "\" is no address of a calendar");
    return {path->login,
            {cards ? CollectionKind::addressbook_home : CollectionKind::calendar_home},
            path->names};
}

store::CollectionPtr find_below(const store::Home& home, CollectionKind root,
                                const std::vector<std::string>& names) {
    store::CollectionPtr at = home.root(root);
    for (const auto& name : names) {
        at = home.child(at->id, name);
        if (!at) return nullptr;
    }
    return at;
}

store::CollectionPtr find_collection(store::Database& database, const std::string& operand) {
    const auto address =
        dav::is_absolute(operand) ? whole_address(operand) : short_address(operand);
    const auto home = directory::find(database, address.login);
    if (home == nullptr) throw Failure("there is no \"" + text::printable(address.login) + "\"");
    for (const auto root : address.homes)
        if (auto found = find_below(*home, root, address.names)) {
            if (found->target) throw Failure("this is shared by somebody else: name the owner's");
            if (found->kind != CollectionKind::calendar &&
                found->kind != CollectionKind::addressbook)
                throw Failure("only calendars and address books are shared");
            return found;
        }
    throw Failure(address.login + " has no calendar or address book \"" +
                  text::printable(address.names.back()) + "\"");
}

/// Of those who act for somebody, as kalends group writes it.
std::string name_of(store::Database& database, const store::Principal& principal) {
    const auto owner = principal.owner.value != 0 ? database.home(principal.owner) : nullptr;
    if (!owner) return principal.login;
    return owner->principal.login +
           (principal.kind == store::PrincipalKind::proxy_read ? "/read" : "/write");
}

void list(store::Database& database, const store::Collection& collection) {
    for (const auto& [principal, level] : access::shares_in(collection.aces))
        if (const auto home = database.home(store::PrincipalId{principal}))
            std::cout << name_of(database, home->principal) << "  " << row_of(level).option << "\n";
}

/// Again with the entries of the moment where somebody else changed them meanwhile.
void set(store::Database& database, const std::string& operand, const store::Principal& with,
         Level level, std::size_t max_aces) {
    constexpr int attempts = 5;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const auto collection = find_collection(database, operand);
        if (collection->home == with.id) throw Failure("the owner has it already");
        const auto aces = access::shared(collection->aces, {with.id.value, level});
        if (aces.size() > max_aces) throw Failure("dav.max_aces allows no more entries for it");
        const auto changed = store::set_aces(database, collection->home, collection->id,
                                             collection->acl_seq, "", aces);
        if (changed == store::Changed::done) return;
        database.forget(collection->home);
    }
    throw Failure("access to it is being changed by others; try again");
}

}  // namespace

int share(const Arguments& arguments, const Config& config) {
    const auto& operand = arguments.operands()[0];
    const auto with = arguments.values("with");
    const auto level = level_of(arguments);
    if (with.empty() == level.has_value())
        throw UsageError("--with says whom, and --read, --write, --free-busy or --none what");

    Connection database(config);
    if (!level) {
        list(*database, *find_collection(*database, operand));
        return done;
    }
    std::vector<store::HomePtr> people;
    for (const auto& login : with) {
        people.push_back(directory::find(*database, login));
        if (!people.back()) throw Failure("there is no \"" + text::printable(login) + "\"");
    }
    for (const auto& home : people) {
        set(*database, operand, home->principal, *level,
            static_cast<std::size_t>(config.dav.max_aces));
        const auto what =
            home->principal.login + ' ' + std::string(row_of(*level).words) + ' ' + operand;
        keep_for_audit(*database, "acl", operand, what);
        std::cout << what << ".\n";
    }
    return done;
}

}  // namespace kalends::cli
