// ACL: what one shares with others, and what it takes to. RFC 3744 8.1.

#include "http/acl_support.hpp"
#include "support/samples.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;

namespace {

/// An object without entries, and one to set them on.
void store_two(TestServer& alice) {
    alice.put("calendar/a.ics", event("A"));
    alice.put("calendar/b.ics", event("B"));
}

}  // namespace

TEST_CASE("RFC 3744 8.1: a calendar is shared with a user, a group, a nested group, and no more") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "ida"};
    store_two(server);
    auto& tor = server.as("tor");
    auto& ida = server.as("ida");
    const auto shared = server.calendars("calendar/");
    make_group(server.database(), "inner", {"tor"});
    make_group(server.database(), "outer", {"inner"});
    for (const auto& who : {tor.principal(), group_href("inner"), group_href("outer")}) {
        CAPTURE(who);
        CHECK(tor.get(shared + "a.ics").status == 404);
        const auto reply = set_acl(server, "calendar/", ace(who, "D:read"));
        CHECK(reply.status == 200);
        CHECK(reply.body.empty());
        CHECK(summary(tor.get(shared + "a.ics").body) == "A");
        CHECK(tor.propfind(shared, "D:getetag", "1").size() == 3);
        CHECK(tor.put(shared + "a.ics", event("X")).status == 403);
        CHECK(ida.get(shared + "a.ics").status == 404);
        CHECK(tor.get(server.calendars("tasks/")).status == 404);
        CHECK(set_acl(server, "calendar/", "").status == 200);
    }
}

TEST_CASE("RFC 3744 5.5.1: entries for all, for who has logged in, and for who has not") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    store_two(server);
    const auto path = server.calendars("calendar/a.ics");
    const auto seen_by = [&](const std::string& aces) {
        CHECK(set_acl(server, "calendar/", aces).status == 200);
        return std::pair{server.as("tor").get(path).status, server.nobody().get(path).status};
    };
    CHECK(seen_by(ace("D:all", "D:read")) == std::pair{200, 200});
    CHECK(seen_by(ace("D:authenticated", "D:read")) == std::pair{200, 401});
    CHECK(seen_by(ace("D:unauthenticated", "D:read")) == std::pair{404, 200});
    CHECK(seen_by(ace("/dav/principals/users/tor/", "D:read", "deny") + ace("D:all", "D:read")) ==
          std::pair{404, 200});
    const auto all_but_tor =
        "<D:ace><D:invert>" + principal_xml("/dav/principals/users/tor/") +
        "</D:invert><D:grant><D:privilege><D:read/></D:privilege></D:grant></D:ace>";
    CHECK(seen_by(all_but_tor) == std::pair{404, 200});
    CHECK(seen_by("") == std::pair{404, 401});
}

TEST_CASE("RFC 3744 5.5.4: a home and a folder give their entries to what is in them") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    auto& tor = server.as("tor");
    REQUIRE(server.request("MKCOL", "folder/").status == 201);
    REQUIRE(server.request("MKCALENDAR", "folder/inside/").status == 201);
    server.put("folder/inside/a.ics", event("A"));
    store_two(server);
    CHECK(set_acl(server, "folder/", ace(tor.principal(), "D:read")).status == 200);
    CHECK(tor.get(server.calendars("folder/inside/a.ics")).status == 200);
    CHECK(tor.get(server.calendars("calendar/a.ics")).status == 404);
    CHECK(set_acl(server, "folder/inside/", ace(tor.principal(), "D:read", "deny")).status == 200);
    CHECK(tor.get(server.calendars("folder/inside/a.ics")).status == 404);
    CHECK(set_acl(server, "", ace(tor.principal(), "D:read")).status == 200);
    CHECK(tor.get(server.calendars("calendar/a.ics")).status == 200);
    CHECK(tor.get(server.calendars("folder/inside/a.ics")).status == 404);
}

TEST_CASE("RFC 3744 8.1: an object may have entries of its own, which come first") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    auto& tor = server.as("tor");
    store_two(server);
    const auto shared = server.calendars("calendar/");
    CHECK(set_acl(server, "calendar/", ace(tor.principal(), "D:read")).status == 200);
    const auto token = tor.sync(shared, "").sync_token();
    CHECK(set_acl(server, "calendar/b.ics", ace(tor.principal(), "D:read", "deny")).status == 200);
    CHECK(tor.get(shared + "a.ics").status == 200);
    CHECK(tor.get(shared + "b.ics").status == 404);
    CHECK(tor.propfind(shared, "D:getetag", "1").hrefs() ==
          std::vector<std::string>{shared, shared + "a.ics"});
    const auto hidden = tor.sync(shared, token);
    CHECK(hidden.only().href == shared + "b.ics");
    CHECK(hidden.only().status == 404);
    CHECK(set_acl(server, "calendar/b.ics", ace(tor.principal(), "D:write-content")).status == 200);
    const auto shown = tor.sync(shared, hidden.sync_token());
    CHECK(shown.only().text("D:getetag") != "");
    CHECK(tor.put(shared + "b.ics", event("B", one_hour, "uid-of-B")).status != 403);
    CHECK(tor.put(shared + "a.ics", event("A")).status == 403);
    CHECK(set_acl(server, "calendar/none.ics", ace(tor.principal(), "D:read")).status == 404);
}

TEST_CASE("RFC 3744 Appendix B: setting entries takes write-acl, and more is not asked") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "ida"};
    auto& tor = server.as("tor");
    const auto shared = server.calendars("calendar/");
    const auto entry = ace("/dav/principals/users/ida/", "D:read");
    CHECK(set_acl(tor, shared, entry).status == 404);
    CHECK(set_acl(server, "calendar/", ace(tor.principal(), "D:read D:write")).status == 200);
    const auto refused = set_acl(tor, shared, entry);
    CHECK(refused.status == 403);
    CHECK(precondition(refused) == "D:need-privileges");
    CHECK(set_acl(server, "calendar/", ace(tor.principal(), "D:write-acl")).status == 200);
    CHECK(set_acl(tor, shared, entry).status == 200);  // and has lost it by that
    CHECK(set_acl(tor, shared, entry).status == 404);
    CHECK(server.as("ida").propfind(shared, "D:displayname").status() == 207);
}

TEST_CASE("RFC 3744 8.1: an administrator sets entries anywhere, and on principals nobody does") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "admin"};
    auto& admin = server.as("admin");
    const auto entry = ace("/dav/principals/users/tor/", "D:read");
    CHECK(set_acl(admin, server.calendars("calendar/"), entry).status == 200);
    for (const auto& path :
         {server.principal(), std::string("/dav/"), std::string("/dav/calendars/")}) {
        const auto reply = set_acl(admin, path, entry);
        CHECK(reply.status == 405);
        CHECK(reply.header("Allow").value_or("ACL").find("ACL") == std::string::npos);
    }
}

TEST_CASE("RFC 3744 8.1.1: entries that can't be are refused with their precondition, and nothing "
          "changes") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "admin"};
    auto& tor = server.as("tor");
    store_two(server);
    const auto valid = ace(tor.principal(), "D:read");
    REQUIRE(set_acl(server, "calendar/", valid).status == 200);
    const struct {
        std::string aces;
        std::string precondition;
    } wrong[] = {
        {ace("/dav/principals/users/nobody/", "D:read"), "D:recognized-principal"},
        {ace("/dav/principals/groups/tor/", "D:read"), "D:recognized-principal"},
        {ace("/elsewhere/tor/", "D:read"), "D:recognized-principal"},
        {ace("/dav/calendars/tor/", "D:read"), "D:recognized-principal"},
        {ace(server.principal(), "D:read", "deny"), "D:no-protected-ace-conflict"},
        {ace("/dav/principals/users/admin/", "D:write", "deny"), "D:no-protected-ace-conflict"},
        {ace(tor.principal(), "C:schedule-send"), "D:not-supported-privilege"},
        {ace(tor.principal(), "D:fly"), "D:not-supported-privilege"},
        {ace(tor.principal(), "D:read", "deny") + valid, "D:no-ace-conflict"},
        {"<D:ace>" + principal_xml(tor.principal()) +
             "<D:grant><D:privilege><D:read/></D:privilege></D:grant><D:protected/></D:ace>",
         "D:no-ace-conflict"},
        {"<D:ace>" + principal_xml(tor.principal()) +
             "<D:grant><D:privilege><D:read/></D:privilege></D:grant>"
             "<D:inherited><D:href>/dav/calendars/alice/</D:href></D:inherited></D:ace>",
         "D:no-ace-conflict"},
    };
    for (const auto& [aces, named] : wrong) {
        CAPTURE(aces);
        const auto reply = set_acl(server, "calendar/", ace(tor.principal(), "D:bind") + aces);
        CHECK(reply.status == 403);
        CHECK(precondition(reply) == named);
    }
    CHECK(server.request("ACL", "calendar/", "<broken").status == 400);
    CHECK(server.request("ACL", "calendar/", "").status == 400);
    CHECK(server.request("ACL", "calendar/", xml_body("D:propfind", "")).status == 400);
    CHECK(tor.get(server.calendars("calendar/a.ics")).status == 200);
    CHECK(tor.put(server.calendars("calendar/new.ics"), event("New")).status == 403);
}

TEST_CASE("RFC 3744 8.1.1: there may be as many entries as dav.max_aces says") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.max_aces = 10;
    TestServer server{{"alice", "tor"}, config};
    std::string aces;
    for (int i = 0; i < 10; ++i) aces += ace("/dav/principals/users/tor/", "D:read");
    CHECK(set_acl(server, "calendar/", aces).status == 200);
    const auto reply = set_acl(server, "calendar/", aces + ace("D:all", "D:read"));
    CHECK(reply.status == 403);
    CHECK(precondition(reply) == "D:limited-number-of-aces");
}

TEST_CASE("a group of proxies that nobody is in yet may be named in an entry") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "ida"};
    store_two(server);
    auto& ida = server.as("ida");
    const auto proxies = server.as("tor").principal() + "calendar-proxy-read/";
    CHECK(set_acl(server, "calendar/", ace(proxies, "D:read")).status == 200);
    CHECK(ida.get(server.calendars("calendar/a.ics")).status == 404);
    const auto group = server.database().home("tor")->principal.proxy_read;
    REQUIRE(group.value != 0);
    kalends::store::set_members(server.database(), group,
                                {server.database().home("ida")->principal.id});
    CHECK(ida.get(server.calendars("calendar/a.ics")).status == 200);
}

TEST_CASE("through a binding the entries of what is shared are set, by those who may there") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "ida"};
    auto& tor = server.as("tor");
    auto& db = server.database();
    store_two(server);
    const auto alice_home = db.home("alice");
    const auto calendar = alice_home->find(kalends::store::CollectionKind::calendar, "calendar");
    const auto home = db.home("tor");
    kalends::store::NewCollection binding{
        .home = home->principal.id,
        .parent = home->root(kalends::store::CollectionKind::calendar_home)->id,
        .kind = kalends::store::CollectionKind::binding,
        .name = "of-alice",
        .components = 0,
        .properties = {},
        .target = kalends::store::BindingTarget{alice_home->principal.id, calendar->id, false}};
    REQUIRE(kalends::store::create_collection(db, binding) == kalends::store::Changed::done);
    const auto entry =
        ace(tor.principal(), "D:read D:write-acl") + ace("/dav/principals/users/ida/", "D:read");
    CHECK(set_acl(tor, "of-alice/", entry).status == 404);
    CHECK(set_acl(server, "calendar/", ace(tor.principal(), "D:read")).status == 200);
    CHECK(set_acl(tor, "of-alice/", entry).status == 403);
    CHECK(set_acl(server, "calendar/", ace(tor.principal(), "D:read D:write-acl")).status == 200);
    CHECK(set_acl(tor, "of-alice/", entry).status == 200);
    CHECK(server.as("ida").get(server.calendars("calendar/a.ics")).status == 200);
    CHECK(set_acl(tor, "of-alice/b.ics", ace("/dav/principals/users/ida/", "D:read", "deny"))
              .status == 200);
    CHECK(server.as("ida").get(server.calendars("calendar/b.ics")).status == 404);
}
