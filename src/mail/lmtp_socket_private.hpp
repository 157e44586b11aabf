#pragma once
// Sockets of the LMTP server: where it listens, and who is at the other end.

#include "base/descriptor.hpp"
#include "mail/lmtp.hpp"

#include <string>
#include <string_view>

struct sockaddr;

namespace kalends::mail {

/// A socket that listens and does not block. A unix socket may be opened by everybody: who may
/// speak is decided by who connects. Throws std::runtime_error.
Descriptor listen_at(const Place& place);

/// Of a TCP socket; 0 of another.
std::uint16_t port_of(int socket);

LmtpPeer peer_of(int connection);

/// Whether an interface of this machine has it; also where that can't be found out, so that nobody
/// is believed for it. As inet_ntop() writes it.
bool is_own_address(const std::string& address);

/// The account whose open TCP socket has `mine` at its end and `theirs` at the other, by a table
/// like /proc/net/tcp. Both are as they are written there: "0100007F:1F90".
std::optional<uid_t> account_in(std::string_view table, std::string_view mine,
                                std::string_view theirs);

}  // namespace kalends::mail
