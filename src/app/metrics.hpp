#pragma once
// /metrics in Prometheus' text format.

#include "http/server.hpp"
#include "store/database.hpp"

#include <string>

namespace kalends::app {

std::string metrics_text(const http::Statistics& http, const store::Statistics& store);

}  // namespace kalends::app
