// Who can be invited: users, groups, rooms and resources.

#include "store/principals.hpp"

#include "api/handlers.hpp"
#include "base/text.hpp"
#include "dav/path.hpp"

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

}  // namespace

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
