// A client of SMTP (RFC 5321) and LMTP (RFC 2033) for one message to one recipient.
#include "base/clock.hpp"
#include "base/text.hpp"
#include "mail/address.hpp"
#include "mail/event_private.hpp"
#include "mail/line_private.hpp"
#include "mail/send.hpp"
#include "mail/smtp_reply_private.hpp"

namespace kalends::mail {
namespace {

using Kind = Result::Kind;

/// The conversation ends here, with that result.
class Ends : public std::exception {
public:
    explicit Ends(Result result) : result_(std::move(result)) {}
    [[nodiscard]] const Result& result() const { return result_; }
    [[nodiscard]] const char* what() const noexcept override { return result_.sentence.c_str(); }

private:
    Result result_;
};

/// Something is wrong with the server, our account or the way there, not with this message.
[[noreturn]] void wrong_here(const std::string& step, const Reply& reply) {
    throw Ends({Kind::temporary, "4.3.0", step + ": " + reply.sentence()});
}

/// RFC 4954 6: what these say is about the login, and not about the message.
bool is_about_login(int code) { return code == 530 || code == 534 || code == 535 || code == 538; }

Result refused(const std::string& step, const Reply& reply) {
    const auto sentence = step + ": " + reply.sentence();
    if (is_about_login(reply.code)) return {Kind::temporary, "4.7.0", sentence};
    if (reply.code >= 500) return {Kind::permanent, reply.status(), sentence};
    if (reply.code >= 400) return {Kind::temporary, reply.status(), sentence};
    return {Kind::temporary, "4.5.0", sentence};  // 3xx, or 2xx where 354 should be
}

/// RFC 3461 4.
std::string xtext(std::string_view value) {
    std::string result;
    for (const char c : value) {
        if (c > ' ' && c < 0x7f && c != '+' && c != '=')
            result += c;
        else
            result += "+" + text::upper_ascii(text::to_hex(std::string_view(&c, 1)));
    }
    return result;
}

/// RFC 5321 4.5.2: a dot before each that begins a line; and lines end with CRLF.
std::string stuffed(std::string_view message) {
    std::string result;
    result.reserve(message.size() + message.size() / 64 + 8);
    bool begins = true;
    for (std::size_t i = 0; i < message.size(); ++i) {
        const char c = message[i];
        if (begins && c == '.') result += '.';
        begins = c == '\n';
        // A bare CR or LF could be taken for the end by one server and not by the next.
        if (c == '\r') {
            if (i + 1 < message.size() && message[i + 1] == '\n') continue;
            result += "\r\n";
            begins = true;
        } else if (c == '\n') {
            result += "\r\n";
        } else {
            result += c;
        }
    }
    if (!result.ends_with("\r\n")) result += "\r\n";
    return result + ".\r\n";
}

class Conversation {
public:
    /// `stop` can be read when nobody waits longer than a deadline any more.
    Conversation(const SmtpSettings& settings, Connection& with, int stop)
        : settings_(settings), with_(with), stop_(stop) {}

    Result run(const Envelope& envelope, std::string_view message, const Patience& patience) {
        if (settings_.tls == Tls::implicit) with_.start_tls(settings_.host, settings_.ca_file);
        if (const auto greeting = read_reply(with_); greeting.code != 220)
            wrong_here("greeting", greeting);
        hello();
        if (settings_.tls == Tls::starttls) start_tls();
        if (!settings_.user.empty()) log_in();
        auto result = hand_over(envelope, message, patience);
        farewell();
        return result;
    }

private:
    Reply ask(const std::string& command) {
        with_.write(command + "\r\n");
        return read_reply(with_);
    }

    void hello() {
        const auto* verb = settings_.lmtp ? "LHLO " : "EHLO ";
        const auto reply = ask(verb + settings_.helo);
        if (!reply.is_positive()) wrong_here(verb, reply);
        offers_ = Extensions(reply);
    }

    void start_tls() {
        if (!offers_.has("STARTTLS"))
            throw Ends({Kind::temporary, "4.7.0", "the server does not offer STARTTLS"});
        if (const auto reply = ask("STARTTLS"); reply.code != 220) wrong_here("STARTTLS", reply);
        with_.start_tls(settings_.host, settings_.ca_file);
        hello();
    }

    void log_in() {
        if (!with_.is_encrypted() && !with_.is_local())
            throw Ends({Kind::temporary, "4.7.0", "a password is not sent without TLS"});
        if (offers_.has("AUTH", "PLAIN"))
            log_in_plain();
        else if (offers_.has("AUTH", "LOGIN"))
            log_in_login();
        else
            throw Ends({Kind::temporary, "4.7.0", "the server offers neither PLAIN nor LOGIN"});
    }

    void log_in_plain() {  // RFC 4616
        const auto secret = '\0' + settings_.user + '\0' + settings_.password;
        const auto reply = ask("AUTH PLAIN " + text::base64_encode(secret));
        if (reply.code != 235) wrong_here("AUTH", reply);
    }

    void log_in_login() {
        for (const auto& command : {std::string("AUTH LOGIN"), text::base64_encode(settings_.user)})
            if (const auto reply = ask(command); reply.code != 334) wrong_here("AUTH", reply);
        const auto reply = ask(text::base64_encode(settings_.password));
        if (reply.code != 235) wrong_here("AUTH", reply);
    }

    std::string mail_command(const Envelope& envelope, bool utf8) {
        std::string command = "MAIL FROM:<" + envelope.sender + ">";
        if (offers_.has("DSN")) {
            command += " RET=HDRS";  // RFC 3461 4.3
            if (!envelope.envelope_id.empty()) command += " ENVID=" + xtext(envelope.envelope_id);
        }
        return command + (utf8 ? " SMTPUTF8" : "");
    }

    std::string rcpt_command(const Envelope& envelope) {
        auto command = "RCPT TO:<" + envelope.recipient + ">";
        if (!offers_.has("DSN")) return command;
        // To the null sender no report can go (RFC 3461 4.1).
        return command + (envelope.sender.empty() ? " NOTIFY=NEVER" : " NOTIFY=FAILURE,DELAY");
    }

    Result hand_over(const Envelope& envelope, std::string_view message, const Patience& patience) {
        const bool utf8 = needs_smtputf8(envelope.sender) || needs_smtputf8(envelope.recipient);
        if (utf8 && !offers_.has("SMTPUTF8"))
            return {Kind::permanent, "5.6.7", "the server does not offer SMTPUTF8 (RFC 6531)"};
        if (const auto reply = ask(mail_command(envelope, utf8)); !reply.is_positive())
            return refused("MAIL", reply);
        if (const auto reply = ask(rcpt_command(envelope)); !reply.is_positive())
            return refused("RCPT", reply);
        if (const auto reply = ask("DATA"); reply.code != 354) return refused("DATA", reply);
        with_.write(stuffed(message));
        const auto reply = answer(patience);  // LMTP: one for each recipient, so one
        if (!reply.is_positive()) return refused("message", reply);
        return {Kind::accepted, reply.status(), reply.sentence()};
    }

    /// Of the message.
    Reply answer(const Patience& patience) {
        try {
            return read_reply(with_);
        } catch (const TookTooLong&) {
            if (patience.answer.count() == 0) throw;
            if (patience.goes_on && !patience.goes_on()) throw;
        }
        with_.set_end(clock::steady() + patience.answer, stop_);
        return read_reply(with_);
    }

    /// Politeness: what the message became is known.
    void farewell() {
        try {
            with_.write("QUIT\r\n");
        } catch (const Disconnected&) {
            return;
        }
    }

    const SmtpSettings& settings_;
    Connection& with_;
    int stop_;
    Extensions offers_;
};

class SmtpRoute final : public Route {
public:
    explicit SmtpRoute(SmtpSettings settings) : settings_(std::move(settings)) {}

    Result send(const Envelope& envelope, std::string_view message,
                const Patience& patience) override {
        try {
            Envelope to = envelope;
            if (!to.sender.empty()) to.sender = with_ascii_domain(to.sender);
            to.recipient = with_ascii_domain(to.recipient);
            auto connection = settings_.socket.empty()
                                  ? Connection{settings_.host, settings_.port, patience.deadline}
                                  : Connection{settings_.socket, patience.deadline};
            return Conversation{settings_, connection, stop_.get()}.run(to, message, patience);
        } catch (const Malformed& error) {
            return {Kind::permanent, "5.1.3", error.what()};
        } catch (const Ends& end) {
            return end.result();
        } catch (const Disconnected& error) {
            return {Kind::temporary, "4.4.2", one_line(error.what())};
        }
    }

    void stop() noexcept override { stop_.set(); }

private:
    SmtpSettings settings_;
    Event stop_;
};

}  // namespace

std::unique_ptr<Route> smtp_route(SmtpSettings settings) {
    return std::make_unique<SmtpRoute>(std::move(settings));
}

}  // namespace kalends::mail
