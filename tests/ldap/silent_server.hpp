#pragma once
// Accepts connections and says nothing, as a server behind a broken firewall.

#include <cstdint>
#include <string>

namespace kalends::test {

class SilentServer {
public:
    SilentServer();
    ~SilentServer();
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;

    [[nodiscard]] std::string uri() const { return "ldap://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::string tls_uri() const {
        return "ldaps://127.0.0.1:" + std::to_string(port_);
    }

private:
    int socket_ = -1;
    std::uint16_t port_ = 0;
};

}  // namespace kalends::test
