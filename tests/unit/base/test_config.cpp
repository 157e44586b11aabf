#include "base/config.hpp"
#include "base/config_private.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

using namespace kalends;
using namespace std::chrono_literals;

namespace {

Config parse(std::string_view toml) { return parse_config(toml, "test.toml"); }

/// The sentences that a configuration is refused with; empty if it is not.
std::string refused(std::string_view toml) {
    try {
        parse(toml);
        return {};
    } catch (const ConfigError& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("an empty file is a server on the loopback address with an embedded database") {
    const auto config = parse("");
    REQUIRE(config.listen.size() == 1);
    CHECK(config.listen[0].address == "127.0.0.1");
    CHECK(config.listen[0].port == 8008);
    CHECK(config.listen[0].tls_certificate.empty());
    CHECK(config.database.dsn.empty());
    CHECK(config.log.level == "info");
}

TEST_CASE("by default each worker finds a connection, and so does the work in the background") {
    const auto config = parse("");
    const auto& workers = config.workers;
    CHECK(config.database.connections >= workers.read + workers.write + workers.report +
                                             workers.login + workers.guest + config.mail.at_once +
                                             2);
}

TEST_CASE("each kind of value is read") {
    const auto config = parse(R"(
[http]
gzip = false
max_connections = 7
max_body = "64 MB"
gzip_min = 1000
idle_timeout = "5 min"
trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]
[server]
name = "dav.example.com"
)");
    CHECK_FALSE(config.http.gzip);
    CHECK(config.http.max_connections == 7);
    CHECK(config.http.max_body == 64ULL * 1024 * 1024);
    CHECK(config.http.gzip_min == 1000);
    CHECK(config.http.idle_timeout == 300s);
    CHECK(config.http.trusted_proxies == std::vector<std::string>{"127.0.0.1", "10.0.0.0/8"});
    CHECK(config.server.name == "dav.example.com");
}

TEST_CASE("every [[listen]] is an address of its own, and replaces the default one") {
    const auto config = parse(R"(
[[listen]]
address = "::"
port = 443
tls_certificate = "/a.pem"
tls_key = "/a.key"
[[listen]]
port = 0
)");
    REQUIRE(config.listen.size() == 2);
    CHECK(config.listen[0].address == "::");
    CHECK(config.listen[0].tls_key == "/a.key");
    CHECK(config.listen[1].address == "127.0.0.1");
    CHECK(config.listen[1].port == 0);
}

TEST_CASE("an unknown setting is an error that names its line and the nearest known one") {
    CHECK(refused("[http]\nmax_bdy = \"10 MB\"") ==
          "test.toml:2: there is no setting \"http.max_bdy\"; did you mean \"http.max_body\"?");
    CHECK(refused("[sever]\nname = \"x\"").find("did you mean \"server\"?") != std::string::npos);
    CHECK(refused("[[listen]]\nprot = 1").find("did you mean \"port\"?") != std::string::npos);
    CHECK(refused("[http]\nquite_something_else = 1") ==
          "test.toml:2: there is no setting \"http.quite_something_else\"");
}

TEST_CASE("a setting in the wrong section is found in the right one") {
    CHECK(refused("[http]\nmax_resource_size = \"1 MB\"")
              .find("did you mean \"dav.max_resource_size\"?") != std::string::npos);
}

TEST_CASE("a value of the wrong kind says what belongs there") {
    CHECK(refused("[http]\ngzip = 1") == "test.toml:2: http.gzip must be true or false");
    CHECK(refused("[http]\nidle_timeout = 30").find("a duration such as \"30 s\"") !=
          std::string::npos);
    CHECK(refused("[http]\nmax_body = \"10 megabytes\"").find("a size such as \"10 MB\"") !=
          std::string::npos);
    CHECK(refused("[workers]\nread = \"4\"").find("a whole number") != std::string::npos);
    CHECK(refused("[http]\ntrusted_proxies = \"127.0.0.1\"").find("a list") != std::string::npos);
    CHECK(refused("listen = 3").find("[[listen]]") != std::string::npos);
    CHECK(refused("http = 3").find("test.toml:1") == 0);
}

TEST_CASE("a value out of its range says the range") {
    CHECK(refused("[http]\nmax_body = \"5 GB\"") ==
          "test.toml:2: http.max_body is 5 GB, but must be in 64 KB .. 1 GB");
    CHECK(refused("[workers]\nread = 0").find("must be in 1 .. 256") != std::string::npos);
    CHECK(refused("[workers]\nread = -1") != "");
    CHECK(refused("[log]\nlevel = \"loud\"").find("debug | info | warning | error") !=
          std::string::npos);
}

TEST_CASE("all mistakes are told at once, in the order of the lines") {
    const auto sentences = refused("[workers]\nread = 0\nwrite = 0\n[log]\nlevel = 3");
    CHECK(sentences.find(":2: workers.read") < sentences.find(":3: workers.write"));
    CHECK(sentences.find(":3: workers.write") < sentences.find(":5: log.level"));
    CHECK(sentences.find(":5: log.level") != std::string::npos);
}

TEST_CASE("settings that contradict each other are an error") {
    CHECK(refused("[http]\nmax_body = \"1 MB\"").find("dav.max_resource_size") !=
          std::string::npos);
    CHECK(
        refused("[http]\nmax_spooled_body = \"20 GB\"").find("http.max_spooled_in_all is below") !=
        std::string::npos);
    CHECK(refused("[[listen]]\ntls_key = \"/a.key\"").find("belong together") != std::string::npos);
}

TEST_CASE("settings of logins that contradict each other are an error") {
    const std::string issuer = "[oidc]\nissuer = \"https://id.example\"\n";
    const auto complains = [](const std::string& toml, const std::string& of) {
        return refused(toml).find(of) != std::string::npos;
    };
    CHECK(complains(issuer, "oidc.audience or oidc.clients must be set"));
    CHECK(complains("[oidc]\naudience = [\"x\"]", "oidc.issuer is not set"));
    CHECK(complains("[oidc]\nissuer = \"http://id.example\"\naudience = [\"x\"]", "https://"));
    CHECK(complains(issuer + "audience = [\"x\"]\ncheck = \"both\"", "oidc.client_id"));
    CHECK(complains(issuer + "audience = [\"x\"]\nlogin_claims = []", "oidc.login_claims"));
    CHECK(complains("[auth]\ncommand = [\"check\"]", "whole path"));
    CHECK(complains("[[listen]]\ntls_client_ca = \"/ca\"", "tls_client_ca needs TLS"));
    CHECK(complains("[[listen]]\ntls_client_required = true", "need tls_client_ca"));
    const auto config = parse(issuer + "clients = [\"phone\"]");
    CHECK(config.oidc.check == "keys");
    CHECK(config.oidc.login_claims ==
          std::vector<std::string>{"preferred_username", "username", "email"});
}

TEST_CASE("what is not TOML is refused with its line") {
    CHECK(refused("[http]\nmax_body = \n").find("test.toml:2: this is not TOML") == 0);
}

TEST_CASE("a file that is not there is an error, not a default") {
    CHECK_THROWS_AS(load_config("/nonexistent/kalends.toml"), ConfigError);
}

TEST_CASE("sizes and durations have units") {
    CHECK(parse_size("10 MB") == 10ULL << 20U);
    CHECK(parse_size("1GB") == 1ULL << 30U);
    CHECK_FALSE(parse_size("10"));
    CHECK_FALSE(parse_size("10 mb"));
    CHECK_FALSE(parse_size("MB"));
    CHECK_FALSE(parse_size("99999999999999999 GB"));
    CHECK(parse_duration("250 ms") == 250ms);
    CHECK(parse_duration("2 h") == 2h);
    CHECK(parse_duration("90 d") == 90 * 24h);
    CHECK_FALSE(parse_duration("5 weeks"));
    CHECK_FALSE(parse_duration("1.5 s"));
}

TEST_CASE(
    "every setting has a section, a sentence, a default in its range, and a name of its own") {
    std::set<std::string_view> names;
    std::set<std::string_view> sections;
    for (const auto& section : config_sections()) sections.insert(section.name);
    Config config;
    for (const auto& setting : config_settings()) {
        CAPTURE(setting.name);
        CHECK(names.insert(setting.name).second);
        CHECK(sections.count(setting.name.substr(0, setting.name.find('.'))) == 1);
        CHECK(setting.sentence.ends_with("."));
        CHECK(assign(config, setting, setting.standard).empty());
    }
}

TEST_CASE("the example file names every setting, and its defaults are the defaults") {
    std::string uncommented;
    std::istringstream example(config_example());
    for (std::string line; std::getline(example, line);)
        uncommented +=
            (line.starts_with('#') && !line.starts_with("# ") ? line.substr(1) : line) + "\n";
    const auto config = parse(uncommented);
    CHECK(config.listen.size() == 1);
    CHECK(config.http.max_body == Config{}.http.max_body);
    for (const auto& setting : config_settings()) {
        const auto name = setting.name.substr(setting.name.find('.') + 1);
        CHECK(uncommented.find("\n" + std::string(name) + " = ") != std::string::npos);
    }
}

TEST_CASE("a directory whose settings contradict each other is refused, with a sentence for each") {
    const auto with = [](const std::string& more) { return refused("[ldap]\n" + more); };
    const std::string well = "uri = [\"ldap://a\", \"ldap://b\"]\nbase = \"dc=a,dc=b\"\n";
    CHECK(with("").empty());
    CHECK(with(well).empty());
    CHECK(parse("[ldap]\n" + well).ldap.base == "dc=a,dc=b");
    CHECK(with("uri = [\"ldap://a\"]\n").find("ldap.base is empty") != std::string::npos);
    CHECK(with("uri = [\"http://a\"]\nbase = \"b\"\n").find("does not begin with") !=
          std::string::npos);
    CHECK(with("uri = [\"ldaps://a\"]\nbase = \"b\"\nstart_tls = true\n").find("TLS already") !=
          std::string::npos);
    CHECK(with(well + "sasl_external = true\n").find("for ldapi:// only") != std::string::npos);
    CHECK(with(well + "bind_dn = \"cn=a\"\n").find("no ldap.bind_password_file") !=
          std::string::npos);
    CHECK(with(well + "bind_dn = \"cn=a\"\nbind_password = \"x\"\nbind_password_file = \"/y\"\n")
              .find("both set") != std::string::npos);
    for (const auto* filter : {"(a=b", "a=b", "(a=b))(c=d)", "(a=b)(c=d)"})
        CHECK(with(well + "user_filter = \"" + filter + "\"\n").find("parentheses") !=
              std::string::npos);
    CHECK(with(well + "user_filter = \"(&(a=b)(c=d))\"\n").empty());
}
