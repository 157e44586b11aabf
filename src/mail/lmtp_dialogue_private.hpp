#pragma once
// What the commands of LMTP (RFC 2033) mean, one after the other: lines in, what is to be done out.
// It knows no sockets.

#include "mail/smtp_reply_private.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::mail {

/// What is to be done with a command.
struct LmtpStep {
    enum class Kind : std::uint8_t {
        answer,   ///< `reply` is all
        hello,    ///< find out what can be offered, and tell greeted()
        begin,    ///< MAIL: the one that the mail goes to answers it; tell answered()
        forward,  ///< likewise, of the transaction that has begun
        data,     ///< likewise; after 354 the message comes
        quit,     ///< say `reply` and close
    };
    Kind kind = Kind::answer;
    Reply reply = {};
};

struct LmtpRules {
    std::size_t recipients = 1000;  ///< of a transaction (RFC 5321 4.5.3.1.8 wants 100)
    std::size_t errors = 20;        ///< of a connection: then it is closed
    /// What a client may declare by SIZE (RFC 1870); nothing: the next server says so.
    std::optional<std::size_t> message_bytes = std::nullopt;
};

class LmtpDialogue {
public:
    explicit LmtpDialogue(const LmtpRules& rules) : rules_(rules) {}

    /// A line without its end.
    LmtpStep take(std::string_view line);

    /// After a step `hello` that went well.
    void greeted(Extensions offers);
    /// After a step `begin`, `forward` or `data`.
    void answered(const Reply& reply);
    /// The message has come, and each recipient has its answer.
    void finish();

    [[nodiscard]] const std::string& client() const { return client_; }  ///< as LHLO says
    [[nodiscard]] const std::string& sender() const { return sender_; }
    /// Those that were accepted, in order.
    [[nodiscard]] const std::vector<std::string>& recipients() const { return recipients_; }

private:
    enum State : std::uint8_t { fresh = 1, ready = 2, in_mail = 4, any = 7 };
    struct Row {
        std::string_view verb;
        std::uint8_t states;  ///< in which it may come
        LmtpStep (LmtpDialogue::*take)(std::string_view argument);
    };
    static const Row rows[];

    LmtpStep lhlo(std::string_view argument);
    LmtpStep mail(std::string_view argument);
    LmtpStep rcpt(std::string_view argument);
    LmtpStep data(std::string_view argument);
    LmtpStep rset(std::string_view argument);
    LmtpStep noop(std::string_view argument);
    LmtpStep vrfy(std::string_view argument);
    LmtpStep quit(std::string_view argument);
    LmtpStep other_protocol(std::string_view argument);
    LmtpStep run(std::string_view line);
    [[nodiscard]] std::optional<Reply> refused(std::string_view verb, std::string_view given) const;

    LmtpRules rules_;
    State state_ = fresh;
    std::size_t errors_ = 0;
    Extensions offers_;
    std::string client_, sender_;
    std::vector<std::string> recipients_;
    enum class Forwarded : std::uint8_t { other, mail, rcpt };
    Forwarded forwarded_ = Forwarded::other;  // the command that waits for its answer
    std::string waiting_;                     // the address in it
};

/// The answer to LHLO of `name`: of what the next server offers, what can be passed on.
Reply hello_reply(const std::string& name, const Extensions& offers);

}  // namespace kalends::mail
