#include "base/c_ptr.hpp"
#include "db/fixture.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <thread>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;

namespace {

bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 400; ++i) {
        if (holds()) return true;
        std::this_thread::sleep_for(25ms);
    }
    return false;
}

/// The other node, with the home in its cache.
std::unique_ptr<store::Database> node_that_knows(const Someone& someone, store::Settings settings) {
    auto node = std::make_unique<store::Database>(std::move(settings));
    REQUIRE(node->home(someone.login));
    REQUIRE(eventually([&] { return node->cached_home(someone.login) != nullptr; }));
    return node;
}

std::int64_t cached_modseq(store::Database& node, const std::string& login) {
    const auto home = node.cached_home(login);
    return home ? home->find(store::CollectionKind::calendar, "calendar")->modseq : -1;
}

void cut_listeners() {
    shared_database().query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                            "WHERE datname = current_database() AND query LIKE 'LISTEN%'");
}

/// A transaction that another process leaves open.
class SlowTransaction {
public:
    SlowTransaction(const std::string& dsn, const std::string& sql)
        : connection_(PQconnectdb(dsn.c_str())) {
        run("BEGIN; " + sql);
    }
    void commit() const { run("COMMIT"); }

private:
    void run(const std::string& sql) const {
        const CPtr<PGresult, PQclear> result{PQexec(connection_.get(), sql.c_str())};
        REQUIRE(PQresultStatus(result.get()) == PGRES_COMMAND_OK);
    }
    CPtr<PGconn, PQfinish> connection_;
};

}  // namespace

TEST_CASE("a write is in the cache of its own node before it is answered") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    REQUIRE(jane.db.home(jane.login));
    for (int i = 0; i < 100; ++i) {
        const auto outcome = jane.put("n" + std::to_string(i), "1");
        const auto home = jane.db.home(jane.login);
        REQUIRE(home->find(store::CollectionKind::calendar, "calendar")->modseq == outcome.modseq);
        REQUIRE(home->find(store::CollectionKind::calendar, "calendar")->object_count == i + 1);
    }
}

TEST_CASE("another node sees a write within a second, told by NOTIFY") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    auto settings = shared_database().settings();
    settings.poll_interval = 900ms;
    const auto other = node_that_knows(jane, settings);
    for (int i = 0; i < 5; ++i) {
        const auto modseq = jane.put("n", std::to_string(i)).modseq;
        const auto begin = std::chrono::steady_clock::now();
        CHECK(within_a_second([&] { return cached_modseq(*other, jane.login) == modseq; }));
        CHECK(std::chrono::steady_clock::now() - begin < 700ms);
    }
    CHECK(other->statistics().notifications_received > 0);
    CHECK(other->cached_home(jane.login)->collections.size() == 5);
}

TEST_CASE("another node sees a write within a second also when no NOTIFY comes") {
    REQUIRE_POSTGRESQL();
    auto silent = shared_database().settings();
    silent.notify_interval = 1h;
    store::Database writer{silent};
    const Someone jane{writer};
    const auto other = node_that_knows(jane, shared_database().settings());
    for (int i = 0; i < 3; ++i) {
        const auto modseq = jane.put("n", std::to_string(i)).modseq;
        CHECK(within_a_second([&] { return cached_modseq(*other, jane.login) == modseq; }));
    }
    CHECK(other->statistics().notifications_received == 0);
}

TEST_CASE("another node sees new, changed and deleted collections within a second") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto other = node_that_knows(jane, shared_database().settings());
    store::create_collection(jane.db, {.home = jane.id,
                                       .kind = store::CollectionKind::calendar,
                                       .name = "new",
                                       .components = 1,
                                       .properties = {}});
    CHECK(within_a_second([&] { return other->home(jane.login)->collections.size() == 6; }));
    const auto made = jane.collection("new");
    store::change_properties(jane.db, jane.id, made->id, made->acl_seq,
                             {{{"urn:x", "p", "<p/>", "v"}}, {}});
    CHECK(within_a_second([&] {
        const auto found = other->home(jane.login)->find(store::CollectionKind::calendar, "new");
        return found && found->property("urn:x", "p") != nullptr;
    }));
    store::delete_collection(jane.db, jane.id, made->id, made->acl_seq);
    CHECK(within_a_second([&] { return other->home(jane.login)->collections.size() == 5; }));
}

TEST_CASE("another node sees a write within a second also when its LISTEN connection is cut again "
          "and again") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto other = node_that_knows(jane, shared_database().settings());
    for (int i = 0; i < 4; ++i) {
        cut_listeners();
        const auto modseq = jane.put("n", std::to_string(i)).modseq;
        CHECK(within_a_second([&] {
            return other->home(jane.login)
                       ->find(store::CollectionKind::calendar, "calendar")
                       ->modseq == modseq;
        }));
    }
    CHECK(eventually([&] { return other->statistics().listener_reconnects >= 1; }));
}

TEST_CASE("a node that cannot look at what others do gives nothing from its cache") {
    REQUIRE_POSTGRESQL();
    TestDatabase own;
    const auto node = own.open();
    const Someone jane{*node};
    REQUIRE(node->home(jane.login));
    REQUIRE(eventually([&] { return node->cached_home(jane.login) != nullptr; }));
    own.query("ALTER TABLE change_log RENAME TO hidden");
    std::this_thread::sleep_for(1200ms);
    for (int i = 0; i < 5; ++i) {
        CHECK(node->home(jane.login));  // read from the database each time
        CHECK_FALSE(node->cached_home(jane.login));
    }
    own.query("ALTER TABLE hidden RENAME TO change_log");
    CHECK(eventually(
        [&] { return node->home(jane.login) && node->cached_home(jane.login) != nullptr; }));
}

TEST_CASE("what was read before a change is never kept after it") {
    REQUIRE_POSTGRESQL();
    auto settings = shared_database().settings();
    settings.cached_homes = 3;  // so that homes are read all the time
    store::Database other{settings};
    const Someone jane;
    const Someone a;
    const Someone b;
    const Someone c;
    std::atomic<bool> done{false};
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            std::int64_t last = 0;
            while (!done) {
                for (const auto* login : {&jane.login, &a.login, &b.login, &c.login}) {
                    const auto home = other.home(*login);
                    if (login != &jane.login) continue;
                    const auto modseq =
                        home->find(store::CollectionKind::calendar, "calendar")->modseq;
                    if (modseq + 50 < last) return;  // far back: would fail below
                    last = std::max(last, modseq);
                }
            }
        });
    std::int64_t modseq = 0;
    for (int i = 0; i < 300; ++i) modseq = jane.put("n", std::to_string(i)).modseq;
    CHECK(within_a_second([&] {
        return other.home(jane.login)->find(store::CollectionKind::calendar, "calendar")->modseq ==
               modseq;
    }));
    std::this_thread::sleep_for(1s);
    CHECK(other.home(jane.login)->find(store::CollectionKind::calendar, "calendar")->modseq ==
          modseq);
    done = true;
    readers.clear();
    CHECK(other.statistics().cached_homes <= 3);
}

TEST_CASE("without a database there is Unavailable, and with it everything works again") {
    REQUIRE_POSTGRESQL();
    TestDatabase own;
    auto settings = own.settings();
    settings.connections = 4;
    store::Database node{settings};
    const Someone jane{node};
    REQUIRE(jane.put("a", "1").wrote == store::Wrote::created);
    const auto in = jane.collection();

    const auto name = own.query("SELECT current_database()");
    shared_database().query("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
    shared_database().query(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '" + name +
        "'");
    CHECK_THROWS_AS(store::find_object(node, jane.id, in->id, "a"), store::Unavailable);
    CHECK_THROWS_AS(node.ping(), store::Unavailable);
    auto object = store::PutObject{.home = jane.id,
                                   .collection = in->id,
                                   .acl_seq = in->acl_seq,
                                   .name = "b",
                                   .uid = "b",
                                   .component = "VEVENT",
                                   .data = "1",
                                   .etag = "1",
                                   .time = std::nullopt,
                                   .digest = {},
                                   .search = {},
                                   .preconditions = {}};
    CHECK_THROWS_AS(store::put(node, object), store::Unavailable);
    CHECK(eventually([&] { return node.cached_home(jane.login) == nullptr; }));

    shared_database().query("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
    CHECK(store::find_object(node, jane.id, in->id, "a"));
    CHECK(store::put(node, object).wrote == store::Wrote::created);
    CHECK(eventually(
        [&] { return node.home(jane.login) && node.cached_home(jane.login) != nullptr; }));
}

TEST_CASE("connections that were cut while idle are replaced without anybody noticing") {
    REQUIRE_POSTGRESQL();
    const auto node = shared_database().open();
    const Someone jane{*node};
    jane.put("a", "1");
    for (int i = 0; i < 5; ++i) {
        shared_database().query(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()");
        CHECK(jane.put("a", std::to_string(i + 2)).wrote == store::Wrote::replaced);
        CHECK(jane.find("a"));
    }
}

TEST_CASE("whoever waits too long for a connection is told so") {
    REQUIRE_POSTGRESQL();
    auto settings = shared_database().settings();
    settings.connections = 1;
    settings.wait_for_connection = 50ms;
    store::Database node{settings};
    const Someone jane{node};
    jane.put("a", "1");
    const auto in = jane.collection();
    shared_database().query(
        "CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END $$;"
        "CREATE TRIGGER slow BEFORE UPDATE ON object FOR EACH ROW EXECUTE FUNCTION slow()");
    {
        std::jthread writer([&] { jane.put("a", "2"); });
        std::this_thread::sleep_for(150ms);
        CHECK_THROWS_AS(store::find_object(node, jane.id, in->id, "a"), store::Unavailable);
    }
    shared_database().query("DROP TRIGGER slow ON object");
    CHECK(jane.find("a")->data == "2");
}

TEST_CASE("a change that began before others and was committed after them is not missed") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const Someone john;
    const auto other = node_that_knows(jane, shared_database().settings());
    const auto in = jane.collection();
    const SlowTransaction slow{shared_database().dsn(),
                               "UPDATE collection SET modseq = modseq + 1000 WHERE home_id = " +
                                   std::to_string(jane.id.value) +
                                   " AND collection_id = " + std::to_string(in->id.value) +
                                   "; INSERT INTO change_log (node, home_id) VALUES ('another', " +
                                   std::to_string(jane.id.value) + ")"};
    for (int i = 0; i < 3; ++i) {
        john.put("n", std::to_string(
                          i));  // has a later number, is committed first, and makes the others look
        std::this_thread::sleep_for(450ms);
    }
    CHECK(cached_modseq(*other, jane.login) == in->modseq);
    slow.commit();
    CHECK(within_a_second([&] {
        return other->home(jane.login)->find(store::CollectionKind::calendar, "calendar")->modseq ==
               in->modseq + 1000;
    }));
}
