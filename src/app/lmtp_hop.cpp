#include "app/lmtp_hop.hpp"

#include "app/mail_place.hpp"
#include "base/log.hpp"
#include "http/proxies.hpp"

#include <algorithm>

namespace kalends::app {
namespace {

/// Accounts of this machine, and addresses of others.
class Clients {
public:
    explicit Clients(const MailConfig& config) {
        std::vector<std::string> names, networks;
        for (const auto& client : config.lmtp_clients)
            (is_network(client) ? networks : names).push_back(client);
        accounts_ = accounts(config.lmtp_clients.empty() ? config.spool_users : names);
        networks_ = http::Networks(networks);
    }

    /// Who is on this machine counts as its account: a network that the machine is in itself says
    /// nothing of its users, unless it is that of the loopback.
    bool operator()(const mail::LmtpPeer& peer) const {
        if (peer.account && std::ranges::count(accounts_, *peer.account) > 0) return true;
        if (peer.account && !peer.is_loopback) return false;
        return !peer.address.empty() && networks_.contains(peer.address);
    }

private:
    static bool is_network(const std::string& client) {
        if (client.find_first_of(".:/") == std::string::npos) return false;
        try {
            (void)http::Networks({client});
            return true;
        } catch (const std::runtime_error&) {
            if (client.find_first_of(":/") == std::string::npos) return false;  // "jane.doe"
            throw ConfigError("mail.lmtp_clients: " + client +
                              " is neither an account nor an address nor a network");
        }
    }

    std::vector<uid_t> accounts_;
    http::Networks networks_;
};

}  // namespace

std::optional<mail::LmtpSettings> lmtp_settings(const Config& config) {
    const auto& given = config.mail;
    if (given.lmtp_listen.empty()) return std::nullopt;
    mail::LmtpSettings settings;
    settings.listen = mail_place("mail.lmtp_listen", given.lmtp_listen);
    if (!given.lmtp_next.empty()) settings.next = mail_place("mail.lmtp_next", given.lmtp_next);
    if (settings.next == settings.listen)
        throw ConfigError("mail.lmtp_next is mail.lmtp_listen: mail would go round for ever");
    if (config.scheduling.enabled) settings.spool = given.spool;  // else nobody reads it
    if (!settings.next && settings.spool.empty())
        throw ConfigError("mail.lmtp_listen needs mail.lmtp_next, or mail.spool with "
                          "scheduling.enabled: mail would go nowhere");
    settings.name = host_name(config);
    settings.may_speak = Clients(given);
    settings.connections = static_cast<std::size_t>(given.lmtp_connections);
    return settings;
}

std::unique_ptr<mail::LmtpServer> lmtp_server(const Config& config) {
    auto settings = lmtp_settings(config);
    if (!settings) return nullptr;
    auto server = std::make_unique<mail::LmtpServer>(*std::move(settings));
    log(Level::info, "lmtp.ready",
        {{"at", config.mail.lmtp_listen}, {"next", config.mail.lmtp_next}});
    return server;
}

}  // namespace kalends::app
