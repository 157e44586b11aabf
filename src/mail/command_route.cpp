// Programs that take a message: sendmail and what calls itself so, or any command.
#include "base/process.hpp"
#include "base/text.hpp"
#include "mail/address.hpp"
#include "mail/line_private.hpp"
#include "mail/send.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <iterator>
#include <sysexits.h>
#include <system_error>

namespace kalends::mail {
namespace {

using Kind = Result::Kind;

struct Exit {
    int code;
    Kind kind;
    const char* status;
};

/// What is wrong with the message or its recipient is permanent; what is wrong here, in the
/// program's configuration too, may be put right before the message is given up.
// clang-format off
constexpr Exit exits[] = {
    {EX_OK,          Kind::accepted,  "2.0.0"},
    {EX_USAGE,       Kind::temporary, "4.3.5"},
    {EX_DATAERR,     Kind::permanent, "5.6.0"},
    {EX_NOINPUT,     Kind::temporary, "4.3.0"},
    {EX_NOUSER,      Kind::permanent, "5.1.1"},
    {EX_NOHOST,      Kind::permanent, "5.1.2"},
    {EX_UNAVAILABLE, Kind::permanent, "5.3.0"},
    {EX_SOFTWARE,    Kind::temporary, "4.3.0"},
    {EX_OSERR,       Kind::temporary, "4.3.0"},
    {EX_OSFILE,      Kind::temporary, "4.3.0"},
    {EX_CANTCREAT,   Kind::permanent, "5.2.0"},
    {EX_IOERR,       Kind::temporary, "4.3.0"},
    {EX_TEMPFAIL,    Kind::temporary, "4.3.0"},
    {EX_PROTOCOL,    Kind::permanent, "5.5.0"},
    {EX_NOPERM,      Kind::permanent, "5.7.0"},
    {EX_CONFIG,      Kind::temporary, "4.3.5"},
};
// clang-format on

Result meaning_of(const std::string& program, const process::Ended& ended) {
    const auto said = one_line(ended.output);
    const auto sentence = [&](const std::string& what) {
        return program + " " + what + (said.empty() ? "" : ": " + said);
    };
    if (!ended.in_time)
        return {Kind::temporary, "4.4.7", sentence("took too long, and was killed")};
    if (!WIFEXITED(ended.status))
        return {Kind::temporary, "4.3.0", sentence("was ended by a signal")};
    const int code = WEXITSTATUS(ended.status);
    const auto what = "ended with " + std::to_string(code);
    const auto* found = std::ranges::find(exits, code, &Exit::code);
    if (found == std::end(exits)) return {Kind::temporary, "4.3.0", sentence(what)};
    return {found->kind, found->status, sentence(what)};
}

std::string with_lf(std::string_view message) {
    std::string result;
    result.reserve(message.size());
    for (std::size_t i = 0; i < message.size(); ++i)
        if (message[i] != '\r' || i + 1 == message.size() || message[i + 1] != '\n')
            result += message[i];
    return result;
}

Result run(process::Command command, std::string_view message, Deadline deadline) {
    const auto input = with_lf(message);
    command.input = input;
    try {
        return meaning_of(command.words.front(), process::run(command, deadline));
    } catch (const std::system_error& error) {
        return {Kind::temporary, "4.3.0", error.what()};
    }
}

/// What goes into arguments. Throws Malformed.
Envelope checked(Envelope envelope) {
    if (!envelope.sender.empty()) envelope.sender = with_ascii_domain(envelope.sender);
    envelope.recipient = with_ascii_domain(envelope.recipient);
    return envelope;
}

class SendmailRoute final : public Route {
public:
    explicit SendmailRoute(SendmailSettings settings) : settings_(std::move(settings)) {}

    Result send(const Envelope& envelope, std::string_view message,
                const Patience& patience) override {
        try {
            const auto to = checked(envelope);
            std::vector<std::string> words{settings_.program};
            if (!settings_.config.empty()) words.insert(words.end(), {"-C", settings_.config});
            words.insert(words.end(),
                         {"-i", "-f", to.sender.empty() ? "<>" : to.sender, "--", to.recipient});
            return run({.words = words}, message, patience.deadline);
        } catch (const Malformed& error) {
            return {Kind::permanent, "5.1.3", error.what()};
        }
    }

private:
    SendmailSettings settings_;
};

class CommandRoute final : public Route {
public:
    explicit CommandRoute(CommandSettings settings) : settings_(std::move(settings)) {}

    Result send(const Envelope& envelope, std::string_view message,
                const Patience& patience) override {
        try {
            const auto to = checked(envelope);
            auto words = settings_.words;
            words.insert(words.end(), {to.sender, to.recipient});
            const std::vector<std::string> environment{"KALENDS_SENDER=" + to.sender,
                                                       "KALENDS_RECIPIENT=" + to.recipient};
            return run({.words = words, .environment = environment}, message, patience.deadline);
        } catch (const Malformed& error) {
            return {Kind::permanent, "5.1.3", error.what()};
        }
    }

private:
    CommandSettings settings_;
};

}  // namespace

std::unique_ptr<Route> sendmail_route(SendmailSettings settings) {
    return std::make_unique<SendmailRoute>(std::move(settings));
}

std::unique_ptr<Route> command_route(CommandSettings settings) {
    if (settings.words.empty()) throw Malformed("no command to send mail by");
    return std::make_unique<CommandRoute>(std::move(settings));
}

}  // namespace kalends::mail
