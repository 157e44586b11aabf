// What a client may send: RFC 9112.
#include "client.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace testing_http;

TEST_CASE("RFC 9112 9.3: a connection serves one request after the other") {
    Answers handler;
    Running running{handler};
    Client client{running.port};
    for (int i = 0; i < 3; ++i) {
        const auto answer = client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK(answer.status == 200);
        CHECK(answer.body == "GET /a");
        CHECK(answer.header("Connection").empty());
        CHECK(answer.header("Date").size() == 29);
    }
    CHECK(running.server.statistics().accepted == 1);
    CHECK(running.server.statistics().requests == 3);
}

TEST_CASE("RFC 9112 9.6: a client that wants to close is told so and the connection ends") {
    Answers handler;
    Running running{handler};
    Client client{running.port};
    const auto answer = client.ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(answer.header("Connection") == "close");
    CHECK(client.closed());
}

TEST_CASE("RFC 9112 9.3: HTTP/1.0 closes unless it asks to be kept") {
    Answers handler;
    Running running{handler};
    Client once{running.port};
    CHECK(once.ask("GET / HTTP/1.0\r\n\r\n").header("Connection") == "close");
    CHECK(once.closed());
    Client kept{running.port};
    for (int i = 0; i < 2; ++i)
        CHECK(kept.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").header("Connection") ==
              "keep-alive");
}

TEST_CASE(
    "RFC 9112 9.3.2: pipelined requests are answered in their order, wherever they are worked on") {
    Answers handler;
    handler.from_memory = [](const http::Request& request) -> std::optional<http::Response> {
        if (request.path.find("fast") == std::string::npos) return std::nullopt;
        return text(request.path);
    };
    handler.by_worker = [](const http::Request& request) {
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
        return text(request.path + request.body);
    };
    Running running{handler};
    Client client{running.port};
    std::string all;
    for (int i = 0; i < 100; ++i) {
        const auto number = std::to_string(i);
        if (i % 7 == 3) {
            all += "PUT /slow" + number + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
        } else {
            all += "GET /fast" + number + " HTTP/1.1\r\nHost: x\r\n\r\n";
        }
    }
    client.send(all);
    for (int i = 0; i < 100; ++i) {
        const auto number = std::to_string(i);
        CHECK(client.receive().body == (i % 7 == 3 ? "/slow" + number + "abc" : "/fast" + number));
    }
}

TEST_CASE("many more pipelined requests than fit into a buffer are all answered") {
    Answers handler;
    handler.from_memory = [](const http::Request& request) {
        return text(request.path + std::string(500, '.'));
    };
    Running running{handler};
    Client client{running.port};
    constexpr int count = 20000;
    std::thread sender{[&] {
        for (int i = 0; i < count; ++i)
            client.send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }};
    int right = 0;
    for (int i = 0; i < count; ++i)
        right += client.receive().body == "/" + std::to_string(i) + std::string(500, '.') ? 1 : 0;
    sender.join();
    CHECK(right == count);
}

TEST_CASE("a request is understood however it is cut into packets") {
    Answers handler;
    Running running{handler};
    const std::string request = "PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n";
    for (const std::size_t step : {1U, 2U, 3U, 7U}) {
        Client client{running.port};
        for (std::size_t at = 0; at < request.size(); at += step) {
            client.send(std::string_view{request}.substr(at, step));
            if (step > 1 || at % 8 == 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
        CHECK(client.receive().body == "PUT /x hello world");
        CHECK(client.ask("GET /next HTTP/1.1\r\nHost: x\r\n\r\n").body == "GET /next");
    }
}

TEST_CASE("RFC 9112 7.1: a chunked body arrives whole, and its trailer changes nothing") {
    Answers handler;
    handler.by_worker = [](const http::Request& request) {
        return text(std::to_string(request.body.size()) +
                    std::string{request.headers.find("Depth").value_or("none")});
    };
    Running running{handler};
    Client client{running.port};
    std::string request = "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 50; ++i) request += "2710\r\n" + std::string(10000, 'a') + "\r\n";
    CHECK(client.ask(request + "0\r\nDepth: infinity\r\n\r\n").body == "500000none");
}

TEST_CASE("a body of several megabytes arrives byte for byte") {
    Answers handler;
    std::string body;
    for (int i = 0; i < 600000; ++i) body += std::to_string(i);
    handler.by_worker = [&](const http::Request& request) {
        return text(request.body == body ? "same" : "different");
    };
    Running running{handler};
    Client client{running.port};
    const auto head =
        "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    for (int i = 0; i < 2; ++i) CHECK(client.ask(head + body).body == "same");
    CHECK(eventually([&] { return running.server.statistics().body_bytes == 0; }));
}

TEST_CASE("RFC 9110 10.1.1: a client that waits for 100 Continue gets it") {
    Answers handler;
    Running running{handler};
    Client client{running.port};
    CHECK(
        client.ask("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            .status == 100);
    CHECK(client.ask("ok").body == "PUT / ok");
    // One that does not wait needs none.
    CHECK(
        client
            .ask("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok")
            .status == 200);
    CHECK(client.ask("GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n").status == 200);
}

TEST_CASE("RFC 9112 2.2: an empty line before a request does no harm") {
    Answers handler;
    Running running{handler};
    Client client{running.port};
    CHECK(
        client
            .ask("\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
            .body == "GET /a");
    CHECK(client.receive().body == "GET /b");
}

TEST_CASE("a handler sees the request as the client sees it") {
    Answers handler;
    handler.by_worker = [](const http::Request& r) {
        return text(r.method + "|" + r.path + "|" + r.query + "|" + r.host + "|" + r.scheme + "|" +
                    r.peer + "|" + r.headers.joined("x-list"));
    };
    Running running{handler};
    Client client{running.port};
    CHECK(client
              .ask("X-NEW /a%2Fb/?q=1 HTTP/1.1\r\nHost: dav.example.com\r\nX-List: 1\r\nX-List:  2 "
                   "\r\n\r\n")
              .body == "X-NEW|/a%2Fb/|q=1|dav.example.com|http|127.0.0.1|1, 2");
    CHECK(
        client.ask("GET http://other.example/p?q HTTP/1.1\r\nHost: dav.example.com\r\n\r\n").body ==
        "GET|/p|q|other.example|http|127.0.0.1|");
    CHECK(client.ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").body ==
          "OPTIONS|/||x|http|127.0.0.1|");
}

TEST_CASE("each request has an id of its own") {
    Answers handler;
    handler.by_worker = [](const http::Request& request) { return text(request.id); };
    Running running{handler};
    Client client{running.port};
    const auto first = client.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").body;
    const auto second = client.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").body;
    CHECK(first.size() > 8);
    CHECK(first != second);
}

TEST_CASE("only a trusted proxy may say who the client is") {
    Answers handler;
    handler.by_worker = [](const http::Request& r) {
        return text(r.peer + " " + r.scheme + " " + r.host);
    };
    const std::string request =
        "GET / HTTP/1.1\r\nHost: inside\r\nX-Forwarded-For: 203.0.113.9\r\n"
        "X-Forwarded-Proto: https\r\nX-Forwarded-Host: dav.example.com\r\n\r\n";
    Running stranger{handler};
    CHECK(Client{stranger.port}.ask(request).body == "127.0.0.1 http inside");

    auto settings = plain_settings();
    settings.trusted_proxies = {"127.0.0.0/8"};
    Running behind{handler, settings};
    CHECK(Client{behind.port}.ask(request).body == "203.0.113.9 https dav.example.com");
}

TEST_CASE("several network threads share the connections") {
    Answers handler;
    auto settings = plain_settings();
    settings.network_threads = 3;
    Running running{handler, settings};
    for (int i = 0; i < 12; ++i) {
        Client client{running.port};
        CHECK(client.ask("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n").body ==
              "GET /" + std::to_string(i));
    }
    CHECK(eventually([&] { return running.server.statistics().connections == 0; }));
}
