// libFuzzer: any bytes as what a client of the LMTP hop says, and whether the next server finds the
// same end of each message. The first byte says how that one answers.
#include "mail/lmtp_data_private.hpp"
#include "mail/lmtp_dialogue_private.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>

using namespace kalends;
using Kind = mail::LmtpStep::Kind;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

/// As the strictest and the laxest server read it: no line is a dot alone before the last.
void demand_one_end(std::string_view wire) {
    demand(wire.ends_with(".\r\n"));
    wire.remove_suffix(3);
    demand(wire.empty() || wire.ends_with("\r\n"));
    for (std::size_t begin = 0; begin < wire.size();) {
        const auto end = wire.find('\n', begin);
        demand(end != wire.npos && end > begin && wire[end - 1] == '\r');
        demand(wire.substr(begin, end - begin) != ".\r");
        begin = end + 1;
    }
}

/// Handed on, a message is what came, but for line ends that were LF alone.
void hand_on(const std::string& content) {
    mail::DotWriter writer;
    const auto half = content.size() / 2;
    auto wire = writer.write(std::string_view(content).substr(0, half));
    wire += writer.write(std::string_view(content).substr(half));
    wire += writer.finish();
    demand_one_end(wire);
    mail::DotReader reader;
    std::string again;
    demand(reader.read(wire, again) == wire.size() && reader.has_ended());
    mail::DotWriter second;
    auto same = second.write(again);
    same += second.finish();
    demand(same == wire);
}

/// A message as it comes, a few bytes at a time; returns how many of them it is.
std::size_t receive(std::string_view wire) {
    constexpr std::size_t piece = 7;
    mail::DotReader reader;
    std::string content;
    std::size_t used = 0;
    while (!reader.has_ended() && used < wire.size())
        used += reader.read(wire.substr(used, piece), content);
    mail::DotReader whole;
    std::string at_once;
    demand(whole.read(wire, at_once) == used && at_once == content);
    if (reader.has_ended()) hand_on(content);
    return used;
}

void demand_reply(const mail::Reply& reply) {
    demand(reply.code >= 200 && reply.code < 600);
    const auto wire = reply.on_wire();
    demand(wire.ends_with("\r\n") && wire.find('\0') == wire.npos);
}

constexpr std::array answers{250, 250, 250, 451, 550, 354, 421, 250};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    if (bytes.empty()) return 0;
    auto mood = static_cast<unsigned char>(bytes.front());
    auto rest = std::string_view(bytes).substr(1);
    const mail::LmtpRules rules{.recipients = 3, .errors = 5, .message_bytes = 1000};
    mail::LmtpDialogue dialogue(rules);
    while (!rest.empty()) {
        const auto end = rest.find("\r\n");
        if (end == rest.npos) break;
        const auto step = dialogue.take(rest.substr(0, end));
        rest.remove_prefix(end + 2);
        mood = static_cast<unsigned char>(mood * 5 + 3);
        const auto code = answers[(mood >> 3U) % answers.size()];
        if (step.kind == Kind::answer || step.kind == Kind::quit) demand_reply(step.reply);
        if (step.kind == Kind::quit) break;
        if (step.kind == Kind::hello && code == 250) {
            const mail::Reply offer{250, {"next", "SIZE 1000", "8BITMIME", "DSN", "SMTPUTF8"}};
            demand_reply(mail::hello_reply("here", mail::Extensions(offer)));
            dialogue.greeted(mail::Extensions(offer));
        }
        if (step.kind == Kind::begin || step.kind == Kind::forward)
            dialogue.answered({.code = code == 354 ? 250 : code, .lines = {"said"}});
        if (step.kind == Kind::data) {
            demand(!dialogue.recipients().empty());
            dialogue.answered({.code = code == 250 ? 354 : code, .lines = {"said"}});
            if (code == 250 || code == 354) {
                rest.remove_prefix(receive(rest));
                dialogue.finish();
                demand(dialogue.recipients().empty());
            }
        }
        demand(dialogue.recipients().size() <= rules.recipients);
    }
    return 0;
}
