#include "auth/app_password.hpp"
#include "auth/authenticator.hpp"
#include "auth/local.hpp"
#include "auth/password.hpp"
#include "base/text.hpp"
#include "db/fixture.hpp"

#include <chrono>
#include <thread>
#include <time.h>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;
using auth::Authenticator;
using Kind = auth::Result::Kind;

namespace {

constexpr auto peer = "192.0.2.1";

std::string basic(const std::string& login, const std::string& password) {
    return "Basic " + text::base64_encode(login + ":" + password);
}

auth::Ways ways(store::Database& db) {
    auth::Ways all;
    all.add(auth::Proof::app_password, std::make_shared<auth::AppPasswords>(db));
    all.add(auth::Proof::password, std::make_shared<auth::LocalPasswords>(db));
    return all;
}

/// A user with the password "secret".
struct Account {
    explicit Account(store::Database& node = shared_node())
        : db(node), login(Someone::new_login()) {
        id = directory::create_user(
            db, {.login = login, .display_name = "", .addresses = {}, .password = "secret"});
    }
    [[nodiscard]] std::string header(const std::string& password = "secret") const {
        return basic(login, password);
    }
    store::Database& db;
    std::string login;
    store::PrincipalId id;
};

/// Of processor time, which other programs do not change: of this thread, or of the whole process.
double milliseconds_of(clockid_t clock, const std::function<void()>& work) {
    const auto now = [clock] {
        timespec time{};
        ::clock_gettime(clock, &time);
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
    };
    const double begin = now();
    work();
    return now() - begin;
}

}  // namespace

TEST_CASE("the right password opens the home, in any case of the login") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    Authenticator authenticator{{}, jane.db, ways(jane.db)};
    const auto result = authenticator.authenticate({jane.header(), peer});
    CHECK(result.kind == Kind::authenticated);
    REQUIRE(result.home);
    CHECK(result.home->principal.id == jane.id);
    CHECK(authenticator.authenticate({basic(text::upper_ascii(jane.login), "secret"), peer}).kind ==
          Kind::authenticated);
}

TEST_CASE("without a header one is anonymous, and what is no password is rejected") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    Authenticator authenticator{{}, jane.db, ways(jane.db)};
    CHECK(authenticator.authenticate({"", peer}).kind == Kind::anonymous);
    CHECK(authenticator.from_memory({"", peer})->kind == Kind::anonymous);
    for (const auto& header :
         {jane.header("Secret"), jane.header(""), jane.header("secret "), basic("nobody", "secret"),
          basic("no/body", "x"), std::string("Bearer x"), std::string("Basic"), std::string("x")})
        CHECK(authenticator.authenticate({header, peer}).kind == Kind::rejected);
    CHECK(authenticator.challenge({"", peer}) == "Basic realm=\"Kalends\", charset=\"UTF-8\"");
}

TEST_CASE("an account without a password, and a group, cannot log in") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    Authenticator authenticator{{}, jane.db, ways(jane.db)};
    CHECK(authenticator.authenticate({basic(jane.login, ""), peer}).kind == Kind::rejected);
    CHECK(authenticator.authenticate({basic(jane.login, "x"), peer}).kind == Kind::rejected);
    const auto group = Someone::new_login();
    store::create_principal(jane.db, {.kind = store::PrincipalKind::group,
                                      .login = group,
                                      .display_name = {},
                                      .addresses = {},
                                      .administrator = false,
                                      .password_hash = auth::hash_password("secret"),
                                      .collections = {}});
    CHECK(authenticator.authenticate({basic(group, "secret"), peer}).kind == Kind::rejected);
}

TEST_CASE("a verified login is remembered, exactly as it was sent, for its time") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    Authenticator authenticator{{.remember = 1s}, jane.db, ways(jane.db)};
    CHECK_FALSE(authenticator.from_memory({jane.header(), peer}));
    authenticator.authenticate({jane.header(), peer});
    const auto known = authenticator.from_memory({jane.header(), peer});
    REQUIRE(known);
    CHECK(known->kind == Kind::authenticated);
    CHECK(known->home->principal.id == jane.id);
    CHECK_FALSE(authenticator.from_memory({jane.header("secret2"), peer}));
    std::this_thread::sleep_for(1100ms);
    CHECK_FALSE(authenticator.from_memory({jane.header(), peer}));
    CHECK(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);
}

TEST_CASE("a failed login is never remembered") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    Authenticator authenticator{{}, jane.db, ways(jane.db)};
    authenticator.authenticate({jane.header("wrong"), peer});
    CHECK_FALSE(authenticator.from_memory({jane.header("wrong"), peer}));
}

TEST_CASE("a changed password ends what is remembered, here at once and on another node within a "
          "second") {
    REQUIRE_POSTGRESQL();
    const auto other_node = shared_database().open();
    const Account jane;
    Authenticator here{{}, jane.db, ways(jane.db)};
    Authenticator there{{}, *other_node, ways(*other_node)};
    REQUIRE(here.authenticate({jane.header(), peer}).kind == Kind::authenticated);
    REQUIRE(there.authenticate({jane.header(), peer}).kind == Kind::authenticated);

    store::set_password_hash(jane.db, jane.id, auth::hash_password("another"));
    CHECK_FALSE(here.from_memory({jane.header(), peer}));
    CHECK(here.authenticate({jane.header(), peer}).kind == Kind::rejected);
    CHECK(within_a_second([&] {
        return there.authenticate({jane.header(), peer}).kind != Kind::authenticated;
    }));
    CHECK(there.authenticate({jane.header("another"), peer}).kind == Kind::authenticated);
}

TEST_CASE("a disabled user's remembered login ends on another node within a second, also with its "
          "LISTEN cut") {
    REQUIRE_POSTGRESQL();
    const auto other_node = shared_database().open();
    const Account jane;
    Authenticator there{{}, *other_node, ways(*other_node)};
    for (const bool cut : {false, true}) {
        store::set_disabled(jane.db, jane.id, false);
        REQUIRE(within_a_second([&] {
            return there.authenticate({jane.header(), peer}).kind == Kind::authenticated;
        }));
        REQUIRE(within_a_second([&] {
            there.authenticate({jane.header(), peer});
            return there.from_memory({jane.header(), peer}).has_value();
        }));
        if (cut)
            shared_database().query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                                    "WHERE datname = current_database() AND query LIKE 'LISTEN%'");
        store::set_disabled(jane.db, jane.id, true);
        CHECK(within_a_second([&] {
            return there.authenticate({jane.header(), peer}).kind == Kind::rejected;
        }));
        CHECK_FALSE(there.from_memory({jane.header(), peer}));
    }
}

TEST_CASE("guessing is answered with a wait, and who is remembered does not wait") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    Authenticator authenticator{{.free_failures = 3}, jane.db, ways(jane.db)};
    REQUIRE(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);
    for (int i = 0; i < 4; ++i)
        CHECK(authenticator.authenticate({jane.header("wrong" + std::to_string(i)), peer}).kind ==
              Kind::rejected);
    const auto result = authenticator.authenticate({jane.header("wrong"), peer});
    CHECK(result.kind == Kind::throttled);
    CHECK(result.retry_after >= 1s);
    CHECK(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);
    CHECK(authenticator.authenticate({jane.header("wrong"), "198.51.100.1"}).kind ==
          Kind::rejected);
}

TEST_CASE("a neighbour's guessing does not lock out a user whose login is no longer remembered") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    Authenticator authenticator{{.remember = 0s, .free_failures = 1}, jane.db, ways(jane.db)};
    REQUIRE(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);
    for (int i = 0; i < 5; ++i)
        authenticator.authenticate({jane.header("wrong" + std::to_string(i)), peer});
    REQUIRE(authenticator.authenticate({jane.header("wrong"), peer}).kind == Kind::throttled);
    CHECK(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);
}

TEST_CASE("an unknown login takes as long as a wrong password") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    Authenticator authenticator{{.free_failures = 1000}, jane.db, ways(jane.db)};
    double known = 1e9;
    double unknown = 1e9;
    for (int i = 0; i < 8; ++i) {
        const auto password = "wrong" + std::to_string(i);
        known = std::min(known, milliseconds_of(CLOCK_THREAD_CPUTIME_ID, [&] {
                             authenticator.authenticate({jane.header(password), peer});
                         }));
        unknown = std::min(unknown, milliseconds_of(CLOCK_THREAD_CPUTIME_ID, [&] {
                               authenticator.authenticate({basic("nobody", password), peer});
                           }));
    }
    CHECK(unknown > known * 0.6);
    CHECK(unknown < known * 1.6);
}

TEST_CASE("ten connections with the same new login cost one check of the password") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    Authenticator authenticator{{}, jane.db, ways(jane.db)};
    const double one =
        milliseconds_of(CLOCK_PROCESS_CPUTIME_ID,
                        [&] { auth::verify_password("x", auth::hash_password("y")); }) /
        2;
    std::atomic<int> right{0};
    const double ten = milliseconds_of(CLOCK_PROCESS_CPUTIME_ID, [&] {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 10; ++i)
            threads.emplace_back([&] {
                right +=
                    authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated
                        ? 1
                        : 0;
            });
    });
    CHECK(right.load() == 10);
    CHECK(ten < one * 5);
}

namespace {

/// A way that says what the test wants, and counts how often it is asked.
struct Oracle final : auth::Verifier {
    auth::Verdict verify(const auth::Presented& /*presented*/) override {
        ++asked;
        return verdict;
    }
    auth::Verdict verdict;
    int asked = 0;
};

auth::Ways ways(std::shared_ptr<Oracle> oracle) {
    auth::Ways all;
    all.add(auth::Proof::password, std::move(oracle));
    return all;
}

using Says = auth::Verdict::Kind;

}  // namespace

TEST_CASE("an app password logs in its user, with what it may do, until it is revoked") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const Account tor;
    const auto full = auth::make_app_password(jane.db, jane.id, "phone", false);
    const auto reading = auth::make_app_password(jane.db, jane.id, "wallboard", true);
    REQUIRE(full);
    REQUIRE(reading);
    Authenticator authenticator{{}, jane.db, ways(jane.db)};
    const auto result = authenticator.authenticate({basic(jane.login, *full), peer});
    CHECK(result.kind == Kind::authenticated);
    CHECK(result.scope == access::all);
    CHECK(authenticator.authenticate({basic(jane.login, *reading), peer}).scope ==
          access::read_all);
    CHECK(authenticator.from_memory({basic(jane.login, *reading), peer})->scope ==
          access::read_all);
    CHECK(authenticator.authenticate({basic(jane.login, text::upper_ascii(*full)), peer}).kind ==
          Kind::authenticated);
    CHECK(authenticator.authenticate({basic(tor.login, *full), peer}).kind == Kind::rejected);

    const auto listed = store::list_app_passwords(jane.db, jane.id);
    REQUIRE(listed.size() == 2);
    CHECK(listed[0].name == "phone");
    CHECK(listed[0].last_used > 0);
    CHECK(listed[0].last_peer == peer);
    CHECK(listed[1].read_only);

    CHECK_FALSE(store::revoke_app_password(tor.db, tor.id, listed[0].id));
    REQUIRE(store::revoke_app_password(jane.db, jane.id, listed[0].id));
    CHECK_FALSE(authenticator.from_memory({basic(jane.login, *full), peer}));
    CHECK(authenticator.authenticate({basic(jane.login, *full), peer}).kind == Kind::rejected);
    CHECK(authenticator.authenticate({basic(jane.login, *reading), peer}).kind ==
          Kind::authenticated);
}

TEST_CASE("one user has so many app passwords at most") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    for (std::size_t i = 0; i < store::max_app_passwords; ++i)
        REQUIRE(auth::make_app_password(jane.db, jane.id, "x", false));
    CHECK_FALSE(auth::make_app_password(jane.db, jane.id, "one more", false));
}

TEST_CASE(
    "a phone with a revoked app password slows down nobody, not even who shares its address") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const auto text = auth::make_app_password(jane.db, jane.id, "phone", false);
    REQUIRE(text);
    REQUIRE(store::revoke_app_password(jane.db, jane.id, auth::app_password_id(*text)));
    Authenticator authenticator{{.free_failures = 2}, jane.db, ways(jane.db)};
    for (int i = 0; i < 50; ++i) authenticator.authenticate({basic(jane.login, *text), peer});
    CHECK(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);
    const auto other = auth::make_app_password(jane.db, jane.id, "another phone", false);
    REQUIRE(other);
    CHECK(authenticator.authenticate({basic(jane.login, *other), peer}).kind ==
          Kind::authenticated);
}

TEST_CASE("who makes up app passwords has to wait, and only where none was ever right") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const auto own = auth::make_app_password(jane.db, jane.id, "phone", false);
    REQUIRE(own);
    Authenticator authenticator{{.free_failures = 3}, jane.db, ways(jane.db)};
    REQUIRE(authenticator.authenticate({basic(jane.login, *own), "198.51.100.7"}).kind ==
            Kind::authenticated);
    const auto made_up = [&](char c, std::string_view from) {
        const auto text = "kal-" + std::string(8, c) + '-' + std::string(26, c);
        return authenticator.authenticate({basic(jane.login, text), from}).kind;
    };
    for (const char c : std::string("abcd")) CHECK(made_up(c, peer) == Kind::rejected);
    CHECK(made_up('e', peer) == Kind::throttled);
    for (const char c : std::string("fghij")) CHECK(made_up(c, "198.51.100.7") == Kind::rejected);
    CHECK(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);
}

TEST_CASE("guessing neighbours lock out nobody who has logged in from that address before") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    Authenticator authenticator{{.remember = 0s, .free_failures = 1}, jane.db, ways(jane.db)};
    REQUIRE(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);
    for (int i = 0; i < 30; ++i)
        authenticator.authenticate({basic("guessed" + std::to_string(i), "x"), peer});
    CHECK(authenticator.authenticate({basic("guessed", "x"), peer}).kind == Kind::throttled);
    store::set_password_hash(jane.db, jane.id, auth::hash_password("new"));
    CHECK(authenticator.authenticate({jane.header("new"), peer}).kind == Kind::authenticated);
}

TEST_CASE("an unknown login and a wrong password are answered the same when they come again") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    Authenticator authenticator{{.free_failures = 3}, jane.db, ways(jane.db)};
    for (int i = 0; i < 10; ++i) {
        const auto known = authenticator.authenticate({jane.header("wrong"), "192.0.2.10"});
        const auto unknown =
            authenticator.authenticate({basic("nobody-at-all", "wrong"), "192.0.2.11"});
        CHECK(known.kind == unknown.kind);
    }
}

TEST_CASE("spaces around a login are no other login") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const auto oracle = std::make_shared<Oracle>();
    oracle->verdict = {.kind = Says::right, .principal = jane.id};
    Authenticator authenticator{{}, jane.db, ways(oracle)};
    for (const auto& login : {jane.login + " ", " " + jane.login, jane.login + "/"})
        CHECK(authenticator.authenticate({basic(login, "secret"), peer}).kind == Kind::rejected);
    CHECK(oracle->asked == 0);
}

TEST_CASE("a login that was checked before something changed is not remembered after it") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const auto oracle = std::make_shared<Oracle>();
    oracle->verdict = {.kind = Says::right,
                       .principal = jane.id,
                       .credential_seq = jane.db.home(jane.id)->principal.credential_seq};
    store::set_password_hash(jane.db, jane.id, auth::hash_password("new"));
    Authenticator authenticator{{}, jane.db, ways(oracle)};
    authenticator.authenticate({jane.header(), peer});
    CHECK_FALSE(authenticator.from_memory({jane.header(), peer}));
}

TEST_CASE("one entry that can't be written does not stop the audit, and long ones are cut") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    {
        store::AuditWriter writer{jane.db};
        std::string long_one;
        while (long_one.size() < 20'000) long_one += "ü" + std::to_string(long_one.size());
        writer.record({.event = "login.failed", .login = long_one, .detail = long_one});
        writer.record({.event = "login", .login = jane.login});
    }
    CHECK(store::read_audit(jane.db, {.login = jane.login}).size() == 1);
}

TEST_CASE("an app password is asked of nobody else, and looks like nothing that people think of") {
    CHECK(auth::app_password_id("kal-abcdefgh-abcdefghijkmnpqrstuvwxyz23").size() == 8);
    CHECK(auth::app_password_id("Kal-Abcdefgh-abcdefghijkmnpqrstuvwxyz23") == "abcdefgh");
    for (const std::string other :
         {"", "kal-", "kal-abcdefgh", "kal-abcdefgh-abcdefghijkmnpqrstuvwxyz2",
          "kal-abcdefgh-abcdefghijkmnpqrstuvwxyz233", "kal-abcdefgh-abcdefghijkmnpqrstuvwxyz2l",
          "kal-abcdefg/-abcdefghijkmnpqrstuvwxyz23", "lak-abcdefgh-abcdefghijkmnpqrstuvwxyz23",
          "kal-abcdefghxabcdefghijkmnpqrstuvwxyz23"})
        CHECK(auth::app_password_id(other).empty());
}

TEST_CASE("a wrong password that comes again is not asked of anybody and is no new guess") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const auto oracle = std::make_shared<Oracle>();
    oracle->verdict = {.kind = Says::wrong, .principal = jane.id};
    Authenticator authenticator{{.free_failures = 2}, jane.db, ways(oracle)};
    for (int i = 0; i < 50; ++i)
        CHECK(authenticator.authenticate({jane.header("old"), peer}).kind == Kind::rejected);
    CHECK(oracle->asked == 1);

    // As soon as something about the account changes it is looked at again.
    oracle->verdict.kind = Says::right;
    store::set_disabled(jane.db, jane.id, false);
    CHECK(authenticator.authenticate({jane.header("old"), peer}).kind == Kind::authenticated);
    CHECK(oracle->asked == 2);
}

TEST_CASE("while nobody can be asked, who has logged in before goes on for a set time") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const auto oracle = std::make_shared<Oracle>();
    oracle->verdict = {.kind = Says::right, .principal = jane.id};
    Authenticator authenticator{{.remember = 0s, .remember_in_outage = 2s}, jane.db, ways(oracle)};
    REQUIRE(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);

    oracle->verdict = {.kind = Says::unavailable};
    CHECK(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);
    CHECK(authenticator.authenticate({jane.header("x"), peer}).kind == Kind::unavailable);
    store::set_disabled(jane.db, jane.id, true);
    CHECK(authenticator.authenticate({jane.header(), peer}).kind == Kind::unavailable);
    store::set_disabled(jane.db, jane.id, false);
    CHECK(authenticator.authenticate({jane.header(), peer}).kind == Kind::unavailable);
}

TEST_CASE("an outage ends what was remembered when its time is over") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const auto oracle = std::make_shared<Oracle>();
    oracle->verdict = {.kind = Says::right, .principal = jane.id};
    Authenticator authenticator{{.remember = 0s, .remember_in_outage = 1s}, jane.db, ways(oracle)};
    REQUIRE(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);
    oracle->verdict = {.kind = Says::unavailable};
    std::this_thread::sleep_for(1100ms);
    CHECK(authenticator.authenticate({jane.header(), peer}).kind == Kind::unavailable);
}

TEST_CASE("what ends is not remembered for longer") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const auto oracle = std::make_shared<Oracle>();
    oracle->verdict = {.kind = Says::right, .principal = jane.id, .lifetime = 1s};
    Authenticator authenticator{{}, jane.db, ways(oracle)};
    REQUIRE(authenticator.authenticate({jane.header(), peer}).kind == Kind::authenticated);
    CHECK(authenticator.from_memory({jane.header(), peer}));
    std::this_thread::sleep_for(1100ms);
    CHECK_FALSE(authenticator.from_memory({jane.header(), peer}));
    oracle->verdict = {.kind = Says::unavailable};
    CHECK(authenticator.authenticate({jane.header(), peer}).kind == Kind::unavailable);
}

TEST_CASE("a password without TLS is taken from where the setting says, and nobody is asked for "
          "one elsewhere") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const auto kind = [&](auth::Plain plain, std::string_view from, bool secure) {
        Authenticator authenticator{{.plain = plain}, jane.db, ways(jane.db)};
        const auto header = jane.header();
        const auth::Asking asking{header, from, secure};
        CHECK(authenticator.challenge(asking).has_value() ==
              (authenticator.authenticate(asking).kind == Kind::authenticated));
        const auto known = authenticator.from_memory(asking);
        CHECK(known);
        return known->kind;
    };
    CHECK(kind(auth::Plain::loopback, peer, true) == Kind::authenticated);
    CHECK(kind(auth::Plain::loopback, peer, false) == Kind::insecure);
    CHECK(kind(auth::Plain::loopback, "127.0.0.1", false) == Kind::authenticated);
    CHECK(kind(auth::Plain::loopback, "::1", false) == Kind::authenticated);
    CHECK(kind(auth::Plain::loopback, "127.0.0.1.example", false) == Kind::insecure);
    CHECK(kind(auth::Plain::never, "127.0.0.1", false) == Kind::insecure);
    CHECK(kind(auth::Plain::anywhere, peer, false) == Kind::authenticated);
}

TEST_CASE("an address logs in its user") {
    REQUIRE_POSTGRESQL();
    const auto login = Someone::new_login();
    directory::create_user(shared_node(), {.login = login,
                                           .display_name = "",
                                           .addresses = {login + "@example.com"},
                                           .password = "secret"});
    Authenticator authenticator{{}, shared_node(), ways(shared_node())};
    const auto result = authenticator.authenticate(
        {basic(text::upper_ascii(login) + "@Example.com", "secret"), peer});
    REQUIRE(result.kind == Kind::authenticated);
    CHECK(result.home->principal.login == login);
    CHECK(authenticator.authenticate({basic(login + "@example.org", "secret"), peer}).kind ==
          Kind::rejected);
}

TEST_CASE("the audit tells who logged in from where, once, and who could not") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    {
        store::AuditWriter writer{jane.db};
        Authenticator authenticator{{.remember = 0s}, jane.db, ways(jane.db), &writer};
        for (int i = 0; i < 3; ++i) authenticator.authenticate({jane.header(), peer});
        authenticator.authenticate({jane.header(), "198.51.100.1"});
        authenticator.authenticate({jane.header("wrong"), peer});
    }
    const auto entries = store::read_audit(jane.db, {.login = jane.login});
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].event == "login.failed");
    CHECK(entries[0].detail.find("wrong password") != std::string::npos);
    CHECK(entries[1].peer == "198.51.100.1");
    CHECK(entries[2].event == "login");
    CHECK(entries[2].peer == peer);
    CHECK(store::read_audit(jane.db, {.login = jane.login, .event = "login"}).size() == 3);
    CHECK(store::read_audit(jane.db, {.login = jane.login, .event = "login.failed"}).size() == 1);
    CHECK(store::read_audit(jane.db, {.login = jane.login, .limit = 1}).size() == 1);
}

TEST_CASE("by a former login people find their URLs, and nobody else opens their account") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const auto former = Someone::new_login();
    shared_database().query("INSERT INTO login_alias (login, principal_id) VALUES ('" + former +
                            "', " + std::to_string(jane.id.value) + ")");
    CHECK(directory::find_for_login(jane.db, former)->principal.id == jane.id);
    CHECK(directory::find_by_current_name(jane.db, jane.login)->principal.id == jane.id);
    CHECK_FALSE(directory::find_by_current_name(jane.db, former));
}

TEST_CASE("huge headers are refused without a question") {
    REQUIRE_POSTGRESQL();
    const Account jane;
    const auto oracle = std::make_shared<Oracle>();
    Authenticator authenticator{{}, jane.db, ways(oracle)};
    const std::string much(30'000, 'a');
    for (const auto& header : {basic(jane.login, much), basic(much, "x"), "Bearer " + much, much})
        CHECK(authenticator.authenticate({header, peer}).kind == Kind::rejected);
    CHECK(oracle->asked == 0);
}
