#include "cli/connect.hpp"

#include "app/settings.hpp"
#include "store/schema.hpp"

namespace kalends::cli {
namespace {

store::Settings prepared(const Config& config, const std::string& dsn) {
    constexpr std::size_t few = 6;  // beside the server's
    if (store::schema_version(dsn) == 0) store::install_schema(dsn);
    auto settings = app::store_settings(config, dsn);
    settings.connections = few;
    return settings;
}

}  // namespace

Postgres::Postgres(const Config& config) : dsn_(config.database.dsn) {
    if (!dsn_.empty()) return;
    if (const auto running = running_embedded(config)) {
        dsn_ = *running;
        return;
    }
    own_.emplace(config);
    dsn_ = own_->dsn();
}

Connection::Connection(const Config& config)
    : postgres_(config), database_(prepared(config, postgres_.dsn())) {}

}  // namespace kalends::cli
