#pragma once
// Who really sent a message, as far as the site's own mail servers have found out: what they write
// into Authentication-Results (RFC 8601). Nothing is verified here.

#include "mail/read.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::mail {

/// "header.d=partner.test" (RFC 8601 2.2).
struct Property {
    std::string type;   ///< "header", in lower case; empty for what has no type
    std::string name;   ///< "d", in lower case
    std::string value;  ///< without quotes
};

/// "dkim=pass reason=... header.d=..."
struct MethodResult {
    std::string method;  ///< in lower case, without its version
    std::string result;  ///< in lower case
    std::string reason = {};
    std::vector<Property> properties = {};

    /// Empty if it has none.
    [[nodiscard]] std::string property(std::string_view type, std::string_view name) const;
};

struct AuthenticationResults {
    std::string authserv_id;
    std::string version = {};                ///< empty: 1
    std::vector<MethodResult> results = {};  ///< "none" has none
};

/// Nothing if it is not what RFC 8601 2.2 allows; but a semicolon at the end and properties without
/// a type, as Microsoft writes them, are taken.
std::optional<AuthenticationResults> parse_authentication_results(std::string_view value);

/// The name after "by" (RFC 5321 4.4), in lower case; empty if there is none.
std::string received_by(std::string_view received);

/// Two domains, in ASCII form, of one owner: equal, or below the same registered domain by the
/// Public Suffix List (relaxed alignment, RFC 7489 3.1).
bool are_aligned(const std::string& a, const std::string& b);

struct AuthenticationSettings {
    std::string authserv_id = {};  ///< of our mail servers; empty: nobody is believed
    /// Names that our servers write after "by" in Received; empty: the authserv-id alone.
    std::vector<std::string> our_hosts = {};
    bool allow_spf = false;  ///< whether the envelope sender alone is good enough
};

struct Verdict {
    enum class Kind : std::uint8_t {
        none,       ///< nobody knows who sent it
        smtp_auth,  ///< one of our users, who has logged in
        dmarc,      ///< these three: the domain of From vouches for it
        dkim,
        spf,
    };
    Kind kind = Kind::none;
    std::string domain = {};  ///< of From, in ASCII form, unless none
    std::string login = {};   ///< with smtp_auth: smtp.auth
    std::string why = {};     ///< a sentence, for the log
};

/// Believes the topmost field with our authserv-id, above the first Received that is not ours: what
/// is further down anybody may have written.
Verdict authenticate(const Incoming& message, const AuthenticationSettings& settings);

}  // namespace kalends::mail
