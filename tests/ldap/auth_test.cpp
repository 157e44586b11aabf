#include "auth/authenticator.hpp"
#include "auth/directory_login.hpp"
#include "auth/local.hpp"
#include "base/text.hpp"
#include "directory/directory.hpp"
#include "directory/ldap/keeper.hpp"
#include "ldap/office.hpp"
#include "ldap/silent_server.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;
using auth::Authenticator;
using directory::ldap::Keeper;
using Kind = auth::Result::Kind;

namespace {

constexpr auto peer = "192.0.2.1";

std::string basic(const std::string& login, const std::string& password) {
    return "Basic " + text::base64_encode(login + ":" + password);
}

auth::Ways ways(store::Database& db, const directory::ldap::Settings& settings) {
    auth::Ways all;
    all.add(auth::Proof::password, std::make_shared<auth::LocalPasswords>(db));
    all.add(auth::Proof::password, std::make_shared<auth::DirectoryLogin>(db, settings));
    return all;
}

/// Nothing is remembered longer than it must be: each request asks the directory.
auth::Settings forgetful() { return {.remember = 0s, .free_failures = 1000}; }

double seconds_of(const std::function<void()>& work) {
    const auto begin = clock::steady();
    work();
    return std::chrono::duration<double>(clock::steady() - begin).count();
}

std::string expire(const std::string& login) {
    return "dn: " + dn_of(login) +
           "\nchangetype: modify\nreplace: shadowExpire\nshadowExpire: 1\n-\n\n";
}

}  // namespace

TEST_CASE("the first login makes the account, with its home, by login or by address") {
    REQUIRE_OFFICE();
    Office office{person("anna") + person("bruno")};
    Authenticator authenticator{{}, office.db, ways(office.db, office.settings)};
    const auto anna = authenticator.authenticate({basic("Anna", "anna"), peer});
    CHECK(anna.kind == Kind::authenticated);
    REQUIRE(anna.home);
    CHECK(anna.home->principal.login == "anna");
    CHECK(anna.home->find(store::CollectionKind::calendar, "calendar"));
    CHECK(authenticator.authenticate({basic("bruno@firma.test", "bruno"), peer}).kind ==
          Kind::authenticated);
    CHECK(authenticator.from_memory({basic("Anna", "anna"), peer}));
    CHECK(authenticator.authenticate({basic("anna", "wrong"), peer}).kind == Kind::rejected);
    CHECK(authenticator.authenticate({basic("nobody", "x"), peer}).kind == Kind::rejected);
    CHECK(authenticator.authenticate({basic("anna", ""), peer}).kind == Kind::rejected);
}

TEST_CASE("ten first logins at once make one account") {
    REQUIRE_OFFICE();
    Office office{person("anna")};
    office.settings.connections = 10;
    Authenticator authenticator{{}, office.db, ways(office.db, office.settings)};
    std::atomic<int> right{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 10; ++i)
            threads.emplace_back([&, i] {
                // Each a credential of its own.
                const auto login = i % 2 == 0 ? "anna" : "ANNA";
                right += authenticator.authenticate({basic(login, "anna"), peer}).kind ==
                                 Kind::authenticated
                             ? 1
                             : 0;
            });
    }
    CHECK(right == 10);
    CHECK(office.database.query("SELECT count(*) FROM principal") == "1");
}

TEST_CASE("a local account is never sent to the directory, with or without a password") {
    REQUIRE_OFFICE();
    Office office{person("anna") + person("bruno")};
    directory::create_user(
        office.db, {.login = "anna", .display_name = "", .addresses = {}, .password = "secret"});
    directory::create_user(office.db, {.login = "bruno", .display_name = "", .addresses = {}});
    Authenticator authenticator{forgetful(), office.db, ways(office.db, office.settings)};
    CHECK(authenticator.authenticate({basic("anna", "secret"), peer}).kind == Kind::authenticated);
    CHECK(authenticator.authenticate({basic("anna", "anna"), peer}).kind == Kind::rejected);
    office.slapd.stop();  // nobody would know
    CHECK(authenticator.authenticate({basic("anna", "other"), peer}).kind == Kind::rejected);
    CHECK(authenticator.authenticate({basic("bruno", "bruno"), peer}).kind == Kind::rejected);
}

TEST_CASE("while the directory is down who is remembered goes on, others are told to come back, "
          "and nobody is disabled") {
    REQUIRE_OFFICE();
    Office office{person("anna") + person("bruno")};
    office.settings.sync_interval = 200ms;
    Keeper keeper{office.settings, office.db};
    REQUIRE(within(10s, [&] { return office.home("bruno") != nullptr; }));
    Authenticator authenticator{forgetful(), office.db, ways(office.db, office.settings)};
    REQUIRE(authenticator.authenticate({basic("anna", "anna"), peer}).kind == Kind::authenticated);
    office.slapd.stop();
    for (int i = 0; i < 3; ++i) {
        CHECK(authenticator.authenticate({basic("anna", "anna"), peer}).kind ==
              Kind::authenticated);
        CHECK(authenticator.authenticate({basic("anna", "wrong"), peer}).kind == Kind::unavailable);
        CHECK(authenticator.authenticate({basic("bruno", "bruno"), peer}).kind ==
              Kind::unavailable);
    }
    std::this_thread::sleep_for(1s);
    CHECK(office.database.query("SELECT count(*) FROM principal WHERE disabled") == "0");
    office.slapd.start();
    CHECK(within(10s, [&] {
        return authenticator.authenticate({basic("bruno", "bruno"), peer}).kind ==
               Kind::authenticated;
    }));
}

TEST_CASE("a disabled account loses its login at once where the server tells of changes") {
    REQUIRE_OFFICE();
    Office office{person("anna") + person("bruno")};
    Keeper keeper{office.settings, office.db};  // every 30 s, were it not told
    Authenticator authenticator{{}, office.db, ways(office.db, office.settings)};
    REQUIRE(authenticator.authenticate({basic("anna", "anna"), peer}).kind == Kind::authenticated);
    std::this_thread::sleep_for(2s);  // the first run is over
    office.slapd.change(expire("anna"));
    const auto seconds = seconds_of([&] {
        CHECK(within(25s, [&] {
            return authenticator.authenticate({basic("anna", "anna"), peer}).kind == Kind::rejected;
        }));
    });
    MESSAGE("disabled after ", seconds, " s");
    CHECK(seconds < 5);
    CHECK_FALSE(authenticator.from_memory({basic("anna", "anna"), peer}));
}

TEST_CASE("where it does not, it is noticed by the next comparison") {
    REQUIRE_SLAPD();
    REQUIRE_POSTGRESQL();
    const TestSlapd slapd{{.entries = person("anna") + person("bruno"), .tells_of_changes = false}};
    const TestDatabase database;
    const auto db = database.open();
    auto settings = slapd.settings();
    settings.sync_interval = 1s;
    Keeper keeper{settings, *db};
    Authenticator authenticator{{}, *db, ways(*db, settings)};
    REQUIRE(within(10s, [&] { return db->home("bruno") != nullptr; }));
    REQUIRE(authenticator.authenticate({basic("anna", "anna"), peer}).kind == Kind::authenticated);
    slapd.change(expire("anna"));
    CHECK(within(5s, [&] {
        return authenticator.authenticate({basic("anna", "anna"), peer}).kind == Kind::rejected;
    }));
}

TEST_CASE("a directory that hangs holds up nobody whose account is local") {
    REQUIRE_OFFICE();
    Office office{person("anna")};
    SilentServer silent;
    office.settings.uris = {silent.uri()};
    office.settings.timeout = 2s;
    directory::create_user(
        office.db, {.login = "local", .display_name = "", .addresses = {}, .password = "secret"});
    Authenticator authenticator{forgetful(), office.db, ways(office.db, office.settings)};
    auto hanging = std::async(std::launch::async, [&] {
        return authenticator.authenticate({basic("anna", "anna"), peer}).kind;
    });
    CHECK(seconds_of([&] {
              CHECK(authenticator.authenticate({basic("local", "secret"), peer}).kind ==
                    Kind::authenticated);
          }) < 1);
    CHECK(hanging.get() == Kind::unavailable);
    Keeper keeper{office.settings, office.db};
    CHECK(seconds_of([&] { CHECK(office.home("local")); }) < 0.5);
}
