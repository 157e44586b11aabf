#pragma once
// Where every room meets, once: the handler of all requests.

#include "base/config.hpp"
#include "http/server.hpp"
#include "store/database.hpp"

#include <functional>
#include <memory>

namespace kalends::app {

/// For /metrics; called on network threads.
using HttpStatistics = std::function<http::Statistics()>;

/// Answers all paths of the server. The database lives longer than the handler.
std::unique_ptr<http::Handler> make_application(const Config& config, store::Database& database,
                                                HttpStatistics statistics);

}  // namespace kalends::app
