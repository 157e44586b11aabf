#pragma once
// Where the mail of a connection goes: to the next server, or into the spool. Both answer as a
// server of LMTP does.

#include "mail/lmtp.hpp"
#include "mail/smtp_reply_private.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::mail {

/// Bytes that all connections together may keep in memory. Large messages leave a quarter of them
/// to the small ones, as invitations are.
class MemoryBudget {
public:
    static constexpr std::size_t small = 1UL << 20U;  ///< bytes of a message

    explicit MemoryBudget(std::size_t bytes) : reserved_(bytes / 4), left_(bytes) {}
    /// `bytes` more for a message that has `held` of them.
    bool take(std::size_t bytes, std::size_t held);
    void give_back(std::size_t bytes) { left_ += bytes; }

private:
    std::size_t reserved_;
    std::atomic<std::size_t> left_;
};

/// A message as it comes, as long as it is not too large.
class KeptMessage {
public:
    enum class State : std::uint8_t { whole, too_large, no_memory };
    KeptMessage(MemoryBudget& budget, std::size_t max) : budget_(budget), max_(max) {}
    ~KeptMessage() { clear(); }
    KeptMessage(const KeptMessage&) = delete;
    KeptMessage& operator=(const KeptMessage&) = delete;

    void append(std::string_view piece);
    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    void clear();
    void drop(State why);
    MemoryBudget& budget_;
    std::size_t max_;
    State state_ = State::whole;
    std::string text_;
};

/// The part of a connection that is the same for both.
struct LmtpTransaction {
    const std::string& sender;
    const std::vector<std::string>& recipients;  ///< those that were accepted
    const KeptMessage& message;
};

/// All calls throw Disconnected where there is no next server (any more).
class Onward {
public:
    Onward() = default;
    virtual ~Onward() = default;
    Onward(const Onward&) = delete;
    Onward& operator=(const Onward&) = delete;

    /// The answer to LHLO, with what is offered.
    virtual Reply hello(const std::string& client) = 0;
    /// MAIL; there is no transaction now.
    virtual Reply begin(const std::string& line) = 0;
    /// RCPT, RSET.
    virtual Reply command(const std::string& line) = 0;
    /// DATA: the message comes after 354.
    virtual Reply data() = 0;
    virtual void write(std::string_view piece) = 0;
    virtual void end_message() = 0;
    /// What became of the message for a recipient; called in order.
    virtual Reply result(const LmtpTransaction& transaction, std::size_t recipient) = 0;
    /// After all results went to the client; `accepted` are those that the message was accepted
    /// for. Never throws.
    virtual void afterwards(const LmtpTransaction& transaction,
                            const std::vector<std::string>& accepted) noexcept = 0;
};

/// `cancel` can be read when everything is to end.
std::unique_ptr<Onward> to_next_server(const LmtpSettings& settings, int cancel);
std::unique_ptr<Onward> into_spool(const LmtpSettings& settings);

}  // namespace kalends::mail
