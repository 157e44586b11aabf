#pragma once
// From a request below /api/v1/ to its handler.

#include "api/answer.hpp"
#include "base/outage.hpp"
#include "dav/door.hpp"

#include <cstdint>
#include <string_view>

namespace kalends::api {

class Dispatcher {
public:
    /// All live longer than this.
    Dispatcher(Settings settings, store::Database& database, auth::Authenticator& authenticator,
               store::AuditWriter& audit);

    [[nodiscard]] static bool is_ours(std::string_view path);

    static constexpr std::uint64_t max_body = 64UL << 10U;  ///< bytes

    /// The doors of http::Handler. Nothing is answered from memory.
    [[nodiscard]] http::Lane lane(const http::Request& request) const;
    http::Response handle(const http::Request& request);

private:
    http::Response run(const http::Request& request, auth::Result who);

    Settings settings_;
    store::Database& database_;
    store::AuditWriter& audit_;
    dav::Door door_;
    Outage outage_{"api.unavailable"};
};

}  // namespace kalends::api
