#include "db/fixture.hpp"
#include "store/schema.hpp"

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
