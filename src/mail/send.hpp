#pragma once
// Sends a message to one recipient, by the way that the site has chosen: sendmail, SMTP
// submission, LMTP, or a command.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::mail {

using Deadline = std::chrono::steady_clock::time_point;

/// How long a message may take.
struct Patience {
    Patience(Deadline until) : deadline(until) {}
    Deadline deadline;  ///< until it has been handed over, and is answered
    /// How much longer for the answer, once it has been handed over: who gave up then would not
    /// know whether it has been sent (RFC 5321 4.5.3.2.6 has 10 minutes). Where a route knows of no
    /// such moment, there is no such time.
    std::chrono::milliseconds answer{0};
    std::function<bool()> goes_on = {};  ///< called when that time begins; false: it does not
};

struct Envelope {
    std::string sender;  ///< where reports go; empty: nowhere (RFC 5321 4.5.5)
    std::string recipient;
    std::string envelope_id = {};  ///< ENVID (RFC 3461 4.4): printable ASCII; empty: none
};

struct Result {
    enum class Kind : std::uint8_t {
        accepted,   ///< the next server, or program, has it
        temporary,  ///< try again later (4.x.x)
        permanent,  ///< never (5.x.x)
    };
    Kind kind = Kind::temporary;
    std::string status = {};    ///< enhanced status code (RFC 3463): "5.1.1"
    std::string sentence = {};  ///< what the server or program said, on one line, for the log
};

/// A way out. Safe on any thread.
class Route {
public:
    Route() = default;
    virtual ~Route() = default;
    Route(const Route&) = delete;
    Route& operator=(const Route&) = delete;

    /// Blocks, as long as `patience` at most. `message` has CRLF. Whatever goes wrong is a result:
    /// what is wrong with this site (no connection, a wrong password, no such program) is
    /// temporary.
    [[nodiscard]] virtual Result send(const Envelope& envelope, std::string_view message,
                                      const Patience& patience) = 0;

    /// From now on nobody waits longer than a deadline.
    virtual void stop() noexcept {}
};

/// `PROGRAM -i -f SENDER -- RECIPIENT`, with `-C config` before that if there is one. The message
/// is given with LF, as local mail has it.
struct SendmailSettings {
    std::string program = "/usr/sbin/sendmail";
    std::string config = {};
};

/// `words SENDER RECIPIENT`; both also as KALENDS_SENDER and KALENDS_RECIPIENT. The message comes
/// on standard input, with LF. How it ends is read by sysexits.h.
struct CommandSettings {
    std::vector<std::string> words;
};

enum class Tls : std::uint8_t {
    none,
    starttls,  ///< RFC 3207; without it nothing is sent
    implicit,  ///< RFC 8314 3
};

/// SMTP (RFC 5321), usually to a submission port (RFC 6409), or LMTP (RFC 2033).
struct SmtpSettings {
    std::string host = "localhost";
    std::uint16_t port = 587;
    std::string socket = {};  ///< path of a unix socket, instead of host and port
    bool lmtp = false;
    Tls tls = Tls::starttls;
    std::string ca_file = {};   ///< PEM of who is trusted; empty: those of the system
    std::string user = {};      ///< AUTH (RFC 4954) by PLAIN or LOGIN; empty: none
    std::string password = {};  ///< is never sent in clear but to this machine
    std::string helo = "localhost";
};

std::unique_ptr<Route> sendmail_route(SendmailSettings settings);
std::unique_ptr<Route> command_route(CommandSettings settings);
std::unique_ptr<Route> smtp_route(SmtpSettings settings);

}  // namespace kalends::mail
