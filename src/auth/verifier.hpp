#pragma once
// One way of logging in. The Authenticator asks those that know a kind of credential, one after the
// other, until one of them decides; app/logins.cpp says which there are, and in which order.

#include "access/privilege.hpp"
#include "store/ids.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::auth {

/// What a client proves with who it is.
enum class Proof {
    password,      ///< of the account: local, or in a directory
    app_password,  ///< of one device; known by its form (auth/app_password.hpp)
    token,         ///< Bearer, RFC 6750
    certificate,   ///< of TLS, already verified against the authorities that are trusted
};
inline constexpr std::size_t proofs = 4;

/// For logs and the audit: "password", "app password", "token", "certificate".
std::string_view name_of(Proof proof);

struct Presented {
    Proof proof = Proof::password;
    std::string login;   ///< canonical where it can be (RFC 8265), else as sent; of a token or a
                         ///< certificate: empty
    std::string secret;  ///< the password, the token, or the certificate (DER)
    std::string_view peer;
};

struct Verdict {
    enum class Kind {
        not_mine,     ///< another way may know better: no such login here, another's token
        wrong,        ///< it is not right, whatever others say
        right,        ///< it is `principal`
        unavailable,  ///< who knows (a directory, a token's issuer) can't be asked now
    };
    Kind kind = Kind::not_mine;
    store::PrincipalId principal = {};  ///< of `wrong` too where it is known
    std::optional<std::int64_t> credential_seq =
        std::nullopt;  ///< of the principal, read before the secret was compared: what changes
                       ///< meanwhile ends this login too
    access::Privileges scope = access::all;  ///< what this login may do at most
    std::optional<std::chrono::seconds> lifetime = std::nullopt;  ///< it ends after that
    bool outlived = false;  ///< it is wrong, but was right once: who sends it is not guessing
    std::string why = {};   ///< for the log, in a few words and without the secret
};

class Verifier {
public:
    Verifier() = default;
    Verifier(const Verifier&) = delete;
    Verifier& operator=(const Verifier&) = delete;
    virtual ~Verifier() = default;

    /// On a worker; may block, for a bounded time. Throws store::Unavailable. Whether the principal
    /// is disabled is not its business.
    virtual Verdict verify(const Presented& presented) = 0;
};

/// For each proof the ways that know it, in order.
class Ways {
public:
    void add(Proof proof, std::shared_ptr<Verifier> way) {
        by_proof_.at(static_cast<std::size_t>(proof)).push_back(std::move(way));
    }
    [[nodiscard]] const std::vector<std::shared_ptr<Verifier>>& of(Proof proof) const {
        return by_proof_.at(static_cast<std::size_t>(proof));
    }

private:
    std::array<std::vector<std::shared_ptr<Verifier>>, proofs> by_proof_;
};

}  // namespace kalends::auth
