#include "base/text.hpp"
#include "mail/lmtp_dialogue_private.hpp"

#include <algorithm>
#include <utility>

namespace kalends::mail {
namespace {

using Kind = LmtpStep::Kind;

constexpr std::size_t longest_name = 255;

LmtpStep answer(int code, std::string sentence) {
    return {.kind = Kind::answer, .reply = {.code = code, .lines = {std::move(sentence)}}};
}

/// A parameter of MAIL or RCPT, and the extension that brings it.
struct Parameter {
    std::string_view verb;
    std::string_view name;
    std::string_view extension;
};
constexpr Parameter parameters[] = {
    {"MAIL", "SIZE", "SIZE"},          // RFC 1870
    {"MAIL", "BODY", "8BITMIME"},      // RFC 6152
    {"MAIL", "SMTPUTF8", "SMTPUTF8"},  // RFC 6531
    {"MAIL", "RET", "DSN"},            // RFC 3461
    {"MAIL", "ENVID", "DSN"},         {"RCPT", "NOTIFY", "DSN"}, {"RCPT", "ORCPT", "DSN"},
};

/// What is passed on where the next server offers it. PIPELINING is ours to offer.
constexpr std::string_view passed_on[] = {"ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "SIZE",
                                          "DSN"};

const Parameter* find_parameter(std::string_view verb, std::string_view name) {
    const auto* found =
        std::find_if(std::begin(parameters), std::end(parameters), [&](const Parameter& each) {
            return each.verb == verb && text::iequals(each.name, name);
        });
    return found == std::end(parameters) ? nullptr : found;
}

/// Behind "FROM:" or "TO:"; nothing if it does not begin so.
std::optional<std::string_view> behind(std::string_view argument, std::string_view word) {
    if (!text::iequals(argument.substr(0, word.size()), word)) return std::nullopt;
    return text::trim(argument.substr(word.size()));
}

/// The end of "<…>", at the ">"; npos if there is none.
std::size_t end_of_path(std::string_view path) {
    bool is_quoted = false;
    for (std::size_t i = 1; i < path.size(); ++i) {
        const char c = path[i];
        if (is_quoted && c == '\\') ++i;
        if (c == '"') is_quoted = !is_quoted;
        if (c == '>' && !is_quoted) return i;
    }
    return std::string_view::npos;
}

/// The address in a path, without a source route (RFC 5321 C), and what stands behind it.
struct Path {
    std::string address;
    std::string_view parameters;
};

std::optional<Path> path_of(std::string_view text) {
    if (!text.starts_with('<')) return std::nullopt;
    const auto end = end_of_path(text);
    if (end == std::string_view::npos) return std::nullopt;
    const auto behind_it = text.substr(end + 1);
    if (!behind_it.empty() && behind_it.front() != ' ') return std::nullopt;
    auto address = text.substr(1, end - 1);
    if (address.starts_with('@'))
        if (const auto colon = address.find(':'); colon != address.npos)
            address.remove_prefix(colon + 1);
    return Path{std::string(address), text::trim(behind_it)};
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }

}  // namespace

const LmtpDialogue::Row LmtpDialogue::rows[] = {
    {"LHLO", any, &LmtpDialogue::lhlo},           {"MAIL", ready, &LmtpDialogue::mail},
    {"RCPT", in_mail, &LmtpDialogue::rcpt},       {"DATA", in_mail, &LmtpDialogue::data},
    {"RSET", any, &LmtpDialogue::rset},           {"NOOP", any, &LmtpDialogue::noop},
    {"VRFY", any, &LmtpDialogue::vrfy},           {"QUIT", any, &LmtpDialogue::quit},
    {"HELO", any, &LmtpDialogue::other_protocol}, {"EHLO", any, &LmtpDialogue::other_protocol},
};

LmtpStep LmtpDialogue::take(std::string_view line) {
    auto step = run(line);
    if (step.kind == Kind::answer && step.reply.code >= 500 && ++errors_ >= rules_.errors)
        return {.kind = Kind::quit, .reply = {.code = 421, .lines = {"4.7.0 Too many errors."}}};
    return step;
}

LmtpStep LmtpDialogue::run(std::string_view line) {
    if (std::ranges::any_of(line, is_control)) return answer(500, "5.5.2 A line with controls.");
    const auto space = line.find(' ');
    const auto verb = line.substr(0, space);
    const auto argument =
        space == line.npos ? std::string_view{} : text::trim(line.substr(space + 1));
    for (const auto& row : rows) {
        if (!text::iequals(verb, row.verb)) continue;
        if ((row.states & state_) == 0) return answer(503, "5.5.1 Not in this order.");
        return (this->*row.take)(argument);
    }
    return answer(500, "5.5.1 There is no such command.");
}

LmtpStep LmtpDialogue::lhlo(std::string_view argument) {
    if (argument.empty() || argument.size() > longest_name || argument.find(' ') != argument.npos)
        return answer(501, "5.5.4 LHLO needs a name.");
    client_ = argument;
    state_ = fresh;
    finish();
    return {.kind = Kind::hello};
}

void LmtpDialogue::greeted(Extensions offers) {
    offers_ = std::move(offers);
    state_ = ready;
}

/// What is wrong with parameters: those that were not offered can't be passed on.
std::optional<Reply> LmtpDialogue::refused(std::string_view verb, std::string_view given) const {
    for (const auto word : text::split(given, ' ')) {
        if (word.empty()) continue;
        const auto equals = word.find('=');
        const auto* parameter = find_parameter(verb, word.substr(0, equals));
        if (parameter == nullptr || !offers_.has(parameter->extension))
            return answer(555, "5.5.4 A parameter that is not offered.").reply;
        const auto value = equals == word.npos ? std::string_view{} : word.substr(equals + 1);
        if (parameter->name == "BODY" && !text::iequals(value, "7BIT") &&
            !text::iequals(value, "8BITMIME"))
            return answer(501, "5.5.4 BODY is 7BIT or 8BITMIME.").reply;
        if (parameter->name != "SIZE") continue;
        const auto size = text::to_number(value);
        if (!size || *size < 0) return answer(501, "5.5.4 SIZE is a number.").reply;
        if (rules_.message_bytes && static_cast<unsigned long long>(*size) > *rules_.message_bytes)
            return answer(552, "5.3.4 The message is too large.").reply;
    }
    return std::nullopt;
}

LmtpStep LmtpDialogue::mail(std::string_view argument) {
    const auto text = behind(argument, "FROM:");
    auto path = text ? path_of(*text) : std::nullopt;
    if (!path) return answer(501, "5.5.4 MAIL FROM:<address>.");
    if (auto wrong = refused("MAIL", path->parameters)) return {.reply = std::move(*wrong)};
    waiting_ = std::move(path->address);
    forwarded_ = Forwarded::mail;
    return {.kind = Kind::begin};
}

LmtpStep LmtpDialogue::rcpt(std::string_view argument) {
    const auto text = behind(argument, "TO:");
    auto path = text ? path_of(*text) : std::nullopt;
    if (!path || path->address.empty()) return answer(501, "5.5.4 RCPT TO:<address>.");
    if (auto wrong = refused("RCPT", path->parameters)) return {.reply = std::move(*wrong)};
    // RFC 5321 4.5.3.1.10: the client sends the others in another transaction.
    if (recipients_.size() >= rules_.recipients) return answer(452, "4.5.3 Too many recipients.");
    waiting_ = std::move(path->address);
    forwarded_ = Forwarded::rcpt;
    return {.kind = Kind::forward};
}

LmtpStep LmtpDialogue::data(std::string_view argument) {
    if (!argument.empty()) return answer(501, "5.5.4 DATA stands alone.");
    // RFC 2033 4.2.
    if (recipients_.empty()) return answer(503, "5.5.1 There are no valid recipients.");
    forwarded_ = Forwarded::other;
    return {.kind = Kind::data};
}

LmtpStep LmtpDialogue::rset(std::string_view argument) {
    if (!argument.empty()) return answer(501, "5.5.4 RSET stands alone.");
    if (state_ != in_mail) return answer(250, "2.0.0 Well.");
    finish();
    forwarded_ = Forwarded::other;
    return {.kind = Kind::forward};
}

LmtpStep LmtpDialogue::noop(std::string_view /*argument*/) { return answer(250, "2.0.0 Well."); }

LmtpStep LmtpDialogue::vrfy(std::string_view /*argument*/) {
    return answer(252, "2.5.0 Send it, and see.");  // RFC 5321 3.5.3
}

LmtpStep LmtpDialogue::quit(std::string_view argument) {
    if (!argument.empty()) return answer(501, "5.5.4 QUIT stands alone.");
    return {.kind = Kind::quit, .reply = {.code = 221, .lines = {"2.0.0 Bye."}}};
}

LmtpStep LmtpDialogue::other_protocol(std::string_view /*argument*/) {
    return answer(500, "5.5.1 This is LMTP: LHLO.");  // RFC 2033 4.1
}

void LmtpDialogue::answered(const Reply& reply) {
    const auto what = std::exchange(forwarded_, Forwarded::other);
    if (!reply.is_positive()) return;
    if (what == Forwarded::mail) {
        sender_ = std::move(waiting_);
        state_ = in_mail;
    } else if (what == Forwarded::rcpt) {
        recipients_.push_back(std::move(waiting_));
    }
}

void LmtpDialogue::finish() {
    if (state_ == in_mail) state_ = ready;
    sender_.clear();
    recipients_.clear();
}

Reply hello_reply(const std::string& name, const Extensions& offers) {
    Reply reply{.code = 250, .lines = {name, "PIPELINING"}};
    for (const auto keyword : passed_on)
        if (auto line = offers.line_of(keyword); !line.empty())
            reply.lines.push_back(std::move(line));
    return reply;
}

}  // namespace kalends::mail
