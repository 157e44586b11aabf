#pragma once
// Where servers of mail are.

#include <cstdint>
#include <string>

namespace kalends::mail {

/// A place to listen at or to connect to.
struct Place {
    std::string socket = {};  ///< path of a unix socket; empty: host and port
    std::string host = {};
    std::uint16_t port = 0;
    bool operator==(const Place&) const = default;
};

}  // namespace kalends::mail
