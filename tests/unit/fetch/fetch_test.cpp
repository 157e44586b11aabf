#include "fetch/address.hpp"
#include "fetch/fetch.hpp"
#include "fetch/url.hpp"
#include "http/server.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

using namespace kalends;
using namespace std::chrono_literals;

namespace {

/// A server that answers by the path.
class Answers final : public http::Handler {
public:
    std::atomic<int> asked{0};

    std::optional<http::Response> try_from_memory(const http::Request& request) override {
        ++asked;
        http::Response response;
        if (request.path == "/away") {
            response.status = http::Status::found;
            response.headers.add("Location", "http://127.0.0.1/elsewhere");
        } else if (request.path == "/large") {
            response.body.assign(10'000, 'x');
        } else if (request.path == "/slow") {
            std::this_thread::sleep_for(1s);
        } else {
            response.body = request.method + ' ' + request.body + ' ' +
                            std::string(request.headers.find("Authorization").value_or(""));
        }
        return response;
    }
    http::Lane lane(const http::Request& /*request*/) override { return http::Lane::read; }
    http::Response handle(const http::Request& /*request*/) override { return {}; }
};

struct Running {
    Running() {
        settings.listeners.emplace_back();
        server.emplace(settings, answers);
        server->start();
    }
    ~Running() { server->stop(); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    [[nodiscard]] std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(server->ports().front()) + path;
    }

    Answers answers;
    http::ServerSettings settings;
    std::optional<http::Server> server;
};

}  // namespace

TEST_CASE("a GET, and a POST of a form with a login") {
    const Running running;
    const auto got = fetch::fetch({}, {.url = running.url("/")});
    CHECK(got.status == 200);
    CHECK(got.body == "GET  ");
    const auto posted = fetch::fetch({}, {.url = running.url("/"),
                                          .form = "token=" + fetch::form_encode("a b+c&d"),
                                          .login = "us",
                                          .password = "secret"});
    CHECK(posted.body == "POST token=a%20b%2Bc%26d Basic dXM6c2VjcmV0");
}

TEST_CASE("a redirect is not followed, so that nobody is led elsewhere") {
    const Running running;
    CHECK(fetch::fetch({}, {.url = running.url("/away")}).status == 302);
    CHECK(running.answers.asked == 1);
}

TEST_CASE("an answer that is too large, too slow, or none is an error and not a wait") {
    const Running running;
    CHECK_THROWS_AS(fetch::fetch({.max_bytes = 9'999}, {.url = running.url("/large")}),
                    fetch::Unreachable);
    CHECK(fetch::fetch({.max_bytes = 10'000}, {.url = running.url("/large")}).body.size() ==
          10'000);
    CHECK_THROWS_AS(fetch::fetch({.timeout = 200ms}, {.url = running.url("/slow")}),
                    fetch::Unreachable);
    CHECK_THROWS_AS(fetch::fetch({}, {.url = "http://127.0.0.1:1/"}), fetch::Unreachable);
}

TEST_CASE("nothing is asked where others could listen") {
    for (const auto* safe : {"https://id.example/x", "http://127.0.0.1:8080/x", "http://[::1]/",
                             "http://localhost/", "HTTPS://id.example"})
        CHECK(fetch::is_safe(safe));
    for (const auto* unsafe :
         {"", "id.example", "http://id.example/", "http://127.0.0.1.evil.example/",
          "http://127.0.0.1@evil.example/", "http://localhost.evil.example", "file:///etc/passwd",
          "ftp://127.0.0.1/", "https://user:password@id.example/"})
        CHECK_FALSE(fetch::is_safe(unsafe));
    CHECK_THROWS_AS(fetch::fetch({}, {.url = "http://id.example/"}), fetch::Unreachable);
}

TEST_CASE("several are asked at the same time, and each has its own outcome") {
    const Running running;
    const auto outcomes = fetch::fetch_all({.max_bytes = 9'999}, {{.url = running.url("/large")},
                                                                  {.url = running.url("/away")},
                                                                  {.url = "http://id.example/"},
                                                                  {.url = "http://127.0.0.1:1/"},
                                                                  {.url = running.url("/")}});
    REQUIRE(outcomes.size() == 5);
    for (const std::size_t failed : {0, 2, 3}) {
        CHECK_FALSE(outcomes[failed].reply);
        CHECK_FALSE(outcomes[failed].why.empty());
    }
    REQUIRE(outcomes[1].reply);
    CHECK(outcomes[1].reply->status == 302);
    REQUIRE(outcomes[4].reply);
    CHECK(outcomes[4].reply->body == "GET  ");
    CHECK(fetch::fetch_all({}, {}).empty());

    const auto begin = std::chrono::steady_clock::now();
    const std::vector<fetch::Request> slow(8, {.url = running.url("/slow")});
    for (const auto& outcome : fetch::fetch_all({.timeout = 200ms}, slow))
        CHECK_FALSE(outcome.reply);
    CHECK(std::chrono::steady_clock::now() - begin < 1s);
}

TEST_CASE("what a stranger wrote leads to public addresses alone") {
    for (const auto* open :
         {"8.8.8.8", "192.0.1.1", "172.32.0.1", "100.128.0.1", "2a00::1", "2001:4860:4860::8888"}) {
        CAPTURE(open);
        CHECK(fetch::is_public(std::string(open)));
    }
    for (const auto* closed : {"0.0.0.0",
                               "10.1.2.3",
                               "127.0.0.1",
                               "127.255.0.1",
                               "169.254.169.254",
                               "172.16.0.1",
                               "172.31.255.255",
                               "192.168.1.1",
                               "100.64.0.1",
                               "224.0.0.1",
                               "255.255.255.255",
                               "::1",
                               "::",
                               "fe80::1",
                               "fc00::1",
                               "fd12::1",
                               "::ffff:8.8.8.8",
                               "64:ff9b::808:808",
                               "2002:808:808::1",
                               "2001:db8::1",
                               "ff02::1",
                               "",
                               "example.com"}) {
        CAPTURE(closed);
        CHECK_FALSE(fetch::is_public(std::string(closed)));
    }
    const Running running;
    for (const auto& url : {running.url("/"), std::string("https://127.0.0.1:1/"),
                            std::string("https://localhost:1/"), std::string("https://[::1]:1/")}) {
        CAPTURE(url);
        CHECK_THROWS_AS(fetch::fetch({.public_only = true}, {.url = url}), fetch::Unreachable);
    }
    CHECK(running.answers.asked == 0);
}
