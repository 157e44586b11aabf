#include "dav/schedule_tag.hpp"

#include "base/text.hpp"
#include "dav/error.hpp"

namespace kalends::dav {
namespace {

constexpr std::string_view condition = "If-Schedule-Tag-Match";

}  // namespace

std::string quoted_schedule_tag(std::string_view tag) { return '"' + std::string(tag) + '"'; }

void add_schedule_tag(std::string_view tag, http::Response& response) {
    if (!tag.empty()) response.headers.add("Schedule-Tag", quoted_schedule_tag(tag));
}

bool schedule_tag_matches(const http::Request& request, std::string_view tag) {
    const auto wanted = request.headers.find(condition);
    return !wanted || (!tag.empty() && text::trim(*wanted) == quoted_schedule_tag(tag));
}

void require_schedule_tag(const http::Request& request, std::string_view tag) {
    if (!schedule_tag_matches(request, tag))
        throw DavError(http::Status::precondition_failed, "The meeting has changed.");
}

http::Request without_schedule_tag_condition(const http::Request& request) {
    http::Request result = request;
    result.headers.remove(condition);
    return result;
}

bool has_schedule_tag_condition(const http::Request& request) {
    return request.headers.find(condition).has_value();
}

}  // namespace kalends::dav
