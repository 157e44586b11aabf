// Reports about principals and access control, and expand-property. RFC 3744 9, RFC 3253 3.8.

#include "directory/directory.hpp"
#include "http/acl_support.hpp"
#include "support/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends::test;

namespace {

using Hrefs = std::vector<std::string>;

const std::string users = "/dav/principals/users/";
const std::string display_name = "<D:prop><D:displayname/></D:prop>";

/// Somebody who is found by an odd name.
void make_named(TestServer& server, const std::string& login, const std::string& name) {
    if (const auto old = server.database().home(login))
        kalends::store::delete_principal(server.database(), old->principal.id);
    kalends::directory::create_user(
        server.database(),
        {.login = login, .display_name = name, .addresses = {login + "@qq.example"}});
}

std::string property_search(const std::string& property, const std::string& match,
                            const std::string& attributes = "") {
    return "<D:property-search><D:prop>" + elements(property) + "</D:prop><D:match" + attributes +
           ">" + match + "</D:match></D:property-search>";
}

/// With attributes on the root.
Multistatus report(User& user, const std::string& path, const std::string& root,
                   const std::string& attributes, const std::string& inner) {
    auto body = xml_body(root, inner);
    body.insert(body.find(root) + root.size(), attributes);
    return Multistatus(user.request("REPORT", path, body, {{"Content-Type", "application/xml"}}));
}

Multistatus search(User& user, const std::string& inner, const std::string& attributes = "",
                   const std::string& path = users) {
    return report(user, path, "D:principal-property-search", attributes, inner);
}

Multistatus tokens(User& user, const Hrefs& words, const std::string& attributes = "",
                   const std::string& limit = "") {
    std::string inner = display_name + limit;
    for (const auto& word : words) inner += "<CS:search-token>" + word + "</CS:search-token>";
    return report(user, user.principal(), "CS:calendarserver-principal-search", attributes, inner);
}

std::string limit_of(const std::string& nresults) {
    return "<CS:limit><CS:nresults>" + nresults + "</CS:nresults></CS:limit>";
}

/// D:property elements, one in the other: "group-member-set/displayname".
std::string nested(const std::string& names) {
    const auto slash = names.find('/');
    const auto name = names.substr(0, slash);
    const auto below = slash == std::string::npos ? "" : nested(names.substr(slash + 1));
    return "<D:property name=\"" + name + "\">" + below + "</D:property>";
}

Multistatus expand(User& user, const std::string& path, const std::string& inner,
                   const std::string& depth = "0") {
    return user.report(path, "D:expand-property", inner, depth);
}

bool says(const Multistatus& answer, const std::string& text) {
    return answer.reply().body.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("RFC 3744 9: these reports are for Depth 0, and have at most one DAV:prop") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const struct {
        std::string root;
        std::string inner;
    } reports[] = {
        {"D:acl-principal-prop-set", ""},
        {"D:principal-match", "<D:self/>"},
        {"D:principal-property-search", property_search("D:displayname", "alice")},
    };
    for (const auto& [root, inner] : reports) {
        CAPTURE(root);
        CHECK(server.report(server.principal(), root, inner + display_name, "1").status() == 400);
        CHECK(server.report(server.principal(), root, inner + display_name, "infinity").status() ==
              400);
        CHECK(server.report(server.principal(), root, inner + display_name + display_name, "0")
                  .status() == 400);
        CHECK(server.report(server.principal(), root, inner + display_name, "0").status() == 207);
    }
    CHECK(server.report(users, "D:principal-search-property-set", "", "1").status() == 400);
    CHECK(expand(server, server.principal(), nested("displayname"), "1").status() == 400);
    const auto sets = server.propfind("calendar/", "D:supported-report-set").reply().body;
    for (const std::string name :
         {"acl-principal-prop-set", "principal-match", "principal-property-search",
          "expand-property", "calendarserver-principal-search"})
        CHECK(sets.find(name) != std::string::npos);
}

TEST_CASE("RFC 3744 9.2: acl-principal-prop-set gives each principal of the entries once") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor", "admin"};
    make_group(server.database(), "friends", {"tor"});
    REQUIRE(set_acl(server, "calendar/",
                    ace(group_href("friends"), "D:read") + ace(group_href("friends"), "D:bind") +
                        ace("D:all", "D:read", "deny"))
                .status == 200);
    const auto answer = server.report("calendar/", "D:acl-principal-prop-set", display_name, "0");
    CHECK(answer.hrefs() == Hrefs{group_href("friends"), users + "admin/", server.principal(),
                                  server.principal() + "calendar-proxy-read/",
                                  server.principal() + "calendar-proxy-write/"});
    CHECK(answer.at(group_href("friends")).text("D:displayname") == "Group friends");
    CHECK(server.report("calendar/", "D:acl-principal-prop-set", "", "0").status() == 400);
    const auto refused = server.as("tor").report(server.calendars("calendar/"),
                                                 "D:acl-principal-prop-set", display_name, "0");
    CHECK(refused.status() == 403);
    CHECK(precondition(refused.reply()) == "D:need-privileges");
}

TEST_CASE("RFC 3744 9.3: principal-match finds oneself, one's groups, and for whom one acts") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    auto& db = server.database();
    const auto group = kalends::store::proxy_group(db, db.home("tor")->principal.id,
                                                   kalends::store::PrincipalKind::proxy_write);
    kalends::store::set_members(db, *group, {db.home("alice")->principal.id});
    make_group(db, "inner", {"alice"});
    make_group(db, "outer", {"inner"});
    const auto acts_for = server.as("tor").principal() + "calendar-proxy-write/";
    const auto self = [&](const std::string& path, const std::string& prop = "") {
        return server.report(path, "D:principal-match", "<D:self/>" + prop, "0");
    };
    CHECK(self(users).hrefs() == Hrefs{server.principal(), acts_for});
    CHECK(self(users).at(server.principal()).status == 200);
    CHECK(self(users, display_name).at(server.principal()).text("D:displayname") == "alice");
    CHECK(self("/dav/principals/").hrefs() ==
          Hrefs{group_href("inner"), group_href("outer"), server.principal(), acts_for});
    CHECK(self("/dav/principals/groups/").size() == 2);
    CHECK(self(group_href("outer")).size() == 1);
    CHECK(self("").size() == 0);
    CHECK(server.report(users, "D:principal-match", "", "0").status() == 400);
    CHECK(server
              .report(users, "D:principal-match",
                      "<D:self/><D:principal-property><D:owner/></D:principal-property>", "0")
              .status() == 400);
}

TEST_CASE("RFC 3744 9.3: principal-match finds what names the user in a property, at any depth") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    make_group(server.database(), "friends", {"alice"});
    server.put("calendar/a.ics", event("A"));
    server.put("calendar/b.ics", event("B"));
    REQUIRE(server.request("MKCOL", "folder/").status == 201);
    REQUIRE(server.request("MKCALENDAR", "folder/deep/").status == 201);
    const auto boss = [&](const std::string& path, const std::string& who) {
        return server
            .proppatch(path, "<X:boss xmlns:X=\"urn:x\"><D:href>" + who + "</D:href></X:boss>")
            .status();
    };
    CHECK(boss("calendar/b.ics", server.principal()) == 207);
    CHECK(boss("folder/deep/", group_href("friends")) == 207);
    CHECK(boss("tasks/", "/dav/principals/users/tor") == 207);
    const auto match = [&](User& user, const std::string& path, const std::string& property) {
        return user.report(path, "D:principal-match",
                           "<D:principal-property>" + property + "</D:principal-property>", "0");
    };
    const auto home = server.calendars();
    const std::string dead = "<boss xmlns=\"urn:x\"/>";
    CHECK(match(server, "", dead).hrefs() == Hrefs{home + "calendar/b.ics", home + "folder/deep/"});
    CHECK(match(server, "folder/", dead).hrefs() == Hrefs{home + "folder/deep/"});
    CHECK(match(server, "", "<D:owner/>").hrefs() ==
          Hrefs{home + "calendar/", home + "calendar/a.ics", home + "calendar/b.ics",
                home + "folder/", home + "folder/deep/", home + "inbox/", home + "outbox/",
                home + "tasks/"});
    CHECK(match(server, "", "<D:missing/>").size() == 0);
    CHECK(match(server, users, "<D:principal-URL/>").hrefs() == Hrefs{server.principal()});
    CHECK(match(server.as("tor"), home, dead).status() == 404);
    REQUIRE(set_acl(server, "", ace(users + "tor/", "D:read")).status == 200);
    CHECK(match(server.as("tor"), home, dead).hrefs() ==
          Hrefs{home + "tasks/"});  // the slash is optional
}

TEST_CASE("RFC 3744 9.4: principals are found by what their properties contain") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    make_named(server, "quark", "Quark Quimby");
    make_named(server, "quasi", "Quasi Modo");
    const auto quark = users + "quark/";
    const auto quasi = users + "quasi/";
    CHECK(search(server, property_search("D:displayname", "qua")).hrefs() == Hrefs{quark, quasi});
    CHECK(search(server, property_search("D:displayname", "QUIM") + display_name)
              .only()
              .text("D:displayname") == "Quark Quimby");
    CHECK(search(server, property_search("CS:email-address-set", "@qq.")).size() == 2);
    CHECK(search(server, property_search("C:calendar-user-address-set", "mailto:quark@qq.example",
                                         " match-type=\"equals\""))
              .hrefs() == Hrefs{quark});
    CHECK(search(server, property_search("C:calendar-user-address-set", quasi)).hrefs() ==
          Hrefs{quasi});
    CHECK(search(server, property_search("D:displayname", "modo", " match-type=\"starts-with\""))
              .size() == 0);
    CHECK(search(server, property_search("D:displayname", "quasi modo", " match-type=\"equals\""))
              .size() == 1);
    CHECK(search(server, property_search("D:getetag", "qua")).size() ==
          0);  // can't be searched for

    const auto both = property_search("D:displayname", "quimby") +
                      property_search("CS:email-address-set", "quasi@");
    CHECK(search(server, both).size() == 0);
    CHECK(search(server, both, " test=\"allof\"").size() == 0);
    CHECK(search(server, both, " test=\"anyof\"").size() == 2);
    CHECK(search(server, property_search("D:displayname CS:email-address-set", "quark")).hrefs() ==
          Hrefs{quark});
    CHECK(search(server, property_search("D:displayname CS:email-address-set", "quimby")).size() ==
          0);
}

TEST_CASE("RFC 3744 9.4: a search is for members of its target, or for all principals") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    make_named(server, "quark", "Quark Quimby");
    make_group(server.database(), "quarks", {"quark"});
    const auto what = property_search("D:displayname", "quark");
    const std::string all = "<D:apply-to-principal-collection-set/>";
    CHECK(search(server, what).hrefs() == Hrefs{users + "quark/"});
    CHECK(search(server, what, "", "/dav/principals/groups/").hrefs() ==
          Hrefs{group_href("quarks")});
    CHECK(search(server, what, "", "/dav/principals/").size() == 2);
    CHECK(search(server, what, "", "calendar/").size() == 0);
    CHECK(search(server, what + all, "", "calendar/").size() == 2);
    CHECK(search(server, what + all, " type=\"GROUP\"", "calendar/").hrefs() ==
          Hrefs{group_href("quarks")});
    CHECK(search(server, what, " type=\"GROUP\"").size() == 0);
    CHECK(search(server,
                 what + all +
                     property_search("C:calendar-user-type", "group", " match-type=\"equals\""),
                 "", "calendar/")
              .hrefs() == Hrefs{group_href("quarks")});
}

TEST_CASE("RFC 3744 9.4: a search that says nonsense, or nothing, is refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto valid = property_search("D:displayname", "x");
    CHECK(search(server, valid).status() == 207);
    for (const std::string attributes : {" test=\"most\"", " type=\"ROBOT\""})
        CHECK(search(server, valid, attributes).status() == 400);
    for (const std::string attributes : {" match-type=\"sounds-like\"", " caseless=\"perhaps\""})
        CHECK(search(server, property_search("D:displayname", "x", attributes)).status() == 400);
    for (const std::string limit :
         {"<CS:limit/>", "<CS:limit><CS:nresults>many</CS:nresults></CS:limit>",
          "<CS:limit><CS:nresults>0</CS:nresults></CS:limit>"})
        CHECK(search(server, valid + limit).status() == 400);
    CHECK(search(server, "").status() == 400);
    CHECK(search(server, property_search("D:displayname", "")).status() == 400);
    CHECK(search(server, "<D:property-search><D:match>x</D:match></D:property-search>").status() ==
          400);
    std::string many;
    for (int i = 0; i < 51; ++i) many += valid;
    CHECK(search(server, many).status() == 400);
    CHECK(search(server.nobody(), valid).status() == 401);
}

TEST_CASE("a search gives as many as it asks for, and says that there are more") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string login : {"quark", "quasi", "quill"})
        make_named(server, login, "Limited " + login);
    const auto what = property_search("D:displayname", "limited");
    const auto two = search(server, what + limit_of("2"));
    CHECK(two.size() == 3);
    CHECK(two.at(users).status == 507);
    CHECK(two.at(users).error == "D:number-of-matches-within-limits");
    CHECK(search(server, what + limit_of("3")).find(users) == nullptr);
}

TEST_CASE("RFC 3744 9.5: principal-search-property-set tells what can be searched for") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto reply =
        server.request("REPORT", users, xml_body("D:principal-search-property-set", ""));
    CHECK(reply.status == 200);
    const auto set = document(reply);
    Hrefs names;
    for (const auto* each : set->children()) {
        CHECK(each->child({"DAV:", "description"}) != nullptr);
        names.push_back(prefixed(each->child({"DAV:", "prop"})->children().front()->name));
    }
    CHECK(names == Hrefs{"D:displayname", "CS:email-address-set", "C:calendar-user-address-set",
                         "C:calendar-user-type"});
    const auto elsewhere =
        server.request("REPORT", "", xml_body("D:principal-search-property-set", ""));
    CHECK(precondition(elsewhere) == "D:supported-report");
}

TEST_CASE(
    "calendarserver-principal-search: all words must be found, in names, addresses or logins") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    make_named(server, "quark", "Quark Quimby");
    make_group(server.database(), "quarks", {"quark"});
    CHECK(tokens(server, {"qua", "quim"}).hrefs() == Hrefs{users + "quark/"});
    CHECK(tokens(server, {"quark@", "quimby"}).only().text("D:displayname") == "Quark Quimby");
    CHECK(tokens(server, {"quark"}).size() == 2);
    CHECK(tokens(server, {"quark"}, " context=\"attendee\"").size() == 2);
    CHECK(tokens(server, {"quark"}, " context=\"user\"").hrefs() == Hrefs{users + "quark/"});
    CHECK(tokens(server, {"quark"}, " context=\"group\"").hrefs() == Hrefs{group_href("quarks")});
    CHECK(tokens(server, {"quark"}, " context=\"location\"").size() == 0);
    CHECK(tokens(server, {"quark"}, " context=\"resource\"").size() == 0);
    CHECK(tokens(server, {"quark"}, "", limit_of("1")).at(server.principal()).status == 507);
    CHECK(tokens(server, {"quark"}, " context=\"moon\"").status() == 400);
    CHECK(tokens(server, {}).status() == 400);
    CHECK(tokens(server, {""}).status() == 400);
}

TEST_CASE(
    "RFC 3253 3.8: expand-property puts properties in the place of hrefs, as deep as it is asked") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    make_group(server.database(), "inner", {"tor"});
    make_group(server.database(), "outer", {"inner"});
    const auto plain =
        expand(server, server.principal(), nested("displayname") + nested("missing"));
    CHECK(plain.only().text("D:displayname") == "alice");
    CHECK(plain.only().status_of("D:missing") == 404);
    const auto answer = expand(server, group_href("outer"),
                               nested("group-member-set/group-member-set/displayname"));
    CHECK(answer.only().href == group_href("outer"));
    const auto* members = answer.only().element("D:group-member-set");
    REQUIRE(members != nullptr);
    const auto* response = members->child({"DAV:", "response"});
    REQUIRE(response != nullptr);
    CHECK(response->child({"DAV:", "href"})->text() == group_href("inner"));
    CHECK(says(answer, "<D:href>/dav/principals/users/tor/</D:href>"));
    CHECK(says(answer, "<D:displayname>tor</D:displayname>"));
    const auto none = expand(server, server.principal(), nested("group-member-set/displayname"));
    CHECK(none.only().status_of("D:group-member-set") == 200);
    const auto home = expand(server, server.principal(),
                             "<D:property name=\"calendar-home-set\" "
                             "namespace=\"urn:ietf:params:xml:ns:caldav\"><D:property "
                             "name=\"resourcetype\"/></D:property>");
    CHECK(says(home, "<D:collection/>"));
    CHECK(says(expand(server, "calendar/", nested("acl/displayname")),
               "alice (calendar-proxy-read)"));
}

TEST_CASE("RFC 3253 3.8: what one may not see is not expanded, and objects are") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    server.put("calendar/a.ics", event("A"));
    const auto hidden = server.as("tor").calendars("calendar/");
    const auto link = [&](const std::string& to) {
        CHECK(server.proppatch("calendar/", "<D:link><D:href>" + to + "</D:href></D:link>")
                  .status() == 207);
        return expand(server, "calendar/", nested("link/getetag"));
    };
    CHECK(says(link(hidden), "404 Not Found"));
    CHECK(says(link("/no/such/place"), "404 Not Found"));
    const auto etag = server.get("calendar/a.ics").etag();
    CHECK(says(link(server.calendars("calendar/a.ics")), etag));
    CHECK(says(link(server.calendars("calendar/none.ics")), "404 Not Found"));
    CHECK(says(link("  "), "404 Not Found"));
}

TEST_CASE("RFC 3253 3.8: expand-property is bounded in depth and in what it expands") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto deep = [](int depth) {
        std::string names = "displayname";
        for (int i = 1; i < depth; ++i) names.insert(0, "group-member-set/");
        return nested(names);
    };
    make_group(server.database(), "mirror", {});
    kalends::store::set_members(server.database(), server.database().home("mirror")->principal.id,
                                {server.database().home("mirror")->principal.id});
    CHECK(expand(server, group_href("mirror"), deep(8)).status() == 207);
    const auto too_deep = expand(server, group_href("mirror"), deep(9));
    CHECK(too_deep.status() == 403);
    CHECK(precondition(too_deep.reply()) == "D:number-of-matches-within-limits");
    std::string wide;
    for (int i = 0; i < 2001; ++i) wide += nested("principal-URL/owner");
    CHECK(precondition(expand(server, server.principal(), wide).reply()) ==
          "D:number-of-matches-within-limits");
    CHECK(expand(server, server.principal(), "<D:property/>").status() == 400);
}

TEST_CASE("a search needs as many characters as the setting says, and finds as many as it says") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.min_search = 3;
    config.dav.max_found = 2;
    TestServer server{{"alice"}, config};
    for (const std::string name : {"1", "2", "3"})
        make_named(server, "searched" + name, "Qüx " + name);
    const auto found = [&](const std::string& text) {
        return search(server, property_search("D:displayname", text) + display_name).hrefs();
    };
    CHECK(search(server, property_search("D:displayname", "Qü") + display_name).status() == 400);
    CHECK(found("Qüx").size() == 3);  // two, and the one that says that there are more
    CHECK(found("Qüx 2") == Hrefs{users + "searched2/"});
}

TEST_CASE("who is disabled is not found, so that nobody invites somebody who left") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    make_named(server, "gone", "Somebody Qgone");
    const auto inner = property_search("D:displayname", "Qgone") + display_name;
    CHECK(search(server, inner).hrefs().size() == 1);
    kalends::store::set_disabled(server.database(), server.database().home("gone")->principal.id,
                                 true);
    CHECK(search(server, inner).hrefs().empty());
}
