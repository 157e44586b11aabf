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
            other_node->home(jane.login);
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
    double impossible = 1e9;
    for (int i = 0; i < 8; ++i) {
        const auto password = "wrong" + std::to_string(i);
        known = std::min(known, milliseconds_of(CLOCK_THREAD_CPUTIME_ID, [&] {
                             authenticator.authenticate({jane.header(password), peer});
                         }));
        unknown = std::min(unknown, milliseconds_of(CLOCK_THREAD_CPUTIME_ID, [&] {
                               authenticator.authenticate({basic("nobody", password), peer});
                           }));
        impossible = std::min(impossible, milliseconds_of(CLOCK_THREAD_CPUTIME_ID, [&] {
                                  authenticator.authenticate({basic("no body", password), peer});
                              }));
    }
    CHECK(unknown > known * 0.6);
    CHECK(unknown < known * 1.6);
    CHECK(impossible > known * 0.6);
    CHECK(impossible < known * 1.6);
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
