#include "dav/audit.hpp"

#include "base/percent.hpp"
#include "store/audit_writer.hpp"

namespace kalends::dav {
namespace {

std::string_view words_of(access::Who who) {
    switch (who) {
    case access::Who::principal:
        break;
    case access::Who::owner:
        return "the owner";
    case access::Who::everybody:
        return "everybody";
    case access::Who::authenticated:
        return "all who have logged in";
    case access::Who::unauthenticated:
        return "all who have not logged in";
    case access::Who::self:
        return "itself";
    }
    return "";
}

bool has_done_something(http::Status status) {
    const auto code = static_cast<unsigned>(status);
    return code >= 200 && code < 300;
}

/// What the client has to say of itself, where there is nothing better.
std::string detail_of(const View& view, const http::Request& request,
                      const http::Response& response) {
    std::string detail = view.note->detail;
    if (const auto to = request.headers.find("Destination"); to && detail.empty())
        detail = "to " + percent::decode(*to).value_or(std::string(*to));
    if (response.status == http::Status::multi_status)
        detail += detail.empty() ? "in part" : ", in part";
    return detail;
}

}  // namespace

void keep_for_audit(const View& view, const http::Request& request, const http::Response& response,
                    std::string_view event_of_method) {
    const auto event = view.note->event.empty() ? event_of_method : view.note->event;
    auto* const audit = view.services->audit;
    if (event.empty() || audit == nullptr || !view.user || !has_done_something(response.status))
        return;
    audit->record({.event = std::string(event),
                   .login = view.user->principal.login,
                   .peer = request.peer,
                   .target = percent::decode(request.path).value_or(request.path),
                   .detail = detail_of(view, request, response)});
}

std::string words_of(const std::vector<AceElement>& entries) {
    std::string words;
    for (const auto& entry : entries) {
        words += words.empty() ? "" : "; ";
        words += entry.deny ? "not " : "";
        words += access::words_of(entry.privileges);
        words += entry.inverted ? " to all but " : " to ";
        words += entry.who == access::Who::principal ? entry.href : words_of(entry.who);
    }
    return words.empty() ? "to nobody" : words;
}

}  // namespace kalends::dav
