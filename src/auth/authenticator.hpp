#pragma once
// Who is asking: the door to all ways of logging in. What is right is remembered, so that the next
// request costs microseconds; what is wrong slows down who guesses.

#include "auth/verifier.hpp"
#include "store/audit_writer.hpp"
#include "store/database.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kalends::auth {

/// Where a password may be sent without TLS.
enum class Plain { never, loopback, anywhere };

struct Settings {
    std::string realm = "Kalends";
    std::chrono::seconds remember{600};  ///< how long a verified credential is remembered
    std::chrono::seconds remember_in_outage{86'400};  ///< the same while who knows can't be asked
    std::size_t max_remembered = 100'000;
    unsigned free_failures = 5;  ///< failures per login or address before answers are delayed
    std::chrono::seconds max_delay{300};  ///< the longest time an address must wait after failures
    Plain plain = Plain::loopback;
    std::chrono::milliseconds failure_time{300};  ///< that a rejection takes, whatever it was
};

/// What a request says of who asks.
struct Asking {
    std::string_view authorization;     ///< the header's value; empty: none
    std::string_view peer;              ///< the client's address
    bool secure = true;                 ///< by TLS, as the client sees it
    std::string_view certificate = {};  ///< the client's, verified by TLS: DER; empty: none
};

struct Result {
    enum class Kind {
        authenticated,  ///< `home` is the principal's
        anonymous,      ///< no credential, or a certificate that is nobody's here
        rejected,       ///< wrong, unknown, disabled, or not understood: 401
        throttled,      ///< too many failures: 429 after `retry_after`
        insecure,       ///< a password without TLS: 403
        unavailable,    ///< who knows can't be asked now: 503
    };
    Kind kind = Kind::anonymous;
    store::HomePtr home = nullptr;
    std::chrono::seconds retry_after{0};
    std::chrono::steady_clock::time_point not_before = {};  ///< when a rejection should be said
    Proof proof = Proof::password;                          ///< of who is authenticated
    access::Privileges scope = access::all;  ///< what may be done with this login at most
};

class Authenticator {
public:
    /// `audit`: where logins are kept; nullptr: nowhere. It lives longer than this.
    Authenticator(Settings settings, store::Database& db, Ways ways,
                  store::AuditWriter* audit = nullptr);
    ~Authenticator();
    Authenticator(const Authenticator&) = delete;
    Authenticator& operator=(const Authenticator&) = delete;

    /// What memory alone can tell: a remembered credential whose principal is in the cache with the
    /// same credential_seq, or no credential at all. Nothing: ask authenticate(). Never blocks;
    /// microseconds.
    std::optional<Result> from_memory(const Asking& asking);

    /// The whole check; may hash a password (13 ms), ask the database, a directory, or an issuer of
    /// tokens. Throws store::Unavailable.
    Result authenticate(const Asking& asking);

    /// The value of WWW-Authenticate (RFC 9110 11.6.1); nothing: nobody may log in like this,
    /// without TLS.
    [[nodiscard]] std::optional<std::string> challenge(const Asking& asking) const;

    /// The same for tokens, in a field of its own, since not every client reads two in one (RFC
    /// 6750 3); nothing: no tokens are taken.
    [[nodiscard]] std::optional<std::string> token_challenge(const Asking& asking) const;

private:
    struct Inner;
    std::unique_ptr<Inner> inner_;
};

}  // namespace kalends::auth
