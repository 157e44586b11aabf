#include "auth/keys.hpp"
#include "support/signing_key.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;

namespace {

/// An issuer that counts how often it is asked.
struct Issuer {
    SigningKey key{"P-256", "one"};
    std::atomic<int> asked{0};
    std::atomic<bool> is_down{false};
    std::string keys = key_set(key.jwk());
    std::string name = "https://id.example";

    fetch::Fetch fetch() {
        return [this](const fetch::Request& request) -> fetch::Reply {
            ++asked;
            if (is_down) throw fetch::Unreachable("it is down");
            if (request.url == "https://id.example/.well-known/openid-configuration")
                return {200,
                        R"({"issuer":")" + name + R"(","jwks_uri":"https://id.example/keys"})"};
            if (request.url == "https://id.example/keys") return {200, keys};
            return {404, "nothing here"};
        };
    }
};

auth::UnverifiedToken token(const SigningKey& key) {
    return auth::parse_jwt(make_jwt(key, "ES256", "{}"));
}

auth::KeySettings settings() {
    return {.issuer = "https://id.example", .url = "https://id.example/keys"};
}

}  // namespace

TEST_CASE("Discovery 4: the keys are found by the name of the issuer") {
    Issuer issuer;
    auth::Keys keys{{.issuer = issuer.name, .url = {}}, issuer.fetch()};
    CHECK(key_for(token(issuer.key), *keys.with_key_of(token(issuer.key))) != nullptr);
    CHECK(issuer.asked == 2);
}

TEST_CASE("Discovery 4.3: an issuer that says it is another is not believed") {
    Issuer issuer;
    issuer.name = "https://other.example";
    auth::Keys keys{{.issuer = "https://id.example", .url = {}}, issuer.fetch()};
    CHECK_THROWS_WITH_AS(keys.with_key_of(token(issuer.key)), doctest::Contains("oidc.issuer"),
                         fetch::Unreachable);
}

TEST_CASE("an issuer is asked once, however many tokens there are") {
    Issuer issuer;
    auth::Keys keys{settings(), issuer.fetch()};
    for (int i = 0; i < 100; ++i) keys.with_key_of(token(issuer.key));
    CHECK(issuer.asked == 1);
}

TEST_CASE("tokens of unknown keys do not make us ask again and again") {
    Issuer issuer;
    auth::Keys keys{settings(), issuer.fetch()};
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int k = 0; k < 50; ++k) {
                const auto forged = token(SigningKey{"P-256", std::to_string(k)});
                CHECK(key_for(forged, *keys.with_key_of(forged)) == nullptr);
            }
        });
    threads.clear();
    CHECK(issuer.asked == 1);
}

TEST_CASE("a new key of the issuer is known as soon as a token has it") {
    Issuer issuer;
    auto without_pause = settings();
    without_pause.pause = 0s;
    auth::Keys keys{without_pause, issuer.fetch()};
    keys.with_key_of(token(issuer.key));
    const SigningKey next{"P-256", "two"};
    issuer.keys = key_set(next.jwk());
    CHECK(key_for(token(next), *keys.with_key_of(token(next))) != nullptr);
    CHECK(issuer.asked == 2);
}

TEST_CASE("while the issuer is down its keys go on working, for their time") {
    Issuer issuer;
    auto short_time = settings();
    short_time.refresh = 0s;
    short_time.pause = 0s;
    short_time.keep = 1s;
    auth::Keys keys{short_time, issuer.fetch()};
    keys.with_key_of(token(issuer.key));
    issuer.is_down = true;
    CHECK(key_for(token(issuer.key), *keys.with_key_of(token(issuer.key))) != nullptr);
    CHECK_THROWS_AS(keys.with_key_of(token(SigningKey{"P-256", "new"})), fetch::Unreachable);
    std::this_thread::sleep_for(1100ms);
    CHECK_THROWS_AS(keys.with_key_of(token(issuer.key)), fetch::Unreachable);
}

TEST_CASE("an answer without a usable key does not replace those that are known") {
    Issuer issuer;
    auto eager = settings();
    eager.refresh = 0s;
    eager.pause = 0s;
    auth::Keys keys{eager, issuer.fetch()};
    keys.with_key_of(token(issuer.key));
    issuer.keys = "<html>maintenance</html>";
    for (int i = 0; i < 3; ++i)
        CHECK(key_for(token(issuer.key), *keys.with_key_of(token(issuer.key))) != nullptr);
}
