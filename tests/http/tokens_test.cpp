// Logins by Bearer tokens (RFC 6750), through the whole server and an issuer on the loopback.

#include "store/principals.hpp"
#include "support/directory.hpp"
#include "support/issuer.hpp"
#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <thread>

using namespace kalends;
using namespace kalends::test;

namespace {

Config config_for(const Issuer& issuer, const std::string& check = "keys") {
    auto config = test_config();
    config.oidc.issuer = issuer.url();
    config.oidc.check = check;
    config.oidc.audience = {"kalends"};
    config.oidc.timeout = std::chrono::seconds{2};
    return config;
}

/// With a client that may ask, and its secret in a file.
struct Introspecting {
    explicit Introspecting(const Issuer& issuer, const std::string& check = "introspection")
        : config(config_for(issuer, check)) {
        config.oidc.client_id = "us";
        config.oidc.client_secret_file = directory.path / "secret";
        std::ofstream(config.oidc.client_secret_file) << "of us\n";
    }
    Directory directory;
    Config config;
};

Fields bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

/// As somebody with this token would see her home.
int status(TestServer& server, const std::string& token) {
    auto fields = bearer(token);
    fields.emplace_back("Depth", "0");
    return server.nobody().request("PROPFIND", "/dav/calendars/alice/", {}, fields).status;
}

std::vector<std::string> challenges(const Reply& reply) {
    std::vector<std::string> values;
    for (const auto& [name, value] : reply.headers)
        if (name == "WWW-Authenticate") values.push_back(value);
    return values;
}

}  // namespace

TEST_CASE("RFC 6750 2.1: a token of the issuer opens the account that it names, and no other") {
    const Issuer issuer;
    TestServer server({"alice", "bob"}, config_for(issuer));
    CHECK(status(server, issuer.token("alice")) == 207);
    CHECK(status(server, issuer.token("ALICE")) == 207);
    CHECK(status(server, issuer.token("alice@example.com")) == 207);
    CHECK(status(server, issuer.token("bob")) == 404);
    CHECK(status(server, issuer.token("nobody")) == 401);
    CHECK(server.propfind("/dav/calendars/alice/", "D:displayname").status() ==
          207);  // by password
    CHECK(issuer.asked().discovery == 1);
    CHECK(issuer.asked().keys == 1);
}

TEST_CASE("tokens that are expired, another's, for others, or forged open nothing") {
    const Issuer issuer;
    const Issuer stranger;
    TestServer server({"alice"}, config_for(issuer));
    CHECK(status(server, issuer.token("alice", {}, -61)) == 401);
    CHECK(status(server, issuer.token("alice", {}, -30)) == 207);  // clocks differ
    CHECK(status(server, stranger.token("alice")) == 401);
    CHECK(stranger.asked().discovery == 0);
    CHECK(status(server, issuer.token("alice", R"("aud":"other")")) == 401);
    CHECK(status(server, make_jwt(stranger.key, "ES256",
                                  R"({"iss":")" + issuer.url() +
                                      R"(","aud":"kalends","exp":9999999999,)"
                                      R"("preferred_username":"alice"})")) == 401);
    CHECK(status(server, "opaque") == 401);
    CHECK(status(server, issuer.token("alice") + "AAAA") == 401);
}

TEST_CASE("who sends tokens of unknown keys does not make us ask the issuer each time") {
    const Issuer issuer;
    TestServer server({"alice"}, config_for(issuer));
    for (int i = 0; i < 20; ++i) {
        const SigningKey unknown{"P-256", "key " + std::to_string(i)};
        CHECK(status(server, make_jwt(unknown, "ES256", R"({"iss":")" + issuer.url() + R"("})")) ==
              401);
    }
    CHECK(issuer.asked().keys == 1);
    CHECK(status(server, issuer.token("alice")) == 207);
    CHECK(issuer.asked().keys == 1);
}

TEST_CASE("while the issuer is down, known keys go on working; without any, it is 503") {
    Issuer issuer;
    TestServer knows({"alice"}, config_for(issuer));
    CHECK(status(knows, issuer.token("alice")) == 207);
    TestServer knows_nothing({"alice"}, config_for(issuer));
    issuer.stop();
    CHECK(status(knows, issuer.token("alice", R"("jti":"another")")) == 207);
    CHECK(status(knows_nothing, issuer.token("alice")) == 503);
    CHECK(knows_nothing.propfind("/dav/calendars/alice/", "D:displayname").status() == 207);
}

TEST_CASE("RFC 6750 3: who is refused is told that tokens are taken, beside passwords") {
    const Issuer issuer;
    TestServer server({"alice"}, config_for(issuer));
    const auto without = challenges(server.nobody().get("/dav/calendars/alice/"));
    REQUIRE(without.size() == 2);
    CHECK(without[0] == "Basic realm=\"Kalends\", charset=\"UTF-8\"");
    CHECK(without[1] == "Bearer realm=\"Kalends\"");
    const auto wrong = challenges(server.nobody().get("/dav/calendars/alice/", bearer("x")));
    REQUIRE(wrong.size() == 2);
    CHECK(wrong[1] == "Bearer realm=\"Kalends\", error=\"invalid_token\"");
    TestServer no_tokens{"alice"};
    CHECK(challenges(no_tokens.nobody().get("/dav/calendars/alice/")).size() == 1);
}

TEST_CASE("a mail address names the account only if the issuer has verified it") {
    const Issuer issuer;
    auto config = config_for(issuer);
    config.oidc.login_claims = {"kalends_login", "email"};
    TestServer server({"alice"}, config);
    const auto verified = R"("email":"Alice@example.com","email_verified":true)";
    const auto claimed = R"("email":"alice@example.com")";
    const auto other =
        R"("kalends_login":"nobody","email":"alice@example.com","email_verified":true)";
    CHECK(status(server, issuer.token("", verified)) == 207);
    CHECK(status(server, issuer.token("", claimed)) == 401);
    CHECK(status(server, issuer.token("", other)) == 401);
}

TEST_CASE("a scope may be needed, and another may be for reading only") {
    const Issuer issuer;
    auto config = config_for(issuer);
    config.oidc.scope = "calendar";
    config.oidc.read_scope = "calendar.read";
    TestServer server({"alice"}, config);
    const auto put = [&](const std::string& scope) {
        return server.nobody()
            .put("/dav/calendars/alice/calendar/a.ics", event("a"),
                 bearer(issuer.token("alice", R"("scope":")" + scope + '"')))
            .status;
    };
    const auto read = issuer.token("alice", R"("scope":"openid calendar.read")");
    CHECK(status(server, read) == 207);
    CHECK(put("openid calendar.read") == 403);
    CHECK(put("openid calendar.read calendar") == 201);
    CHECK(status(server, issuer.token("alice", R"("scope":"openid")")) == 401);
    CHECK(status(server, issuer.token("alice")) == 401);
}

TEST_CASE("an expired token ends the session, though it was remembered") {
    const Issuer issuer;
    auto config = config_for(issuer);
    config.oidc.leeway = {};
    TestServer server({"alice"}, config);
    const auto token = issuer.token("alice", {}, 4);
    CHECK(status(server, token) == 207);
    std::this_thread::sleep_for(std::chrono::milliseconds{4200});
    CHECK(status(server, token) == 401);
}

TEST_CASE("expired tokens are no guesses: they slow down nobody") {
    const Issuer issuer;
    auto config = config_for(issuer);
    config.auth.free_failures = 1;
    TestServer server({"alice"}, config);
    for (int i = 0; i < 20; ++i)
        CHECK(status(server, issuer.token("alice", "\"n\":" + std::to_string(i), -3600)) == 401);
    CHECK(status(server, issuer.token("alice")) == 207);
    CHECK(server.propfind("/dav/calendars/alice/", "D:displayname").status() == 207);
}

TEST_CASE("a disabled account is closed for its tokens too") {
    const Issuer issuer;
    TestServer server({"alice"}, config_for(issuer));
    const auto token = issuer.token("alice");
    CHECK(status(server, token) == 207);
    store::set_disabled(server.database(), server.database().home("alice")->principal.id, true);
    CHECK(status(server, token) == 401);
}

TEST_CASE("RFC 7662: a token that only the issuer understands is asked about, once") {
    Issuer issuer;
    Introspecting setup{issuer};
    TestServer server({"alice"}, setup.config);
    issuer.knows("good", R"({"active":true,"username":"alice","aud":"kalends"})");
    issuer.knows("other", R"({"active":true,"username":"alice","aud":"other"})");
    issuer.knows("expired", R"({"active":true,"username":"alice","aud":"kalends","exp":1})");
    issuer.knows("stranger", R"({"active":true,"username":"alice","aud":"kalends","iss":"x"})");
    issuer.knows("strange", R"({"active":"true","username":"alice","aud":"kalends"})");
    for (int i = 0; i < 5; ++i) CHECK(status(server, "good") == 207);
    CHECK(issuer.asked().introspection == 1);
    for (const auto* token : {"other", "expired", "stranger", "strange", "unknown"}) {
        CAPTURE(token);
        CHECK(status(server, token) == 401);
    }
}

TEST_CASE("RFC 7662: while the issuer can't be asked it is 503, and is not asked each time") {
    Issuer issuer;
    Introspecting setup{issuer};
    setup.config.oidc.client_id = "stranger";
    TestServer server({"alice"}, setup.config);
    issuer.knows("good", R"({"active":true,"username":"alice","aud":"kalends"})");
    for (int i = 0; i < 5; ++i) CHECK(status(server, "good") == 503);
    CHECK(issuer.asked().introspection == 1);
    issuer.knows("a b", "not JSON");
    issuer.stop();
    CHECK(status(server, "good") == 503);
}

TEST_CASE("both ways: what is no JWT of the issuer is asked about") {
    Issuer issuer;
    Introspecting setup{issuer, "both"};
    TestServer server({"alice"}, setup.config);
    issuer.knows("opaque", R"({"active":true,"username":"alice","aud":"kalends"})");
    CHECK(status(server, issuer.token("alice")) == 207);
    CHECK(issuer.asked().introspection == 0);
    CHECK(status(server, "opaque") == 207);
    CHECK(issuer.asked().introspection == 1);
}
