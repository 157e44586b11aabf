#include "support/test_database.hpp"

#include "base/c_ptr.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "store/schema.hpp"
#include "support/test_cluster.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace kalends::test {
namespace {

/// The server's connection string, without a database; a private server is started when it is first
/// asked for.
const std::string& server() {
    static const char* const given = std::getenv("KALENDS_TEST_DSN");
    if (given != nullptr && *given != '\0') {
        static const std::string dsn = given;
        return dsn;
    }
    static const TestCluster cluster;
    return cluster.dsn();
}

std::string run(const std::string& dsn, const std::string& sql) {
    const CPtr<PGconn, PQfinish> connection{PQconnectdb(dsn.c_str())};
    if (PQstatus(connection.get()) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(connection.get()));
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr);
    const CPtr<PGresult, PQclear> result{PQexec(connection.get(), sql.c_str())};
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        throw std::runtime_error(PQresultErrorMessage(result.get()));
    if (PQntuples(result.get()) == 0) return "";
    return PQgetvalue(result.get(), 0, 0);
}

/// `dsn`, a string of keys or a URI, with another database. libpq lets what comes later win.
std::string with_database(const std::string& dsn, const std::string& name) {
    if (dsn.find("://") == std::string::npos) return dsn + " dbname=" + name;
    return dsn + (dsn.find('?') == std::string::npos ? "?" : "&") + "dbname=" + name;
}

}  // namespace

bool TestDatabase::available() {
    static const bool is = [] {
        if (std::getenv("KALENDS_TEST_DSN") != nullptr || TestCluster::installed()) return true;
        std::cerr << "skipped: PostgreSQL is not installed (apt install postgresql-15)\n";
        return false;
    }();
    return is;
}

TestDatabase::TestDatabase() : name_("kalends_test_" + text::to_hex(hash::random_bytes(6))) {
    run(server(), "CREATE DATABASE " + name_ + " TEMPLATE template0 ENCODING 'UTF8'");
    dsn_ = with_database(server(), name_);
    store::install_schema(dsn_);
}

TestDatabase::~TestDatabase() {
    try {
        run(server(), "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
    } catch (const std::exception& error) {
        std::cerr << "cannot drop " << name_ << ": " << error.what() << '\n';
    }
}

std::unique_ptr<store::Database> TestDatabase::open() const {
    return std::make_unique<store::Database>(settings());
}

store::Settings TestDatabase::settings() const {
    store::Settings settings;
    settings.dsn = dsn_;
    return settings;
}

std::string TestDatabase::query(const std::string& sql) const { return run(dsn_, sql); }

}  // namespace kalends::test
