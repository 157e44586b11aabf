#include "app/mail_way.hpp"

#include "app/first_line.hpp"
#include "app/mail_place.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kalends::app {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

std::vector<std::string> lower(const std::vector<std::string>& domains) {
    std::vector<std::string> result;
    result.reserve(domains.size());
    for (const auto& domain : domains) result.push_back(text::lower_ascii(domain));
    return result;
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

mail::Tls tls_named(std::string_view name) {
    if (name == "none") return mail::Tls::none;
    return name == "implicit" ? mail::Tls::implicit : mail::Tls::starttls;
}

std::unique_ptr<mail::Route> to_server(const Config& config, bool lmtp) {
    mail::SmtpSettings settings;
    const auto server = mail_place("mail.server", config.mail.server);
    settings.socket = server.socket;
    if (server.socket.empty()) {
        settings.host = server.host;
        settings.port = server.port;
    }
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

/// Where the pages of `guest` are, as people outside reach them; empty: nowhere.
std::string answer_address(const Config& config) {
    std::string_view url = config.mail.answer_url;
    if (url.empty()) return {};
    if (!(url.starts_with("https://") || url.starts_with("http://")) ||
        url.find_first_of(" <>\"?#\r\n") != std::string_view::npos)
        throw ConfigError("mail.answer_url is no address such as https://cal.example.com: " +
                          config.mail.answer_url);
    while (url.ends_with('/')) url.remove_suffix(1);
    return std::string(url).append(guest::Pages::prefix);
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
    const auto border = mail_place("mail.border", config.mail.border);
    if (border.host.empty())
        throw ConfigError("mail.border is not host:port: " + config.mail.border);
    mail::SmtpSettings settings;
    settings.host = border.host;
    settings.port = border.port;
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

sched::Postman::Settings postman_settings(const Config& config, const std::string& secret) {
    return {.site = site_of(config),
            .letters = {.domains = lower(config.mail.domains),
                        .address = config.mail.address,
                        .bounces = config.mail.bounces,
                        .host = host_name(config),
                        .language = config.mail.language,
                        .loop = loop_mark(config),
                        .answers = answer_address(config),
                        .secret = secret},
            .words = config.mail.words,
            .give_up_after = duration_cast<seconds>(config.mail.give_up_after),
            .send_timeout = config.mail.send_timeout,
            .at_once = static_cast<std::size_t>(config.mail.at_once)};
}

std::optional<guest::Settings> guest_settings(const Config& config) {
    if (answer_address(config).empty()) return std::nullopt;
    return guest::Settings{.per_hour = config.mail.per_hour,
                           .language = config.mail.language,
                           .words = config.mail.words};
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
            .shows_uninvited = config.mail.uninvited == "show",
            .per_hour = config.mail.per_hour};
}

std::optional<sched::SpoolReader::Settings> spool_settings(const Config& config) {
    if (config.mail.spool.empty()) return std::nullopt;
    auto names = config.mail.spool_users;
    names.push_back(config.server.user);  // which root becomes later
    return sched::SpoolReader::Settings{.folder = config.mail.spool, .owners = accounts(names)};
}

}  // namespace kalends::app
