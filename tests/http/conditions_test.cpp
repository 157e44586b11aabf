// Conditional requests that write: RFC 9110 13. Those of PUT, and of GET, are in objects_test.

#include "base/clock.hpp"
#include "http/acl_support.hpp"
#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace kalends::test;
using namespace std::chrono_literals;

namespace {

std::string date(std::chrono::seconds from_now) {
    return kalends::clock::http_date(
        std::chrono::time_point_cast<std::chrono::seconds>(kalends::clock::now() + from_now));
}

struct Write {
    std::string method;
    std::string body;
    Fields headers;
    int done;  ///< its status where the conditions hold
};

/// All that can be done with a resource at `path`; what is last takes it away.
std::vector<Write> writes(const std::string& copy) {
    const auto lockinfo = xml_body(
        "D:lockinfo", "<D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype>");
    const auto update = xml_body(
        "D:propertyupdate", "<D:set><D:prop><D:displayname>new</D:displayname></D:prop></D:set>");
    return {{"PROPPATCH", update, {}, 207},
            {"ACL", xml_body("D:acl", ""), {}, 200},
            {"COPY", "", {{"Destination", copy}}, 201},
            {"LOCK", lockinfo, {{"Timeout", "Second-1"}}, 200}};
}

int status(User& user, const Write& write, const std::string& path, const Fields& conditions) {
    auto headers = write.headers;
    headers.insert(headers.end(), conditions.begin(), conditions.end());
    return user.request(write.method, path, write.body, headers).status;
}

/// Each write is refused under conditions that do not hold, and then done under some that do.
void check_writes(User& user, const std::string& path, const std::vector<Write>& all,
                  const std::vector<Fields>& failing, const std::vector<Fields>& holding) {
    for (const auto& conditions : holding)
        CHECK(status(user, all.front(), path, conditions) == all.front().done);
    for (const auto& write : all) {
        CAPTURE(write.method);
        for (const auto& conditions : failing) {
            CAPTURE(conditions.front().first);
            CAPTURE(conditions.front().second);
            CHECK(status(user, write, path, conditions) == 412);
        }
        CHECK(status(user, write, path, holding.front()) == write.done);
    }
}

}  // namespace

TEST_CASE("RFC 9110 13.2: whatever writes to a collection is done under its conditions only") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("work/");
    REQUIRE(server.request("MKCALENDAR", path).status == 201);
    const auto etag = server.get(path).header("ETag").value_or("");
    REQUIRE(etag.starts_with("W/"));
    const std::vector<Fields> failing{{{"If-Match", "\"other\""}},
                                      {{"If-Match", etag}},  // a weak tag: RFC 9110 13.1.1
                                      {{"If-None-Match", "*"}},
                                      {{"If-Unmodified-Since", date(-1h)}}};
    const std::vector<Fields> holding{{{"If-Match", "*"}},
                                      {{"If-None-Match", "\"other\""}},
                                      {{"If-Unmodified-Since", date(1h)}},
                                      {{"If-Modified-Since", date(1h)}}};  // of GET alone
    CHECK(server.erase(path, {{"If-None-Match", etag}}).status == 412);
    check_writes(server, path, writes(server.calendars("copy/")), failing, holding);
    CHECK(server.erase(path, failing.front()).status == 423);  // that goes first: 13.2.1
}

TEST_CASE("RFC 9110 13.1: a collection is moved and deleted under its conditions only") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server.request("MKCALENDAR", "work/").status == 201);
    const auto etag = server.get("work/").header("ETag").value_or("");
    const auto move = [&](const Fields& conditions) {
        return status(server, {"MOVE", "", {{"Destination", server.calendars("moved/")}}, 201},
                      "work/", conditions);
    };
    CHECK(move({{"If-None-Match", etag}}) == 412);
    CHECK(move({{"If-Match", "\"other\""}}) == 412);
    CHECK(server.erase("work/", {{"If-Unmodified-Since", date(-1h)}}).status == 412);
    CHECK(move({{"If-Match", "*"}}) == 201);
    CHECK(server.erase("moved/", {{"If-None-Match", "*"}}).status == 412);
    CHECK(server.erase("moved/", {{"If-Unmodified-Since", date(1h)}}).status == 204);
}

TEST_CASE("RFC 9110 13.1: whatever writes to an object is done under its conditions only") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.files("a");
    const auto old = server.put(path, "old").etag();
    const auto etag = server.put(path, "new").etag();
    REQUIRE(old != etag);
    const std::vector<Fields> failing{{{"If-Match", old}},
                                      {{"If-None-Match", etag}},
                                      {{"If-None-Match", "*"}},
                                      {{"If-Unmodified-Since", date(-1h)}}};
    const std::vector<Fields> holding{
        {{"If-Match", etag}}, {{"If-None-Match", old}}, {{"If-Unmodified-Since", date(1h)}}};
    check_writes(server, path, writes(server.files("copy")), failing, holding);
}

TEST_CASE("RFC 9110 13.1.4: an object is stored, moved and deleted unless modified since") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto since = [](auto moment) { return Fields{{"If-Unmodified-Since", date(moment)}}; };
    CHECK(server.put(server.files("a"), "one", since(-1h)).status == 201);  // there is no date
    CHECK(server.put(server.files("a"), "two", since(-1h)).status == 412);
    CHECK(server.put(server.files("a"), "two", since(1h)).status == 204);
    CHECK(server.erase(server.files("a"), since(-1h)).status == 412);
    const Write move{"MOVE", "", {{"Destination", server.files("b")}}, 201};
    CHECK(status(server, move, server.files("a"), since(-1h)) == 412);
    CHECK(status(server, move, server.files("a"), since(1h)) == 201);
    CHECK(server.get(server.files("b")).body == "two");
    CHECK(server.erase(server.files("b"), since(1h)).status == 204);
}

TEST_CASE("RFC 9110 13.1: what is made anew is made under conditions on nothing") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto lockinfo =
        xml_body("D:lockinfo",
                 "<D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype>");
    const std::vector<std::array<std::string, 3>> all{{"MKCOL", server.files("a/"), ""},
                                                      {"MKCALENDAR", server.calendars("work/"), ""},
                                                      {"LOCK", server.files("empty"), lockinfo}};
    for (const auto& each : all) {
        const auto& method = each[0];
        const auto& path = each[1];
        const auto& body = each[2];
        CAPTURE(method);
        CHECK(server.request(method, path, body, {{"If-Match", "*"}}).status == 412);
        CHECK(server.get(path).status == 404);
        CHECK(server.request(method, path, body, {{"If-None-Match", "*"}}).status == 201);
    }
}

TEST_CASE("RFC 9110 13.2.1: what can't be done at all is refused before conditions are looked at") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    server.request("MKCALENDAR", "work/");
    const Fields failing{{"If-Match", "\"other\""}};
    CHECK(server.request("MKCALENDAR", "work/", "", {{"If-None-Match", "*"}}).status == 403);
    CHECK(server.erase(server.calendars(), failing).status == 403);
    CHECK(server.as("bob").erase(server.calendars("work/"), failing).status == 404);
    const auto reads = ace(server.as("bob").principal(), "D:read");
    REQUIRE(set_acl(server, server.calendars("work/"), reads).status == 200);
    CHECK(server.as("bob").erase(server.calendars("work/"), failing).status == 403);
}
