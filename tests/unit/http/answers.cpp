// What a server may answer.
#include "client.hpp"
#include "gunzip.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

using namespace testing_http;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string get_gzip = "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n";

/// `count` pieces of `size` bytes; `pulled` counts them.
http::Response stream(int count, std::size_t size, std::atomic<int>& pulled) {
    auto response = text("begin ");
    response.more = [=, &pulled, left = count]() mutable {
        if (left-- == 0) return std::string{};
        ++pulled;
        return std::string(size, 'x');
    };
    return response;
}

}  // namespace

TEST_CASE("RFC 9110 9.3.2: HEAD gets the fields of GET and no body") {
    Answers handler;
    handler.by_worker = [](const http::Request&) { return text("five!"); };
    Running running{handler};
    Client client{running.port};
    for (int i = 0; i < 2; ++i) {
        client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto answer = client.receive(true);
        CHECK(answer.status == 200);
        CHECK(answer.header("Content-Length") == "5");
    }
    CHECK(client.ask(get).body == "five!");
}

TEST_CASE("a HEAD without a body may say the length of the GET") {
    Answers handler;
    handler.by_worker = [](const http::Request&) {
        http::Response response;
        response.length = 1234;
        return response;
    };
    Running running{handler};
    Client client{running.port};
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(client.receive(true).header("Content-Length") == "1234");
    CHECK(client.ask(get).header("Content-Length") == "0");
}

TEST_CASE("a HEAD of a stream pulls nothing of it") {
    Answers handler;
    std::atomic<int> pulled{0};
    handler.by_worker = [&](const http::Request&) { return stream(3, 10, pulled); };
    Running running{handler};
    Client client{running.port};
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(client.receive(true).status == 200);
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(client.receive(true).status == 200);
    CHECK(pulled == 0);
}

TEST_CASE("RFC 9112 6.2: a stream of known length is sent as it is, and the connection goes on") {
    Answers handler;
    std::atomic<int> pulled{0};
    handler.by_worker = [&](const http::Request&) {
        auto response = stream(5, 10000, pulled);
        response.length = response.body.size() + 50000;
        return response;
    };
    Running running{handler};
    Client client{running.port};
    for (int i = 0; i < 2; ++i) {
        const auto answer = client.ask(get);
        CHECK(answer.header("Content-Length") == "50006");
        CHECK(answer.header("Transfer-Encoding").empty());
        CHECK(answer.body == "begin " + std::string(50000, 'x'));
    }
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(client.receive(true).header("Content-Length") == "50006");
    CHECK(client.ask(get).status == 200);
}

TEST_CASE("a stream that is shorter or longer than was said ends the connection") {
    for (const std::uint64_t length : {25'000, 35'000}) {
        Answers handler;
        std::atomic<int> pulled{0};
        handler.by_worker = [&](const http::Request&) {
            auto response = stream(3, 10000, pulled);
            response.body.clear();
            response.length = length;
            return response;
        };
        Running running{handler};
        Client client{running.port};
        client.send(get);
        CHECK_THROWS(client.receive());
    }
}

TEST_CASE("RFC 9110 8.6: 204 and 304 have neither body nor length") {
    Answers handler;
    handler.by_worker = [](const http::Request& request) {
        auto response = text("not to be sent");
        response.status =
            request.path == "/204" ? http::Status::no_content : http::Status::not_modified;
        return response;
    };
    Running running{handler};
    Client client{running.port};
    for (const auto* path : {"204", "304"}) {
        const auto answer =
            client.ask("GET /" + std::string{path} + " HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK(std::to_string(answer.status) == path);
        CHECK_FALSE(answer.headers.find("Content-Length"));
    }
}

TEST_CASE("a body of megabytes arrives whole at a client that reads slowly") {
    Answers handler;
    const auto big = std::make_shared<const std::string>(8'000'000, 'b');
    handler.from_memory = [&](const http::Request&) {
        http::Response response;
        response.shared_body = big;
        return response;
    };
    Running running{handler};
    Client client{running.port, 4096};
    client.send(get + get);
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    CHECK(client.receive().body == *big);
    CHECK(client.receive().body == *big);
}

TEST_CASE("RFC 9112 7.1: a stream is sent in chunks, and the connection goes on after it") {
    Answers handler;
    std::atomic<int> pulled{0};
    handler.by_worker = [&](const http::Request&) { return stream(5, 10000, pulled); };
    Running running{handler};
    Client client{running.port};
    for (int i = 0; i < 2; ++i) {
        const auto answer = client.ask(get);
        CHECK(answer.header("Transfer-Encoding") == "chunked");
        CHECK(answer.body == "begin " + std::string(50000, 'x'));
    }
    CHECK(pulled == 10);
}

TEST_CASE("a stream from memory, and one that is empty, are streams too") {
    Answers handler;
    std::atomic<int> pulled{0};
    handler.from_memory = [&](const http::Request& request) {
        auto response = stream(request.path == "/none" ? 0 : 1, 10, pulled);
        response.body.clear();
        return response;
    };
    Running running{handler};
    Client client{running.port};
    CHECK(client.ask("GET /none HTTP/1.1\r\nHost: x\r\n\r\n").body.empty());
    CHECK(client.ask(get).body == "xxxxxxxxxx");
}

TEST_CASE("HTTP/1.0 gets a stream up to the end of the connection") {
    Answers handler;
    std::atomic<int> pulled{0};
    handler.by_worker = [&](const http::Request&) { return stream(5, 1000, pulled); };
    Running running{handler};
    Client client{running.port};
    const auto answer = client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK_FALSE(answer.headers.find("Transfer-Encoding"));
    CHECK(answer.header("Connection") == "close");
    CHECK(answer.body == "begin " + std::string(5000, 'x'));
}

TEST_CASE("a client that stops reading stops the stream at its source") {
    Answers handler;
    std::atomic<int> pulled{0};
    handler.by_worker = [&](const http::Request&) { return stream(10000, 100000, pulled); };
    Running running{handler};
    Client client{running.port, 4096};
    client.send(get);
    CHECK(eventually([&] { return pulled > 0; }));
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    const int at_rest = pulled;
    CHECK(at_rest < 100);  // what the sockets' buffers took
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    CHECK(pulled == at_rest);
    CHECK(running.server.statistics().lanes[index(http::Lane::read)].running == 0);
}

TEST_CASE("a stream that fails cuts the connection, so that nobody takes the part for the whole") {
    Answers handler;
    handler.by_worker = [](const http::Request&) {
        auto response = text("begin ");
        response.more = [left = 3]() mutable -> std::string {
            if (left-- == 0) throw std::runtime_error("the database has gone");
            return "part ";
        };
        return response;
    };
    Running running{handler};
    Client client{running.port};
    CHECK_THROWS(client.ask(get));
    Client old{running.port};
    old.send("GET / HTTP/1.0\r\n\r\n");
    CHECK_THROWS(old.receive());
}

TEST_CASE("a handler that throws is a 500 with the request's id and no detail") {
    Answers handler;
    handler.by_worker = [](const http::Request&) -> http::Response {
        throw std::runtime_error("secret detail");
    };
    handler.from_memory = [](const http::Request& request) -> std::optional<http::Response> {
        if (request.path == "/memory") throw std::runtime_error("secret detail");
        return std::nullopt;
    };
    Running running{handler};
    Client client{running.port};
    for (const auto* path : {"/", "/memory"}) {
        const auto answer = client.ask("GET " + std::string{path} + " HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK(answer.status == 500);
        CHECK(answer.body.find("request ") != std::string::npos);
        CHECK(answer.body.find("secret") == std::string::npos);
    }
}

TEST_CASE("RFC 9110 8.4: a large body is compressed for who accepts that, and caches are told") {
    Answers handler;
    const std::string body(50000, 'z');
    handler.by_worker = [&](const http::Request&) {
        auto response = text(body);
        response.headers.add("Vary", "Prefer");
        return response;
    };
    Running running{handler};
    Client client{running.port};
    const auto packed = client.ask(get_gzip);
    CHECK(packed.header("Content-Encoding") == "gzip");
    CHECK(packed.header("Vary") == "Prefer, Accept-Encoding");
    CHECK(packed.body.size() < 1000);
    CHECK(gunzip(packed.body) == body);

    const auto plain = client.ask(get);
    CHECK_FALSE(plain.headers.find("Content-Encoding"));
    CHECK(plain.header("Vary") == "Prefer, Accept-Encoding");
    CHECK(plain.body == body);
    const auto refused =
        client.ask("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip;q=0\r\n\r\n");
    CHECK_FALSE(refused.headers.find("Content-Encoding"));
}

TEST_CASE("a large answer from memory is compressed too, but not on the network thread") {
    Answers handler;
    const auto body = std::make_shared<const std::string>(50000, 'z');
    handler.from_memory = [&](const http::Request&) {
        http::Response response;
        response.shared_body = body;
        return response;
    };
    Running running{handler};
    const auto done = [&] {
        return running.server.statistics().lanes[index(http::Lane::read)].done;
    };
    Client client{running.port};
    CHECK(gunzip(client.ask(get_gzip).body) == *body);
    CHECK(eventually([&] { return done() == 1; }));
    CHECK(client.ask(get).body == *body);
    CHECK(done() == 1);
}

TEST_CASE("a stream is compressed piece by piece") {
    Answers handler;
    std::atomic<int> pulled{0};
    handler.by_worker = [&](const http::Request&) { return stream(300, 10000, pulled); };
    Running running{handler};
    Client client{running.port};
    for (int i = 0; i < 2; ++i) {
        const auto answer = client.ask(get_gzip);
        CHECK(answer.header("Content-Encoding") == "gzip");
        CHECK(answer.body.size() < 100000);
        CHECK(gunzip(answer.body) == "begin " + std::string(3'000'000, 'x'));
    }
}

TEST_CASE("what is short, already coded, not to be compressed or has an ETag stays as it is") {
    Answers handler;
    handler.by_worker = [](const http::Request& request) {
        auto response = text(std::string(request.path == "/short" ? 100 : 10000, 'z'));
        if (request.path == "/coded") response.headers.add("Content-Encoding", "br");
        if (request.path == "/photo") response.compressible = false;
        if (request.path == "/object") response.headers.add("ETag", "\"1\"");
        return response;
    };
    Running running{handler};
    Client client{running.port};
    for (const std::string path : {"/short", "/coded", "/photo", "/object"}) {
        const auto answer =
            client.ask("GET " + path + " HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
        CHECK(answer.header("Content-Encoding") == (path == "/coded" ? "br" : ""));
        CHECK(answer.body == std::string(path == "/short" ? 100 : 10000, 'z'));
    }
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
    CHECK_FALSE(client.receive(true).headers.find("Content-Length"));  // the GET's is not known
    auto settings = plain_settings();
    settings.gzip = false;
    Running never{handler, settings};
    CHECK_FALSE(Client{never.port}.ask(get_gzip).headers.find("Content-Encoding"));
}

TEST_CASE("RFC 9110 14.4: a part of a representation is not compressed, since its bytes count") {
    Answers handler;
    handler.by_worker = [](const http::Request&) {
        auto response = text(std::string(10000, 'z'));
        response.status = http::Status::partial_content;
        response.headers.add("Content-Range", "bytes 0-9999/20000");
        return response;
    };
    Running running{handler};
    const auto answer = Client{running.port}.ask(get_gzip);
    CHECK_FALSE(answer.headers.find("Content-Encoding"));
    CHECK(answer.body.size() == 10000);
}
