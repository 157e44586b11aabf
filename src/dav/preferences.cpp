#include "dav/preferences.hpp"

#include "dav/methods/methods.hpp"

namespace kalends::dav {
namespace {

/// A GET that chooses between variants as the write did, and has no conditions.
http::Request get_request(const http::Request& write, const std::string& href) {
    http::Request get;
    get.method = "GET";
    get.path = href;
    get.id = write.id;
    for (const auto* name : {"Accept", "CalDAV-Timezones"})
        if (const auto value = write.headers.find(name)) get.headers.add(name, *value);
    return get;
}

}  // namespace

void note_applied(http::Response& response, const http::Preferences& honoured) {
    const auto applied = http::preference_applied(honoured);
    if (applied.empty()) return;
    const auto vary = response.headers.joined("Vary");
    response.headers.set("Vary", vary.empty() ? "Prefer, Brief" : vary + ", Prefer, Brief");
    response.headers.add("Preference-Applied", applied);
}

std::optional<http::Response> preferred_representation(const View& view,
                                                       const http::Request& request,
                                                       const Resource& target,
                                                       http::Status status) {
    if (!view.prefer.representation) return std::nullopt;
    try {
        auto response = methods::get(view, get_request(request, target.href));
        response.status = status;
        response.headers.add("Content-Location", target.href);  // RFC 9110 8.7
        note_applied(response, {.representation = true});
        return response;
    } catch (const DavError&) {
        return std::nullopt;
    }
}

}  // namespace kalends::dav
