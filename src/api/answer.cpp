#include "api/answer.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "http/query.hpp"

#include <algorithm>

namespace kalends::api {

using http::Status;

std::optional<std::string> Call::parameter(std::string_view name) const {
    try {
        return http::query_parameter(request.query, name);
    } catch (const http::BadQuery& error) {
        throw ApiError(Status::bad_request, error.what());
    }
}

std::size_t Call::limit(std::size_t most) const {
    const auto words = parameter("limit");
    if (!words) return most;
    const auto number = text::to_number(*words);
    if (!number || *number < 1 || static_cast<std::size_t>(*number) > most)
        throw ApiError(Status::bad_request,
                       "limit is a number from 1 to " + std::to_string(most) + ".");
    return static_cast<std::size_t>(*number);
}

json::Object Call::body() const {
    // Also what keeps a page of somebody else from sending it with a browser's login.
    const auto type = request.headers.find("Content-Type").value_or("");
    if (!text::iequals(text::trim(type.substr(0, type.find(';'))), "application/json"))
        throw ApiError(Status::unsupported_media_type, "Send application/json.");
    auto object = json::parse_object(request.body);
    if (!object) throw ApiError(Status::bad_request, "The body is not one JSON object.");
    return std::move(*object);
}

void Call::keep(std::string_view event, std::string_view target, const std::string& detail) const {
    audit.record({.event = std::string(event),
                  .login = user().login,
                  .peer = request.peer,
                  .target = std::string(target),
                  .detail = detail});
}

http::Response answer(const json::Object& object, Status status) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    response.headers.add("Cache-Control", "no-store");
    response.body = json::text_of(object) + "\n";
    return response;
}

http::Response answer(const ApiError& error) {
    return answer({{"error", error.what()}}, error.status());
}

json::Value date_of(std::int64_t seconds) {
    if (seconds == 0) return nullptr;
    return json::Value(clock::iso_date(clock::Seconds{std::chrono::seconds{seconds}}));
}

}  // namespace kalends::api
