#pragma once
// Who is asking: the door to all ways of logging in. Today Basic (RFC 7617) with local passwords.

#include "store/database.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kalends::auth {

struct Settings {
    std::string realm = "Kalends";
    std::chrono::seconds remember{600};  ///< how long a verified credential is remembered
    std::size_t max_remembered = 100'000;
    unsigned free_failures = 5;  ///< failures per login or address before answers are delayed
    std::chrono::seconds max_delay{300};  ///< the longest time an address must wait after failures
};

struct Result {
    enum class Kind {
        authenticated,  ///< `home` is the principal's
        anonymous,      ///< no Authorization header
        rejected,       ///< wrong, unknown, disabled, or not understood: 401
        throttled,      ///< too many failures: 429 after `retry_after`
    };
    Kind kind = Kind::anonymous;
    store::HomePtr home;
    std::chrono::seconds retry_after{0};
};

class Authenticator {
public:
    Authenticator(Settings settings, store::Database& db);
    ~Authenticator();
    Authenticator(const Authenticator&) = delete;
    Authenticator& operator=(const Authenticator&) = delete;

    /// What memory alone can tell: a remembered credential whose principal is in the cache with the
    /// same credential_seq, or no header at all. Nothing: ask authenticate(). Never blocks;
    /// microseconds.
    std::optional<Result> from_memory(std::string_view authorization, std::string_view peer);

    /// The whole check; may hash a password (13 ms) and ask the database. Throws
    /// store::Unavailable.
    Result authenticate(std::string_view authorization, std::string_view peer);

    /// The value of WWW-Authenticate.
    [[nodiscard]] const std::string& challenge() const;

private:
    struct Inner;
    std::unique_ptr<Inner> inner_;
};

}  // namespace kalends::auth
