#pragma once
// One connection of the LMTP server, from the greeting to its end.

#include "mail/connection_private.hpp"
#include "mail/lmtp_dialogue_private.hpp"
#include "mail/lmtp_onward_private.hpp"

namespace kalends::mail {

/// Descriptors that can be read when this server stops.
struct LmtpStops {
    int waiting;  ///< who waits for a command is to go
    int all;      ///< who has a message in hand, too
};

class LmtpSession {
public:
    /// All live longer.
    LmtpSession(const LmtpSettings& settings, MemoryBudget& budget, Connection& client,
                Onward& onward, LmtpStops stops);
    /// Never throws: what goes wrong ends the connection.
    void run() noexcept;

private:
    void talk();
    void step(const std::string& line);
    void forward(const LmtpStep& step, const std::string& line);
    void hello();
    void receive();
    /// Hands the message on as it comes; false if the next server was lost.
    bool pass_on(KeptMessage& message);
    void tell_results(const LmtpTransaction& transaction, bool has_next);
    void say(const Reply& reply);
    void say_last(int code, const std::string& sentence) noexcept;
    void allow(std::chrono::milliseconds time, int stop);

    const LmtpSettings& settings_;
    MemoryBudget& budget_;
    Connection& client_;
    Onward& onward_;
    LmtpStops stops_;
    LmtpDialogue dialogue_;
    bool ended_ = false;
};

}  // namespace kalends::mail
