// Files of any size, and parts of them: RFC 4918 9.7, RFC 9110 14, RFC 4331.

#include "base/text.hpp"
#include "store/files.hpp"
#include "store/objects.hpp"
#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace kalends::test;
using kalends::Config;

namespace {

constexpr std::size_t mega = 1'000'000;

/// Bytes that repeat nowhere soon, so that a piece at the wrong place is found out.
std::string content(std::size_t size, std::uint32_t state = 1) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes) {
        state = state * 1664525 + 1013904223;
        byte = static_cast<char>(state >> 24U);
    }
    return bytes;
}

const Fields any_bytes{{"Content-Type", "application/octet-stream"}};

/// A line of /proc/self/status, in bytes.
std::size_t memory(const std::string& name) {
    std::ifstream status{"/proc/self/status"};
    std::string line;
    while (std::getline(status, line))
        if (line.starts_with(name + ":")) return std::stoul(line.substr(name.size() + 1)) * 1024;
    return 0;
}

std::string part(const std::string& all, std::size_t first, std::size_t last) {
    return all.substr(first, last - first + 1);
}

/// The head of an upload, of which the body need not follow.
std::string upload_head(const User& user, const std::string& path, std::uint64_t length,
                        const Fields& more = {}) {
    std::string head = "PUT " + path +
                       " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) + "\r\n";
    for (const auto& [name, value] : user.authorization()) head += name + ": " + value + "\r\n";
    for (const auto& [name, value] : more) head += name + ": " + value + "\r\n";
    return head + "\r\n";
}

std::string get_head(const User& user, const std::string& path) {
    std::string head = "GET " + path + " HTTP/1.1\r\nHost: x\r\n";
    for (const auto& [name, value] : user.authorization()) head += name + ": " + value + "\r\n";
    return head + "\r\n";
}

}  // namespace

TEST_CASE("RFC 4918 9.7: files of every size come back byte for byte, with the etag of the PUT") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto chunk = kalends::store::chunk_bytes;
    for (const auto size :
         {std::size_t{0}, std::size_t{1}, chunk - 1, chunk, chunk + 1, 2 * chunk, 5 * mega}) {
        CAPTURE(size);
        const auto body = content(size);
        const auto path = server.files("f" + std::to_string(size));
        const auto stored = server.put(path, body, {{"Content-Type", "image/png"}});
        REQUIRE(stored.status == 201);
        const auto got = server.get(path);
        CHECK(got.status == 200);
        CHECK((got.body == body));
        CHECK(got.etag() == stored.etag());
        CHECK(got.content_type() == "image/png");
        CHECK(got.header("Content-Length") == std::to_string(size));
        CHECK(got.header("Accept-Ranges") == "bytes");
        CHECK(server.head(path).header("Content-Length") == std::to_string(size));
        CHECK(server.get(path, {{"If-None-Match", stored.etag()}}).status == 304);
        const auto properties = server.propfind(path, "D:getcontentlength D:getetag");
        CHECK(properties.only().text("D:getcontentlength") == std::to_string(size));
        CHECK(properties.only().text("D:getetag") == stored.etag());
    }
}

TEST_CASE("a large file can be made small, large again, and deleted, and its pieces go") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.files("movie");
    const auto home = server.database().home("alice");
    const auto stored = [&] {
        return kalends::store::find_object(
            server.database(), home->principal.id,
            home->root(kalends::store::CollectionKind::file_home)->id, "movie");
    };
    const auto first_piece = [&](std::int64_t content) {
        return kalends::store::file_piece(server.database(), home->principal.id, content, 0);
    };
    CHECK(server.put(path, content(mega), any_bytes).status == 201);
    const auto first = stored()->content_id;
    CHECK_FALSE(first_piece(first).empty());
    CHECK(server.put(path, "small", any_bytes).status == 204);
    CHECK(server.get(path).body == "small");
    CHECK(first_piece(first).empty());
    CHECK(server.put(path, content(mega, 2), any_bytes).status == 204);
    CHECK((server.get(path).body == content(mega, 2)));
    const auto second = stored()->content_id;
    CHECK(server.erase(path).status == 204);
    CHECK(first_piece(second).empty());
    CHECK(server.get(path).status == 404);
}

TEST_CASE("RFC 9110 13.1: an upload of a large file is conditional too") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.files("movie");
    const auto first = server.put(path, content(mega), any_bytes);
    auto headers = any_bytes;
    headers.emplace_back("If-None-Match", "*");
    CHECK(server.put(path, content(mega, 2), headers).status == 412);
    headers.back() = {"If-Match", "\"other\""};
    CHECK(server.put(path, content(mega, 2), headers).status == 412);
    CHECK((server.get(path).body == content(mega)));
    headers.back() = {"If-Match", first.etag()};
    CHECK(server.put(path, content(mega, 2), headers).status == 204);
    CHECK((server.get(path).body == content(mega, 2)));
}

TEST_CASE("RFC 9110 14.2: a part of a file or of an event is a 206, whatever its size") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto chunk = kalends::store::chunk_bytes;
    const auto small = event("A");
    const auto large = content(3 * chunk + 10);
    server.put("calendar/a.ics", small);
    server.put(server.files("large"), large, any_bytes);
    for (const auto& row :
         {std::pair{server.calendars("calendar/a.ics"), small}, {server.files("large"), large}}) {
        const auto& path = row.first;
        const auto& body = row.second;
        CAPTURE(path);
        const auto size = std::to_string(body.size());
        const auto etag = server.head(path).etag();
        const auto first = server.get(path, {{"Range", "bytes=0-9"}});
        CHECK(first.status == 206);
        CHECK(first.header("Content-Range") == "bytes 0-9/" + size);
        CHECK((first.body == part(body, 0, 9)));
        CHECK(first.etag() == etag);
        const auto last = server.get(path, {{"Range", "bytes=-5"}});
        CHECK(last.status == 206);
        CHECK((last.body == body.substr(body.size() - 5)));
        const auto beyond = server.get(path, {{"Range", "bytes=" + size + "-"}});
        CHECK(beyond.status == 416);
        CHECK(beyond.header("Content-Range") == "bytes */" + size);
        CHECK(server.get(path, {{"Range", "pages=1-2"}}).status == 200);
        CHECK(server.head(path, {{"Range", "bytes=0-9"}}).header("Content-Length") == size);
        CHECK(server.get(path, {{"Range", "bytes=0-9"}, {"If-None-Match", etag}}).status == 304);
        CHECK(server.get(path, {{"Range", "bytes=0-9"}, {"If-Match", "\"x\""}}).status == 412);
    }
    for (const auto& row : {std::pair{chunk - 1, chunk},
                            {chunk, 2 * chunk - 1},
                            {1UL, 3 * chunk + 5},
                            {2 * chunk + 7, 3 * chunk + 9}}) {
        const auto range = "bytes=" + std::to_string(row.first) + "-" + std::to_string(row.second);
        CAPTURE(range);
        CHECK((server.get(server.files("large"), {{"Range", range}}).body ==
               part(large, row.first, row.second)));
    }
}

TEST_CASE("RFC 9110 13.1.5: If-Range gives the whole of what has changed") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.files("a");
    const auto old = server.put(path, "0123456789", any_bytes);
    const auto ranged = [&](const std::string& if_range) {
        return server.get(path, {{"Range", "bytes=0-3"}, {"If-Range", if_range}});
    };
    CHECK(ranged(old.etag()).status == 206);
    CHECK(ranged("W/" + old.etag()).status == 200);
    // Within the minute a date does not tell two states apart.
    CHECK(ranged(server.head(path).header("Last-Modified").value_or("")).status == 200);
    server.put(path, "abcdefghij", any_bytes);
    const auto whole = ranged(old.etag());
    CHECK(whole.status == 200);
    CHECK(whole.body == "abcdefghij");
}

TEST_CASE("a file that is replaced while it is read ends the connection: bytes are never mixed") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.files("movie");
    const auto before = content(24 * mega);
    REQUIRE(server.put(path, before, any_bytes).status == 201);
    HttpClient slow{server.port()};
    slow.send(get_head(server, path));
    CHECK(slow.read_part(mega) == 200);
    REQUIRE(server.put(path, content(24 * mega, 2), any_bytes).status == 204);
    const auto rest = slow.read_all();
    CHECK(rest.size() < before.size());
    CHECK((before.compare(0, rest.size(), rest) == 0));
}

TEST_CASE("64 MB go up and down in constant memory") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.files("disk.img");
    const auto piece = content(mega);
    server.get(path);
    HttpClient client{server.port()};
    const auto up_and_down = [&] {
        client.send(upload_head(server, path, 64 * mega, any_bytes));
        for (int i = 0; i < 64; ++i) client.send(piece);
        CHECK(client.read_reply().status / 100 == 2);
        client.send(get_head(server, path));
        CHECK(client.discard_body() == 64 * mega);
    };
    up_and_down();  // the address sanitizer keeps what was freed, up to a limit: now it is there
    const auto before = memory("VmRSS");
    std::ofstream{"/proc/self/clear_refs"} << "5";  // the peak begins anew (proc(5))
    REQUIRE(memory("VmHWM") < before + 32 * mega);
    up_and_down();
    CHECK(memory("VmHWM") < before + 32 * mega);
    for (int i = 0; i < 64; i += 9) {
        const auto first = static_cast<std::size_t>(i) * mega;
        const auto range =
            "bytes=" + std::to_string(first) + "-" + std::to_string(first + mega - 1);
        CHECK((server.get(path, {{"Range", range}}).body == piece));
    }
}

TEST_CASE("who has not logged in before can upload a large file with the first request") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = content(30 * mega);  // more than http.max_body
    User fresh{server.port(), "alice"};
    CHECK(fresh.put(server.files("a"), body, any_bytes).status == 201);
    CHECK((server.get(server.files("a")).body == body));
}

TEST_CASE("strangers, wrong passwords and readers are refused before a large body is sent") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    const auto refused = [&](const User& user, const std::string& path, std::uint64_t size) {
        HttpClient client{server.port()};
        client.send(upload_head(user, path, size, {{"Expect", "100-continue"}}));
        return client.read_reply();
    };
    constexpr std::uint64_t large = 1000 * mega;
    const auto anonymous = refused(server.nobody(), server.files("a"), large);
    CHECK(anonymous.status == 401);
    CHECK(anonymous.header("WWW-Authenticate").has_value());
    CHECK(anonymous.interim.empty());
    CHECK(refused(User{server.port(), "mallory"}, server.files("a"), large).status == 401);
    CHECK(refused(server.as("bob"), server.files("a"), large).status == 404);
    server.as("bob").get("/dav/");  // now the login is remembered
    CHECK(refused(server.as("bob"), server.files("a"), large).status == 404);
    CHECK(refused(server, server.files("none/a"), large).status == 409);
    CHECK(refused(server, server.files("a"), 100'000 * mega).status == 413);
    const auto event = refused(server, server.calendars("calendar/a.ics"), large);
    CHECK(event.status == 403);
    CHECK(event.body.find("max-resource-size") != std::string::npos);
    const auto card = refused(server, server.books("contacts/a.vcf"), large);
    CHECK(card.status == 403);
    CHECK(card.body.find("max-resource-size") != std::string::npos);
}

TEST_CASE(
    "RFC 4331 6: a file that does not fit into the quota is a 507, and what was there stays") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.quota = 3 * mega;
    TestServer server{{"alice"}, config};
    const auto path = server.files("a");
    REQUIRE(server.put(path, content(2 * mega), any_bytes).status == 201);
    const auto full = server.put(server.files("b"), content(2 * mega), any_bytes);
    CHECK(full.status == 507);
    CHECK(full.body.find("quota-not-exceeded") != std::string::npos);
    CHECK(server.get(server.files("b")).status == 404);
    CHECK(server.put(path, content(5 * mega), any_bytes).status == 507);
    CHECK((server.get(path).body == content(2 * mega)));
    CHECK(server.put(path, content(2 * mega + 500'000), any_bytes).status == 204);
    CHECK(server.put(server.files("b"), content(400'000), any_bytes).status == 201);
}

TEST_CASE("files.max_size bounds a file, with or without a length") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.files.max_size = 2 * mega;
    TestServer server{{"alice"}, config};
    CHECK(server.put(server.files("a"), content(2 * mega), any_bytes).status == 201);
    CHECK(server.put(server.files("a"), content(2 * mega + 1), any_bytes).status == 413);
    HttpClient client{server.port()};
    std::string head =
        "PUT " + server.files("b") + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n";
    for (const auto& [name, value] : server.authorization()) head += name + ": " + value + "\r\n";
    client.send(head + "\r\n");
    for (int i = 0; i < 3; ++i) client.send("f4240\r\n" + content(mega) + "\r\n");
    client.send("0\r\n\r\n");
    CHECK(client.read_reply().status == 413);
}

TEST_CASE("an event may be larger than what is kept in memory, if its type allows it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const std::string description = "DESCRIPTION:" + std::string(2 * mega, 'x') + "\n";
    const auto body = event("Long", std::string(one_hour) + description);
    CHECK(server.put("calendar/long.ics", body).status == 201);
    CHECK((server.get("calendar/long.ics").body == body));
}

TEST_CASE("a browser does not run what somebody has uploaded") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const Fields page{{"Content-Type", "text/html"}};
    server.put(server.files("a.html"), "<script>alert(1)</script>", page);
    server.put(server.files("b.html"), "<script>" + content(mega), page);
    for (const auto* name : {"a.html", "b.html"}) {
        const auto reply = server.get(server.files(name));
        CHECK(reply.content_type() == "text/html");
        CHECK(reply.header("Content-Security-Policy") == "sandbox");
        CHECK(reply.header("X-Content-Type-Options") == "nosniff");
    }
    const auto part = server.get(server.files("a.html"), {{"Range", "bytes=0-3"}});
    CHECK(part.header("Content-Security-Policy") == "sandbox");
}
