#include "fetch/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace kalends::fetch {
namespace {

using Bytes = std::array<std::uint8_t, 16>;  // of IPv4 the first four

struct Prefix {
    Bytes bytes;
    unsigned bits;
};

// clang-format off
constexpr std::array not_public_v4{
    Prefix{{0},                8}, Prefix{{10},           8}, Prefix{{100, 64},  10},
    Prefix{{127},              8}, Prefix{{169, 254},    16}, Prefix{{172, 16},  12},
    Prefix{{192, 0, 0},       24}, Prefix{{192, 0, 2},   24}, Prefix{{192, 88, 99}, 24},
    Prefix{{192, 168},        16}, Prefix{{198, 18},     15}, Prefix{{198, 51, 100}, 24},
    Prefix{{203, 0, 113},     24}, Prefix{{224},          3},
};
constexpr Prefix public_v6{{0x20}, 3};  // global unicast, RFC 4291 2.4
constexpr std::array not_public_v6{
    Prefix{{0x20, 0x01},             23},  // Teredo and the like
    Prefix{{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    Prefix{{0x20, 0x02},             16},  // 6to4: has an IPv4 address in it
    Prefix{{0x3f, 0xff},             20},  // documentation
};
// clang-format on

constexpr unsigned byte_bits = 8;

bool has_prefix(const Bytes& address, const Prefix& prefix) {
    for (unsigned bit = 0; bit < prefix.bits; ++bit) {
        const auto mask = 0x80U >> bit % byte_bits;
        if (((address.at(bit / byte_bits) ^ prefix.bytes.at(bit / byte_bits)) & mask) != 0)
            return false;
    }
    return true;
}

bool is_in(const Bytes& address, std::span<const Prefix> prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const Prefix& prefix) { return has_prefix(address, prefix); });
}

bool is_public_v4(const in_addr& address) {
    Bytes bytes{};
    std::memcpy(bytes.data(), &address, sizeof address);
    return !is_in(bytes, not_public_v4);
}

bool is_public_v6(const in6_addr& address) {
    Bytes bytes{};
    std::memcpy(bytes.data(), &address, sizeof address);
    return has_prefix(bytes, public_v6) && !is_in(bytes, not_public_v6);
}

}  // namespace

bool is_public(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        return is_public_v4(v4.sin_addr);
    }
    if (address.sa_family != AF_INET6) return false;
    // curl gives a sockaddr that has room for it.
    in6_addr v6{};
    std::memcpy(&v6, reinterpret_cast<const char*>(&address) + offsetof(sockaddr_in6, sin6_addr),
                sizeof v6);
    return is_public_v6(v6);
}

bool is_public(const std::string& address) {
    in_addr v4{};
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return is_public_v4(v4);
    in6_addr v6{};
    return inet_pton(AF_INET6, address.c_str(), &v6) == 1 && is_public_v6(v6);
}

}  // namespace kalends::fetch
