#pragma once
// The address of a unix socket. For this room.

#include <sys/socket.h>
#include <sys/un.h>

#include <optional>
#include <string>

namespace kalends::mail {

/// Nothing for a path that is too long for one. unix(7)
inline std::optional<sockaddr_un> unix_address(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return std::nullopt;
    path.copy(&address.sun_path[0], path.size());
    return address;
}

}  // namespace kalends::mail
