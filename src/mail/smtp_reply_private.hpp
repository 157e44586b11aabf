#pragma once
// Replies of SMTP servers (RFC 5321 4.2) with enhanced status codes (RFC 2034).

#include "mail/connection_private.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kalends::mail {

struct Reply {
    int code = 0;
    std::vector<std::string> lines = {};  ///< without code and separator
    [[nodiscard]] bool is_positive() const { return code >= 200 && code < 300; }
    /// The enhanced status that it begins with, if that fits its code; else "5.0.0" for 5xx.
    [[nodiscard]] std::string status() const;
    /// For the log: all of it on one line.
    [[nodiscard]] std::string sentence() const;
    /// As a server says it, with its line ends.
    [[nodiscard]] std::string on_wire() const;
};

/// What a server offers in its answer to EHLO or LHLO (RFC 5321 4.1.1.1).
class Extensions {
public:
    Extensions() = default;
    explicit Extensions(const Reply& reply);
    [[nodiscard]] bool has(std::string_view keyword) const { return !line_of(keyword).empty(); }
    [[nodiscard]] bool has(std::string_view keyword, std::string_view parameter) const;
    /// The keyword with its parameters, in upper case; empty if it is not offered.
    [[nodiscard]] std::string line_of(std::string_view keyword) const;

private:
    std::vector<std::string> lines_;
};

/// Throws Disconnected, also for what is no reply, or one of too many lines.
Reply read_reply(Connection& from);

}  // namespace kalends::mail
