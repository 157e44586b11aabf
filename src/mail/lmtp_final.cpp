// The end of the way: each recipient's message is in the spool before its answer is given.
#include "base/outage.hpp"
#include "mail/lmtp_onward_private.hpp"
#include "mail/spool.hpp"

namespace kalends::mail {
namespace {

Reply reply(int code, std::string sentence) {
    return {.code = code, .lines = {std::move(sentence)}};
}

/// What the sender is told of an entry that can't be made.
Reply reply_for(SpoolError::Kind kind) {
    switch (kind) {
    case SpoolError::Kind::too_large:
        return reply(552, "5.3.4 The message is too large.");
    case SpoolError::Kind::malformed:
        return reply(550, "5.1.3 An address that can't be.");
    case SpoolError::Kind::unavailable:
        break;
    }
    return reply(451, "4.3.0 It can't be stored now.");
}

Outage& storing() {
    static Outage outage("lmtp.store_failed");
    return outage;
}

class SpoolEnd final : public Onward {
public:
    explicit SpoolEnd(const LmtpSettings& settings) : settings_(settings) {}

    Reply hello(const std::string& /*client*/) override {
        return {.code = 250,
                .lines = {settings_.name, "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8",
                          "SIZE " + std::to_string(settings_.limits.bytes)}};
    }

    Reply begin(const std::string& /*line*/) override { return reply(250, "2.1.0 Well."); }
    Reply command(const std::string& /*line*/) override { return reply(250, "2.0.0 Well."); }
    Reply data() override { return reply(354, "Go on."); }

    void write(std::string_view /*piece*/) override {}
    void end_message() override {}

    Reply result(const LmtpTransaction& transaction, std::size_t recipient) override {
        switch (transaction.message.state()) {
        case KeptMessage::State::too_large:
            return reply_for(SpoolError::Kind::too_large);
        case KeptMessage::State::no_memory:
            return reply(451, "4.3.1 There are too many messages at the same time.");
        case KeptMessage::State::whole:
            break;
        }
        try {
            (void)put(settings_.spool,
                      {.sender = transaction.sender,
                       .recipient = transaction.recipients.at(recipient),
                       .user = {}},
                      transaction.message.text(), settings_.limits.bytes);
        } catch (const SpoolError& error) {
            if (error.kind() == SpoolError::Kind::unavailable) storing().failed(error.what());
            return reply_for(error.kind());
        } catch (const std::exception& error) {
            storing().failed(error.what());
            return reply_for(SpoolError::Kind::unavailable);
        }
        storing().succeeded();
        return reply(250, "2.0.0 It is stored.");
    }

    void afterwards(const LmtpTransaction& /*transaction*/,
                    const std::vector<std::string>& /*accepted*/) noexcept override {}

private:
    const LmtpSettings& settings_;
};

}  // namespace

std::unique_ptr<Onward> into_spool(const LmtpSettings& settings) {
    return std::make_unique<SpoolEnd>(settings);
}

}  // namespace kalends::mail
