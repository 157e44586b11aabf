#pragma once
// Bearer tokens that only their issuer understands: it is asked about each (RFC 7662).

#include "auth/token_account.hpp"
#include "auth/verifier.hpp"
#include "fetch/fetch.hpp"

#include <chrono>
#include <mutex>
#include <string>

namespace kalends::auth {

struct IntrospectionSettings {
    std::string issuer;
    std::string url;  ///< empty: the issuer says (discovery)
    std::string client_id;
    std::string client_secret;
    std::chrono::seconds pause{10};  ///< after it could not be asked, it is not for so long
};

class IntrospectedTokens final : public Verifier {
public:
    IntrospectedTokens(TokenPolicy policy, IntrospectionSettings settings, fetch::Fetch fetch,
                       store::Database& db);
    Verdict verify(const Presented& presented) override;

private:
    Verdict check(const std::string& token);
    std::string ask(const std::string& token);
    std::string url();
    void require_up();
    void is_down();

    TokenPolicy policy_;
    IntrospectionSettings settings_;
    fetch::Fetch fetch_;
    store::Database& db_;
    std::mutex mutex_;
    std::string found_url_;
    std::chrono::steady_clock::time_point down_until_;
};

}  // namespace kalends::auth
