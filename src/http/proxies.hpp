#pragma once
// Who the client is when a proxy stands before us: Forwarded (RFC 7239) and X-Forwarded-*, believed
// from trusted addresses only.

#include "http/message.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::http {

/// A set of IP networks.
class Networks {
public:
    Networks() = default;
    /// From "192.0.2.1", "10.0.0.0/8", "2001:db8::/32". Throws std::runtime_error naming the one
    /// that is wrong.
    explicit Networks(const std::vector<std::string>& networks);

    /// Whether `address`, without port or brackets, is in one of them; an IPv4 address mapped into
    /// IPv6 is the IPv4 address.
    [[nodiscard]] bool contains(std::string_view address) const;

private:
    struct Network {
        std::array<unsigned char, 16> address{};  // IPv4 mapped into IPv6
        unsigned bits = 0;
    };
    std::vector<Network> networks_;
};

/// `address` in the one spelling that we compare and log: IPv4 mapped into IPv6 becomes IPv4; empty
/// if it is none.
std::string canonical_address(std::string_view address);

/// Sets peer, scheme and host of a request that came from a trusted proxy to what the client sees:
/// the client is the last address of the chain that is not itself a trusted proxy. `request.peer`
/// is the proxy's address.
void apply_forwarding(const Networks& trusted, Request& request);

}  // namespace kalends::http
