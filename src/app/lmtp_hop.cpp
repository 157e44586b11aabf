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
        std::vector<std::string> names, networks, loopbacks;
        for (const auto& client : config.lmtp_clients) {
            if (!is_network(client))
                names.push_back(client);
            else
                (is_loopback(client) ? loopbacks : networks).push_back(client);
        }
        accounts_ = accounts(config.lmtp_clients.empty() ? config.spool_users : names);
        networks_ = http::Networks(networks);
        loopbacks_ = http::Networks(loopbacks);
    }

    /// Who is on this machine counts as its account, also where that can't be found out: a network
    /// that the machine is in itself says nothing of its users. Only who names the loopback means
    /// all of them.
    bool operator()(const mail::LmtpPeer& peer) const {
        if (peer.account && std::ranges::count(accounts_, *peer.account) > 0) return true;
        if (peer.address.empty()) return false;
        if (peer.is_loopback) return loopbacks_.contains(peer.address);
        return !peer.account && !peer.is_here && networks_.contains(peer.address);
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

    static bool is_loopback(const std::string& network) {
        const auto address = http::canonical_address(network.substr(0, network.find('/')));
        return address.starts_with("127.") || address == "::1";
    }

    std::vector<uid_t> accounts_;
    http::Networks networks_;   ///< of other machines
    http::Networks loopbacks_;  ///< of everybody here
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
