// The next server of the hop: commands and messages go to it as they came, and its answers back.
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/outage.hpp"
#include "mail/connection_private.hpp"
#include "mail/lmtp_data_private.hpp"
#include "mail/lmtp_onward_private.hpp"
#include "mail/spool.hpp"

#include <algorithm>
#include <optional>

namespace kalends::mail {
namespace {

/// One line for many mails, as long as the copies fail.
Outage& copies() {
    static Outage outage("lmtp.copy_failed");
    return outage;
}

/// The mail itself has gone on.
void not_copied(const std::string& why) { log(Level::info, "lmtp.not_copied", {{"why", why}}); }

class NextServer final : public Onward {
public:
    NextServer(const LmtpSettings& settings, int cancel) : settings_(settings), cancel_(cancel) {}

    Reply hello(const std::string& client) override {
        client_ = client;
        const auto end = clock::steady() + settings_.times.answer;
        if (!connection_) connect(end);
        return ask("LHLO " + client_, end);
    }

    /// The next server may have closed a connection that waited for it: nothing is lost then, and a
    /// new one does as well. All of it is one command to the client, and has the time of one.
    Reply begin(const std::string& line) override {
        const auto end = clock::steady() + settings_.times.answer;
        try {
            if (auto reply = ask(line, end); reply.code != 421) return reply;
        } catch (const Closed&) {
            connection_.reset();
        }
        connect(end);
        if (const auto reply = ask("LHLO " + client_, end); !reply.is_positive())
            throw Disconnected("the next server: " + reply.sentence());
        return ask(line, end);
    }

    Reply command(const std::string& line) override {
        return ask(line, clock::steady() + settings_.times.answer);
    }

    Reply data() override {
        writer_ = {};
        return ask("DATA", clock::steady() + settings_.times.data);
    }

    void write(std::string_view piece) override {
        connection().set_end(clock::steady() + settings_.times.block, cancel_);
        connection().write(writer_.write(piece));
    }

    void end_message() override {
        connection().set_end(clock::steady() + settings_.times.block, cancel_);
        connection().write(writer_.finish());
    }

    Reply result(const LmtpTransaction& /*transaction*/, std::size_t /*recipient*/) override {
        connection().set_end(clock::steady() + settings_.times.result, cancel_);
        return read_reply(connection());
    }

    void afterwards(const LmtpTransaction& transaction,
                    const std::vector<std::string>& accepted) noexcept override {
        using State = KeptMessage::State;
        if (settings_.spool.empty() || accepted.empty()) return;
        const auto state = transaction.message.state();
        if (state == State::no_memory) copies().failed("the memory for copies is used up");
        if (state == State::too_large) not_copied("it is too large");
        if (state != State::whole) return;
        try {
            if (!has_calendar_part(transaction.message.text(), settings_.limits)) return;
        } catch (const TooMuch& error) {
            return not_copied(error.what());
        }
        for (const auto& recipient : accepted) copy(transaction, recipient);
    }

private:
    void connect(Deadline end) {
        const auto deadline = std::min<Deadline>(clock::steady() + settings_.times.connect, end);
        const auto& place = *settings_.next;
        if (place.socket.empty())
            connection_.emplace(place.host, place.port, deadline);
        else
            connection_.emplace(place.socket, deadline);
        connection_->set_end(deadline, cancel_);
        if (const auto greeting = read_reply(*connection_); greeting.code != 220)
            throw Disconnected("the next server: " + greeting.sentence());
    }

    Connection& connection() {
        if (!connection_) throw Disconnected("there is no connection to the next server");
        return *connection_;
    }

    Reply ask(const std::string& line, Deadline end) {
        connection().set_end(end, cancel_);
        connection().write(line + "\r\n");
        return read_reply(connection());
    }

    void copy(const LmtpTransaction& transaction, const std::string& recipient) {
        try {
            (void)put(settings_.spool,
                      {.sender = transaction.sender, .recipient = recipient, .user = {}},
                      transaction.message.text(), settings_.limits.bytes);
            copies().succeeded();
        } catch (const std::exception& error) {  // the mail itself has gone on
            copies().failed(error.what());
        }
    }

    const LmtpSettings& settings_;
    int cancel_;
    std::optional<Connection> connection_;
    DotWriter writer_;
    std::string client_;
};

}  // namespace

std::unique_ptr<Onward> to_next_server(const LmtpSettings& settings, int cancel) {
    return std::make_unique<NextServer>(settings, cancel);
}

}  // namespace kalends::mail
