#pragma once
// Mails that doctor sends to Kalends as a stranger would, with Authentication-Results forged in the
// name of the site's own mail servers: they must have removed it (RFC 8601 5). Pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::sched {

/// A way to write the authserv-id. All are the same to who reads RFC 8601 2.2, and must be to who
/// looks for them with a regular expression.
struct Forgery {
    std::string_view name;  ///< for people: "in quotes"
    std::string written;
};
std::vector<Forgery> forgeries(const std::string& authserv_id);

/// A tag for mail.bounces that nobody can guess, by which one such mail is known when it comes.
/// Throws std::runtime_error if the system has no random numbers.
std::string new_probe_tag();

/// Whether the tag may be one, and no report's.
bool is_probe_tag(std::string_view tag);

/// The message, with CRLF. Its sender's domain is one that nobody has (RFC 2606 2), and vouches for
/// it in every way that could be believed. `date`: seconds since 1970.
std::string forged_mail(const Forgery& forgery, const std::string& to, std::int64_t date);

}  // namespace kalends::sched
