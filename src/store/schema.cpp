#include "store/schema.hpp"

#include "store/connection_private.hpp"
#include "store/embedded_sql_private.hpp"

namespace kalends::store {
namespace {

constexpr int version_of_schema_sql = 1;

/// Any number that nobody else uses: whoever installs or upgrades holds this lock.
constexpr const char* lock_sql = "SELECT pg_advisory_xact_lock(7311906244031)";

int version_in(Connection& connection) {
    if (connection.execute("SELECT to_regclass('meta')").is_null(0, 0)) return 0;
    return static_cast<int>(connection.execute("SELECT version FROM meta").number(0, 0));
}

void upgrade(Connection& connection, int version) {
    for (const auto& step : upgrades())
        if (step.version > version) connection.execute(step.sql);
}

/// Without a limit of time: an upgrade may rewrite large tables.
Connection connect(const std::string& dsn) { return {dsn, std::chrono::milliseconds{0}, false}; }

}  // namespace

int required_schema_version() { return version_of_schema_sql; }

int schema_version(const std::string& dsn) {
    auto connection = connect(dsn);
    try {
        return version_in(connection);
    } catch (const ConnectionLost& error) {
        throw Unavailable(error.what());
    }
}

void install_schema(const std::string& dsn) {
    auto connection = connect(dsn);
    try {
        Transaction transaction{connection};
        connection.execute(lock_sql);
        const int version = version_in(connection);
        if (version > required_schema_version())
            throw SchemaMismatch("the database has schema version " + std::to_string(version) +
                                 ", this program knows " +
                                 std::to_string(required_schema_version()) +
                                 ": install a newer program");
        if (version == 0)
            connection.execute(schema_sql);
        else
            upgrade(connection, version);
        transaction.commit();
    } catch (const ConnectionLost& error) {
        throw Unavailable(error.what());
    } catch (const SqlError& error) {
        throw SchemaMismatch(std::string("the schema cannot be installed: ") + error.what());
    }
}

}  // namespace kalends::store
