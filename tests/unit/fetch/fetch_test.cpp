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
