#pragma once
// What a client prefers, in answers: RFC 7240, RFC 8144.

#include "dav/resource.hpp"
#include "http/message.hpp"
#include "http/prefer.hpp"

#include <optional>

namespace kalends::dav {

/// Says which preferences the answer honours; nothing if there is none.
void note_applied(http::Response& response, const http::Preferences& honoured);

/// What a GET of `target`, an object, gives now, for an answer to a write that the client wants so;
/// nothing if it does not, or may not read it. RFC 8144 3.
std::optional<http::Response> preferred_representation(const View& view,
                                                       const http::Request& request,
                                                       const Resource& target, http::Status status);

}  // namespace kalends::dav
