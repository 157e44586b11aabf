#pragma once
// An iTIP message as the mail that its recipient gets. RFC 6047.

#include "ical/zone.hpp"
#include "letters/writer.hpp"
#include "store/home.hpp"
#include "store/outgoing.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kalends::sched {

struct LetterSettings {
    /// Mail domains, in any form, in whose names this server may send: others' From would not pass
    /// their DMARC policy. Empty: of everybody.
    std::vector<std::string> domains;
    std::string address;  ///< who sends for whom the server must not name as the sender
    std::string bounces;  ///< where reports go: "bounce@…" gets them as "bounce+17-1a2b3c4d@…";
                          ///< empty: to the sender
    std::string host;     ///< of Message-IDs of senders without a domain
    std::string language;   ///< of senders who have none; RFC 5646
    std::string loop = {};  ///< names this site in X-Kalends-Loop
    /// Where invitations are answered on a page: "https://cal.example.com/answer/", to which a
    /// token is appended. Empty: nowhere.
    std::string answers = {};
    std::string secret = {};  ///< of tokens: store::Database::secret()
};

/// How much of the message's number in its bounce address nobody can guess: characters.
inline constexpr std::size_t bounce_token_length = 8;

struct Letter {
    std::string envelope_from;
    std::string envelope_to;
    std::string envelope_id;  ///< of the report. RFC 3461 4.4
    std::string message_id;   ///< without brackets
    std::string text;         ///< RFC 5322
};

/// Who gets it, as far as it is known.
struct Reader {
    ical::ZonePtr zone = nullptr;  ///< nullptr: not known
    std::string language = {};     ///< RFC 5646; empty: not known
};

/// Throws mail::Malformed, ical::ParseError, ical::ValueError: it can't be sent. `date`: seconds
/// since 1970.
Letter letter_of(const store::OutboxMail& mail, const store::Principal& sender,
                 const Reader& reader, const letters::Writer& writer,
                 const LetterSettings& settings, std::int64_t date);

}  // namespace kalends::sched
