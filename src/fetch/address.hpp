#pragma once
// Which addresses of the internet are somebody's in public: not this machine, not one's own
// network.

#include <sys/socket.h>

#include <string>

namespace kalends::fetch {

/// Whether it is a global unicast address (the special-purpose registries of RFC 6890), so that a
/// URL that a stranger wrote may lead there.
bool is_public(const sockaddr& address);

/// The same of "192.0.2.1" or "2001:db8::1"; false for what is no address.
bool is_public(const std::string& address);

}  // namespace kalends::fetch
