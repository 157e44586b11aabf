// Each privilege alone, given in each way, against each method: what is enough, and for whom.
// RFC 3744 Appendix B.

#include "http/acl_support.hpp"
#include "support/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>

using namespace kalends::test;

namespace {

/// What Tor tries. All is in Alice's folder "shared/", on which the entry is.
struct Attempt {
    std::string_view name;
    std::string_view enough;  ///< privileges each of which suffices
    int (*status)(User& tor, const std::string& folder);
};

std::string propfind_body() { return xml_body("D:propfind", "<D:prop><D:getetag/></D:prop>"); }

int query(User& tor, const std::string& folder) {
    const auto filter =
        "<D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name=\"VCALENDAR\"/></C:filter>";
    return tor.report(folder + "cal/", "C:calendar-query", filter).status();
}
int free_busy(User& tor, const std::string& folder) {
    return tor
        .report(folder + "cal/", "C:free-busy-query",
                R"(<C:time-range start="20260101T000000Z" end="20270101T000000Z"/>)")
        .status();
}
int proppatch(User& tor, const std::string& path) {
    return tor.proppatch(path, "<D:displayname>x</D:displayname>").status();
}
int put(User& tor, const std::string& path, const std::string& uid) {
    return tor.put(path, event("By Tor", one_hour, uid)).status;
}

constexpr std::string_view any =
    "D:read D:write-properties D:write-content D:bind D:unbind D:unlock D:read-acl "
    "D:read-current-user-privilege-set D:write-acl C:read-free-busy";

// clang-format off
const Attempt attempts[] = {
    {"GET",               "D:read",             [](User& tor, const std::string& at) { return tor.get(at + "cal/a.ics").status; }},
    {"HEAD",              "D:read",             [](User& tor, const std::string& at) { return tor.head(at + "cal/a.ics").status; }},
    {"PROPFIND",          "D:read",             [](User& tor, const std::string& at) { return tor.request("PROPFIND", at + "cal/", propfind_body(), {{"Depth", "0"}}).status; }},
    {"PROPFIND object",   "D:read",             [](User& tor, const std::string& at) { return tor.request("PROPFIND", at + "cal/a.ics", propfind_body(), {{"Depth", "0"}}).status; }},
    {"REPORT query",      "D:read",             query},
    {"REPORT free-busy",  "D:read C:read-free-busy", free_busy},
    {"PUT existing",      "D:write-content",    [](User& tor, const std::string& at) { return put(tor, at + "cal/a.ics", "uid-a"); }},
    {"PUT new",           "D:bind",             [](User& tor, const std::string& at) { return put(tor, at + "cal/new.ics", "uid-new"); }},
    {"DELETE object",     "D:unbind",           [](User& tor, const std::string& at) { return tor.erase(at + "cal/b.ics").status; }},
    {"DELETE collection", "D:unbind",           [](User& tor, const std::string& at) { return tor.erase(at + "gone/").status; }},
    {"PROPPATCH",         "D:write-properties", [](User& tor, const std::string& at) { return proppatch(tor, at + "cal/"); }},
    {"PROPPATCH object",  "D:write-properties", [](User& tor, const std::string& at) { return proppatch(tor, at + "cal/c.ics"); }},
    {"MKCALENDAR",        "D:bind",             [](User& tor, const std::string& at) { return tor.request("MKCALENDAR", at + "made/").status; }},
    {"MKCOL",             "D:bind",             [](User& tor, const std::string& at) { return tor.request("MKCOL", at + "folder/").status; }},
    {"ACL",               "D:write-acl",        [](User& tor, const std::string& at) { return set_acl(tor, at + "cal/", "").status; }},
    {"ACL object",        "D:write-acl",        [](User& tor, const std::string& at) { return set_acl(tor, at + "cal/d.ics", "").status; }},
};
// clang-format on

/// How the privilege comes to him who tries.
struct Way {
    std::string_view name;
    std::string principal;  ///< of the entry
    std::string_view who;   ///< tries: "tor", or nobody
};
const Way ways[] = {
    {"directly", "/dav/principals/users/tor/", "tor"},
    {"through a nested group", "/dav/principals/groups/outer/", "tor"},
    {"as DAV:authenticated", "D:authenticated", "tor"},
    {"as DAV:all", "D:all", "tor"},
    {"as DAV:all, without a login", "D:all", ""},
    {"as DAV:unauthenticated", "D:unauthenticated", ""},
};

bool names(std::string_view list, std::string_view name) {
    return (" " + std::string(list) + " ").find(" " + std::string(name) + " ") != std::string::npos;
}

std::vector<std::string> words(std::string_view list) {
    std::vector<std::string> result;
    while (!list.empty()) {
        const auto end = std::min(list.find(' '), list.size());
        result.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return result;
}

/// "shared/" with what the attempts need, as it was.
void fill(TestServer& alice) {
    alice.erase("shared/");
    REQUIRE(alice.request("MKCOL", "shared/").status == 201);
    REQUIRE(alice.request("MKCALENDAR", "shared/cal/").status == 201);
    REQUIRE(alice.request("MKCALENDAR", "shared/gone/").status == 201);
    for (const std::string name : {"a", "b", "c", "d"})
        REQUIRE(
            alice.put("shared/cal/" + name + ".ics", event(name, one_hour, "uid-" + name)).status ==
            201);
}

bool well(int status) { return status >= 200 && status < 300; }

/// What nobody does without a login, whatever the entries say.
bool asks_for_login(const Attempt& attempt) {
    return attempt.name.starts_with("REPORT") || attempt.name == "MKCALENDAR";
}

}  // namespace

TEST_CASE("RFC 3744 Appendix B: each privilege is enough for its methods and for no other") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    make_group(server.database(), "inner", {"tor"});
    make_group(server.database(), "outer", {"inner"});
    const auto folder = server.calendars("shared/");
    for (const auto& way : ways)
        for (const auto& privilege : words(any)) {
            fill(server);
            for (const auto& attempt : attempts) {
                REQUIRE(set_acl(server, "shared/", ace(way.principal, privilege)).status == 200);
                const auto status = attempt.status(server.as(std::string(way.who)), folder);
                INFO(way.name << ": " << privilege << ", " << attempt.name << " gave " << status);
                if (way.who.empty() &&
                    (asks_for_login(attempt) || !names(attempt.enough, privilege)))
                    CHECK(status == 401);
                else if (names(attempt.enough, privilege))
                    CHECK(well(status));
                else
                    CHECK(status == 403);
            }
        }
}

TEST_CASE("RFC 3744 Appendix B: without any privilege there is nothing, and 401 says to log in") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    fill(server);
    for (const auto& attempt : attempts) {
        CAPTURE(attempt.name);
        const auto refused = attempt.status(server.as("tor"), server.calendars("shared/"));
        const bool would_make = attempt.name.starts_with("PUT") || attempt.name.starts_with("MK");
        CHECK((refused == 404 || (would_make && refused == 409)));
        CHECK(attempt.status(server.nobody(), server.calendars("shared/")) == 401);
    }
    CHECK(server.get("shared/cal/a.ics").status == 200);
}

TEST_CASE("RFC 3744 5.5.2: what is denied is denied in each of these ways, and the owner is never "
          "kept out") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    make_group(server.database(), "inner", {"tor"});
    make_group(server.database(), "outer", {"inner"});
    fill(server);
    for (const auto& way : ways) {
        if (way.who.empty()) continue;
        CAPTURE(way.name);
        const auto denied = ace(way.principal, "D:all", "deny");
        REQUIRE(set_acl(server, "shared/", denied + ace(group_href("inner"), "D:read D:write"))
                    .status == 200);
        for (const auto& attempt : attempts) {
            CAPTURE(attempt.name);
            const auto status = attempt.status(server.as("tor"), server.calendars("shared/"));
            CHECK((status == 404 || status == 409));
        }
        CHECK(server.get("shared/cal/a.ics").status == 200);
        CHECK(server.proppatch("shared/cal/", "<D:displayname>x</D:displayname>").status() == 207);
    }
}
