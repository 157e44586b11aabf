// Who can be invited: users, groups, rooms and resources.

#include "store/principals.hpp"

#include "api/handlers.hpp"
#include "base/text.hpp"
#include "dav/path.hpp"
#include "directory/directory.hpp"

#include <array>

namespace kalends::api {
namespace {

using http::Status;
using store::PrincipalKind;

struct KindRow {
    PrincipalKind kind;
    std::string_view word;
};
constexpr std::array kinds{
    KindRow{PrincipalKind::user, "user"}, KindRow{PrincipalKind::group, "group"},
    KindRow{PrincipalKind::location, "room"}, KindRow{PrincipalKind::resource, "resource"}};

std::string_view word_of(PrincipalKind kind) {
    for (const auto& row : kinds)
        if (row.kind == kind) return row.word;
    return "";
}

/// All, or the one that is asked for.
std::vector<PrincipalKind> kinds_asked(const Call& call) {
    std::vector<PrincipalKind> asked;
    const auto word = call.parameter("kind");
    for (const auto& row : kinds)
        if (!word || *word == row.word) asked.push_back(row.kind);
    if (asked.empty())
        throw ApiError(Status::bad_request, "kind is user, group, room or resource.");
    return asked;
}

json::Object object_of(const store::Principal& principal) {
    json::Array addresses;
    for (const auto& address : principal.addresses) addresses.emplace_back(address);
    return {{"login", principal.login},
            {"kind", word_of(principal.kind)},
            {"name", principal.shown_name()},
            {"addresses", std::move(addresses)},
            {"principal", dav::href::principal(principal.kind, principal.login)}};
}

store::HomePtr home_of(const Call& call) {
    auto home = directory::find(call.database, call.operand);
    if (!home || word_of(home->principal.kind).empty())
        throw ApiError(Status::not_found, "There is nobody of that login.");
    return home;
}

/// By its first bytes; pictures of a directory are JPEG as a rule.
std::string_view type_of(std::string_view picture) {
    if (picture.starts_with("\xff\xd8\xff")) return "image/jpeg";
    if (picture.starts_with("\x89PNG")) return "image/png";
    return "application/octet-stream";
}

}  // namespace

http::Response show_principal(const Call& call) {
    const auto home = home_of(call);
    auto object = object_of(home->principal);
    object["locale"] = home->principal.locale;
    object["time_zone"] = home->principal.time_zone;
    return answer(object);
}

http::Response show_photo(const Call& call) {
    auto picture = store::photo(call.database, home_of(call)->principal.id);
    if (picture.empty()) throw ApiError(Status::not_found, "There is no picture.");
    http::Response response;
    response.headers.add("Content-Type", type_of(picture));
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.headers.add("Cache-Control", "private, max-age=3600");
    response.body = std::move(picture);
    response.compressible = false;
    return response;
}

http::Response find_principals(const Call& call) {
    const auto search = call.parameter("search").value_or("");
    if (text::code_points(search) < call.settings.min_search)
        throw ApiError(Status::bad_request, "search must have at least " +
                                                std::to_string(call.settings.min_search) +
                                                " characters.");
    const auto limit = call.limit(call.settings.max_found);
    auto found = store::search_principals(call.database,
                                          {.kinds = kinds_asked(call),
                                           .terms = {{store::PrincipalTerm::In::anywhere,
                                                      store::PrincipalTerm::How::contains, search}},
                                           .any_of = false,
                                           .after = call.parameter("after").value_or("")},
                                          limit + 1);
    const bool more = found.size() > limit;
    if (more) found.pop_back();
    json::Array principals;
    for (const auto& principal : found) principals.push_back(object_of(principal));
    json::Object result{{"principals", std::move(principals)}};
    result["next"] = more ? json::Value(found.back().login) : json::Value(nullptr);
    return answer(result);
}

}  // namespace kalends::api
