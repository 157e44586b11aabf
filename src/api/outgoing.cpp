// Mail about one's meetings that has not gone yet: GET /api/v1/outgoing.

#include "sched/outgoing.hpp"

#include "api/handlers.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"
#include "sched/outgoing_list.hpp"

namespace kalends::api {
namespace {

json::Value object_of(const sched::OutgoingEntry& entry) {
    return json::Object{
        {"id", entry.id},          {"held", entry.held},           {"method", entry.method},
        {"uid", entry.uid},        {"recipient", entry.recipient}, {"title", entry.title},
        {"reason", entry.reason},  {"due", date_of(entry.due)},    {"tries", entry.tries},
        {"problem", entry.problem}};
}

}  // namespace

http::Response list_outgoing(const Call& call) {
    constexpr std::size_t most = 500;
    json::Array entries;
    for (const auto& entry :
         sched::list_outgoing(call.database, call.settings.site, call.user().id, call.limit(most)))
        entries.push_back(object_of(entry));
    return answer({{"outgoing", std::move(entries)}});
}

http::Response drop_outgoing(const Call& call) {
    const auto id = text::to_number(call.operand);
    if (!id || !sched::drop_outgoing(call.database, call.settings.site, call.user().id, *id,
                                     clock::unix_now()))
        throw ApiError(http::Status::not_found, "No mail of yours with this number waits.");
    call.keep("mail.dropped", "", call.operand);
    http::Response response;
    response.status = http::Status::no_content;
    return response;
}

}  // namespace kalends::api
