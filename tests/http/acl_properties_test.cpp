// Properties of access control and of principals, and who acts for whom. RFC 3744 4 and 5,
// calendarserver caldav-proxy 5.

#include "http/acl_support.hpp"
#include "support/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends::test;

namespace {

using Hrefs = std::vector<std::string>;

constexpr kalends::xml::NameView href_name{"DAV:", "href"};

/// One DAV:ace as a line: "grant /dav/principals/users/tor/ D:read, protected".
std::string line_of(const kalends::xml::Element& ace) {
    const auto named = [&](const char* name) { return ace.child({"DAV:", name}); };
    const auto* verdict = named("grant") != nullptr ? named("grant") : named("deny");
    std::string line = prefixed(verdict->name).substr(2);
    const auto* whom = named("invert") != nullptr ? named("invert")->child({"DAV:", "principal"})
                                                  : named("principal");
    const auto* who = whom->children().front();
    line += named("invert") != nullptr ? " all but " : " ";
    line += who->is(href_name) ? who->text() : prefixed(who->name);
    for (const auto* privilege : verdict->children())
        line += " " + prefixed(privilege->children().front()->name);
    if (named("protected") != nullptr) line += ", protected";
    if (const auto* inherited = named("inherited"))
        line += ", from " + inherited->child(href_name)->text();
    return line;
}

Hrefs acl_of(User& user, const std::string& path) {
    const auto answer = user.propfind(path, "D:acl");
    Hrefs lines;
    const auto* acl = answer.only().element("D:acl");
    if (acl == nullptr) return lines;
    for (const auto* ace : acl->children()) lines.push_back(line_of(*ace));
    return lines;
}

Hrefs hrefs(User& user, const std::string& path, const std::string& property) {
    return user.propfind(path, property).only().hrefs(property);
}

bool contains(const Hrefs& list, const std::string& what) {
    return std::ranges::find(list, what) != list.end();
}

Multistatus set_proxies(User& user, const std::string& path, const Hrefs& members) {
    std::string inner;
    for (const auto& member : members) inner += "<D:href>" + member + "</D:href>";
    return user.proppatch(path, "<D:group-member-set>" + inner + "</D:group-member-set>");
}

}  // namespace

TEST_CASE("RFC 3744 5.5: DAV:acl has what is protected, then its own, then what is inherited") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "admin"};
    server.put("calendar/a.ics", event("A"));
    make_group(server.database(), "friends", {"tor"});
    const auto deny = ace("D:unauthenticated", "D:write", "deny");
    REQUIRE(set_acl(server, "", ace(group_href("friends"), "D:bind")).status == 200);
    REQUIRE(set_acl(server, "calendar/",
                    ace("/dav/principals/users/tor/", "D:read D:write-properties") + deny)
                .status == 200);
    REQUIRE(
        set_acl(
            server, "calendar/a.ics",
            "<D:ace><D:invert>" + principal_xml("D:self") +
                "</D:invert><D:grant><D:privilege><D:read-acl/></D:privilege></D:grant></D:ace>")
            .status == 200);
    const Hrefs calendar{
        "grant D:property D:all, protected",
        "grant /dav/principals/users/admin/ D:all, protected",
        "grant /dav/principals/users/tor/ D:read D:write-properties",
        "deny D:unauthenticated D:write",
        "grant /dav/principals/groups/friends/ D:bind, from /dav/calendars/alice/",
        "grant /dav/principals/users/alice/calendar-proxy-write/ D:read D:write "
        "D:read-current-user-privilege-set, protected, from /dav/calendars/alice/",
        "grant /dav/principals/users/alice/calendar-proxy-read/ D:read "
        "D:read-current-user-privilege-set, protected, from /dav/calendars/alice/"};
    CHECK(acl_of(server, "calendar/") == calendar);
    const auto object = acl_of(server, "calendar/a.ics");
    REQUIRE(object.size() == 8);
    CHECK(object[2] == "grant all but D:self D:read-acl");
    CHECK(object[3] == "grant /dav/principals/users/tor/ D:read D:write-properties, from "
                       "/dav/calendars/alice/calendar/");
    CHECK(acl_of(server, "").back().find("from") == std::string::npos);
    CHECK(acl_of(server, server.books("contacts/")).size() == 2);
    CHECK(hrefs(server, "calendar/a.ics", "D:inherited-acl-set") ==
          Hrefs{"/dav/calendars/alice/calendar/", "/dav/calendars/alice/"});
    CHECK(hrefs(server, "", "D:inherited-acl-set").empty());
}

TEST_CASE(
    "RFC 3744 5.5: what DAV:acl shows can be sent back without what is protected or inherited") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    const auto entries = ace("/dav/principals/users/tor/", "D:read") +
                         ace("D:all", "D:write C:read-free-busy", "deny") +
                         ace("D:authenticated", "D:read-acl D:unlock");
    REQUIRE(set_acl(server, "calendar/", entries).status == 200);
    const auto before = acl_of(server, "calendar/");
    const auto answer = server.propfind("calendar/", "D:acl");
    std::string own;
    for (const auto* ace : answer.only().element("D:acl")->children())
        if (ace->child({"DAV:", "protected"}) == nullptr) own += kalends::xml::serialize(*ace);
    REQUIRE(set_acl(server, "calendar/", own).status == 200);
    CHECK(acl_of(server, "calendar/") == before);
}

TEST_CASE("RFC 3744 3.6, 3.7: DAV:acl takes read-acl, one's own privileges take theirs; else they "
          "are 403") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    auto& tor = server.as("tor");
    const auto path = server.calendars("calendar/");
    const auto seen_with = [&](const std::string& privileges) {
        REQUIRE(set_acl(server, "calendar/", ace(tor.principal(), privileges)).status == 200);
        const auto answer = tor.propfind(
            path,
            "D:acl D:current-user-privilege-set D:acl-restrictions D:owner D:group D:displayname");
        const auto& one = answer.only();
        CHECK(one.status_of("D:displayname") == 200);
        CHECK(one.status_of("D:acl-restrictions") == 200);
        CHECK(one.children("D:acl-restrictions").empty());
        CHECK(one.hrefs("D:owner") == Hrefs{server.principal()});
        CHECK(one.status_of("D:group") == 404);
        return std::pair{one.status_of("D:acl"), one.status_of("D:current-user-privilege-set")};
    };
    CHECK(seen_with("D:read") == std::pair{403, 403});
    CHECK(seen_with("D:read D:read-acl") == std::pair{200, 403});
    CHECK(seen_with("D:read D:read-current-user-privilege-set") == std::pair{403, 200});
    CHECK(tor.propfind_xml(path, "<D:propname/>").only().status_of("D:acl") == 200);
}

TEST_CASE("a member that one may not read is not listed, whatever else one may do with it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    auto& tor = server.as("tor");
    const auto home = server.calendars();
    REQUIRE(set_acl(server, "", ace(tor.principal(), "D:read")).status == 200);
    REQUIRE(
        set_acl(server, "tasks/",
                ace(tor.principal(), "D:read", "deny") + ace(tor.principal(), "D:write-properties"))
            .status == 200);
    CHECK(tor.propfind(home, "D:displayname", "1").hrefs() ==
          Hrefs{home, home + "calendar/", home + "inbox/", home + "outbox/"});
}

TEST_CASE("what is above homes, and principals, are read by all and administrators do all there") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "admin"};
    for (const auto& path : {std::string("/dav/"), std::string("/dav/calendars/"),
                             std::string("/dav/principals/users/"), server.principal()}) {
        CAPTURE(path);
        const auto seen = server.as("tor").propfind(path, "D:acl D:current-user-privilege-set");
        CHECK(seen.only().status_of("D:acl") == 403);
        CHECK(seen.only().element("D:current-user-privilege-set")->children().size() == 3);
        const auto lines = acl_of(server.as("admin"), path);
        CHECK(contains(lines, "grant /dav/principals/users/admin/ D:all, protected"));
        CHECK(contains(
            lines, "grant D:authenticated D:read D:read-current-user-privilege-set, protected"));
    }
    CHECK(contains(acl_of(server, server.principal()), "grant D:property D:all, protected"));
}

TEST_CASE("RFC 3744 4: what principals tell of themselves and their groups") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "ida"};
    auto& db = server.database();
    make_group(db, "inner", {"tor", "ida"});
    make_group(db, "outer", {"inner", "alice"});
    const auto tor = server.as("tor").principal();
    const auto of_tor =
        server.propfind(tor, "D:principal-URL D:alternate-URI-set D:group-member-set "
                             "D:group-membership D:owner CS:email-address-set "
                             "CS:expanded-group-membership");
    const auto& one = of_tor.only();
    CHECK(one.hrefs("D:principal-URL") == Hrefs{tor});
    CHECK(one.hrefs("D:owner") == Hrefs{tor});
    CHECK(one.status_of("D:alternate-URI-set") == 200);
    CHECK(one.status_of("D:group-member-set") == 200);
    CHECK(one.hrefs("D:group-member-set").empty());
    CHECK(one.hrefs("D:group-membership") == Hrefs{group_href("inner")});
    CHECK(one.hrefs("CS:expanded-group-membership") ==
          Hrefs{group_href("inner"), group_href("outer")});
    CHECK(one.text("CS:email-address-set") == "tor@example.com");
    CHECK(hrefs(server, group_href("outer"), "D:group-member-set") ==
          Hrefs{server.principal(), group_href("inner")});
    CHECK(hrefs(server, group_href("outer"), "CS:expanded-group-member-set").size() == 4);
    const auto group = server.propfind(group_href("outer"), "D:resourcetype D:displayname", "1");
    CHECK(group.only().children("D:resourcetype") == Hrefs{"D:principal"});
    CHECK(group.only().text("D:displayname") == "Group outer");
    CHECK(set_proxies(server, group_href("outer"), {tor}).status() == 403);
}

TEST_CASE("calendarserver caldav-proxy 5.2: a principal has two groups of those who act for it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    const auto read = server.principal() + "calendar-proxy-read/";
    const auto write = server.principal() + "calendar-proxy-write/";
    const auto answer = server.propfind(
        server.principal(), "D:resourcetype D:owner D:principal-URL CS:record-type", "1");
    CHECK(answer.hrefs() == Hrefs{server.principal(), read, write});
    CHECK(answer.at(server.principal()).children("D:resourcetype") ==
          Hrefs{"D:collection", "D:principal"});
    CHECK(answer.at(read).children("D:resourcetype") ==
          Hrefs{"D:collection", "D:principal", "CS:calendar-proxy-read"});
    CHECK(answer.at(write).children("D:resourcetype") ==
          Hrefs{"D:collection", "D:principal", "CS:calendar-proxy-write"});
    CHECK(answer.at(write).text("CS:record-type") == "write-delegate-group");
    CHECK(answer.at(server.principal()).text("CS:record-type") == "users");
    CHECK(answer.at(write).hrefs("D:owner") == Hrefs{server.principal()});
    CHECK(answer.at(write).hrefs("D:principal-URL") == Hrefs{write});
    CHECK(server.as("tor")
              .propfind("/dav/principals/resources/alice/calendar-proxy-read/", "D:owner")
              .status() == 404);
    CHECK(server.nobody().propfind(read, "D:owner").status() == 401);
}

TEST_CASE(
    "calendarserver caldav-proxy 3: proxies read, or also write, all calendars, and nothing else") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "ida"};
    auto& tor = server.as("tor");
    server.put("calendar/a.ics", event("A"));
    const auto path = server.calendars("calendar/");
    const auto read = server.principal() + "calendar-proxy-read/";
    const auto write = server.principal() + "calendar-proxy-write/";
    CHECK(tor.get(path + "a.ics").status == 404);

    CHECK(set_proxies(server, read, {tor.principal()}).only().status_of("D:group-member-set") ==
          200);
    CHECK(hrefs(server, read, "D:group-member-set") == Hrefs{tor.principal()});
    CHECK(hrefs(server, tor.principal(), "D:group-membership") == Hrefs{read});
    CHECK(hrefs(server, tor.principal(), "CS:calendar-proxy-read-for") ==
          Hrefs{server.principal()});
    CHECK(hrefs(server, tor.principal(), "CS:calendar-proxy-write-for").empty());
    CHECK(tor.get(path + "a.ics").status == 200);
    CHECK(tor.put(path + "b.ics", event("B")).status == 403);
    CHECK(tor.propfind(server.calendars(), "D:acl").only().status_of("D:acl") == 403);
    CHECK(tor.propfind(server.books("contacts/"), "D:displayname").status() == 404);

    make_group(server.database(), "office", {"ida"});
    CHECK(
        set_proxies(server, write, {group_href("office")}).only().status_of("D:group-member-set") ==
        200);
    CHECK(hrefs(server, server.as("ida").principal(), "CS:calendar-proxy-write-for") ==
          Hrefs{server.principal()});  // through the group
    CHECK(server.as("ida").put(path + "b.ics", event("B")).status == 201);
    CHECK(server.as("ida").erase(path + "b.ics").status == 204);

    CHECK(set_proxies(server, read, {}).only().status_of("D:group-member-set") == 200);
    CHECK(server.proppatch(write, "", "<D:group-member-set/>")
              .only()
              .status_of("D:group-member-set") == 200);
    CHECK(tor.get(path + "a.ics").status == 404);
    CHECK(server.as("ida").get(path + "a.ics").status == 404);
}

TEST_CASE("calendarserver caldav-proxy 5.2: only its owner and administrators say who acts for "
          "somebody") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "admin"};
    auto& tor = server.as("tor");
    const auto read = server.principal() + "calendar-proxy-read/";
    CHECK(set_proxies(tor, read, {tor.principal()}).status() == 403);
    CHECK(set_proxies(server, read, {tor.principal(), "/dav/principals/users/nobody/"})
              .only()
              .status_of("D:group-member-set") == 403);
    const auto both = server.proppatch(
        read, "<D:group-member-set><D:href>" + tor.principal() +
                  "</D:href></D:group-member-set><D:displayname>x</D:displayname>");
    CHECK(both.only().status_of("D:group-member-set") == 424);
    CHECK(both.only().status_of("D:displayname") == 403);
    CHECK(hrefs(server, read, "D:group-member-set").empty());
    CHECK(set_proxies(server.as("admin"), read, {tor.principal()})
              .only()
              .status_of("D:group-member-set") == 200);
    CHECK(set_proxies(tor, read, {}).status() == 403);  // who is in it may not change it
    CHECK(hrefs(tor, read, "D:group-member-set") == Hrefs{tor.principal()});
}

TEST_CASE("an entry takes away from a proxy what being one would give") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    auto& tor = server.as("tor");
    REQUIRE(set_proxies(server, server.principal() + "calendar-proxy-write/", {tor.principal()})
                .status() == 207);
    REQUIRE(set_acl(server, "tasks/", ace(tor.principal(), "D:all", "deny")).status == 200);
    CHECK(tor.propfind(server.calendars("calendar/"), "D:displayname").status() == 207);
    CHECK(tor.propfind(server.calendars("tasks/"), "D:displayname").status() == 404);
}
