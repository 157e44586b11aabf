#pragma once
// An OpenID issuer on the loopback: discovery, keys, introspection, and counts of how often it was
// asked for each.

#include "http/server.hpp"
#include "support/signing_key.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace kalends::test {

class Issuer {
public:
    Issuer();
    ~Issuer();
    Issuer(const Issuer&) = delete;
    Issuer& operator=(const Issuer&) = delete;

    [[nodiscard]] std::string url() const;
    /// Answers nothing from now on.
    void stop();

    /// A token of its key for the audience "kalends", for the next `lasts` seconds.
    [[nodiscard]] std::string token(const std::string& login, const std::string& more = {},
                                    long lasts = 300) const;
    /// What it says about a token that it is asked about: JSON. Of others, that they are not
    /// active.
    void knows(const std::string& token, const std::string& answer);

    struct Asked {
        std::atomic<int> discovery{0}, keys{0}, introspection{0};
    };
    [[nodiscard]] const Asked& asked() const;

    SigningKey key{"P-256", "one"};

private:
    class Answers;
    std::unique_ptr<Answers> answers_;
    std::unique_ptr<http::Server> server_;
    std::string url_;
};

}  // namespace kalends::test
