#pragma once
// Bytes to and from a client, in plain or through TLS, on a socket that never blocks. Not
// asio::ssl::stream, which keeps 75 KB for an idle connection: OpenSSL works on the socket itself
// and gives its buffers back.

#include "http/server.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

using SSL_CTX = struct ssl_ctx_st;  // NOLINT(readability-identifier-naming): OpenSSL's own name

namespace kalends::http {

/// What happened to a call that may not block.
struct Io {
    enum class State {
        done,        ///< `bytes` went through
        want_read,   ///< call again when the socket is readable
        want_write,  ///< call again when it is writable
        closed,      ///< by the other side, or broken
    };
    State state = State::done;
    std::size_t bytes = 0;
};

class Transport {
public:
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    virtual Io handshake() = 0;
    virtual Io read(char* to, std::size_t size) = 0;
    /// `first`, then `second`, or the beginning of that.
    virtual Io write(std::string_view first, std::string_view second) = 0;
    /// Whether there is something to read that the socket does not tell of.
    [[nodiscard]] virtual bool holds_input() const = 0;
    /// The other side's certificate, verified: DER; empty: it has shown none. After the handshake.
    [[nodiscard]] virtual std::string certificate() const { return {}; }
    /// Says goodbye, without waiting.
    virtual void close_notify() = 0;
};

/// `socket` stays the caller's and must outlive the transport, as in the next function.
std::unique_ptr<Transport> plain_transport(int socket);

/// A certificate with its key, and how TLS is spoken: 1.2 or newer, forward secrecy, http/1.1 by
/// ALPN (RFC 7301). Where the listener names authorities, clients are asked for a certificate of
/// one of them; one that is not valid ends the handshake.
class TlsContext {
public:
    /// Throws std::runtime_error with a sentence if the files can't be read or don't fit each
    /// other.
    explicit TlsContext(Listener listener);

    /// Reads the files again; connections from now on use what is in them. Throws as the
    /// constructor does, and then nothing changes.
    void reload();

    /// Nothing if OpenSSL has no memory. Safe on any thread.
    [[nodiscard]] std::unique_ptr<Transport> transport(int socket) const;

private:
    Listener listener_;
    mutable std::mutex mutex_;
    std::shared_ptr<SSL_CTX> context_;
};

}  // namespace kalends::http
