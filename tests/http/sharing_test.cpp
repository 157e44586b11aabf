// What is shared is in the reader's own home: bindings that come and go with access. RFC 5842,
// calendarserver caldav-sharing 5.2.

#include "http/acl_support.hpp"
#include "support/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends::test;

namespace {

using Names = std::vector<std::string>;

/// The collections in a home, without the home.
Names in_home(User& user, const std::string& home) {
    auto hrefs = user.propfind(home, "D:resourcetype", "1").hrefs();
    std::erase(hrefs, home);
    for (auto& href : hrefs) href = href.substr(home.size());
    return hrefs;
}

Names calendars_of(User& user) {
    auto names = in_home(user, user.calendars());
    std::erase_if(names, [](const auto& name) { return name == "inbox/" || name == "outbox/"; });
    return names;
}

constexpr auto to_write = "D:read D:write D:read-current-user-privilege-set";

/// Celia has a project, and Tor a home of his own.
struct Project : TestServer {
    Project() : TestServer{"celia", "tor", "ida"}, tor(as("tor")) {
        request("MKCALENDAR", "project/",
                xml_body("C:mkcalendar", "<D:set><D:prop><D:displayname>The Project</D:displayname>"
                                         "</D:prop></D:set>"));
        REQUIRE(put("project/a.ics", event("A")).status == 201);
    }
    void share(const std::string& aces) { REQUIRE(set_acl(*this, "project/", aces).status == 200); }

    User& tor;
    std::string here = tor.calendars("celia.project/");
};

}  // namespace

TEST_CASE("who may read a calendar has it in the own home, as long as that is so") {
    REQUIRE_POSTGRESQL();
    Project celia;
    CHECK(calendars_of(celia.tor) == Names{"calendar/", "tasks/"});
    celia.share(ace(celia.tor.principal(), "D:read"));
    CHECK(calendars_of(celia.tor) == Names{"calendar/", "celia.project/", "tasks/"});
    CHECK(calendars_of(celia.as("ida")) == Names{"calendar/", "tasks/"});
    CHECK(summary(celia.tor.get(celia.here + "a.ics").body) == "A");
    CHECK(celia.tor.put(celia.here + "b.ics", event("B")).status == 403);
    celia.share("");
    CHECK(calendars_of(celia.tor) == Names{"calendar/", "tasks/"});
    CHECK(celia.tor.get(celia.here + "a.ics").status == 404);
}

TEST_CASE("who may write writes to the owner's calendar, and both sync it") {
    REQUIRE_POSTGRESQL();
    Project celia;
    celia.share(ace(celia.tor.principal(), to_write));
    const auto token = celia.sync(celia.calendars("project/"), "").sync_token();
    const auto own = celia.tor.sync(celia.here, "").sync_token();
    REQUIRE(celia.tor.put(celia.here + "b.ics", event("B")).status == 201);
    CHECK(celia.sync(celia.calendars("project/"), token).hrefs() ==
          Names{celia.calendars("project/b.ics")});
    CHECK(celia.tor.sync(celia.here, own).hrefs() == Names{celia.here + "b.ics"});
    CHECK(celia.tor
              .report(celia.here, "C:calendar-multiget",
                      "<D:prop><D:getetag/></D:prop><D:href>" + celia.here + "b.ics</D:href>")
              .hrefs() == Names{celia.here + "b.ics"});
    REQUIRE(celia.tor.erase(celia.here + "a.ics").status == 204);
    CHECK(celia.get("project/a.ics").status == 404);
}

TEST_CASE("an address book is shared likewise, among address books") {
    REQUIRE_POSTGRESQL();
    TestServer celia{"celia", "tor"};
    auto& tor = celia.as("tor");
    REQUIRE(set_acl(celia, celia.books("contacts/"), ace(tor.principal(), "D:read")).status == 200);
    CHECK(in_home(tor, tor.books()) == Names{"celia.contacts/", "contacts/"});
    CHECK(calendars_of(tor) == Names{"calendar/", "tasks/"});
    CHECK(tor.propfind(tor.books("celia.contacts/"), "D:resourcetype")
              .only()
              .children("D:resourcetype") == Names{"D:collection", "CR:addressbook", "CS:shared"});
}

TEST_CASE("free/busy alone, or entries for everybody, put nothing into anybody's home") {
    REQUIRE_POSTGRESQL();
    Project celia;
    make_group(celia.database(), "team", {"tor"});
    for (const auto& aces :
         {ace(celia.tor.principal(), "C:read-free-busy"), ace("D:authenticated", "D:read"),
          ace("D:all", "D:read"),
          ace(group_href("team"), "D:read", "deny") + ace(celia.tor.principal(), "D:read")}) {
        CAPTURE(aces);
        celia.share(aces);
        CHECK(calendars_of(celia.tor) == Names{"calendar/", "tasks/"});
    }
}

TEST_CASE("what a group may read comes to who joins it, and goes from who leaves it") {
    REQUIRE_POSTGRESQL();
    Project celia;
    auto& db = celia.database();
    const auto inner = make_group(db, "inner", {});
    make_group(db, "outer", {"inner"});
    celia.share(ace(group_href("outer"), "D:read"));
    CHECK(calendars_of(celia.tor) == Names{"calendar/", "tasks/"});
    const auto tor = db.home("tor")->principal.id;
    REQUIRE(kalends::store::add_members(db, inner, {tor}));
    CHECK(calendars_of(celia.tor) == Names{"calendar/", "celia.project/", "tasks/"});
    REQUIRE(kalends::store::remove_members(db, inner, {tor}));
    CHECK(calendars_of(celia.tor) == Names{"calendar/", "tasks/"});
    REQUIRE(kalends::store::add_members(db, inner, {tor}));
    CHECK(calendars_of(celia.tor).size() == 3);
    REQUIRE(kalends::store::delete_principal(db, db.home("outer")->principal.id));
    CHECK(calendars_of(celia.tor).size() == 2);
}

TEST_CASE("the reader's name, colour and order are the reader's own") {
    REQUIRE_POSTGRESQL();
    Project celia;
    celia.share(ace(celia.tor.principal(), "D:read"));
    const auto look = [](User& user, const std::string& path) {
        const auto answer = user.propfind(path, "D:displayname A:calendar-color A:calendar-order");
        Names found;
        for (const auto* name : {"D:displayname", "A:calendar-color", "A:calendar-order"})
            found.push_back(answer.only().text(name));
        return found;
    };
    celia.proppatch("project/", "<A:calendar-color>#00FF00FF</A:calendar-color>");
    CHECK(look(celia.tor, celia.here) == Names{"The Project (celia)", "#00FF00FF", ""});
    const auto changed = celia.tor.proppatch(
        celia.here, "<D:displayname>Work</D:displayname><A:calendar-color>#FF0000FF"
                    "</A:calendar-color><A:calendar-order>7</A:calendar-order>");
    CHECK(changed.only().status_of("D:displayname") == 200);
    CHECK(look(celia.tor, celia.here) == Names{"Work", "#FF0000FF", "7"});
    CHECK(look(celia, celia.calendars("project/")) == Names{"The Project", "#00FF00FF", ""});
    celia.tor.proppatch(celia.here, "", "<D:displayname/><A:calendar-color/>");
    CHECK(look(celia.tor, celia.here) == Names{"The Project (celia)", "#00FF00FF", "7"});
}

TEST_CASE("RFC 6578 3.5: a sync of the reader's home tells what comes, changes and goes") {
    REQUIRE_POSTGRESQL();
    Project celia;
    std::string token;
    const auto news = [&] {
        const auto answer = celia.tor.report(celia.tor.calendars(), "D:sync-collection",
                                             "<D:sync-token>" + token +
                                                 "</D:sync-token><D:sync-level>1</D:sync-level>"
                                                 "<D:prop><D:getetag/></D:prop>",
                                             "0");
        REQUIRE(answer.status() == 207);
        token = answer.sync_token();
        Names result;
        for (const auto& member : answer.members())
            result.push_back((member.status == 404 ? "gone " : "") + member.href);
        return result;
    };
    CHECK(news().size() == 4);
    celia.share(ace(celia.tor.principal(), "D:read"));
    CHECK(news() == Names{celia.here});
    CHECK(news().empty());
    celia.put("project/b.ics", event("B"));
    CHECK(news() == Names{celia.here});
    celia.proppatch("project/", "<D:displayname>Our Project</D:displayname>");
    CHECK(news() == Names{celia.here});
    celia.tor.proppatch(celia.here, "<D:displayname>Work</D:displayname>");
    CHECK(news() == Names{celia.here});
    celia.share("");
    CHECK(news() == Names{"gone " + celia.here});
    celia.share(ace(celia.tor.principal(), "D:read"));
    CHECK(news() == Names{celia.here});
    celia.erase("project/");
    CHECK(news() == Names{"gone " + celia.here});
}

TEST_CASE("who removes it does not get it again, until it was not shared for a time") {
    REQUIRE_POSTGRESQL();
    Project celia;
    celia.share(ace(celia.tor.principal(), "D:read"));
    CHECK(calendars_of(celia.tor).size() == 3);
    REQUIRE(celia.tor.erase(celia.here).status == 204);
    CHECK(calendars_of(celia.tor).size() == 2);
    CHECK(celia.get("project/a.ics").status == 200);
    celia.share(ace(celia.tor.principal(), to_write));
    CHECK(calendars_of(celia.tor).size() == 2);
    CHECK(celia.tor.get(celia.calendars("project/a.ics")).status == 200);
    celia.share("");
    CHECK(calendars_of(celia.tor).size() == 2);
    celia.share(ace(celia.tor.principal(), "D:read"));
    CHECK(calendars_of(celia.tor).size() == 3);
}

TEST_CASE("caldav-sharing 5.2: the owner sees who has it, a reader whose it is") {
    REQUIRE_POSTGRESQL();
    Project celia;
    make_group(celia.database(), "staff", {"ida"});
    const auto types = [](User& user, const std::string& path) {
        return user.propfind(path, "D:resourcetype").only().children("D:resourcetype");
    };
    CHECK(types(celia, "project/") == Names{"D:collection", "C:calendar"});
    CHECK(celia.propfind("project/", "CS:invite CS:shared-url").only().status_of("CS:invite") ==
          404);
    celia.share(ace(celia.tor.principal(), to_write) + ace(group_href("staff"), "D:read") +
                ace(celia.as("ida").principal(), "C:read-free-busy"));
    CHECK(types(celia, "project/") == Names{"D:collection", "C:calendar", "CS:shared-owner"});
    CHECK(types(celia.tor, celia.here) == Names{"D:collection", "C:calendar", "CS:shared"});
    const auto users = [&] {
        Names result;
        const auto answer = celia.propfind("project/", "CS:invite");
        for (const auto* user : answer.only().element("CS:invite")->children()) {
            std::string line;
            for (const auto* child : user->children())
                line += prefixed(child->name) + " " + child->text() + " ";
            for (const auto* access : user->child(qualified("CS:access"))->children())
                line += prefixed(access->name);
            result.push_back(line);
        }
        return result;
    };
    CHECK(users() ==
          Names{"D:href mailto:tor@example.com CS:common-name tor CS:invite-accepted  CS:access  "
                "CS:read-write",
                "D:href /dav/principals/groups/staff/ CS:common-name Group staff "
                "CS:invite-accepted  CS:access  CS:read"});
    REQUIRE(celia.tor.erase(celia.here).status == 204);
    CHECK(users().front().find("CS:invite-declined") != std::string::npos);

    auto& ida = celia.as("ida");
    const auto at_ida = ida.propfind(ida.calendars("celia.project/"), "CS:invite CS:shared-url");
    CHECK(at_ida.only().children("CS:invite") == Names{"CS:organizer"});
    CHECK(at_ida.only().hrefs("CS:invite") == Names{"mailto:celia@example.com"});
    CHECK(at_ida.only().hrefs("CS:shared-url") == Names{celia.calendars("project/")});
}

TEST_CASE("two of one name are told apart, and a name that is taken is not taken away") {
    REQUIRE_POSTGRESQL();
    Project celia;
    REQUIRE(celia.tor.request("MKCALENDAR", celia.here).status == 201);
    celia.share(ace(celia.tor.principal(), "D:read"));
    CHECK(calendars_of(celia.tor) ==
          Names{"calendar/", "celia.project.2/", "celia.project/", "tasks/"});
    CHECK(celia.tor.get(celia.here + "a.ics").status == 404);
    CHECK(celia.tor.get(celia.tor.calendars("celia.project.2/a.ics")).status == 200);
}

TEST_CASE("RFC 4918 9.9: a reader may move what is shared within the own home, not elsewhere") {
    REQUIRE_POSTGRESQL();
    Project celia;
    celia.share(ace(celia.tor.principal(), "D:read"));
    const auto mine = celia.tor.calendars("mine/");
    REQUIRE(celia.tor.request("MOVE", celia.here, "", {{"Destination", mine}}).status == 201);
    CHECK(calendars_of(celia.tor) == Names{"calendar/", "mine/", "tasks/"});
    CHECK(celia.tor.get(mine + "a.ics").status == 200);
    CHECK(celia.get("project/a.ics").status == 200);
    celia.share("");
    CHECK(calendars_of(celia.tor) == Names{"calendar/", "tasks/"});
}

TEST_CASE("what is shared stays in a folder that loses one of its names") {
    REQUIRE_POSTGRESQL();
    Project celia;
    celia.share(ace(celia.tor.principal(), "D:read"));
    const auto folder = celia.tor.calendars("f/");
    REQUIRE(celia.tor.request("MKCOL", folder).status == 201);
    REQUIRE(celia.tor.request("MOVE", celia.here, "", {{"Destination", folder + "p/"}}).status ==
            201);
    REQUIRE(
        celia.tor
            .request("BIND", celia.tor.calendars(),
                     xml_body("D:bind", "<D:segment>g</D:segment><D:href>" + folder + "</D:href>"))
            .status == 201);
    REQUIRE(celia.tor.erase(folder).status == 204);
    CHECK(celia.tor.get(celia.tor.calendars("g/p/a.ics")).status == 200);
    REQUIRE(celia.tor.erase(celia.tor.calendars("g/")).status == 204);
    CHECK(calendars_of(celia.tor) == Names{"calendar/", "tasks/"});
}

TEST_CASE("who may not read what is shared with another does not see it there") {
    REQUIRE_POSTGRESQL();
    Project celia;
    auto& ida = celia.as("ida");
    celia.share(ace(celia.tor.principal(), "D:read"));
    REQUIRE(set_acl(celia.tor, celia.tor.calendars(), ace(ida.principal(), "D:read")).status ==
            200);
    CHECK(in_home(ida, celia.tor.calendars()) == Names{"calendar/", "inbox/", "outbox/", "tasks/"});
    CHECK(ida.get(celia.here + "a.ics").status == 404);
    CHECK(ida.propfind(celia.here, "D:resourcetype").status() == 404);
}

TEST_CASE("who has it, and what a reader calls it, is not told to other readers") {
    REQUIRE_POSTGRESQL();
    Project celia;
    auto& ida = celia.as("ida");
    celia.share(ace(celia.tor.principal(), to_write) + ace(ida.principal(), "D:read"));
    CHECK(celia.tor.propfind(celia.here, "D:displayname").status() == 207);
    CHECK(ida.propfind(celia.here, "D:displayname").status() == 404);
    CHECK(ida.get(celia.here + "a.ics").status == 404);
    const auto lock = celia.tor.request(
        "LOCK", celia.here + "a.ics",
        xml_body("D:lockinfo", "<D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/>"
                               "</D:locktype>"));
    REQUIRE(lock.status == 200);
    CHECK(lock.body.find(celia.here + "a.ics") != std::string::npos);
    const auto seen = ida.propfind(ida.calendars("celia.project/a.ics"), "D:lockdiscovery");
    CHECK(seen.only().hrefs("D:lockdiscovery").back() == celia.calendars("project/a.ics"));
    CHECK(precondition_href(celia.put("project/a.ics", event("X"))) ==
          celia.calendars("project/a.ics"));
}

TEST_CASE("RFC 4791 7.10: what others share does not make one busy") {
    REQUIRE_POSTGRESQL();
    Project celia;
    celia.share(ace(celia.tor.principal(), "D:read"));
    const auto busy_in = [&](const std::string& path) {
        const auto answer = celia.tor.request(
            "REPORT", path,
            xml_body("C:free-busy-query",
                     R"(<C:time-range start="20200101T000000Z" end="20300101T000000Z"/>)"),
            {{"Depth", "1"}});
        REQUIRE(answer.status == 200);
        return answer.body.find("\nFREEBUSY") != std::string::npos;
    };
    CHECK_FALSE(busy_in(celia.tor.calendars()));
    CHECK(busy_in(celia.here));
}

TEST_CASE("a calendar that is deleted is gone from its readers' homes, one made anew is another") {
    REQUIRE_POSTGRESQL();
    Project celia;
    celia.share(ace(celia.tor.principal(), "D:read"));
    CHECK(calendars_of(celia.tor).size() == 3);
    REQUIRE(celia.erase("project/").status == 204);
    CHECK(calendars_of(celia.tor).size() == 2);
    REQUIRE(celia.tor.request("MKCALENDAR", celia.here).status == 201);
    celia.request("MKCALENDAR", "project/");
    CHECK(calendars_of(celia.tor).size() == 3);
}

TEST_CASE("what others share does not fill a home, and is itself limited") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.max_collections = 4;
    config.dav.max_shared = 2;
    TestServer celia{{"celia", "tor"}, config};
    auto& tor = celia.as("tor");
    celia.request("MKCALENDAR", "c/");
    for (const auto* name : {"calendar/", "tasks/", "c/"})
        REQUIRE(set_acl(celia, name, ace(tor.principal(), "D:read")).status == 200);
    CHECK(calendars_of(tor) == Names{"calendar/", "celia.calendar/", "celia.tasks/", "tasks/"});
    CHECK(tor.erase(tor.calendars("celia.tasks/")).status == 204);
    CHECK(calendars_of(tor) == Names{"calendar/", "celia.c/", "celia.calendar/", "tasks/"});
    CHECK(set_acl(celia, "calendar/", ace(tor.principal(), "C:read-free-busy")).status == 200);
    CHECK(calendars_of(tor) == Names{"calendar/", "celia.c/", "tasks/"});
    CHECK(tor.request("MKCALENDAR", "mine/").status == 201);
    CHECK(tor.request("MKCALENDAR", "more/").status == 507);
}

TEST_CASE("DAV:share can be granted where something can be shared") {
    REQUIRE_POSTGRESQL();
    Project celia;
    celia.share(ace(celia.tor.principal(), "D:read D:share D:read-current-user-privilege-set"));
    const auto offers = [](User& user, const std::string& path, const std::string& property) {
        const auto answer = user.propfind(path, property);
        return answer.reply().body.find("<D:share/>") != std::string::npos;
    };
    CHECK(offers(celia, "project/", "D:supported-privilege-set"));
    CHECK(offers(celia.tor, celia.here, "D:current-user-privilege-set"));
    CHECK_FALSE(offers(celia, "", "D:supported-privilege-set"));
    CHECK(precondition(set_acl(celia, celia.calendars(), ace(celia.tor.principal(), "D:share"))) ==
          "D:not-supported-privilege");
}
