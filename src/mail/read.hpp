#pragma once
// Reads a message that came by mail (RFC 5322, RFC 2045), within limits: who it says it is from,
// its calendar parts, and what a delivery report says.

#include "mail/address.hpp"
#include "mail/report.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::mail {

struct Limits {
    std::size_t bytes = 25UL << 20U;        ///< of the message
    std::size_t header_bytes = 1UL << 20U;  ///< of a header: the message's, or a part's
    std::size_t field_bytes = 64UL << 10U;  ///< of one header field
    std::size_t fields = 1000;              ///< of a header
    std::size_t parts = 10'000;
    std::size_t depth = 50;  ///< of multiparts in multiparts
    std::size_t calendar_parts = 20;
    std::size_t calendar_bytes = 1UL << 20U;  ///< of one, decoded
    std::size_t text_bytes = 64UL << 10U;     ///< what is longer is cut, and no error
    std::size_t report_bytes = 1UL << 20U;
    std::size_t report_recipients = 1000;
};

/// A message beyond a limit.
class TooMuch : public std::runtime_error {
public:
    enum class What : std::uint8_t {
        bytes,
        header_bytes,
        field_bytes,
        fields,
        parts,
        depth,
        calendar_parts,
        calendar_bytes,
        report,
    };
    explicit TooMuch(What what);
    [[nodiscard]] What limit() const { return limit_; }

private:
    What limit_;
};

struct Field {
    std::string name;   ///< as written
    std::string value;  ///< unfolded; NUL became a space
};

struct CalendarPart {
    std::string content = {};  ///< UTF-8, without a byte order mark
    std::string method = {};   ///< the parameter of Content-Type, in upper case; empty: none
    std::string charset = {};  ///< as declared, in lower case; empty: none
    /// The bytes were not what the charset says: they were read as UTF-8, or as western text.
    bool charset_lies = false;
    bool is_attachment = false;  ///< Content-Disposition says so
    std::string name = {};       ///< of the file; empty: none
};

struct Incoming {
    /// The topmost Return-Path: the envelope sender; empty for `<>`.
    std::optional<std::string> return_path = std::nullopt;
    std::size_t from_fields = 0;     ///< RFC 5322 3.6 allows one
    std::vector<Mailbox> from = {};  ///< all of all From fields; an address may be none
    std::vector<Mailbox> sender = {};
    std::vector<Mailbox> to = {};
    std::string message_id = {};  ///< without angle brackets
    std::string in_reply_to = {};
    std::vector<std::string> references = {};
    std::optional<std::int64_t> date = std::nullopt;  ///< seconds since 1970
    std::string subject = {};                         ///< decoded, on one line
    std::string auto_submitted = {};                  ///< its keyword (RFC 3834 5), in lower case
    std::vector<std::string> loops = {};              ///< X-Kalends-Loop, all
    bool spam = false;  ///< X-Spam-Flag, X-Spam-Status or X-Spam says yes
    /// Received and Authentication-Results, in the order of the header: the newest first.
    std::vector<Field> trace = {};
    /// text/calendar, or where there is none application/ics; what is inside of message/rfc822 was
    /// said to somebody else, and is not here.
    std::vector<CalendarPart> calendars = {};
    std::optional<DeliveryReport> report = std::nullopt;
    std::string text = {};  ///< the first text/plain that is no attachment, in UTF-8
};

/// Throws TooMuch; anything else that is odd is read as far as it goes.
Incoming read(std::string_view message, const Limits& limits = {});

/// Whether read() would find calendar parts. Throws TooMuch.
bool has_calendar_part(std::string_view message, const Limits& limits = {});

}  // namespace kalends::mail
