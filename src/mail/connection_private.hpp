#pragma once
// A connection that talks in lines, over TCP or a unix socket, in clear or by TLS. Each call ends
// at the deadline.

#include "base/c_ptr.hpp"
#include "base/descriptor.hpp"
#include "mail/send.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace kalends::mail {

/// The connection can't be used (any longer); what() is for the log.
class Disconnected : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The deadline has come.
class TookTooLong : public Disconnected {
    using Disconnected::Disconnected;
};

/// The other side has ended it.
class Closed : public Disconnected {
    using Disconnected::Disconnected;
};

/// What was read is no line of the length that is allowed.
class LineTooLong : public Disconnected {
    using Disconnected::Disconnected;
};

void free_tls(ssl_st* tls) noexcept;
void free_tls_context(ssl_ctx_st* context) noexcept;

/// All calls throw Disconnected.
class Connection {
public:
    /// To the first address of the name that answers.
    Connection(const std::string& host, std::uint16_t port, Deadline deadline);
    Connection(const std::string& socket_path, Deadline deadline);
    /// One that somebody else has opened; it must not block.
    Connection(Descriptor socket, Deadline deadline);

    /// From here on calls end at `deadline`, or when the descriptor `cancel` can be read; below
    /// zero: there is none.
    void set_end(Deadline deadline, int cancel = -1);

    /// From here on everything is encrypted, and comes from `host`: its certificate is verified.
    /// What came in clear before and has not been read is thrown away (RFC 3207 5).
    void start_tls(const std::string& host, const std::string& ca_file);

    void write(std::string_view bytes);
    /// Without its line end. It ends with LF; the CR is not needed. At most `max` bytes.
    /// Throws LineTooLong.
    std::string read_line(std::size_t max);
    /// What has come, at least a byte.
    std::string read_some();
    /// It is read again by the next call.
    void put_back(std::string_view bytes);

    [[nodiscard]] bool is_encrypted() const { return tls_ != nullptr; }
    /// To this machine: nobody between could hear.
    [[nodiscard]] bool is_local() const { return local_; }

private:
    void check_end() const;
    void wait_for(short events);
    void write_raw(std::string_view bytes);
    std::size_t read_raw(char* to, std::size_t size);
    void flush_tls();
    void feed_tls();
    void fill();

    Deadline deadline_;
    int cancel_ = -1;
    Descriptor socket_;
    bool local_ = false;
    std::string received_;  ///< and not yet read as lines
    CPtr<ssl_ctx_st, free_tls_context> context_;
    CPtr<ssl_st, free_tls> tls_;
};

}  // namespace kalends::mail
