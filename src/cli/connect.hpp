#pragma once
// The database for a command that is run once, whether a server runs or not.

#include "cli/embedded_postgres.hpp"
#include "store/database.hpp"

#include <optional>
#include <string>

namespace kalends::cli {

/// The PostgreSQL that the configuration means: one of the administrator's, the embedded one of a
/// server that runs, or the embedded one, started here and stopped at the end.
class Postgres {
public:
    explicit Postgres(const Config& config);

    [[nodiscard]] const std::string& dsn() const { return dsn_; }

private:
    std::optional<EmbeddedPostgres> own_;
    std::string dsn_;
};

/// The database in it, with the schema installed.
class Connection {
public:
    explicit Connection(const Config& config);

    store::Database& operator*() { return database_; }
    store::Database* operator->() { return &database_; }

private:
    Postgres postgres_;
    store::Database database_;
};

}  // namespace kalends::cli
