#include "base/log.hpp"

#include "base/clock.hpp"

#include <array>
#include <atomic>
#include <unistd.h>

namespace kalends {
namespace {

std::atomic<Level> threshold{Level::info};
constexpr std::array<std::string_view, 4> names{"debug", "info", "warning", "error"};

bool needs_quotes(std::string_view value) {
    return value.empty() || value.find_first_of(" =\"\\") != std::string_view::npos;
}

/// A value, quoted where it must be; control characters as \xNN.
void append_value(std::string& line, std::string_view value) {
    constexpr std::string_view digits = "0123456789abcdef";
    const bool quoted = needs_quotes(value);
    if (quoted) line += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            line += "\\x";
            line += digits[byte >> 4U];
            line += digits[byte & 15U];
        } else {
            line += c;
        }
    }
    if (quoted) line += '"';
}

}  // namespace

void set_log_level(Level level) { threshold = level; }
bool log_enabled(Level level) { return level >= threshold.load(std::memory_order_relaxed); }

void log(Level level, std::string_view name, std::initializer_list<LogField> fields) {
    if (!log_enabled(level)) return;
    std::string line = clock::iso_date(std::chrono::floor<std::chrono::seconds>(clock::now()));
    line.append(" ").append(names[static_cast<std::size_t>(level)]).append(" ").append(name);
    for (const auto& [key, value] : fields) {
        line.append(" ").append(key).append("=");
        append_value(line, value);
    }
    line += '\n';
    if (::write(STDERR_FILENO, line.data(), line.size()) < 0) return;  // nobody is left to be told
}

}  // namespace kalends
