#include "base/clock.hpp"
#include "directory/ldap/login.hpp"
#include "ldap/silent_server.hpp"
#include "ldap/slapd.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends;
using namespace kalends::test;
using namespace kalends::directory::ldap;
using namespace std::chrono_literals;
using Kind = LoginOutcome::Kind;

namespace {

/// Anna and Bruno, and what makes trouble.
const std::string people =
    person("anna", "mail: a.berg@firma.test\ndisplayName: Anna Berg\n") + person("bruno") +
    person("twin1", "mail: twins@firma.test\n") + person("twin2", "mail: twins@firma.test\n") +
    person("gone", "shadowExpire: 1\n") + person("per%cent") + person("at@sign") +
    "dn:: " + std::string("dWlkPW3DvGxsZXIsb3U9cGVvcGxlLGRjPWZpcm1hLGRjPXRlc3Q=") +
    "\nobjectClass: inetOrgPerson\nuid:: bcO8bGxlcg==\ncn: Mueller\nsn: M\nuserPassword: "
    "geheim\n\n" +
    // A referral to a server that nobody may ask.
    "dn: ou=elsewhere,ou=people,dc=firma,dc=test\nobjectClass: referral\nobjectClass: "
    "extensibleObject\nou: elsewhere\nref: ldap://127.0.0.1:1/ou=people,dc=firma,dc=test\n\n";

const TestSlapd& shared() {
    static const TestSlapd slapd{{.entries = people}};
    return slapd;
}

struct Client {
    explicit Client(Settings settings) : servers(std::move(settings)) {}
    Client() : Client(shared().settings()) {}

    LoginOutcome log_in(const std::string& login, const std::string& password) {
        steps.clear();
        return directory::ldap::log_in(pool, login, password,
                                       [this](const std::string& step) { steps.push_back(step); });
    }
    [[nodiscard]] bool said(const std::string& part) const {
        return std::ranges::any_of(
            steps, [&](const auto& step) { return step.find(part) != std::string::npos; });
    }

    Servers servers;
    Pool pool{servers, 2};
    std::vector<std::string> steps;
};

double seconds_of(const std::function<void()>& work) {
    const auto begin = clock::steady();
    work();
    return std::chrono::duration<double>(clock::steady() - begin).count();
}

}  // namespace

TEST_CASE(
    "who is in the directory logs in by login or by any address, and is what the entry says") {
    REQUIRE_SLAPD();
    Client client;
    for (const auto* name : {"anna", "ANNA", "anna@firma.test", "a.berg@firma.test"}) {
        const auto outcome = client.log_in(name, "anna");
        CHECK(outcome.kind == Kind::right);
        CHECK(outcome.found.login == "anna");
        CHECK(outcome.found.display_name == "Anna Berg");
        // Values of an attribute have no order.
        auto addresses = outcome.found.addresses;
        std::ranges::sort(addresses);
        CHECK((addresses == std::vector<std::string>{"a.berg@firma.test", "anna@firma.test"}));
        CHECK(outcome.found.uuid.size() == 36);
    }
    CHECK(client.said("the password is right"));
}

TEST_CASE("a wrong password, and a login that nobody has, are told apart for the operator") {
    REQUIRE_SLAPD();
    Client client;
    CHECK(client.log_in("anna", "bruno").kind == Kind::wrong);
    CHECK(client.said("Invalid credentials"));
    CHECK(client.log_in("nobody", "x").kind == Kind::unknown);
    CHECK(client.log_in("nobody@firma.test", "x").kind == Kind::unknown);
}

TEST_CASE("RFC 4513 5.1.2: an empty password is refused, and no bind is sent") {
    REQUIRE_SLAPD();
    Client client;
    CHECK(client.log_in("anna", "").kind == Kind::wrong);
    CHECK_FALSE(client.said("binding as"));
    Connection connection{shared().settings(), shared().uri(), clock::steady() + 5s};
    CHECK_FALSE(connection.bind_as(dn_of("anna"), "", clock::steady() + 5s).right);
    CHECK_FALSE(connection.bind_as("", "anna", clock::steady() + 5s).right);
}

TEST_CASE("RFC 4515 3: what is typed stays a value, whatever a filter would make of it") {
    REQUIRE_SLAPD();
    Client client;
    for (const auto* login : {"*", "anna*", "a*a", "anna)(uid=bruno", "*)(objectClass=*",
                              "anna\\2a", "(anna)", "anna)(|(uid=*", "*@firma.test", "an\na"})
        CHECK(client.log_in(login, "anna").kind == Kind::unknown);
    CHECK(client.log_in(std::string("anna\0", 5), "anna").kind == Kind::unknown);
}

TEST_CASE("logins with %, @ and letters beyond ASCII work") {
    REQUIRE_SLAPD();
    Client client;
    CHECK(client.log_in("per%cent", "per%cent").found.login == "per%cent");
    CHECK(client.log_in("at@sign", "at@sign").found.login == "at@sign");
    const auto outcome = client.log_in("m\xc3\xbcller", "geheim");
    CHECK(outcome.kind == Kind::right);
    CHECK(outcome.found.login == "m\xc3\xbcller");
}

TEST_CASE("an address that two entries have lets nobody in, and both are named") {
    REQUIRE_SLAPD();
    Client client;
    CHECK(client.log_in("twins@firma.test", "twin1").kind == Kind::wrong);
    CHECK(client.said(dn_of("twin1")));
    CHECK(client.said(dn_of("twin2")));
    CHECK(client.log_in("twin1", "twin1").kind == Kind::right);
}

TEST_CASE("an expired account is refused though its password is right") {
    REQUIRE_SLAPD();
    Client client;
    const auto outcome = client.log_in("gone", "gone");
    CHECK(outcome.kind == Kind::wrong);
    CHECK(outcome.why.find("shadowExpire") != std::string::npos);
    CHECK_FALSE(outcome.found.uuid.empty());
}

TEST_CASE("referrals are not followed") {
    REQUIRE_SLAPD();
    Client client;
    CHECK(seconds_of([&] { CHECK(client.log_in("anna", "anna").kind == Kind::right); }) < 2);
    CHECK(client.said("refers to other servers"));
    auto settings = shared().settings();
    settings.base = "ou=elsewhere,ou=people," + suffix;
    Client lost{settings};
    const auto outcome = lost.log_in("anna", "anna");
    CHECK(outcome.kind == Kind::unavailable);
    CHECK(outcome.why.find("Referral") != std::string::npos);
}

TEST_CASE("a connection that the server has closed meanwhile costs nobody a login") {
    REQUIRE_SLAPD();
    TestSlapd slapd{{.entries = people}};
    Client client{slapd.settings()};
    CHECK(client.log_in("anna", "anna").kind == Kind::right);
    slapd.stop();
    slapd.start();
    CHECK(client.log_in("anna", "anna").kind == Kind::right);
}

TEST_CASE("when the first server is down the second one answers, and the first again later") {
    REQUIRE_SLAPD();
    TestSlapd first{{.entries = people}};
    auto settings = first.settings();
    settings.uris.push_back(shared().uri());
    Client client{settings};
    CHECK(client.log_in("anna", "anna").kind == Kind::right);
    CHECK(client.said(first.uri()));
    first.stop();
    CHECK(client.log_in("anna", "anna").kind == Kind::right);
    CHECK(client.said(shared().uri()));
}

TEST_CASE("a directory that is down is told as that, and asked again soon") {
    REQUIRE_SLAPD();
    TestSlapd slapd{{.entries = people}};
    slapd.stop();
    Client client{slapd.settings()};
    CHECK(client.log_in("anna", "anna").kind == Kind::unavailable);
    CHECK(client.said(slapd.uri()));
    slapd.start();
    bool back = false;
    for (int i = 0; i < 50 && !back; ++i) {
        std::this_thread::sleep_for(100ms);
        back = client.log_in("anna", "anna").kind == Kind::right;
    }
    CHECK(back);
}

TEST_CASE("a server that accepts and says nothing costs the configured time and no more") {
    REQUIRE_SLAPD();
    SilentServer silent;
    auto settings = shared().settings();
    settings.timeout = 1000ms;
    settings.uris = {silent.uri()};
    Client client{settings};
    const auto alone =
        seconds_of([&] { CHECK(client.log_in("anna", "anna").kind == Kind::unavailable); });
    CHECK(alone > 0.8);
    CHECK(alone < 1.5);
    // The next one does not wait as long again.
    CHECK(seconds_of([&] { CHECK(client.log_in("anna", "anna").kind == Kind::unavailable); }) <
          1.2);

    settings.uris = {silent.uri(), shared().uri()};
    Client other{settings};
    CHECK(seconds_of([&] { CHECK(other.log_in("anna", "anna").kind == Kind::right); }) < 1.0);
    CHECK(seconds_of([&] { CHECK(other.log_in("anna", "anna").kind == Kind::right); }) < 0.3);
    settings.start_tls = true;
    settings.uris = {silent.uri()};
    Client with_tls{settings};
    CHECK(seconds_of([&] { CHECK(with_tls.log_in("anna", "x").kind == Kind::unavailable); }) < 1.5);
    settings.start_tls = false;
    settings.uris = {silent.tls_uri()};
    Client only_tls{settings};
    CHECK(seconds_of([&] { CHECK(only_tls.log_in("anna", "x").kind == Kind::unavailable); }) < 1.5);
}

TEST_CASE("when all connections are busy one waits, and not for ever") {
    REQUIRE_SLAPD();
    auto settings = shared().settings();
    settings.timeout = 300ms;
    Client client{settings};
    const auto one = client.pool.take(clock::steady() + 1s);
    const auto other = client.pool.take(clock::steady() + 1s);
    const auto outcome = client.log_in("anna", "anna");
    CHECK(outcome.kind == Kind::unavailable);
    CHECK(outcome.why.find("busy") != std::string::npos);
}

TEST_CASE("a wrong password of our own, and a wrong base, are the operator's to mend") {
    REQUIRE_SLAPD();
    auto settings = shared().settings();
    settings.bind_password = "wrong";
    Client client{settings};
    CHECK(client.log_in("anna", "anna").kind == Kind::unavailable);
    CHECK(client.said("refuses our own login"));
    settings = shared().settings();
    settings.base = "dc=other,dc=test";
    Client elsewhere{settings};
    CHECK(elsewhere.log_in("anna", "anna").kind == Kind::unavailable);
    CHECK(elsewhere.said("No such object"));
    settings = shared().settings();
    settings.mapping.user_filter = "(objectClass=";
    Client broken{settings};
    CHECK(broken.log_in("anna", "anna").kind == Kind::unavailable);
    CHECK(broken.said("is not a filter"));
}

TEST_CASE("RFC 4422: SASL EXTERNAL on the unix socket needs no password of ours") {
    REQUIRE_SLAPD();
    auto settings = shared().settings();
    settings.uris = {shared().unix_uri()};
    settings.bind_dn = settings.bind_password = "";
    settings.external = true;
    Client client{settings};
    CHECK(client.log_in("anna", "anna").kind == Kind::right);
    CHECK(client.log_in("anna", "bruno").kind == Kind::wrong);
}
