// What clients see while the database is away.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

using namespace kalends::test;
using namespace std::chrono_literals;

namespace {

/// A database that can be taken away: nobody may connect to it, and whoever is, is thrown out.
class RemovableDatabase {
public:
    void remove() {
        set_allowed("false");
        (void)TestServer::shared_database().query(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '" +
            name_ + "'");
    }
    void bring_back() { set_allowed("true"); }

    [[nodiscard]] const TestDatabase& get() const { return database_; }

private:
    void set_allowed(const std::string& value) {
        (void)TestServer::shared_database().query("ALTER DATABASE " + name_ +
                                                  " ALLOW_CONNECTIONS " + value);
    }

    TestDatabase database_;
    std::string name_ = database_.query("SELECT current_database()");
};

}  // namespace

TEST_CASE(
    "while the database is away writes get 503 with Retry-After, then all goes on by itself") {
    REQUIRE_POSTGRESQL();
    RemovableDatabase database;
    auto config = test_config();
    config.database.connect_timeout = 1s;
    const Node node(database.get(), config);
    make_user(node.database(), "alice");
    User alice(node.port(), "alice");
    REQUIRE(alice.put("calendar/a.ics", event("A")).status == 201);

    database.remove();
    const auto refused = alice.put("calendar/b.ics", event("B"));
    CHECK(refused.status == 503);
    CHECK(std::stoi(refused.header("Retry-After").value_or("0")) > 0);
    CHECK(refused.body.find("dbname") == std::string::npos);
    CHECK(alice.get("/healthz").status == 503);
    CHECK(alice.get("/metrics").status == 200);
    // Who can't be checked is neither let in nor told that the password is wrong.
    User stranger(node.port(), "bob");
    CHECK(stranger.propfind("/dav/", "D:current-user-principal").status() == 503);

    database.bring_back();
    int status = 0;
    for (int i = 0; i < 100 && status != 201; ++i) {
        status = alice.put("calendar/b.ics", event("B")).status;
        if (status != 201) std::this_thread::sleep_for(50ms);
    }
    CHECK(status == 201);
    CHECK(alice.get("/healthz").status == 200);
    CHECK(summary(alice.get("calendar/a.ics").body) == "A");
    CHECK(alice.propfind("calendar/", "D:getetag", "1").size() == 3);
}
