#include "dav/door.hpp"

namespace kalends::dav {
namespace {

using http::Request;
using http::Response;
using http::Status;

constexpr std::string_view no_plain_login =
    "A password may only be sent over TLS (https://) here. The setting auth.plain allows more.";

auth::Asking asking(const Request& request) {
    return {.authorization = request.headers.find("Authorization").value_or(""),
            .peer = request.peer,
            .secure = request.scheme == "https",
            .certificate =
                request.certificate ? std::string_view(*request.certificate) : std::string_view()};
}

}  // namespace

Response plain_answer(Status status, std::string_view sentence) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body.append(sentence).append("\n");
    return response;
}

std::optional<auth::Result> Door::from_memory(const Request& request) const {
    return authenticator_.from_memory(asking(request));
}

auth::Result Door::authenticate(const Request& request) const {
    return authenticator_.authenticate(asking(request));
}

std::optional<Response> Door::denied(const auth::Result& result, const Request& request) const {
    using Outcome = auth::Result::Kind;
    std::optional<Response> response;
    switch (result.kind) {
    case Outcome::authenticated:
    case Outcome::anonymous:
        break;
    case Outcome::throttled:
        response =
            plain_answer(Status::too_many_requests, "Too many wrong passwords; wait a while.");
        response->headers.add("Retry-After", std::to_string(result.retry_after.count()));
        break;
    case Outcome::unavailable:
        response =
            plain_answer(Status::service_unavailable,
                         "The directory that knows this account can't be reached now; try again.");
        response->headers.add("Retry-After", "30");
        break;
    case Outcome::insecure:
        response = plain_answer(Status::forbidden, no_plain_login);
        break;
    case Outcome::rejected:
        response = plain_answer(Status::unauthorized, "The name or the password is wrong.");
        response->not_before = result.not_before;
        add_challenge(request, *response);
        break;
    }
    return response;
}

/// Where nobody may log in, nobody is asked to.
void Door::add_challenge(const Request& request, Response& response) const {
    if (const auto challenge = authenticator_.challenge(asking(request)))
        response.headers.add("WWW-Authenticate", *challenge);
    else
        response = plain_answer(Status::forbidden, no_plain_login);
    if (const auto challenge = authenticator_.token_challenge(asking(request)))
        response.headers.add("WWW-Authenticate", *challenge);
}

}  // namespace kalends::dav
