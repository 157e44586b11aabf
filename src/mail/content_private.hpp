#pragma once
// What a part contains: its type, its bytes without the transfer encoding, its text in UTF-8.

#include "mail/header_private.hpp"

#include <functional>

namespace kalends::mail {

/// A part that is no multipart (RFC 2045).
struct Leaf {
    std::string type;          ///< "text/calendar", in lower case
    std::string parent;        ///< that of the multipart around it; empty: none
    std::string method = {};   ///< parameters of Content-Type
    std::string charset = {};  ///< in lower case
    std::string name = {};     ///< of the file, also by Content-Disposition
    bool is_attachment = false;
    std::string encoding = {};  ///< Content-Transfer-Encoding, in lower case
    std::string_view body = {};
};

/// All of a message, in order; `message` must stay. message/rfc822 is a leaf. Throws TooMuch.
std::vector<Leaf> leaves_of(std::string_view message, const Limits& limits);

/// Without the transfer encoding; what can't be decoded is left out.
std::string decoded(std::string_view body, const std::string& encoding);

struct Converted {
    std::string text;   ///< UTF-8
    bool lies = false;  ///< the bytes were not what the charset says
};

/// From a charset that is used in mail to UTF-8. What is UTF-8 in spite of it stays so, and
/// anything else is read as windows-1252 or ISO 8859-1.
Converted to_utf8(std::string bytes, const std::string& charset);

}  // namespace kalends::mail
