#include "sched/letter.hpp"

#include "base/text.hpp"
#include "itip/address.hpp"
#include "itip/message.hpp"
#include "mail/address.hpp"
#include "mail/compose.hpp"
#include "sched/answer_link.hpp"
#include "sched/bounce_address.hpp"
#include "sched/people.hpp"

#include <algorithm>

namespace kalends::sched {
namespace {

constexpr std::string_view default_language = "en";

bool may_be_named(const LetterSettings& settings, const std::string& address) {
    return settings.address.empty() || settings.domains.empty() ||
           mail::is_in_domains(address, settings.domains);
}

/// "bounce+17-1a2b3c4d@example.com" of "bounce@example.com": who has not seen the mail can't know
/// it. RFC 5233.
std::string bounce_address(const std::string& base, const store::OutboxMail& mail) {
    return with_tag(base,
                    std::to_string(mail.id) + '-' + mail.message_id.substr(0, bounce_token_length));
}

std::string language_of(const store::Principal& sender, const LetterSettings& settings) {
    if (!sender.locale.empty()) return sender.locale;
    return settings.language.empty() ? std::string(default_language) : settings.language;
}

/// Only an invitation is answered.
std::optional<letters::AnswerLinks> links_of(const store::OutboxMail& mail,
                                             const LetterSettings& settings) {
    if (settings.answers.empty() || mail.method != itip::name_of(itip::Method::request))
        return std::nullopt;
    const auto page =
        settings.answers + token_of({mail.home, mail.uid, mail.recipient}, settings.secret);
    const auto link = [&](std::string_view partstat) {
        const auto* word = std::ranges::find(answer_words, partstat, &AnswerWord::partstat);
        return page + "?say=" + std::string(word->word);
    };
    return letters::AnswerLinks{
        .accept = link("ACCEPTED"), .tentative = link("TENTATIVE"), .decline = link("DECLINED")};
}

}  // namespace

Letter letter_of(const store::OutboxMail& mail, const store::Principal& sender,
                 const Reader& reader, const letters::Writer& writer,
                 const LetterSettings& settings, std::int64_t date) {
    auto from = itip::mail_of(mail.sender);
    if (from.empty() && !sender.addresses.empty()) from = sender.addresses.front();
    const auto to = itip::mail_of(mail.recipient);
    const auto language = reader.language.empty() ? language_of(sender, settings) : reader.language;
    const auto method = itip::method_named(mail.method).value_or(itip::Method::request);
    const auto words = writer.write(
        {.message = mail.message,
         .known = mail.known ? std::optional<std::string_view>{*mail.known} : std::nullopt,
         .sender = sender.shown_name(),
         .replier = is_answer(method) ? std::string_view{mail.sender} : std::string_view{},
         .language = language,
         .zone = reader.zone.get(),
         .links = links_of(mail, settings)});
    const bool named = may_be_named(settings, from);

    mail::Outgoing outgoing;
    outgoing.from = {.name = sender.shown_name(), .address = named ? from : settings.address};
    if (!named) outgoing.reply_to = mail::Mailbox{.name = sender.shown_name(), .address = from};
    outgoing.to = {.name = {}, .address = to};
    outgoing.subject = words.subject;
    outgoing.text = words.text;
    outgoing.html = words.html;
    outgoing.calendar = mail.message;
    outgoing.method = mail.method;
    auto host = mail::domain_of(outgoing.from.address);
    if (host.empty()) host = settings.host;
    outgoing.message_id = mail.message_id + '@' + host;
    if (mail::is_message_id(mail.thread)) {  // a program of somebody else may have made it
        outgoing.in_reply_to = mail.thread;
        outgoing.references = {mail.thread};
    }
    outgoing.date = date;
    outgoing.language = language;
    outgoing.loop = settings.loop;
    return {.envelope_from = settings.bounces.empty() ? outgoing.from.address
                                                      : bounce_address(settings.bounces, mail),
            .envelope_to = to,
            .envelope_id = "kal-" + std::to_string(mail.id),
            .message_id = outgoing.message_id,
            .text = mail::compose(outgoing)};
}

}  // namespace kalends::sched
