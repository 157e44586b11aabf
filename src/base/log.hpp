#pragma once
// Structured logs: one line an event, its name, then keys that are the same everywhere. No event
// text of users, no credentials; bytes of clients are escaped.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace kalends {

enum class Level { debug, info, warning, error };

using LogField = std::pair<std::string_view, std::string>;

/// Writes `time level name key=value …` to standard error, in one write.
void log(Level level, std::string_view name, std::initializer_list<LogField> fields = {});

/// What is below this is not written. Default: info.
void set_log_level(Level level);
bool log_enabled(Level level);

}  // namespace kalends
