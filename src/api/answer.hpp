#pragma once
// What the handlers of the API are given, and how they answer: JSON, errors too.

#include "auth/authenticator.hpp"
#include "fetch/fetch.hpp"
#include "http/message.hpp"
#include "json/json.hpp"
#include "sched/people.hpp"
#include "store/audit_writer.hpp"
#include "store/database.hpp"

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kalends::api {

/// Limits that operators set.
struct Settings {
    std::size_t min_search = 1;
    std::size_t max_found = 500;
    std::string default_time_zone = "UTC";     ///< of people of whom none is known
    sched::Site site;                          ///< what this server is to people outside
    std::optional<fetch::Settings> free_busy;  ///< how what others publish is read; nothing: not
};

/// One request of somebody who is logged in.
struct Call {
    const http::Request& request;
    store::Database& database;
    store::AuditWriter& audit;
    const Settings& settings;
    auth::Result who;
    std::string operand;  ///< what stands in the path behind the route's; decoded; may be empty

    [[nodiscard]] const store::Principal& user() const { return who.home->principal; }

    /// A parameter of the query, decoded; nothing if it is not there.
    [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
    /// A parameter that is a number from 1 to `most`; `most` without it. Throws 400.
    [[nodiscard]] std::size_t limit(std::size_t most) const;
    /// The object in the body. Throws 400 and 415.
    [[nodiscard]] json::Object body() const;

    /// For kalends audit.
    void keep(std::string_view event, std::string_view target, const std::string& detail) const;
};

/// {"error": what()} with that status.
class ApiError : public std::runtime_error {
public:
    ApiError(http::Status status, const std::string& sentence)
        : std::runtime_error(sentence), status_(status) {}
    [[nodiscard]] http::Status status() const { return status_; }

private:
    http::Status status_;
};

http::Response answer(const json::Object& object, http::Status status = http::Status::ok);
http::Response answer(const ApiError& error);

/// A moment as "2026-01-31T08:49:37Z"; null if it is 0.
json::Value date_of(std::int64_t seconds);

}  // namespace kalends::api
