// What is kept of who logged in, changed access, deleted what.

#include "store/audit.hpp"

#include "api/handlers.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"

namespace kalends::api {
namespace {

using http::Status;

constexpr std::size_t max_entries = 1000;

json::Object object_of(const store::AuditEntry& entry) {
    return {{"at", date_of(entry.at)}, {"event", entry.event},   {"login", entry.login},
            {"address", entry.peer},   {"target", entry.target}, {"detail", entry.detail}};
}

std::int64_t number_in(const Call& call, std::string_view name) {
    const auto words = call.parameter(name);
    if (!words) return 0;
    const auto number = text::to_number(*words);
    if (!number) throw ApiError(Status::bad_request, std::string(name) + " is no number.");
    return *number;
}

}  // namespace

http::Response read_audit(const Call& call) {
    store::AuditQuery query;
    query.login = call.parameter("login").value_or("");
    if (!call.user().administrator) query.login = call.user().login;
    query.event = call.parameter("event").value_or("");
    query.target = call.parameter("target").value_or("");
    query.before = number_in(call, "before");
    if (const auto seconds = number_in(call, "seconds"); seconds != 0)
        query.since = clock::unix_now() - seconds;
    query.limit = call.limit(max_entries);
    const auto found = store::read_audit(call.database, query);
    json::Array entries;
    for (const auto& entry : found) entries.push_back(object_of(entry));
    json::Object result{{"entries", std::move(entries)}};
    result["next"] =
        found.size() == query.limit ? json::Value(found.back().id) : json::Value(nullptr);
    return answer(result);
}

}  // namespace kalends::api
