#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/outage.hpp"
#include "mail/lmtp_data_private.hpp"
#include "mail/lmtp_session_private.hpp"

#include <algorithm>
#include <optional>

namespace kalends::mail {
namespace {

using Kind = LmtpStep::Kind;

constexpr std::size_t longest_line = 2048;  // RFC 5321 4.5.3.1.4 has 512, and more with extensions
constexpr int closing = 421;

/// One line for many mails, as long as it lasts.
Outage& next_server() {
    static Outage outage("lmtp.next_down");
    return outage;
}

/// The next server can't go on with this transaction.
class NextLost : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What the next server does, apart from what the client does.
template <class Call> auto of_next(Call call) {
    try {
        return call();
    } catch (const Disconnected& error) {
        next_server().failed(error.what());
        throw NextLost(error.what());
    }
}

LmtpRules rules_of(const LmtpSettings& settings) {
    LmtpRules rules;
    rules.recipients = settings.recipients;
    if (!settings.next) rules.message_bytes = settings.limits.bytes;
    return rules;
}

Reply lost_reply() { return {.code = 451, .lines = {"4.4.2 The next server has gone away."}}; }

}  // namespace

LmtpSession::LmtpSession(const LmtpSettings& settings, MemoryBudget& budget, Connection& client,
                         Onward& onward, LmtpStops stops)
    : settings_(settings), budget_(budget), client_(client), onward_(onward), stops_(stops),
      dialogue_(rules_of(settings)) {}

void LmtpSession::run() noexcept {
    try {
        talk();
    } catch (const NextLost&) {
        // All that is still to come of the transaction must be temporary, so the connection ends: a
        // 503 for a command that follows would be for ever.
        say_last(closing, "4.4.1 The next server can't be reached.");
    } catch (const LineTooLong&) {
        say_last(500, "5.5.2 The line is too long.");
    } catch (const Disconnected&) {
        say_last(closing, "4.3.2 The connection ends.");  // for who is there and was waited for
    } catch (const std::exception& error) {
        log(Level::error, "lmtp.session", {{"why", error.what()}});
        say_last(closing, "4.3.0 Something is wrong here.");
    }
}

void LmtpSession::allow(std::chrono::milliseconds time, int stop) {
    client_.set_end(clock::steady() + time, stop);
}

void LmtpSession::say(const Reply& reply) { client_.write(reply.on_wire()); }

void LmtpSession::say_last(int code, const std::string& sentence) noexcept {
    try {
        allow(std::chrono::seconds{1}, -1);
        say({.code = code, .lines = {sentence}});
    } catch (const std::exception&) {
        return;  // nobody listens any more
    }
}

void LmtpSession::talk() {
    allow(settings_.times.command, stops_.waiting);
    say({.code = 220, .lines = {settings_.name + " LMTP"}});
    while (!ended_) {
        allow(settings_.times.command, stops_.waiting);
        step(client_.read_line(longest_line));
    }
}

void LmtpSession::step(const std::string& line) {
    const auto step = dialogue_.take(line);
    switch (step.kind) {
    case Kind::answer:
        return say(step.reply);
    case Kind::hello:
        return hello();
    case Kind::begin:
    case Kind::forward:
    case Kind::data:
        return forward(step, line);
    case Kind::quit:
        say(step.reply);
        ended_ = true;
    }
}

void LmtpSession::hello() {
    const auto reply = of_next([&] { return onward_.hello(dialogue_.client()); });
    allow(settings_.times.command, stops_.all);  // as in forward()
    if (!reply.is_positive()) {
        ended_ = reply.code == closing;
        return say(reply);
    }
    next_server().succeeded();
    const Extensions offers(reply);
    say(hello_reply(settings_.name, offers));
    dialogue_.greeted(offers);
}

void LmtpSession::forward(const LmtpStep& step, const std::string& line) {
    const auto reply = of_next([&] {
        if (step.kind == Kind::data) return onward_.data();
        return step.kind == Kind::begin ? onward_.begin(line) : onward_.command(line);
    });
    dialogue_.answered(reply);
    // The next server's answer may have taken long: the client has its own time to hear it.
    allow(settings_.times.command, stops_.all);
    say(reply);
    if (reply.code == closing) ended_ = true;
    if (step.kind == Kind::data && reply.code == 354) receive();
}

void LmtpSession::receive() {
    const bool is_kept = !settings_.spool.empty();
    KeptMessage message{budget_, is_kept ? settings_.limits.bytes : 0};
    const bool has_next = pass_on(message);
    tell_results({dialogue_.sender(), dialogue_.recipients(), message}, has_next);
    dialogue_.finish();
}

bool LmtpSession::pass_on(KeptMessage& message) {
    const auto last = clock::steady() + settings_.times.message;
    DotReader reader;
    bool has_next = true;
    while (!reader.has_ended()) {
        client_.set_end(std::min<Deadline>(clock::steady() + settings_.times.block, last),
                        stops_.all);
        const auto piece = client_.read_some();
        std::string content;
        const auto used = reader.read(piece, content);
        client_.put_back(std::string_view(piece).substr(used));
        message.append(content);
        try {  // Without the next server the rest is read all the same, and answered.
            if (has_next) of_next([&] { onward_.write(content); });
            if (has_next && reader.has_ended()) of_next([&] { onward_.end_message(); });
        } catch (const NextLost&) {
            has_next = false;
        }
    }
    return has_next;
}

void LmtpSession::tell_results(const LmtpTransaction& transaction, bool has_next) {
    std::vector<std::string> accepted;
    std::optional<Disconnected> gone;
    for (std::size_t i = 0; i < transaction.recipients.size(); ++i) {
        auto reply = lost_reply();
        try {
            if (has_next) reply = of_next([&] { return onward_.result(transaction, i); });
        } catch (const NextLost&) {
            has_next = false;
        }
        if (reply.is_positive()) accepted.push_back(transaction.recipients[i]);
        try {
            allow(settings_.times.block, stops_.all);
            if (!gone) say(reply);
        } catch (const Disconnected& error) {
            gone = error;  // what the next server has accepted is accepted
        }
    }
    onward_.afterwards(transaction, accepted);
    if (gone) throw Disconnected(*gone);
    if (!has_next) ended_ = true;
}

}  // namespace kalends::mail
