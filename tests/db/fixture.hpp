#pragma once
// What every test of the store begins with: a database shared by the program's tests, and a new
// home in it.

#include "directory/directory.hpp"
#include "store/changes.hpp"
#include "store/collections.hpp"
#include "store/objects.hpp"
#include "store/principals.hpp"
#include "support/test_database.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace kalends::test {

inline TestDatabase& shared_database() {
    static TestDatabase database;
    return database;
}

/// One node for all tests of the program that need no second one.
inline store::Database& shared_node() {
    static const auto node = shared_database().open();
    return *node;
}

/// Whether it becomes true within the second that DESIGN section 7 promises.
inline bool within_a_second(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    do {
        if (holds()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    } while (std::chrono::steady_clock::now() < deadline);
    return false;
}

/// A new user with the default home, seen through one node.
struct Someone {
    explicit Someone(store::Database& node = shared_node()) : db(node), login(new_login()) {
        id = directory::create_user(
            db, {.login = login, .display_name = "Jane", .addresses = {login + "@example.com"}});
    }

    [[nodiscard]] store::CollectionPtr collection(const std::string& name = "calendar") const {
        const auto home = db.home(login);
        for (const auto& each : home->collections)
            if (each->name == name) return each;
        return nullptr;
    }

    /// An object as clients send it, reduced to what the store looks at.
    [[nodiscard]] store::PutObject object(const std::string& name, const std::string& data,
                                          const std::string& uid = "") const {
        const auto in = collection();
        return {.home = id,
                .collection = in->id,
                .acl_seq = in->acl_seq,
                .name = name,
                .uid = uid.empty() ? "uid-" + name : uid,
                .component = "VEVENT",
                .data = data,
                .etag = "etag-" + data.substr(0, 100),
                .time = store::TimeBounds{1000, 2000, false},
                .digest = {},
                .search = {},
                .preconditions = {}};
    }

    store::WriteOutcome put(const std::string& name, const std::string& data,
                            const std::string& uid = "") const {
        return store::put(db, object(name, data, uid));
    }

    store::WriteOutcome erase(const std::string& name,
                              const store::Preconditions& preconditions = {}) const {
        const auto in = collection();
        return store::erase(db, {id, in->id, in->acl_seq, name, preconditions});
    }

    [[nodiscard]] std::optional<store::Object> find(const std::string& name) const {
        return store::find_object(db, id, collection()->id, name);
    }

    static std::string new_login() {
        static std::atomic<int> count{0};
        return "user" + std::to_string(++count);
    }

    store::Database& db;
    std::string login;
    store::PrincipalId id;
};

}  // namespace kalends::test
