// Bodies that are too large for memory.
#include "client.hpp"
#include "http/spool.hpp"
#include "support/directory.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <thread>
#include <vector>

using namespace testing_http;
using kalends::test::Directory;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t mega = 1'000'000;

/// Bytes that repeat nowhere soon, so that a piece at the wrong place is found out.
std::string content(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint32_t state = 1;
    for (auto& byte : bytes) {
        state = state * 1664525 + 1013904223;
        byte = static_cast<char>(state >> 24U);
    }
    return bytes;
}

class Digest {
public:
    void add(std::string_view bytes) {
        sum_ = ::crc32_z(sum_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    }
    [[nodiscard]] std::string text() const { return std::to_string(sum_); }

private:
    uLong sum_ = ::crc32_z(0, nullptr, 0);
};

std::string digest(std::string_view bytes) {
    Digest all;
    all.add(bytes);
    return all.text();
}

/// "file 1000000 DIGEST" or "memory 10 DIGEST": where the body was, its size and what it was.
http::Response describe(const http::Request& request) {
    Digest all;
    std::vector<char> piece(50000);
    std::uint64_t at = 0;
    for (;;) {
        const auto got = http::read_body(request, at, piece);
        if (got == 0) break;
        all.add({piece.data(), got});
        at += got;
    }
    if (request.spooled && !request.body.empty()) return text("both");
    return text((request.spooled ? "file " : "memory ") + std::to_string(at) + " " + all.text());
}

std::string in_file(std::string_view body) {
    return "file " + std::to_string(body.size()) + " " + digest(body);
}

std::string in_memory(std::string_view body) {
    return "memory " + std::to_string(body.size()) + " " + digest(body);
}

/// Allows files below /files/ only.
struct Uploads {
    Uploads() {
        handler.rule = [](const http::Request& head) -> http::BodyRule {
            if (!head.path.starts_with("/files/")) return {};
            return {UINT64_MAX, true};
        };
        handler.by_worker = describe;
        settings.spool_directory = directory.path;
    }
    /// Files of the spool that this process has open.
    [[nodiscard]] std::size_t open_files() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
            std::error_code closed_meanwhile;
            const auto target = std::filesystem::read_symlink(entry, closed_meanwhile).string();
            if (target.starts_with(directory.path.string() + "/")) ++count;
        }
        return count;
    }
    /// Whether nothing is spooled any more, in memory, on the disk, or in the counts.
    bool nothing_left(const http::Server& server) const {
        return eventually([&] {
            const auto now = server.statistics();
            return now.spooled_bytes == 0 && now.body_bytes == 0 && open_files() == 0 &&
                   std::filesystem::is_empty(directory.path);
        });
    }

    Directory directory;
    Answers handler;
    http::ServerSettings settings = plain_settings();
};

std::string head(std::string_view path, std::uint64_t length, std::string_view more = {}) {
    return "PUT " + std::string{path} +
           " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) + "\r\n" +
           std::string{more} + "\r\n";
}

std::string put(std::string_view path, std::string_view body) {
    return head(path, body.size()) + std::string{body};
}

std::string chunked_head(std::string_view path) {
    return "PUT " + std::string{path} +
           " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(std::string_view bytes) {
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
    return size.data() + std::string{bytes} + "\r\n";
}

std::string chunked(std::string_view path, std::string_view body, std::size_t chunk_size) {
    auto all = chunked_head(path);
    for (std::size_t at = 0; at < body.size(); at += chunk_size)
        all += chunk(body.substr(at, chunk_size));
    return all + "0\r\n\r\n";
}

/// A number of /proc/self/status, in bytes.
std::size_t memory(const std::string& name) {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name + ":")) return std::stoul(line.substr(name.size() + 1)) * 1024;
    return 0;
}

}  // namespace

TEST_CASE("a body that may be spooled stays in memory up to a bound, and is in a file beyond") {
    Uploads uploads;
    Running running{uploads.handler, uploads.settings};
    Client client{running.port};
    const auto most = content(http::max_unspooled_bytes);
    const auto more = content(http::max_unspooled_bytes + 1);
    CHECK(client.ask(put("/files/a", "small")).body == in_memory("small"));
    CHECK(client.ask(put("/files/a", most)).body == in_memory(most));
    CHECK(client.ask(chunked("/files/a", most, 5000)).body == in_memory(most));
    CHECK(running.server.statistics().spooled_bodies == 0);
    CHECK(client.ask(put("/files/a", more)).body == in_file(more));
    CHECK(client.ask(chunked("/files/a", more, 5000)).body == in_file(more));
    CHECK(running.server.statistics().spooled_bodies == 2);
    CHECK(uploads.nothing_left(running.server));
}

TEST_CASE("a body of megabytes arrives byte for byte, in whatever chunks it comes") {
    Uploads uploads;
    uploads.settings.limits.max_body_bytes = mega;  // which is for memory only
    Running running{uploads.handler, uploads.settings};
    Client client{running.port};
    const auto body = content(7 * mega + 1);
    CHECK(client.ask(put("/files/a", body)).body == in_file(body));
    for (const std::size_t chunk_size : {1000UL, 65536UL, 3 * mega})
        CHECK(client.ask(chunked("/files/a", body, chunk_size)).body == in_file(body));
    CHECK(client.ask(put("/other", body)).status == 413);
    CHECK(uploads.nothing_left(running.server));
}

TEST_CASE("a body that may not be spooled stays in memory, whatever its size") {
    Uploads uploads;
    Running running{uploads.handler, uploads.settings};
    const auto body = content(2 * mega);
    CHECK(Client{running.port}.ask(put("/other", body)).body == in_memory(body));
}

TEST_CASE("RFC 9112 9.3.2: large and small pipelined bodies are each answered for themselves") {
    Uploads uploads;
    Running running{uploads.handler, uploads.settings};
    Client client{running.port};
    const auto large = content(mega);
    std::string all;
    for (int i = 0; i < 3; ++i)
        all += put("/files/a", large) + put("/files/b", "small") +
               chunked("/files/c", large, 40000) + "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    std::thread sender{[&] { client.send(all); }};
    for (int i = 0; i < 3; ++i) {
        CHECK(client.receive().body == in_file(large));
        CHECK(client.receive().body == in_memory("small"));
        CHECK(client.receive().body == in_file(large));
        CHECK(client.receive().body == in_memory(""));
    }
    sender.join();
    CHECK(uploads.nothing_left(running.server));
}

TEST_CASE("the handler limits a body too, but can't allow more than the server does") {
    Answers handler;
    handler.rule = [](const http::Request& head) -> http::BodyRule {
        if (head.path == "/small") return {1000, false};
        if (head.path == "/small-file") return {500'000, true};
        return {UINT64_MAX, head.path == "/file"};
    };
    auto settings = plain_settings();
    settings.limits.max_body_bytes = 100'000;
    settings.limits.max_spooled_body_bytes = mega;
    Running running{handler, settings};
    struct Case {
        const char* path;
        std::size_t limit;
    };
    for (const auto& c : {Case{"/small", 1000}, Case{"/small-file", 500'000}, Case{"/", 100'000},
                          Case{"/file", mega}}) {
        CAPTURE(std::string{c.path});
        const std::string body(c.limit, 'a');
        CHECK(Client{running.port}.ask(put(c.path, body)).status == 200);
        CHECK(Client{running.port}.ask(chunked(c.path, body, 999)).status == 200);
        // Announced, it is refused before it is sent; in chunks, with the one that is too much.
        CHECK(Client{running.port}.ask(head(c.path, c.limit + 1)).status == 413);
        CHECK(Client{running.port}.ask(head(c.path, UINT64_MAX)).status == 413);
        CHECK(Client{running.port}.ask(chunked_head(c.path) + chunk(body) + "1\r\n").status == 413);
    }
}

TEST_CASE("the handler is asked with method, path and fields, and only if there is a body") {
    Answers handler;
    std::vector<std::string> asked;
    handler.rule = [&](const http::Request& head) -> http::BodyRule {
        asked.push_back(head.method + " " + head.path + " " + head.query + " " +
                        head.headers.joined("Host"));
        return {};
    };
    Running running{handler};
    Client client{running.port};
    CHECK(client.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);
    CHECK(client.ask(head("/none", 0)).status == 200);
    CHECK(client.ask(put("/a?b", "c")).status == 200);
    CHECK(client.ask(chunked("/d", "e", 1)).status == 200);
    CHECK(asked == std::vector<std::string>{"PUT /a b x", "PUT /d  x"});
}

TEST_CASE("RFC 9110 10.1.1: a client that asks first is told to go on only if there is room") {
    Uploads uploads;
    uploads.settings.limits.max_spooled_body_bytes = 3 * mega;
    uploads.settings.limits.max_spooled_bytes_in_all = 2 * mega;
    Running running{uploads.handler, uploads.settings};
    const auto expecting = [](std::size_t length) {
        return head("/files/a", length, "Expect: 100-continue\r\n");
    };
    Client client{running.port};
    const auto body = content(mega);
    CHECK(client.ask(expecting(body.size())).status == 100);
    CHECK(client.ask(body).body == in_file(body));
    CHECK(Client{running.port}.ask(expecting(2 * mega + 1)).status == 503);
    CHECK(Client{running.port}.ask(expecting(3 * mega + 1)).status == 413);
}

TEST_CASE("spooled bodies of all connections together have a limit") {
    Uploads uploads;
    uploads.settings.limits.max_spooled_bytes_in_all = mega;
    Running running{uploads.handler, uploads.settings};
    const auto body = content(700'000);
    Client first{running.port};
    first.send(head("/files/a", body.size()) + body.substr(0, 600'000));
    REQUIRE(eventually([&] { return running.server.statistics().spooled_bytes == 600'000; }));

    Client announced{running.port};
    const auto refused = announced.ask(head("/files/b", 400'001));
    CHECK(refused.status == 503);
    CHECK(refused.header("Retry-After") == "2");
    CHECK(announced.closed());
    Client unannounced{running.port};
    CHECK(unannounced.ask(chunked_head("/files/c") + chunk(content(400'001))).status == 503);
    CHECK(Client{running.port}.ask(put("/files/d", "small")).status == 200);

    CHECK(first.ask(body.substr(600'000)).body == in_file(body));
    CHECK(uploads.nothing_left(running.server));
    CHECK(Client{running.port}.ask(put("/files/b", body)).status == 200);
}

TEST_CASE("a client that goes away in the middle leaves nothing on the disk") {
    Uploads uploads;
    Running running{uploads.handler, uploads.settings};
    {
        Client announced{running.port};
        announced.send(head("/files/a", 3 * mega) + content(mega));
        Client unannounced{running.port};
        unannounced.send(chunked_head("/files/a") + chunk(content(mega)));
        REQUIRE(eventually([&] { return running.server.statistics().spooled_bytes == 2 * mega; }));
        CHECK(uploads.open_files() == 2);
        CHECK(running.server.statistics().body_bytes == 0);
    }
    CHECK(uploads.nothing_left(running.server));
}

TEST_CASE("a body that stops being HTTP leaves nothing on the disk") {
    Uploads uploads;
    Running running{uploads.handler, uploads.settings};
    Client client{running.port};
    CHECK(client.ask(chunked_head("/files/a") + chunk(content(mega)) + "no chunk\r\n").status ==
          400);
    CHECK(uploads.nothing_left(running.server));
}

TEST_CASE("an answer from memory gives a large body up, and no other request gets to see it") {
    Uploads uploads;
    uploads.handler.from_memory =
        [](const http::Request& request) -> std::optional<http::Response> {
        if (request.method == "PUT") return text("known");
        return std::nullopt;
    };
    Running running{uploads.handler, uploads.settings};
    Client client{running.port};
    CHECK(client.ask(put("/files/a", content(mega))).body == "known");
    CHECK(uploads.nothing_left(running.server));
    CHECK(client.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").body == in_memory(""));
}

TEST_CASE("a handler that fails leaves nothing on the disk") {
    Uploads uploads;
    uploads.handler.by_worker = [](const http::Request&) -> http::Response {
        throw std::runtime_error("the database is away");
    };
    Running running{uploads.handler, uploads.settings};
    Client client{running.port};
    CHECK(client.ask(put("/files/a", content(mega))).status == 500);
    CHECK(uploads.nothing_left(running.server));
}

TEST_CASE("a file stays as long as a streamed answer reads from it") {
    Uploads uploads;
    uploads.handler.by_worker = [](const http::Request& request) {
        http::Response response;
        response.more = [body = request.spooled, at = std::uint64_t{0}]() mutable {
            std::string piece(100'000, '\0');
            piece.resize(body->read(at, piece));
            at += piece.size();
            return piece;
        };
        return response;
    };
    Running running{uploads.handler, uploads.settings};
    Client client{running.port};
    const auto body = content(5 * mega);
    CHECK(digest(client.ask(put("/files/a", body)).body) == digest(body));
    CHECK(uploads.nothing_left(running.server));
}

TEST_CASE("without a place for them, large bodies are refused and small ones are not") {
    Uploads uploads;
    uploads.settings.spool_directory = "/nonexistent/spool";
    Running running{uploads.handler, uploads.settings};
    CHECK(Client{running.port}.ask(put("/files/a", "small")).status == 200);
    CHECK(Client{running.port}.ask(head("/files/a", mega)).status == 500);
    CHECK(Client{running.port}.ask(put("/other", content(mega))).status == 200);
}

TEST_CASE("a worker can be asked what becomes of a body, before any of it is read") {
    Uploads uploads;
    std::atomic<int> asked{0};
    uploads.handler.rule = [](const http::Request&) {
        http::BodyRule rule;
        rule.ask_worker = true;
        return rule;
    };
    uploads.handler.rule_by_worker = [&](const http::Request& request) -> http::BodyRule {
        ++asked;
        CHECK(request.peer == "127.0.0.1");
        CHECK(request.body.empty());
        if (request.path == "/small") return {10, false};
        return {UINT64_MAX, true};
    };
    Running running{uploads.handler, uploads.settings};
    Client client{running.port};
    const auto body = content(mega);
    CHECK(client.ask(put("/files/a", body)).body == in_file(body));
    CHECK(client.ask(put("/files/a", "abc")).body == in_memory("abc"));
    CHECK(client.ask(chunked_head("/files/a") + chunk(body) + "0\r\n\r\n").body == in_file(body));
    client.send(head("/files/a", 3, "Expect: 100-continue\r\n"));
    CHECK(client.receive().status == 100);
    CHECK(client.ask("abc").body == in_memory("abc"));
    CHECK(asked == 4);
    CHECK(client.ask(head("/small", 11)).status == 413);
    CHECK(uploads.nothing_left(running.server));
}

TEST_CASE("a body can be refused before it is sent, with an answer of the handler's own") {
    Uploads uploads;
    for (const bool on_worker : {false, true}) {
        const auto refused = [](const http::Request&) {
            http::BodyRule rule;
            rule.refusal = text("log in first");
            rule.refusal->status = http::Status::unauthorized;
            return rule;
        };
        uploads.handler.rule_by_worker = refused;
        uploads.handler.rule = [&](const http::Request& request) {
            if (!on_worker) return refused(request);
            http::BodyRule rule;
            rule.ask_worker = true;
            return rule;
        };
        Running running{uploads.handler, uploads.settings};
        Client client{running.port};
        const auto answer = client.ask(head("/files/a", 1000 * mega, "Expect: 100-continue\r\n"));
        CHECK(answer.status == 401);
        CHECK(answer.body == "log in first");
        CHECK(answer.header("Connection") == "close");
        CHECK(client.closed());
    }
}

TEST_CASE("a spooled body must come in time, but one that moves on gets more") {
    Uploads uploads;
    uploads.settings.timeouts.body = milliseconds{300};
    Running running{uploads.handler, uploads.settings};
    const auto body = content(400'000);
    Client moving{running.port};
    moving.send(head("/files/a", body.size()) + body.substr(0, 300'000));
    std::this_thread::sleep_for(milliseconds{700});
    CHECK(moving.ask(body.substr(300'000)).body == in_file(body));

    Client stuck{running.port};
    CHECK(stuck.ask(head("/files/a", body.size()) + "abc").status == 408);
    CHECK(uploads.nothing_left(running.server));
}

TEST_CASE("300 MB go through in constant memory") {
    Uploads uploads;
    Running running{uploads.handler, uploads.settings};
    Client client{running.port};
    const auto piece = content(mega);
    Digest sent;
    for (int i = 0; i < 300; ++i) sent.add(piece);
    CHECK(client.ask(put("/files/a", piece)).status == 200);

    const auto before = memory("VmRSS");
    std::ofstream{"/proc/self/clear_refs"} << "5";  // the peak begins anew (proc(5))
    REQUIRE(memory("VmHWM") < before + 50 * mega);
    client.send(head("/files/a", 300 * mega));
    for (int i = 0; i < 300; ++i) client.send(piece);
    CHECK(client.receive().body == "file 300000000 " + sent.text());
    client.send(chunked_head("/files/a"));
    for (int i = 0; i < 300; ++i) client.send(chunk(piece));
    CHECK(client.ask("0\r\n\r\n").body == "file 300000000 " + sent.text());
    CHECK(memory("VmHWM") < before + 50 * mega);
    CHECK(uploads.nothing_left(running.server));
}
