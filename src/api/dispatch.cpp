#include "api/dispatch.hpp"

#include "api/handlers.hpp"
#include "base/log.hpp"
#include "base/percent.hpp"

#include <array>

namespace kalends::api {
namespace {

using http::Lane;
using http::Request;
using http::Response;
using http::Status;

constexpr std::string_view prefix = "/api/v1/";

struct Route {
    std::string_view method;
    std::string_view path;  ///< behind the prefix; with a '/' at its end, an operand follows
    Response (*run)(const Call& call);
    Lane lane;
};
constexpr std::array routes{
    Route{"GET", "app-passwords", list_app_passwords, Lane::read},
    Route{"POST", "app-passwords", make_app_password, Lane::write},
    Route{"DELETE", "app-passwords/", revoke_app_password, Lane::write},
    Route{"GET", "audit", read_audit, Lane::report},
    Route{"POST", "meeting-times", find_meeting_times, Lane::report},
    Route{"GET", "outgoing", list_outgoing, Lane::report},
    Route{"DELETE", "outgoing/", drop_outgoing, Lane::write},
    Route{"GET", "photos/", show_photo, Lane::read},
    Route{"GET", "principals", find_principals, Lane::report},
    Route{"GET", "principals/", show_principal, Lane::read},
};

std::string_view below_prefix(std::string_view path) { return path.substr(prefix.size()); }

/// What stands behind the path of a route; nothing if that is another.
std::optional<std::string_view> operand_of(const Route& route, std::string_view path) {
    if (!route.path.ends_with('/'))
        return path == route.path ? std::optional<std::string_view>("") : std::nullopt;
    if (!path.starts_with(route.path) || path.size() == route.path.size()) return std::nullopt;
    const auto operand = path.substr(route.path.size());
    return operand.find('/') == std::string_view::npos ? std::optional(operand) : std::nullopt;
}

const Route* route_of(const Request& request) {
    const auto path = below_prefix(request.path);
    for (const auto& route : routes)
        if (route.method == request.method && operand_of(route, path)) return &route;
    return nullptr;
}

/// "GET, POST"; empty: there is nothing at this path.
std::string methods_at(std::string_view path) {
    std::string methods;
    for (const auto& route : routes)
        if (operand_of(route, below_prefix(path)))
            methods.append(methods.empty() ? "" : ", ").append(route.method);
    return methods;
}

}  // namespace

Dispatcher::Dispatcher(Settings settings, store::Database& database,
                       auth::Authenticator& authenticator, store::AuditWriter& audit)
    : settings_(std::move(settings)), database_(database), audit_(audit), door_(authenticator) {}

bool Dispatcher::is_ours(std::string_view path) { return path.starts_with(prefix); }

Lane Dispatcher::lane(const Request& request) const {
    if (!door_.from_memory(request)) return Lane::login;
    const auto* route = route_of(request);
    return route != nullptr ? route->lane : Lane::read;
}

Response Dispatcher::run(const Request& request, auth::Result who) {
    try {
        const auto* route = route_of(request);
        if (route == nullptr) {
            const auto methods = methods_at(request.path);
            if (methods.empty())
                throw ApiError(Status::not_found, "There is nothing at this address.");
            auto response = answer(ApiError(Status::method_not_allowed, "Use " + methods + "."));
            response.headers.add("Allow", methods);
            return response;
        }
        const auto operand = *operand_of(*route, below_prefix(request.path));
        return route->run({request, database_, audit_, settings_, std::move(who),
                           percent::decode(operand).value_or("")});
    } catch (const ApiError& error) {
        return answer(error);
    }
}

Response Dispatcher::handle(const Request& request) {
    try {
        auto who = door_.authenticate(request);
        if (auto response = door_.denied(who, request)) return std::move(*response);
        if (!who.home) {
            auto response = answer(ApiError(Status::unauthorized, "Log in first."));
            door_.add_challenge(request, response);
            return response;
        }
        auto response = run(request, std::move(who));
        outage_.succeeded();
        return response;
    } catch (const store::Unavailable& error) {
        outage_.failed(error.what());
        return answer(
            ApiError(Status::service_unavailable, "The database can't be reached now; try again."));
    } catch (const std::exception& error) {
        log(Level::error, "request.failed",
            {{"request", request.id}, {"method", request.method}, {"error", error.what()}});
        return answer(ApiError(Status::internal_server_error,
                               "Something went wrong here; the log has more under request " +
                                   request.id + "."));
    }
}

}  // namespace kalends::api
