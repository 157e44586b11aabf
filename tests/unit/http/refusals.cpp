// What is no request, or too much of one.
#include "client.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace testing_http;

namespace {

struct Bad {
    const char* what;
    std::string request;
    int status;
};

const std::string rest = " HTTP/1.1\r\nHost: x\r\n\r\n";

}  // namespace

TEST_CASE("a bad request gets its status with a reason, and the connection ends") {
    Answers handler;
    int handled = 0;
    handler.from_memory = [&](const http::Request&) {
        ++handled;
        return text("handled");
    };
    Running running{handler};
    using namespace std::string_literals;
    const Bad all[] = {
        {"no request line", "nonsense\r\n\r\n", 400},
        {"no version", "GET /\r\n\r\n", 400},
        {"a space in the method", " GET /" + rest, 400},
        {"a control character in the target", "GET /\x01" + rest, 400},
        {"a relative target", "GET dav" + rest, 400},
        {"authority-form", "CONNECT example.com:443" + rest, 400},
        {"* for GET", "GET *" + rest, 400},
        {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"a version to come", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
        {"no Host (RFC 9112 3.2)", "GET / HTTP/1.1\r\n\r\n", 400},
        {"two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
        {"a Host that is none", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"a NUL in a value", "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"s, 400},
        {"a bare CR in a value", "GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n", 400},
        {"a bare LF as line end", "GET / HTTP/1.1\nHost: x\n\n", 400},
        {"a space before the colon", "GET / HTTP/1.1\r\nHost: x\r\nX : a\r\n\r\n", 400},
        {"length and chunks (RFC 9112 6.1)",
         "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n",
         400},
        {"chunks and length",
         "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: "
         "3\r\n\r\n0\r\n\r\n",
         400},
        {"two lengths",
         "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400},
        {"a negative length", "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\n", 400},
        {"a length beyond numbers",
         "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400},
        {"an unknown transfer coding",
         "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
        {"chunked twice",
         "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
         "chunked\r\n\r\n",
         400},
        {"chunks in HTTP/1.0",
         "PUT / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"a chunk size that is none",
         "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n",
         400},
        {"a chunk longer than it says",
         "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n",
         400},
        {"a chunk size beyond numbers",
         "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
         400},
        {"an endless chunk extension",
         "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
             std::string(20000, 'a'),
         400},
        {"an unknown expectation", "PUT / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n", 417},
    };
    for (const auto& bad : all) {
        CAPTURE(std::string{bad.what});
        Client client{running.port};
        const auto answer = client.ask(bad.request);
        CHECK(answer.status == bad.status);
        CHECK(answer.header("Connection") == "close");
        CHECK(answer.body.size() > 10);
        CHECK(client.closed());
    }
    CHECK(handled == 0);
    CHECK(Client{running.port}.ask("GET /" + rest).status == 200);
}

TEST_CASE("a header that is too large gets 431, a request line 414") {
    Answers handler;
    auto settings = plain_settings();
    settings.limits.max_header_bytes = 4096;
    Running running{handler, settings};
    const auto with_header = [](std::size_t size) {
        return "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(size, 'a') + "\r\n\r\n";
    };
    CHECK(Client{running.port}.ask(with_header(3900)).status == 200);
    CHECK(Client{running.port}.ask(with_header(4096)).status == 431);
    CHECK(Client{running.port}.ask(with_header(100000)).status == 431);
    CHECK(Client{running.port}.ask("GET /" + std::string(5000, 'a') + rest).status == 414);

    std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 300; ++i) many += "a:\r\n";
    CHECK(Client{running.port}.ask(many + "\r\n").status == 431);

    // Many small fields, each in a packet of its own, are too many all the same.
    Client slow{running.port};
    slow.send("GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 50; ++i) {
        if (slow.send_some("X-Field: " + std::string(100, 'a') + "\r\n") == 0) break;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    CHECK(slow.receive().status == 431);
}

TEST_CASE("a body over the limit gets 413, before it is sent where its length is declared") {
    Answers handler;
    auto settings = plain_settings();
    settings.limits.max_body_bytes = 1000;
    Running running{handler, settings};
    const auto head = [](int length) {
        return "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) +
               "\r\n\r\n";
    };
    CHECK(Client{running.port}.ask(head(1000) + std::string(1000, 'a')).status == 200);
    CHECK(Client{running.port}.ask(head(1001)).status == 413);
    CHECK(
        Client{running.port}
            .ask(
                "PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n")
            .status == 413);
    CHECK(Client{running.port}.ask("PUT / HTTP/1.0\r\nContent-Length: 1001\r\n\r\n").status == 413);
    CHECK(Client{running.port}
              .ask("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n" +
                   std::string(500, 'a') + "\r\n1f5\r\n")
              .status == 413);
}

TEST_CASE("RFC 9112 9.6: a client that goes on sending can still read why it was refused") {
    Answers handler;
    auto settings = plain_settings();
    settings.limits.max_body_bytes = 1000;
    Running running{handler, settings};
    Client client{running.port};
    client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n");
    REQUIRE(client.hears(std::chrono::milliseconds{5000}));
    for (int i = 0; i < 30; ++i) {
        CHECK_NOTHROW(client.send(std::string(100000, 'a')));
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    CHECK(client.receive().status == 413);
}

TEST_CASE("bodies of all connections together have a limit") {
    Answers handler;
    auto settings = plain_settings();
    settings.limits.max_body_bytes_in_all = 150000;
    Running running{handler, settings};
    const std::string half =
        "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n" + std::string(100000, 'a');
    Client first{running.port};
    first.send(half);
    CHECK(eventually([&] { return running.server.statistics().body_bytes == 100000; }));
    CHECK(Client{running.port}.ask(half).status == 503);
    CHECK(first.ask("a").status == 200);
    CHECK(eventually([&] { return running.server.statistics().body_bytes == 0; }));
}
