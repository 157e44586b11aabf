#pragma once
// A PostgreSQL database for tests, with the schema of Kalends, gone again at the end.
//
// It is made on the server that KALENDS_TEST_DSN names (a libpq connection string of a role that
// may create databases; script/test sets it), or, without that, on a private one that the test
// program starts in a temporary directory and stops at its end.

#include "store/database.hpp"

#include <memory>
#include <string>

namespace kalends::test {

class TestDatabase {
public:
    /// Makes one. Throws std::runtime_error if the server can't be reached; test first whether
    /// there is any.
    TestDatabase();
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    /// False, with a sentence on standard error, if PostgreSQL is not installed.
    static bool available();

    /// How to connect to it.
    [[nodiscard]] const std::string& dsn() const { return dsn_; }

    /// A node of it: its own pool, cache and listener.
    [[nodiscard]] std::unique_ptr<store::Database> open() const;
    [[nodiscard]] store::Settings settings() const;

    /// Runs SQL that a test needs beyond the doors; the first value of the answer, or "".
    std::string query(const std::string& sql) const;

private:
    std::string name_;
    std::string dsn_;
};

/// Skips the test case when there is no PostgreSQL.
#define REQUIRE_POSTGRESQL()                                                                       \
    if (!kalends::test::TestDatabase::available()) return

}  // namespace kalends::test
