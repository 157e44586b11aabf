// App passwords of the user who asks: list, make, revoke.

#include "api/handlers.hpp"
#include "auth/app_password.hpp"

namespace kalends::api {
namespace {

using http::Status;

constexpr std::size_t max_name = 200;  // bytes

/// Who has the password of a device shall not make others of it.
void require_own_login(const Call& call) {
    if (call.who.proof == auth::Proof::app_password || call.who.scope != access::all)
        throw ApiError(Status::forbidden, "Log in with your own password for this.");
}

json::Object object_of(const store::AppPassword& password) {
    return {{"id", password.id},
            {"name", password.name},
            {"read_only", password.read_only},
            {"created", date_of(password.created)},
            {"last_used", date_of(password.last_used)},
            {"last_address", password.last_peer}};
}

}  // namespace

http::Response list_app_passwords(const Call& call) {
    require_own_login(call);
    json::Array all;
    for (const auto& password : store::list_app_passwords(call.database, call.user().id))
        all.push_back(object_of(password));
    return answer({{"app_passwords", std::move(all)}});
}

http::Response make_app_password(const Call& call) {
    require_own_login(call);
    const auto body = call.body();
    const auto name = json::text_of(body, "name");
    if (name.empty() || name.size() > max_name)
        throw ApiError(Status::bad_request, "Say in \"name\" which device it is for.");
    const bool read_only = json::is_true(body, "read_only");
    const auto made = auth::make_app_password(call.database, call.user().id, name, read_only);
    if (!made)
        throw ApiError(Status::conflict, "There are " + std::to_string(store::max_app_passwords) +
                                             " already; revoke some of them.");
    call.keep("app-password", call.user().login, "made for " + name);
    return answer({{"id", auth::app_password_id(*made)},
                   {"name", name},
                   {"read_only", read_only},
                   {"password", *made}},
                  Status::created);
}

http::Response revoke_app_password(const Call& call) {
    require_own_login(call);
    if (!store::revoke_app_password(call.database, call.user().id, call.operand))
        throw ApiError(Status::not_found, "There is no such app password.");
    call.keep("app-password", call.user().login, "revoked " + call.operand);
    http::Response response;
    response.status = Status::no_content;
    return response;
}

}  // namespace kalends::api
