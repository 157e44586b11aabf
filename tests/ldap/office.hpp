#pragma once
// A directory and a server's database beside each other.

#include "base/clock.hpp"
#include "directory/ldap/sync.hpp"
#include "ldap/slapd.hpp"
#include "store/groups.hpp"
#include "store/principals.hpp"
#include "support/test_database.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace kalends::test {

struct Office {
    explicit Office(const std::string& entries, const std::string& limit = "unlimited")
        : slapd({.entries = entries, .reader_limit = limit}), node(database.open()), db(*node),
          settings(slapd.settings()) {}

    directory::ldap::SyncReport synchronise(directory::ldap::SyncOptions options = {}) {
        const auto deadline = clock::steady() + settings.timeout;
        directory::ldap::Connection connection{settings, slapd.uri(), deadline};
        connection.bind_as_service(settings, deadline);
        return directory::ldap::synchronise(connection, settings, db, options);
    }

    [[nodiscard]] store::HomePtr home(const std::string& login) const { return db.home(login); }
    [[nodiscard]] bool is_in(const std::string& login, const std::string& group) const {
        const auto member = home(login);
        const auto of = home(group);
        return member && of &&
               std::ranges::find(member->principal.groups, of->principal.id) !=
                   member->principal.groups.end();
    }

    TestSlapd slapd;
    TestDatabase database;
    std::unique_ptr<store::Database> node;
    store::Database& db;
    directory::ldap::Settings settings;
};

inline bool said(const std::vector<std::string>& sentences, const std::string& part) {
    return std::ranges::any_of(
        sentences, [&](const auto& each) { return each.find(part) != std::string::npos; });
}

/// Whether it becomes true in that time.
template <class Holds> bool within(std::chrono::milliseconds time, Holds&& holds) {
    const auto deadline = clock::steady() + time;
    while (!holds()) {
        if (clock::steady() >= deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return true;
}

#define REQUIRE_OFFICE()                                                                           \
    REQUIRE_SLAPD();                                                                               \
    REQUIRE_POSTGRESQL()

}  // namespace kalends::test
