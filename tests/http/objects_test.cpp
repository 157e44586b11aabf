// GET, HEAD, PUT and DELETE of objects, and their conditions: RFC 9110 13, RFC 4791 5.3.4.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace kalends::test;

TEST_CASE("RFC 4791 5.3.4: what is stored comes back byte for byte, with the etag of the PUT") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    // Odd but valid: LF alone, a fold in the middle of a word, lower case, blank
    // values.
    const std::string odd =
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nbegin:vevent\nUID:odd\nDTSTAMP:20260101T000000Z\n"
        "dtstart;x-a=\"b;c\":20260110T100000Z\nSUMMARY:caf\n \xc3\xa9 \\n \\; \\,\nX-EMPTY:\n"
        "DESCRIPTION:\xf0\x9f\x8e\x89   trailing  \nEND:vevent\nEND:VCALENDAR\n";
    for (const auto& body : {event("A"), odd}) {
        CAPTURE(body);
        const auto stored = server.put("calendar/a.ics", body);
        REQUIRE(stored.status == 201);
        REQUIRE_FALSE(stored.etag().empty());
        CHECK_FALSE(stored.etag().starts_with("W/"));
        const auto got = server.get("calendar/a.ics");
        CHECK(got.status == 200);
        CHECK(got.body == body);
        CHECK(got.etag() == stored.etag());
        CHECK(got.content_type().starts_with("text/calendar; charset=utf-8"));
        CHECK(got.header("Last-Modified").value_or("").ends_with("GMT"));
        server.erase("calendar/a.ics");
    }
    const auto vcf = card("Ann", "NOTE:two\\nlines\nX-ODD;Y=\"a:b\":z\n");
    const auto stored = server.put(server.books("contacts/a.vcf"), vcf);
    CHECK(stored.status == 201);
    const auto got = server.get(server.books("contacts/a.vcf"));
    CHECK(got.body == vcf);
    CHECK(got.etag() == stored.etag());
    CHECK(got.content_type().starts_with("text/vcard"));
}

TEST_CASE("RFC 9110 9.3.2: HEAD has the fields of GET and no body") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = event("A");
    const auto stored = server.put("calendar/a.ics", body);
    const auto reply = server.head("calendar/a.ics");
    CHECK(reply.status == 200);
    CHECK(reply.etag() == stored.etag());
    CHECK(reply.header("Content-Length") == std::to_string(body.size()));
    CHECK(reply.body.empty());
    CHECK(server.head("calendar/none.ics").status == 404);
}

TEST_CASE("RFC 9110 9.3.4: a PUT makes or replaces, and says which") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto first = server.put("calendar/a.ics", event("A"));
    CHECK(first.status == 201);
    const auto second = server.put("calendar/a.ics", event("B", one_hour, "uid-of-A"));
    CHECK(second.status == 204);
    CHECK(second.etag() != first.etag());
    CHECK(summary(server.get("calendar/a.ics").body) == "B");
    const auto again = server.put("calendar/a.ics", event("B", one_hour, "uid-of-A"));
    CHECK(again.status == 204);
    CHECK(again.etag() == second.etag());
}

TEST_CASE("RFC 9110 13.1.1: a PUT with a stale If-Match leaves the stored event alone") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto first = server.put("calendar/lunch.ics", event("Lunch"));
    const auto late = event("Late lunch", one_hour, "uid-of-Lunch");
    REQUIRE(server.put("calendar/lunch.ics", late, {{"If-Match", first.etag()}}).status == 204);
    const auto reply = server.put("calendar/lunch.ics", event("Dinner", one_hour, "uid-of-Lunch"),
                                  {{"If-Match", first.etag()}});
    CHECK(reply.status == 412);
    CHECK(summary(server.get("calendar/lunch.ics").body) == "Late lunch");
}

TEST_CASE("RFC 9110 13.1.1: If-Match takes a list, a star, and nothing weak") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto put = [&](const std::string& title, const std::string& value) {
        return server.put("calendar/a.ics", event(title, one_hour, "uid"), {{"If-Match", value}});
    };
    CHECK(put("1", "*").status == 412);
    CHECK(put("1", "\"x\"").status == 412);
    CHECK(server.get("calendar/a.ics").status == 404);
    auto etag = server.put("calendar/a.ics", event("0", one_hour, "uid")).etag();
    CHECK(put("1", "W/" + etag).status == 412);
    CHECK(put("1", "nonsense").status == 412);
    CHECK(put("1", "\"\"").status == 412);
    auto reply = put("1", "\"x\", " + etag + " , \"y\"");
    CHECK(reply.status == 204);
    CHECK(put("2", "*").status == 204);
    CHECK(put("3", reply.etag()).status == 412);
}

TEST_CASE("RFC 9110 13.1.2: If-None-Match * makes only what is not there") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const Fields only_new{{"If-None-Match", "*"}};
    const auto first = server.put("calendar/a.ics", event("A"), only_new);
    CHECK(first.status == 201);
    CHECK(server.put("calendar/a.ics", event("B", one_hour, "uid-of-A"), only_new).status == 412);
    CHECK(summary(server.get("calendar/a.ics").body) == "A");
    CHECK(server
              .put("calendar/a.ics", event("B", one_hour, "uid-of-A"),
                   {{"If-None-Match", first.etag()}})
              .status == 412);
    CHECK(server
              .put("calendar/a.ics", event("B", one_hour, "uid-of-A"),
                   {{"If-None-Match", "\"other\""}})
              .status == 204);
}

TEST_CASE("RFC 9110 13.1.2: a GET with the current etag is 304 without a body") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto etag = server.put("calendar/a.ics", event("A")).etag();
    for (const auto& value : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
        CAPTURE(value);
        for (const std::string method : {"GET", "HEAD"}) {
            const auto reply =
                server.request(method, "calendar/a.ics", {}, {{"If-None-Match", value}});
            CHECK(reply.status == 304);
            CHECK(reply.etag() == etag);
            CHECK(reply.body.empty());
        }
    }
    CHECK(server.get("calendar/a.ics", {{"If-None-Match", "\"x\""}}).status == 200);
    CHECK(server.get("calendar/a.ics", {{"If-Match", "\"x\""}}).status == 412);
    CHECK(server.get("calendar/a.ics", {{"If-Match", etag}}).status == 200);
}

TEST_CASE("RFC 9110 13.1.3: If-Modified-Since counts where there is no etag to compare") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    const auto modified = server.get("calendar/a.ics").header("Last-Modified").value_or("");
    CHECK(server.get("calendar/a.ics", {{"If-Modified-Since", modified}}).status == 304);
    CHECK(server.get("calendar/a.ics", {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}})
              .status == 200);
    CHECK(
        server.get("calendar/a.ics", {{"If-Modified-Since", modified}, {"If-None-Match", "\"x\""}})
            .status == 200);
    CHECK(server.get("calendar/a.ics", {{"If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}})
              .status == 412);
}

TEST_CASE("RFC 4918 9.6: DELETE removes an object, and obeys its conditions") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto etag = server.put("calendar/a.ics", event("A")).etag();
    CHECK(server.erase("calendar/a.ics", {{"If-Match", "\"x\""}}).status == 412);
    CHECK(server.get("calendar/a.ics").status == 200);
    CHECK(server.erase("calendar/a.ics", {{"If-Match", etag}}).status == 204);
    CHECK(server.get("calendar/a.ics").status == 404);
    CHECK(server.erase("calendar/a.ics").status == 404);
    CHECK(server.erase("calendar/never.ics", {{"If-Match", "*"}}).status == 412);
}

TEST_CASE("RFC 4918 9.7.1: a PUT into a calendar that is not there is 409, a GET is 404") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK(server.put("none/a.ics", event("A")).status == 409);
    CHECK(server.get("none/a.ics").status == 404);
    CHECK(server.head("none/a.ics").status == 404);
    CHECK(server.erase("none/a.ics").status == 404);
    CHECK(server.propfind("none/a.ics", "D:getetag").status() == 404);
    CHECK(server.propfind("none/", "D:getetag").status() == 404);
}

TEST_CASE("a PUT on a collection, or below an object, is refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK(server.put("calendar/", event("A")).status == 405);
    CHECK(server.put("/dav/", event("A")).status == 405);
    CHECK(server.put(server.principal(), event("A")).status == 405);
    server.put("calendar/a.ics", event("A"));
    const auto below = server.put("calendar/a.ics/b.ics", event("B")).status;
    CHECK((below == 404 || below == 409 || below == 403));
    CHECK(server.put("calendar/a.ics/", event("B")).status >= 400);
    CHECK(summary(server.get("calendar/a.ics").body) == "A");
}

TEST_CASE("an object may have any name, and is found under it in any encoding") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const struct {
        std::string sent;
        std::string also;
        std::string href;
    } names[] = {
        {"a%20b.ics", "%61%20b.ics", "a%20b.ics"},
        {"%c3%a9t%c3%a9.ics", "%C3%A9t%C3%A9.ics", "%C3%A9t%C3%A9.ics"},
        {"q%22q.ics", "q%22q%2eics", "q%22q.ics"},
        {"a&b.ics", "a%26b.ics", "a%26b.ics"},
        {"x%2Fy.ics", "x%2fy.ics", "x%2Fy.ics"},
        {"no-ending", "no%2Dending", "no-ending"},
        {"%25.ics", "%25.ics", "%25.ics"},
        {"...ics", "%2e%2e%2eics", "...ics"},
        {"{B}.ics", "%7BB%7D.ics", "%7BB%7D.ics"},
        {"@:;,+$!*().ics", "%40%3A%3B%2C%2B%24%21%2A%28%29.ics", "@:;,+$!*().ics"},
    };
    for (const auto& [sent, also, href] : names) {
        CAPTURE(sent);
        const auto body = event(sent);
        CHECK(server.put(server.calendars("calendar/") + sent, body).status == 201);
        CHECK(server.get(server.calendars("calendar/") + also).body == body);
        const auto answer = server.propfind(server.calendars("calendar/") + also, "D:getetag");
        REQUIRE(answer.status() == 207);
        CHECK(answer.only().href == server.calendars("calendar/") + href);
    }
    CHECK(server.propfind("calendar/", "D:getetag", "1").size() == 1 + std::size(names));
}

TEST_CASE("two clients with the same etag can't both win") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    constexpr int clients = 6;
    constexpr int rounds = 15;
    auto etag = server.put("calendar/a.ics", event("start", one_hour, "uid")).etag();
    std::vector<std::unique_ptr<User>> users;
    for (int i = 0; i < clients; ++i)
        users.push_back(std::make_unique<User>(server.port(), "alice"));
    for (int round = 0; round < rounds; ++round) {
        std::atomic<int> won{0};
        std::atomic<int> lost{0};
        std::string winner;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < clients; ++i)
                threads.emplace_back([&, i] {
                    const auto title = std::to_string(round) + "-" + std::to_string(i);
                    const auto reply = users[static_cast<std::size_t>(i)]->put(
                        "calendar/a.ics", event(title, one_hour, "uid"), {{"If-Match", etag}});
                    if (reply.status == 204) {
                        ++won;
                        winner = title;
                    } else if (reply.status == 412) {
                        ++lost;
                    }
                });
        }
        CHECK(won == 1);
        CHECK(lost == clients - 1);
        const auto now = server.get("calendar/a.ics");
        CHECK(summary(now.body) == winner);
        etag = now.etag();
    }
}

TEST_CASE("of many clients that make the same object with If-None-Match, one succeeds") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    constexpr int clients = 8;
    std::atomic<int> made{0};
    std::atomic<int> refused{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < clients; ++i)
            threads.emplace_back([&, i] {
                User user(server.port(), "alice");
                const auto reply =
                    user.put("calendar/a.ics", event(std::to_string(i), one_hour, "uid"),
                             {{"If-None-Match", "*"}});
                if (reply.status == 201) ++made;
                if (reply.status == 412) ++refused;
            });
    }
    CHECK(made == 1);
    CHECK(refused == clients - 1);
}

TEST_CASE("RFC 9110 10.1.1: Expect: 100-continue is answered before the body, or refused early") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = event("A");
    std::string head = "PUT /dav/calendars/alice/calendar/a.ics HTTP/1.1\r\nHost: x\r\n"
                       "Content-Type: text/calendar\r\nExpect: 100-continue\r\nContent-Length: " +
                       std::to_string(body.size()) + "\r\n";
    for (const auto& [name, value] : server.authorization()) head += name + ": " + value + "\r\n";
    auto& connection = server.connection();
    connection.send(head + "\r\n");
    CHECK(connection.read_interim() == 100);
    connection.send(body);
    CHECK(connection.read_reply().status == 201);
}

TEST_CASE("RFC 9112 7.1: a chunked PUT is stored whole") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = event("A");
    std::string text = "PUT /dav/calendars/alice/calendar/a.ics HTTP/1.1\r\nHost: x\r\n"
                       "Content-Type: text/calendar\r\nTransfer-Encoding: chunked\r\n";
    for (const auto& [name, value] : server.authorization()) text += name + ": " + value + "\r\n";
    text += "\r\na;ext=1\r\n" + body.substr(0, 10) + "\r\n";
    char size[20];
    std::snprintf(size, sizeof size, "%zx", body.size() - 10);
    text += size + ("\r\n" + body.substr(10)) + "\r\n0\r\nX-Trailer: 1\r\n\r\n";
    server.connection().send(text);
    CHECK(server.connection().read_reply().status == 201);
    CHECK(server.get("calendar/a.ics").body == body);
}

TEST_CASE("RFC 9110 14.5, 8.4: parts and compressed bodies are not stored") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK(server.put("calendar/a.ics", event("A"), {{"Content-Range", "bytes 0-9/100"}}).status ==
          400);
    CHECK(server.put("calendar/a.ics", event("A"), {{"Content-Encoding", "gzip"}}).status == 415);
    CHECK(server.put("calendar/a.ics", event("A"), {{"Content-Encoding", "identity"}}).status ==
          201);
}

TEST_CASE("a method that is not known is 501, one that is not for here 405 or 403, never more") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    CHECK(server.request("FROBNICATE", "calendar/").status == 501);
    for (const std::string method : {"POST", "PATCH"}) {
        CAPTURE(method);
        const auto status = server.request(method, "calendar/a.ics").status;
        CHECK((status == 501 || status == 405));
    }
    CHECK(server.request("POST", "calendar/", event("A")).status == 405);
    CHECK(server.nobody().request("FROBNICATE", "/dav/").status == 401);
}
