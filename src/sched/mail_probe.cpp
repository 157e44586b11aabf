#include "sched/mail_probe.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "mail/compose.hpp"

#include <algorithm>
#include <utility>

namespace kalends::sched {
namespace {

constexpr std::string_view prefix = "probe-";
constexpr std::size_t random_bytes = 16;
constexpr std::string_view stranger = "stranger@doctor.invalid";

/// "mX.eXaMpLe.cOm".
std::string in_other_case(std::string name) {
    for (std::size_t i = 1; i < name.size(); i += 2)
        if (name[i] >= 'a' && name[i] <= 'z') name[i] = static_cast<char>(name[i] - 'a' + 'A');
    return name;
}

}  // namespace

std::vector<Forgery> forgeries(const std::string& authserv_id) {
    return {{"plain", authserv_id},
            {"in other case", in_other_case(text::lower_ascii(authserv_id))},
            {"in quotes", '"' + authserv_id + '"'},
            {"with a backslash in quotes", "\"\\" + authserv_id + '"'},
            {"behind a comment", "(; stranger) " + authserv_id},
            {"on a line of its own", "\r\n\t" + authserv_id}};
}

std::string new_probe_tag() {
    return std::string(prefix) + text::to_hex(hash::random_bytes(random_bytes));
}

bool is_probe_tag(std::string_view tag) {
    return tag.size() == prefix.size() + 2 * random_bytes && tag.starts_with(prefix) &&
           tag.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

std::string forged_mail(const Forgery& forgery, const std::string& to, std::int64_t date) {
    mail::Outgoing message;
    message.from = {.name = {}, .address = std::string(stranger)};
    message.to = {.name = {}, .address = to};
    message.subject = "A test of kalends doctor";
    message.text = "kalends doctor looks whether a forged Authentication-Results is removed.\n";
    message.message_id = to.substr(to.find('+') + 1);
    message.date = date;
    const auto domain = std::string(stranger.substr(stranger.find('@') + 1));
    return "Authentication-Results: " + forgery.written + ";\r\n dmarc=pass header.from=" + domain +
           ";\r\n dkim=pass header.d=" + domain + ";\r\n auth=pass smtp.auth=stranger\r\n" +
           mail::compose(message);
}

}  // namespace kalends::sched
