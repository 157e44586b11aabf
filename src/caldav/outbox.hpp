#pragma once
// Requests for busy time, posted to an outbox. RFC 6638 5.

#include "dav/resource.hpp"
#include "fetch/fetch.hpp"
#include "http/message.hpp"

#include <optional>

namespace kalends::caldav {

/// Asks all recipients in the body, and answers with a C:schedule-response. Throws DavError with
/// the preconditions of RFC 6638 5.2. `outside`: how the free/busy is read that people publish who
/// are not here; nothing: it is not.
http::Response query_busy_time(const dav::View& view, const http::Request& request,
                               const dav::Resource& outbox,
                               const std::optional<fetch::Settings>& outside);

}  // namespace kalends::caldav
