#pragma once
// Composes the messages that Kalends sends (RFC 5322, RFC 2045, RFC 6047): in the shape that mail
// programs offer buttons for, and in ASCII only, so that no server on the way re-encodes it.

#include "mail/address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kalends::mail {

struct Outgoing {
    Mailbox from;
    std::optional<Mailbox> sender = std::nullopt;  ///< who sends for `from` (RFC 5322 3.6.2)
    std::optional<Mailbox> reply_to = std::nullopt;
    Mailbox to;  ///< one: what is said is about its recipient
    std::string subject = {};
    std::string text = {};  ///< UTF-8, line ends LF or CRLF
    std::string html = {};  ///< UTF-8; empty: none
    /// A finished VCALENDAR in UTF-8 with CRLF; empty: none, and no attachment.
    std::string calendar = {};
    std::string method = {};                   ///< its METHOD; needed with `calendar`
    std::string message_id = {};               ///< without angle brackets
    std::string in_reply_to = {};              ///< a message id, too
    std::vector<std::string> references = {};  ///< the thread, oldest first
    std::int64_t date = 0;                     ///< seconds since 1970
    std::string language = {};                 ///< BCP 47; empty: no Content-Language
    std::string loop = {};                     ///< X-Kalends-Loop: who sent it; empty: none
};

/// Whether it can stand in a header as compose() writes them: "part@domain" of harmless ASCII.
/// Programs of others write more than that (RFC 5322 3.6.4).
bool is_message_id(std::string_view id);

/// The message with CRLF: multipart/mixed of multipart/alternative (text, HTML, text/calendar as
/// the last) and the attachment invite.ics; without `calendar` only multipart/alternative. The same
/// bytes for the same values. Lines have at most 998 bytes.
/// Headers other than addresses that need SMTPUTF8 are ASCII.
/// Throws Malformed: a value with a line end or NUL where a header has none, no address, no UTF-8,
/// no message id.
std::string compose(const Outgoing& message);

}  // namespace kalends::mail
