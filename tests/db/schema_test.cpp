#include "db/fixture.hpp"
#include "store/schema.hpp"

#include <map>
#include <thread>

using namespace kalends;
using namespace kalends::test;

namespace {

/// Every table, column, index, constraint and function, as text.
std::string catalog(const TestDatabase& database) {
    return database.query(R"(
        SELECT string_agg(line, E'\n' ORDER BY line) FROM (
            SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' ||
                   coalesce(column_default, '') || ' ' || coalesce(collation_name, '')
              FROM information_schema.columns WHERE table_schema = 'public'
             UNION ALL
            SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
             UNION ALL
            SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid)
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace
             UNION ALL
            SELECT 'function ' || pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
             WHERE pronamespace = 'public'::regnamespace AND l.lanname IN ('sql', 'plpgsql')) AS lines(line))");
}

}  // namespace

TEST_CASE("the schema is installed once, however often and by however many it is asked for") {
    REQUIRE_POSTGRESQL();
    TestDatabase database;
    const auto before = catalog(database);
    const auto epoch = database.query("SELECT epoch FROM meta");
    CHECK(before.find("put_objects") != std::string::npos);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] { store::install_schema(database.dsn()); });
    }
    CHECK(catalog(database) == before);
    CHECK(database.query("SELECT epoch FROM meta") == epoch);
    CHECK(store::schema_version(database.dsn()) == store::required_schema_version());
}

TEST_CASE("a name is looked up by its index, whatever the planner has seen of the table yet") {
    REQUIRE_POSTGRESQL();
    TestDatabase database;
    const std::map<std::string, std::string> index_for{
        {"SELECT 1 FROM object WHERE home_id = $1 AND collection_id = $2 AND name = $3",
         "object_home_id_collection_id_name_key"},
        {"DELETE FROM object WHERE home_id = $1 AND collection_id = $2 AND object_id = $3::bigint",
         "object_pkey"},
        {"SELECT 1 FROM object WHERE home_id = $1 AND collection_id = $2 AND left(uid, 600) = $3 "
         "AND uid <> ''",
         "object_uid"},
        {"DELETE FROM tombstone WHERE home_id = $1 AND collection_id = $2 AND name = $3 AND NOT "
         "was_collection",
         "tombstone_pkey"},
    };
    const auto check_all = [&](const std::string& when) {
        CAPTURE(when);
        for (const auto& [sql, index] : index_for) {
            const auto plan =
                database.query("SET enable_seqscan = off; SET random_page_cost = 1.1; SET "
                               "plan_cache_mode = force_generic_plan;"
                               "PREPARE asked (bigint, bigint, text) AS " +
                               sql + "; EXPLAIN (FORMAT JSON) EXECUTE asked (1, 1, '1')");
            CAPTURE(sql);
            CHECK(plan.find(index) != std::string::npos);
        }
    };
    check_all("new");
    database.query(R"(
        INSERT INTO principal (principal_id, kind, login) OVERRIDING SYSTEM VALUE
        SELECT n, 0, 'p' || n FROM generate_series(1000, 1099) AS n;
        INSERT INTO home (home_id) SELECT n FROM generate_series(1000, 1099) AS n;
        INSERT INTO collection (home_id, collection_id, parent_id, kind, name) OVERRIDING SYSTEM VALUE
        SELECT n, n, 1, 0, 'calendar' FROM generate_series(1000, 1099) AS n;
        INSERT INTO object (home_id, collection_id, modseq, created, modified, size, name, uid, component, etag, data)
        SELECT n, n, 1, 0, 0, 1, 'name', 'uid', 'VEVENT', 'etag', '' FROM generate_series(1000, 1099) AS n;
        INSERT INTO tombstone (home_id, collection_id, name, modseq, deleted)
        SELECT n, n, 'gone', 1, 0 FROM generate_series(1000, 1099) AS n)");
    check_all("a hundred calendars with one event each");
    database.query("ANALYZE");
    check_all("the same, analyzed");
}

TEST_CASE("every table, column and function says what it is for") {
    REQUIRE_POSTGRESQL();
    const auto silent = shared_database().query(R"(
        SELECT string_agg(what, ', ') FROM (
            SELECT c.relname || '.' || a.attname AS what
              FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
               AND col_description(c.oid, a.attnum) IS NULL
             UNION ALL
            SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
               AND obj_description(oid) IS NULL
             UNION ALL
            SELECT proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
             WHERE pronamespace = 'public'::regnamespace AND l.lanname = 'plpgsql' AND obj_description(p.oid) IS NULL
               AND proname NOT IN ('refuse', 'slow', 'plan_of')) AS missing)");
    CHECK(silent == "");
}

TEST_CASE("the keys of everybody's data begin with the home") {
    REQUIRE_POSTGRESQL();
    CHECK(shared_database().query(R"(
        SELECT string_agg(c.relname, ', ') FROM pg_index i
          JOIN pg_class c ON c.oid = i.indrelid
          JOIN pg_attribute h ON h.attrelid = c.oid AND h.attname = 'home_id'
         WHERE (i.indisunique OR i.indisprimary) AND i.indkey[0] <> h.attnum)") == "");
}

TEST_CASE("a database that this program cannot use is refused with a sentence") {
    REQUIRE_POSTGRESQL();
    TestDatabase database;
    database.query("UPDATE meta SET version = 9999");
    CHECK_THROWS_AS(store::install_schema(database.dsn()), store::SchemaMismatch);
    CHECK_THROWS_WITH_AS(database.open(), doctest::Contains("newer than this program"),
                         store::SchemaMismatch);
    database.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    CHECK(store::schema_version(database.dsn()) == 0);
    CHECK_THROWS_WITH_AS(database.open(), doctest::Contains("kalends init"), store::SchemaMismatch);
    store::install_schema(database.dsn());
    CHECK(database.open());
    CHECK_THROWS_AS(store::schema_version("host=/nowhere dbname=x"), store::Unavailable);
}

TEST_CASE("a table that was changed by hand stops the start, not a request") {
    REQUIRE_POSTGRESQL();
    TestDatabase database;
    database.query("ALTER TABLE collection RENAME COLUMN acl_seq TO something");
    CHECK_THROWS_AS(database.open(), store::SchemaMismatch);
}
