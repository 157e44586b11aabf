#pragma once
// Pages for people who have no account here: on one they answer an invitation, by the link in their
// mail. A GET changes nothing: mail scanners follow links. RFC 9110 9.2.1.

#include "base/outage.hpp"
#include "http/message.hpp"
#include "sched/guests.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kalends::guest {

struct Settings {
    std::int64_t per_hour = 20;   ///< words of one guest to one organizer
    std::string language = "en";  ///< of pages for those whose browser has none that there is
    std::string words;            ///< the folder of letters::answer_page(); empty: none
};

class Pages {
public:
    /// Both live longer than this.
    Pages(Settings settings, store::Database& database, sched::Scheduler& scheduler);

    /// Below it is a token, which is a secret of whoever has the mail: not to be logged.
    static constexpr std::string_view prefix = "/answer/";
    [[nodiscard]] static bool is_ours(std::string_view path) { return path.starts_with(prefix); }

    static constexpr std::uint64_t max_body = 32UL << 10U;  ///< bytes

    /// On a worker; does not throw.
    http::Response handle(const http::Request& request);

private:
    http::Response answer_or_wait(const http::Request& request);
    http::Response answer(const http::Request& request);
    http::Response show(const http::Request& request, const sched::AnswerLink& link);
    http::Response take(const http::Request& request, const sched::AnswerLink& link);
    http::Response page(const http::Request& request, const sched::Invitation& invitation,
                        http::Status status, std::string_view notice, std::string_view chosen = {},
                        std::string_view comment = {}) const;
    http::Response only_notice(const http::Request& request, http::Status status,
                               std::string_view notice) const;
    [[nodiscard]] std::string language_for(const http::Request& request,
                                           const std::string& otherwise) const;

    Settings settings_;
    store::Database& database_;
    sched::Guests guests_;
    Outage outage_{"guest.unavailable"};
};

}  // namespace kalends::guest
