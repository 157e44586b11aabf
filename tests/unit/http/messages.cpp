// Header fields, request targets, heads of answers.
#include "http/head.hpp"
#include "http/message.hpp"
#include "http/target.hpp"

#include <doctest/doctest.h>

using namespace kalends::http;

TEST_CASE("a header field is found whatever its case, the first of several") {
    Headers headers;
    headers.add("Depth", "1");
    headers.add("accept", "text/xml");
    headers.add("ACCEPT", "*/*");
    CHECK(headers.find("depth") == "1");
    CHECK(headers.find("Accept") == "text/xml");
    CHECK_FALSE(headers.find("Accept-Encoding"));
    CHECK(headers.joined("accept") == "text/xml, */*");
    CHECK(headers.joined("Host").empty());
}

TEST_CASE("set replaces all fields of a name, remove takes them away") {
    Headers headers;
    headers.add("Vary", "Accept");
    headers.add("ETag", "\"1\"");
    headers.add("vary", "Prefer");
    headers.set("Vary", "*");
    CHECK(headers.joined("Vary") == "*");
    CHECK(headers.size() == 2);
    headers.remove("vary");
    CHECK(headers.size() == 1);
    std::string all;
    for (const auto [name, value] : headers) all.append(name).append("=").append(value);
    CHECK(all == "ETag=\"1\"");
}

TEST_CASE("fields that were moved from and cleared can be used again") {
    Headers headers;
    headers.add("A", "1");
    const Headers taken = std::move(headers);
    headers.clear();
    headers.add("B", "2");
    CHECK(taken.find("A") == "1");
    CHECK(headers.find("B") == "2");
    CHECK(headers.size() == 1);
}

TEST_CASE("every status that we name has a reason phrase") {
    for (const auto status : {Status::ok, Status::multi_status, Status::header_fields_too_large,
                              Status::insufficient_storage, Status::loop_detected})
        CHECK(reason(status) != "Unknown");
    CHECK(reason(Status::multi_status) == "Multi-Status");
}

TEST_CASE("RFC 9112 3.2.1: a path and its query come apart as they were sent") {
    const auto target = split_target("GET", "/dav/a%20b/?export=1?2");
    REQUIRE(target);
    CHECK(target->path == "/dav/a%20b/");
    CHECK(target->query == "export=1?2");
    CHECK(target->authority.empty());
}

TEST_CASE("RFC 9112 3.2.2: a whole URL gives path and host") {
    const auto target = split_target("PROPFIND", "HTTP://dav.example.com:8443/dav/?x");
    REQUIRE(target);
    CHECK(target->path == "/dav/");
    CHECK(target->query == "x");
    CHECK(target->authority == "dav.example.com:8443");
    const auto bare = split_target("OPTIONS", "http://example.com");
    REQUIRE(bare);
    CHECK(bare->path == "/");
}

TEST_CASE("RFC 9112 3.2.4: * is for OPTIONS alone") {
    REQUIRE(split_target("OPTIONS", "*"));
    CHECK(split_target("OPTIONS", "*")->path == "/");
    CHECK_FALSE(split_target("GET", "*"));
}

TEST_CASE("a target that is for a proxy or for nobody is refused") {
    CHECK_FALSE(split_target("CONNECT", "example.com:443"));
    for (const auto* bad : {"", "dav", "example.com:80", "ftp://example.com/", "http://",
                            "http:///x", "http://a b/", "http://user@example.com/", "/dav#part"})
        CHECK_FALSE(split_target("GET", bad));
}

TEST_CASE("RFC 9112 11.1: nothing in a field of an answer can begin another field or answer") {
    Response response;
    response.status = Status::moved_permanently;
    response.headers.add("Location", "/x\r\nSet-Cookie: a=b\r\n\r\n<html>");
    response.headers.add("Bad Name", "x");
    response.headers.add("Evil\r\nName", "x");
    response.headers.add("content-length", "9999");
    response.headers.add("Transfer-Encoding", "chunked");
    std::string head;
    append_head(head, response, {BodyEnd::length, 0, true, true}, "Date: now\r\n");
    CHECK(head ==
          "HTTP/1.1 301 Moved Permanently\r\nDate: now\r\nLocation: /xSet-Cookie: a=b<html>\r\n"
          "Content-Length: 0\r\n\r\n");
}

TEST_CASE("RFC 9112 9.3: an answer says whether the connection stays, where that is not the rule") {
    const Response response;
    std::string head;
    append_head(head, response, {BodyEnd::length, 5, true, false}, {});
    CHECK(head == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
    head.clear();
    append_head(head, response, {BodyEnd::length, 5, false, true}, {});
    CHECK(head == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("the Date line follows the clock") {
    DateLine date;
    {
        const kalends::clock::Fixed now{std::chrono::sys_seconds{std::chrono::seconds{784111777}}};
        CHECK(date.now() == "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    }
    const kalends::clock::Fixed later{std::chrono::sys_seconds{std::chrono::seconds{784111778}}};
    CHECK(date.now() == "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
}
