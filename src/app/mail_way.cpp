#include "app/mail_way.hpp"

#include "app/first_line.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <pwd.h>
#include <unistd.h>

namespace kalends::app {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr std::string_view unix_scheme = "unix:";

std::vector<std::string> lower(const std::vector<std::string>& domains) {
    std::vector<std::string> result;
    result.reserve(domains.size());
    for (const auto& domain : domains) result.push_back(text::lower_ascii(domain));
    return result;
}

std::string host_name(const Config& config) {
    if (!config.server.name.empty()) return config.server.name;
    constexpr std::size_t longest = 256;
    std::array<char, longest> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

/// What our own messages are known by when they come back. The name of the machine is not enough:
/// those of two companies may be the same, in containers above all.
std::string loop_mark(const Config& config) {
    auto names = host_name(config);
    for (const auto& domain : lower(config.mail.domains)) names += ' ' + domain;
    return hash::fingerprint(names);
}

std::string password(const MailConfig& config) {
    if (config.password_file.empty()) return {};
    auto line = first_line(config.password_file);
    if (line.empty())
        throw ConfigError("mail.password_file: there is no password to be read in " +
                          config.password_file);
    return line;
}

/// "host:port", "[::1]:port". False: it is neither.
bool set_host(mail::SmtpSettings& settings, const std::string& server) {
    const auto colon = server.rfind(':');
    const auto* const end = server.data() + server.size();
    std::uint16_t port = 0;
    if (colon == std::string::npos || colon == 0 ||
        std::from_chars(server.data() + colon + 1, end, port).ptr != end || port == 0)
        return false;
    settings.port = port;
    settings.host = server.substr(0, colon);
    if (settings.host.starts_with('[') && settings.host.ends_with(']'))
        settings.host = settings.host.substr(1, settings.host.size() - 2);
    return true;
}

/// The same, or "unix:/path".
void set_server(mail::SmtpSettings& settings, const std::string& server) {
    if (server.starts_with(unix_scheme))
        settings.socket = server.substr(unix_scheme.size());
    else if (!set_host(settings, server))
        throw ConfigError("mail.server is neither host:port nor unix:/path: " + server);
}

mail::Tls tls_named(std::string_view name) {
    if (name == "none") return mail::Tls::none;
    return name == "implicit" ? mail::Tls::implicit : mail::Tls::starttls;
}

std::unique_ptr<mail::Route> to_server(const Config& config, bool lmtp) {
    mail::SmtpSettings settings;
    set_server(settings, config.mail.server);
    settings.lmtp = lmtp;
    settings.tls = tls_named(config.mail.tls);
    settings.ca_file = config.mail.ca_file;
    settings.user = config.mail.user;
    settings.password = password(config.mail);
    settings.helo = host_name(config);
    return mail::smtp_route(std::move(settings));
}

std::unique_ptr<mail::Route> by_command(const Config& config) {
    if (config.mail.command.empty())
        throw ConfigError("mail.route is command, but mail.command is empty");
    return mail::command_route({.words = config.mail.command});
}

std::unique_ptr<mail::Route> by_sendmail(const Config& config) {
    return mail::sendmail_route({.program = config.mail.sendmail});
}

/// Root, one's own, and those of the names that there are. A number is an account without a name,
/// as virtual mailboxes may have.
std::vector<uid_t> accounts(const std::vector<std::string>& names) {
    std::vector<uid_t> uids{0, ::getuid()};
    for (const auto& name : names) {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): at the start, before there are other threads
        if (const auto* account = ::getpwnam(name.c_str()))
            uids.push_back(account->pw_uid);
        else if (const auto number = text::to_number(name); number && *number >= 0)
            uids.push_back(static_cast<uid_t>(*number));
    }
    return uids;
}

struct Way {
    std::string_view name;
    std::unique_ptr<mail::Route> (*make)(const Config& config);
};
constexpr std::array ways{
    Way{"sendmail", by_sendmail},
    Way{"smtp", [](const Config& config) { return to_server(config, false); }},
    Way{"lmtp", [](const Config& config) { return to_server(config, true); }},
    Way{"command", by_command}};

}  // namespace

std::unique_ptr<mail::Route> mail_route(const Config& config) {
    for (const auto& way : ways)
        if (way.name == config.mail.route) return way.make(config);
    return nullptr;
}

std::unique_ptr<mail::Route> border_route(const Config& config) {
    if (config.mail.border.empty()) return nullptr;
    mail::SmtpSettings settings;
    if (!set_host(settings, config.mail.border))
        throw ConfigError("mail.border is not host:port: " + config.mail.border);
    settings.tls = mail::Tls::none;  // as whoever knows no better: RFC 3207 4 forbids to refuse it
    settings.helo = host_name(config);
    return mail::smtp_route(std::move(settings));
}

sched::Site site_of(const Config& config) {
    return {.domains = lower(config.scheduling.domains),
            .sends_mail = config.mail.route != "none",
            .hold = duration_cast<seconds>(config.mail.hold).count(),
            .hold_at_most = duration_cast<seconds>(config.mail.hold_at_most).count()};
}

sched::Postman::Settings postman_settings(const Config& config) {
    return {.site = site_of(config),
            .letters = {.domains = lower(config.mail.domains),
                        .address = config.mail.address,
                        .bounces = config.mail.bounces,
                        .host = host_name(config),
                        .language = config.mail.language,
                        .loop = loop_mark(config)},
            .words = config.mail.words,
            .give_up_after = duration_cast<seconds>(config.mail.give_up_after),
            .send_timeout = config.mail.send_timeout,
            .at_once = static_cast<std::size_t>(config.mail.at_once)};
}

sched::Arrivals::Settings arrival_settings(const Config& config) {
    auto ours = lower(config.scheduling.domains);
    for (auto& domain : lower(config.mail.domains)) ours.push_back(std::move(domain));
    return {.authentication = {.authserv_id = config.mail.authserv_id,
                               .our_hosts = lower(config.mail.received_by),
                               .allow_spf = config.mail.trust_spf},
            .domains = std::move(ours),
            .acceptance =
                sched::acceptance_named(config.mail.invitations).value_or(sched::Acceptance::known),
            .site = loop_mark(config),
            .bounces = config.mail.bounces,
            .per_hour = config.mail.per_hour};
}

std::optional<sched::SpoolReader::Settings> spool_settings(const Config& config) {
    if (config.mail.spool.empty()) return std::nullopt;
    auto names = config.mail.spool_users;
    names.push_back(config.server.user);  // which root becomes later
    return sched::SpoolReader::Settings{.folder = config.mail.spool, .owners = accounts(names)};
}

}  // namespace kalends::app
