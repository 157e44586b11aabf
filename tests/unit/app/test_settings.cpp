#include "app/lmtp_hop.hpp"
#include "app/mail_way.hpp"
#include "app/metrics.hpp"
#include "app/request_log.hpp"
#include "app/settings.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace kalends;

namespace {

/// Allows what it is asked about, if the path says so.
class Files final : public http::Handler {
public:
    http::BodyRule body_rule(const http::Request& head) override {
        return {1000, head.path == "/file"};
    }
    std::optional<http::Response> try_from_memory(const http::Request& /*request*/) override {
        return std::nullopt;
    }
    http::Lane lane(const http::Request& /*request*/) override { return http::Lane::read; }
    http::Response handle(const http::Request& /*request*/) override { return {}; }
};

}  // namespace

TEST_CASE("what the file says about spooled bodies reaches the HTTP server") {
    const auto config = parse_config("[http]\nspool_directory = \"/srv/spool\"\n"
                                     "max_spooled_body = \"2 GB\"\nmax_spooled_in_all = \"3 GB\"\n",
                                     "test.toml");
    const auto settings = app::http_settings(config, {});
    CHECK(settings.spool_directory == "/srv/spool");
    CHECK(settings.limits.max_spooled_body_bytes == 2ULL << 30U);
    CHECK(settings.limits.max_spooled_bytes_in_all == 3ULL << 30U);
}

TEST_CASE("without a word about them, bodies up to 4 GB are spooled to /var/tmp, 16 GB in all") {
    const auto settings = app::http_settings(Config{}, {});
    CHECK(settings.spool_directory == "/var/tmp");
    CHECK(settings.limits.max_spooled_body_bytes == 4ULL << 30U);
    CHECK(settings.limits.max_spooled_bytes_in_all == 16ULL << 30U);
}

TEST_CASE("the metrics tell what is spooled") {
    http::Statistics http;
    http.spooled_bytes = 5'000'000'000;
    http.spooled_bodies = 7;
    const auto page = app::metrics_text(http, {});
    CHECK(page.find("\nkalends_spooled_bytes 5000000000\n") != std::string::npos);
    CHECK(page.find("\nkalends_spooled_bodies_total 7\n") != std::string::npos);
}

TEST_CASE("a request log changes nothing about which bodies are accepted") {
    const auto logged = app::with_request_log(std::make_unique<Files>());
    http::Request head;
    head.path = "/file";
    CHECK(logged->body_rule(head).may_spool);
    CHECK(logged->body_rule(head).max_bytes == 1000);
    head.path = "/other";
    CHECK_FALSE(logged->body_rule(head).may_spool);
}

TEST_CASE("what [ldap] says wins over its profile, and the rest is the profile's") {
    const auto file =
        std::filesystem::temp_directory_path() / ("kalends-secret-" + std::to_string(::getpid()));
    std::ofstream(file) << "secret\nmore\n";
    const auto config = parse_config(
        "[ldap]\nuri = [\"ldap://a\", \"ldap://b\"]\nbase = \"dc=a\"\nprofile = \"ad\"\n"
        "bind_dn = \"cn=b\"\nbind_password_file = \"" +
            file.string() + "\"\nuser_filter = \"(a=b)\"\nmail_attributes = [\"x\", \"y\"]\n",
        "test.toml");
    const auto settings = app::ldap_settings(config);
    CHECK(settings.uris.size() == 2);
    CHECK(settings.bind_password == "secret");
    CHECK(settings.mapping.user_filter == "(a=b)");
    CHECK(settings.mapping.mail_attributes.size() == 2);
    CHECK(settings.mapping.uuid_attribute == "objectGUID");
    CHECK(settings.timeout == std::chrono::seconds{5});
    std::filesystem::remove(file);
    CHECK_THROWS_AS(app::ldap_settings(config), ConfigError);
}

TEST_CASE("two sites on machines of one name do not take each other's mail for their own") {
    Config north;
    north.server.name = "kalends";
    north.mail.domains = {"north.test"};
    auto south = north;
    south.mail.domains = {"south.test"};
    const auto mark = app::arrival_settings(north).site;
    CHECK(mark == app::postman_settings(north, "").letters.loop);
    CHECK(mark != app::arrival_settings(south).site);
    CHECK_FALSE(mark.empty());
}

TEST_CASE("mail.answer_url is an address to which the place of the pages is added") {
    Config config;
    CHECK(app::postman_settings(config, "").letters.answers.empty());
    CHECK_FALSE(app::guest_settings(config));
    config.mail.per_hour = 7;
    for (const auto* const url : {"https://cal.example.com", "https://cal.example.com//"}) {
        config.mail.answer_url = url;
        CHECK(app::postman_settings(config, "").letters.answers ==
              "https://cal.example.com/answer/");
        CHECK(app::guest_settings(config).value().per_hour == 7);
    }
    for (const auto* const wrong :
         {"cal.example.com", "ftp://x", "https://x/?a", "https://x/ y", "https://x\"y"}) {
        config.mail.answer_url = wrong;
        CHECK_THROWS_AS(app::postman_settings(config, ""), ConfigError);
    }
}

TEST_CASE("who may hand over mail by LMTP: the accounts that are named, and other machines") {
    Config config;
    CHECK_FALSE(app::lmtp_settings(config).has_value());
    config.mail.lmtp_listen = "127.0.0.1:2424";
    config.mail.lmtp_next = "unix:/run/dovecot/lmtp";
    config.mail.spool_users = {"4711"};
    const auto may_speak = [&](const mail::LmtpPeer& peer) {
        return app::lmtp_settings(config)->may_speak(peer);
    };
    const auto tcp = [](std::optional<uid_t> account, const std::string& address) {
        const bool is_loopback = address == "127.0.0.1";
        return mail::LmtpPeer{.account = account,
                              .address = address,
                              .is_loopback = is_loopback,
                              .is_here = account.has_value() || is_loopback};
    };
    constexpr uid_t stranger = 4712;

    // As mail.spool_users, and nobody else.
    CHECK(may_speak({.account = 4711}));
    CHECK(may_speak(tcp(4711, "127.0.0.1")));
    CHECK_FALSE(may_speak({.account = stranger}));
    CHECK_FALSE(may_speak(tcp(stranger, "127.0.0.1")));
    CHECK_FALSE(may_speak(tcp(std::nullopt, "127.0.0.1")));  // it can't be found out
    CHECK_FALSE(may_speak(tcp(std::nullopt, "10.0.0.7")));
    CHECK_FALSE(may_speak({}));

    // A network is of other machines: who is here is the account that he is.
    config.mail.lmtp_clients = {"4713", "10.0.0.0/8"};
    CHECK(may_speak({.account = 4713}));
    CHECK_FALSE(may_speak({.account = 4711}));
    CHECK(may_speak(tcp(std::nullopt, "10.0.0.7")));
    CHECK_FALSE(may_speak(tcp(stranger, "10.0.0.7")));
    CHECK_FALSE(may_speak(tcp(std::nullopt, "11.0.0.7")));
    // Also who has hidden which account he is.
    CHECK_FALSE(may_speak({.address = "10.0.0.5", .is_here = true}));
    config.mail.lmtp_clients = {"0.0.0.0/0"};
    CHECK(may_speak(tcp(std::nullopt, "11.0.0.7")));
    for (const auto account : {std::optional<uid_t>{stranger}, std::optional<uid_t>{}})
        CHECK_FALSE(may_speak(tcp(account, "127.0.0.1")));
    for (const auto* loopback : {"127.0.0.1", "127.0.0.0/8", "::ffff:127.0.0.1"}) {
        config.mail.lmtp_clients = {loopback, "10.0.0.0/8"};
        CHECK(may_speak(tcp(stranger, "127.0.0.1")));
        CHECK(may_speak(tcp(std::nullopt, "127.0.0.1")));
        CHECK_FALSE(may_speak({.address = "10.0.0.5", .is_here = true}));
        CHECK_FALSE(may_speak({.account = stranger}));
    }

    config.mail.lmtp_clients = {"jane.doe"};  // nobody, but an account's name
    CHECK_FALSE(may_speak({.account = stranger}));
    for (const auto* wrong : {"10.0.0.0/99", "::1::", "a:b"}) {
        config.mail.lmtp_clients = {wrong};
        CHECK_THROWS_AS(app::lmtp_settings(config), ConfigError);
    }
}

TEST_CASE("LMTP that would lead nowhere, or round in a circle, is refused") {
    Config config;
    config.mail.lmtp_listen = "127.0.0.1:2424";
    CHECK_THROWS_AS(app::lmtp_settings(config), ConfigError);
    config.mail.spool = "/var/spool/kalends";
    CHECK_FALSE(app::lmtp_settings(config)->next.has_value());
    config.scheduling.enabled = false;  // nobody reads the spool
    CHECK_THROWS_AS(app::lmtp_settings(config), ConfigError);
    config.mail.lmtp_next = "127.0.0.1:24";
    const auto settings = app::lmtp_settings(config);
    CHECK(settings->next->port == 24);
    CHECK(settings->spool.empty());
    for (const auto* wrong : {"127.0.0.1:2424", "127.0.0.1", "[::1]:x", "unix"}) {
        config.mail.lmtp_next = wrong;
        CHECK_THROWS_AS(app::lmtp_settings(config), ConfigError);
    }
    config.mail.lmtp_next = "[::1]:24";
    CHECK(app::lmtp_settings(config)->next->host == "::1");
}
