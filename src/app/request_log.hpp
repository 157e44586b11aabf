#pragma once
// A line in the log for each request (log.requests): method, path, status, time, and the request's
// id.

#include "http/message.hpp"

#include <memory>

namespace kalends::app {

/// The same handler, with a log. Paths are logged, since administrators look for them; bodies,
/// queries (they may be secrets) and credentials never.
std::unique_ptr<http::Handler> with_request_log(std::unique_ptr<http::Handler> handler);

}  // namespace kalends::app
