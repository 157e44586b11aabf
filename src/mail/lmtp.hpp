#pragma once
// A server of LMTP (RFC 2033), for sites that want a hop instead of Sieve: it hands mail on to the
// mail server that has the mailboxes, as it is and with that server's answers, and puts a copy of
// what has a calendar part into the spool. Without a next server the spool is the end of the way.

#include "mail/place.hpp"
#include "mail/read.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace kalends::mail {

/// Who has connected.
struct LmtpPeer {
    /// Of this machine: by SO_PEERCRED, or by whose socket is at the other end of a TCP connection.
    /// Nothing: another machine, or it can't be found out.
    std::optional<uid_t> account = std::nullopt;
    std::string address = {};  ///< of TCP; empty: a unix socket
    bool is_loopback = false;
    /// The address is one of this machine's, or it can't be found out that it is not: who is there
    /// is an account, known or not.
    bool is_here = false;
};

/// What the client waits for is shorter than what Postfix waits for the same (except for RSET, by
/// which no mail is lost): it hears an answer instead of giving up.
struct LmtpTimes {
    std::chrono::milliseconds command = std::chrono::minutes{5};   ///< RFC 5321 4.5.3.2.7
    std::chrono::milliseconds block = std::chrono::minutes{3};     ///< of a message: 4.5.3.2.5
    std::chrono::milliseconds message = std::chrono::hours{1};     ///< all of it
    std::chrono::milliseconds connect = std::chrono::seconds{30};  ///< and hear the greeting
    /// Of the next server to a command; to LHLO and MAIL also what it takes to connect before it.
    std::chrono::milliseconds answer = std::chrono::minutes{4};
    std::chrono::milliseconds data = std::chrono::seconds{100};  ///< to DATA: 4.5.3.2.4
    std::chrono::milliseconds result = std::chrono::minutes{9};  ///< after the message: 4.5.3.2.6
    std::chrono::milliseconds drain = std::chrono::seconds{10};  ///< when this server stops
};

struct LmtpSettings {
    Place listen;                 ///< a host is an IP address; port 0: any that is free
    std::optional<Place> next;    ///< nothing: the spool is the end of the way
    std::filesystem::path spool;  ///< empty: no copies are made
    std::string name = "localhost";
    /// Who may hand over mail: others hear 421. Any thread.
    std::function<bool(const LmtpPeer&)> may_speak;
    std::size_t connections = 50;           ///< further ones hear 421
    std::size_t kept_bytes = 100UL << 20U;  ///< of copies in memory, of all connections
    Limits limits = {};                     ///< of what goes into the spool
    std::size_t recipients = 1000;          ///< of a transaction
    LmtpTimes times = {};
};

class LmtpServer {
public:
    /// Listens, and starts a thread. A socket that nobody listens at any more is replaced. Throws
    /// std::runtime_error.
    explicit LmtpServer(LmtpSettings settings);
    /// Who waits is told that the server stops; messages that are on their way get
    /// LmtpTimes::drain.
    ~LmtpServer();
    LmtpServer(const LmtpServer&) = delete;
    LmtpServer& operator=(const LmtpServer&) = delete;

    /// Of TCP.
    [[nodiscard]] std::uint16_t port() const;

private:
    class Service;
    std::unique_ptr<Service> service_;
};

}  // namespace kalends::mail
