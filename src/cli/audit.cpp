// kalends audit: who logged in, changed access, deleted what. kalends-audit(8).

#include "store/audit.hpp"

#include "base/clock.hpp"
#include "base/config.hpp"
#include "base/text.hpp"
#include "cli/accounts.hpp"
#include "cli/connect.hpp"
#include "cli/run.hpp"

#include <algorithm>
#include <iostream>

namespace kalends::cli {
namespace {

std::int64_t ago(const std::string& words) {
    const auto duration = parse_duration(words);
    if (!duration)
        throw UsageError("--since is a duration such as \"7 d\" or \"2 h\", not " +
                         text::printable(words));
    return clock::unix_now() - std::chrono::duration_cast<std::chrono::seconds>(*duration).count();
}

std::size_t limit_of(const Arguments& arguments) {
    constexpr std::size_t usual = 100;
    const auto words = arguments.value("limit");
    if (!words) return usual;
    const auto number = text::to_number(*words);
    if (!number || *number < 1) throw UsageError("--limit is a number above 0");
    return static_cast<std::size_t>(*number);
}

void print_json(const store::AuditEntry& entry) {
    std::cout << "{\"at\": " << text::json_quoted(date(entry.at))
              << ", \"event\": " << text::json_quoted(entry.event)
              << ", \"login\": " << text::json_quoted(entry.login)
              << ", \"address\": " << text::json_quoted(entry.peer)
              << ", \"target\": " << text::json_quoted(entry.target)
              << ", \"detail\": " << text::json_quoted(entry.detail) << "}\n";
}

void print_line(const store::AuditEntry& entry) {
    std::cout << date(entry.at) << "  " << entry.event;
    for (const auto* part : {&entry.login, &entry.peer, &entry.target, &entry.detail})
        if (!part->empty()) std::cout << "  " << text::printable(*part);
    std::cout << "\n";
}

}  // namespace

int audit(const Arguments& arguments, const Config& config) {
    store::AuditQuery query;
    query.login = arguments.value("login").value_or("");
    query.event = arguments.value("event").value_or("");
    query.target = arguments.value("target").value_or("");
    if (const auto since = arguments.value("since")) query.since = ago(*since);
    query.limit = limit_of(arguments);
    Connection database(config);
    auto entries = store::read_audit(*database, query);
    std::ranges::reverse(entries);
    for (const auto& entry : entries)
        arguments.flag("json") ? print_json(entry) : print_line(entry);
    return done;
}

}  // namespace kalends::cli
