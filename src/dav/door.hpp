#pragma once
// The Authenticator for requests of HTTP: what they say of who asks, and what is answered to those
// who may not come in. For all rooms that answer requests.

#include "auth/authenticator.hpp"
#include "http/message.hpp"

#include <optional>
#include <string_view>

namespace kalends::dav {

/// An answer that is one sentence for people.
http::Response plain_answer(http::Status status, std::string_view sentence);

class Door {
public:
    /// It lives longer than this.
    explicit Door(auth::Authenticator& authenticator) : authenticator_(authenticator) {}

    [[nodiscard]] std::optional<auth::Result> from_memory(const http::Request& request) const;
    [[nodiscard]] auth::Result authenticate(const http::Request& request) const;

    /// The answer to who is not let in; nothing: let in, or nobody has knocked.
    [[nodiscard]] std::optional<http::Response> denied(const auth::Result& result,
                                                       const http::Request& request) const;

    /// Asks for a login; where nobody may log in, without TLS, the answer becomes that instead.
    void add_challenge(const http::Request& request, http::Response& response) const;

private:
    auth::Authenticator& authenticator_;
};

}  // namespace kalends::dav
