// BIND, UNBIND and REBIND: a collection under several names. RFC 5842.

#include "http/acl_support.hpp"
#include "support/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends::test;

namespace {

using Names = std::vector<std::string>;

Reply bind_to(User& user, const std::string& into, const std::string& segment,
              const std::string& href, Fields headers = {}) {
    headers.emplace_back("Content-Type", "application/xml");
    return user.request(
        "BIND", into,
        xml_body("D:bind", "<D:segment>" + segment + "</D:segment><D:href>" + href + "</D:href>"),
        headers);
}

Reply unbind(User& user, const std::string& from, const std::string& segment) {
    return user.request("UNBIND", from,
                        xml_body("D:unbind", "<D:segment>" + segment + "</D:segment>"),
                        {{"Content-Type", "application/xml"}});
}

Reply rebind(User& user, const std::string& into, const std::string& segment,
             const std::string& href, Fields headers = {}) {
    headers.emplace_back("Content-Type", "application/xml");
    return user.request(
        "REBIND", into,
        xml_body("D:rebind", "<D:segment>" + segment + "</D:segment><D:href>" + href + "</D:href>"),
        headers);
}

std::string id_of(User& user, const std::string& path) {
    return user.propfind(path, "D:resource-id").only().text("D:resource-id");
}

/// "href segment" of each parent.
Names parents_of(User& user, const std::string& path) {
    const auto answer = user.propfind(path, "D:parent-set");
    Names result;
    for (const auto* parent : answer.only().element("D:parent-set")->children())
        result.push_back(parent->child(qualified("D:href"))->text() + " " +
                         parent->child(qualified("D:segment"))->text());
    std::sort(result.begin(), result.end());
    return result;
}

/// A folder with a file, and an empty one.
struct Folders : TestServer {
    Folders() : TestServer{"alice", "tor"} {
        for (const auto* name : {"a/", "b/"}) REQUIRE(request("MKCOL", files(name)).status == 201);
        REQUIRE(put(files("a/note.txt"), "a note").status == 201);
    }
    const std::string a = files("a/"), b = files("b/");
};

}  // namespace

TEST_CASE("RFC 5842 4: BIND gives a collection another name, under which it is the same") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    CHECK(alice.request("OPTIONS", alice.a).header("DAV").value().find("bind") !=
          std::string::npos);
    const auto made = bind_to(alice, alice.b, "same%20one",
                              "http://localhost:" + std::to_string(alice.port()) + alice.a);
    CHECK(made.status == 201);
    const auto same = alice.files("b/same%20one/");
    CHECK(made.header("Location") == same);
    CHECK(alice.get(same + "note.txt").body == "a note");
    CHECK(id_of(alice, same) == id_of(alice, alice.a));
    REQUIRE(alice.put(same + "other.txt", "by the other name").status == 201);
    CHECK(alice.get(alice.a + "other.txt").body == "by the other name");
    CHECK(alice.propfind(alice.b, "D:resource-id", "1").hrefs() == Names{alice.b, same});
    alice.proppatch(same, "<D:displayname>One name</D:displayname>");
    CHECK(alice.propfind(alice.a, "D:displayname").only().text("D:displayname") == "One name");
}

TEST_CASE("RFC 5842 4: BIND is idempotent, replaces what has the name, or does not by Overwrite") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    REQUIRE(bind_to(alice, alice.b, "x", alice.a).status == 201);
    const auto again = bind_to(alice, alice.b, "x", alice.a);
    CHECK((again.status == 200 || again.status == 204));
    REQUIRE(alice.request("MKCOL", alice.files("c/")).status == 201);
    const auto refused = bind_to(alice, alice.b, "x", alice.files("c/"), {{"Overwrite", "F"}});
    CHECK(refused.status == 412);
    CHECK(precondition(refused) == "D:can-overwrite");
    CHECK(bind_to(alice, alice.b, "x", alice.files("c/")).status == 204);
    CHECK(id_of(alice, alice.files("b/x/")) == id_of(alice, alice.files("c/")));
    CHECK(alice.get(alice.a + "note.txt").status == 200);
    REQUIRE(alice.put(alice.files("b/y"), "a file").status == 201);
    CHECK(precondition(bind_to(alice, alice.b, "y", alice.a, {{"Overwrite", "F"}})) ==
          "D:can-overwrite");
    CHECK(bind_to(alice, alice.b, "y", alice.a).status == 204);
    CHECK(alice.get(alice.files("b/y/note.txt")).body == "a note");
}

TEST_CASE("RFC 5842 4: what can't be bound is refused, each with its precondition") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    const auto why = [&](const std::string& into, const std::string& segment,
                         const std::string& href) {
        const auto reply = bind_to(alice, into, segment, href);
        CHECK((reply.status == 403 || reply.status == 409));
        return precondition(reply);
    };
    CHECK(why(alice.a + "note.txt", "x", alice.b) == "D:bind-into-collection");
    CHECK(why(alice.b, "x", alice.files("none/")) == "D:bind-source-exists");
    CHECK(why(alice.b, "x", alice.as("tor").files()) == "D:bind-source-exists");
    CHECK(why(alice.b, "x", "http://elsewhere.example/a/") == "D:cross-server-binding");
    CHECK(why(alice.b, "x", alice.a + "note.txt") == "D:binding-allowed");
    CHECK(why(alice.b, "x", alice.files()) == "D:binding-allowed");
    for (const auto* segment : {"", ".", "..", "a%2Fb", "%"})
        CHECK(why(alice.b, segment, alice.a) == "D:name-allowed");
    CHECK(why(alice.b, "x", alice.calendars("calendar/")) == "C:calendar-collection-location-ok");
    CHECK(why(alice.a, "x", alice.a) == "D:cycle-allowed");
    CHECK(bind_to(alice, alice.b, "x", "a/").status == 400);
    CHECK(alice.request("BIND", alice.b, xml_body("D:bind", "<D:segment>x</D:segment>")).status ==
          400);
    CHECK(alice.propfind(alice.b, "D:resource-id", "1").size() == 1);
}

TEST_CASE("RFC 5842 2.1.1: no loop is made, not through other bindings either") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    REQUIRE(alice.request("MKCOL", alice.files("a/below/")).status == 201);
    CHECK(precondition(bind_to(alice, alice.files("a/below/"), "up", alice.a)) ==
          "D:cycle-allowed");
    REQUIRE(bind_to(alice, alice.b, "x", alice.a).status == 201);
    CHECK(precondition(bind_to(alice, alice.files("a/below/"), "b", alice.b)) == "D:cycle-allowed");
}

TEST_CASE("RFC 5842 2.4: DELETE removes one binding, and what it stands for stays at the others") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    REQUIRE(bind_to(alice, alice.b, "x", alice.a).status == 201);
    const auto id = id_of(alice, alice.a);
    SUBCASE("the binding") {
        CHECK(alice.erase(alice.files("b/x/")).status == 204);
        CHECK(alice.get(alice.a + "note.txt").body == "a note");
    }
    SUBCASE("the first name") {
        CHECK(alice.erase(alice.a).status == 204);
        CHECK(alice.get(alice.a + "note.txt").status == 404);
        CHECK(alice.get(alice.files("b/x/note.txt")).body == "a note");
        CHECK(id_of(alice, alice.files("b/x/")) == id);
        CHECK(parents_of(alice, alice.files("b/x/")) == Names{alice.b + " x"});
        CHECK(alice.erase(alice.files("b/x/")).status == 204);
        CHECK(alice.propfind(alice.b, "D:resource-id", "1").size() == 1);
    }
    SUBCASE("what the first name is in") {
        REQUIRE(alice.request("MKCOL", alice.files("top/")).status == 201);
        REQUIRE(
            alice.request("MOVE", alice.a, "", {{"Destination", alice.files("top/a/")}}).status ==
            201);
        CHECK(alice.erase(alice.files("top/")).status == 204);
        CHECK(alice.get(alice.files("b/x/note.txt")).body == "a note");
    }
    SUBCASE("what both names are in") {
        REQUIRE(alice.request("MOVE", alice.a, "", {{"Destination", alice.files("b/a/")}}).status ==
                201);
        CHECK(alice.erase(alice.b).status == 204);
        CHECK(alice.propfind(alice.files(), "D:resource-id", "1").size() == 1);
    }
}

TEST_CASE("RFC 6578 3.2: a sync of all below begins anew where another collection has a name") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    REQUIRE(bind_to(alice, alice.b, "x", alice.a).status == 201);
    const auto sync = [&](const std::string& token) {
        return alice.report(alice.files(), "D:sync-collection",
                            "<D:sync-token>" + token +
                                "</D:sync-token><D:sync-level>infinite</D:sync-level>"
                                "<D:prop><D:getetag/></D:prop>",
                            "0");
    };
    const auto before = sync("");
    CHECK(before.hrefs() ==
          Names{alice.a, alice.a + "note.txt", alice.b, alice.b + "x/", alice.b + "x/note.txt"});
    REQUIRE(alice.put(alice.a + "new.txt", "x").status == 201);
    const auto changed = sync(before.sync_token());
    CHECK(changed.hrefs() ==
          Names{alice.a, alice.a + "new.txt", alice.b + "x/", alice.b + "x/new.txt"});
    REQUIRE(alice.erase(alice.a).status == 204);
    CHECK(precondition(sync(changed.sync_token()).reply()) == "D:valid-sync-token");
    CHECK(sync("").hrefs() ==
          Names{alice.b, alice.b + "x/", alice.b + "x/new.txt", alice.b + "x/note.txt"});
}

TEST_CASE("RFC 5842 5: UNBIND removes a member by its name") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    REQUIRE(bind_to(alice, alice.b, "x", alice.a).status == 201);
    CHECK(unbind(alice, alice.b, "x").status == 204);
    CHECK(alice.get(alice.a + "note.txt").status == 200);
    CHECK(precondition(unbind(alice, alice.b, "x")) == "D:unbind-source-exists");
    CHECK(precondition(unbind(alice, alice.a + "note.txt", "x")) == "D:unbind-from-collection");
    CHECK(unbind(alice, alice.a, "note.txt").status == 204);
    CHECK(alice.get(alice.a + "note.txt").status == 404);
    CHECK(alice.as("tor").request("UNBIND", alice.b, xml_body("D:unbind", "<D:segment/>")).status ==
          404);
}

TEST_CASE("RFC 5842 6: REBIND is a MOVE that names both ends in its body") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    const auto id = id_of(alice, alice.a);
    CHECK(rebind(alice, alice.b, "moved", alice.a).status == 201);
    CHECK(id_of(alice, alice.files("b/moved/")) == id);
    CHECK(alice.propfind(alice.a, "D:resource-id").status() == 404);
    CHECK(rebind(alice, alice.files(), "n.txt", alice.files("b/moved/note.txt")).status == 201);
    CHECK(alice.get(alice.files("n.txt")).body == "a note");
    CHECK(precondition(rebind(alice, alice.b, "x", alice.files("none/"))) ==
          "D:rebind-source-exists");
    CHECK(precondition(rebind(alice, alice.files(), "b", alice.files("n.txt"),
                              {{"Overwrite", "F"}})) == "D:can-overwrite");
}

TEST_CASE("RFC 5842 3.2: DAV:parent-set tells all names in one's own home and its owner's") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    auto& tor = alice.as("tor");
    CHECK(parents_of(alice, alice.a) == Names{alice.files() + " a"});
    REQUIRE(bind_to(alice, alice.b, "x%20y", alice.a).status == 201);
    const Names both{alice.files() + " a", alice.b + " x%20y"};
    CHECK(parents_of(alice, alice.a) == both);
    CHECK(parents_of(alice, alice.files("b/x%20y/")) == both);
    CHECK(parents_of(alice, alice.a + "note.txt") == Names{alice.a + " note.txt"});
    REQUIRE(set_acl(alice, alice.a, ace(tor.principal(), "D:read")).status == 200);
    REQUIRE(bind_to(tor, tor.files(), "hers", alice.a).status == 201);
    CHECK(parents_of(tor, tor.files("hers/")) == Names{tor.files() + " hers"});
    CHECK(parents_of(alice, alice.a) == both);
}

TEST_CASE("a binding to somebody else's folder lasts as long as that, and gives no access") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    auto& tor = alice.as("tor");
    REQUIRE(set_acl(alice, alice.a, ace(tor.principal(), "D:read")).status == 200);
    REQUIRE(bind_to(tor, tor.files(), "hers", alice.a).status == 201);
    CHECK(tor.get(tor.files("hers/note.txt")).body == "a note");
    CHECK(tor.put(tor.files("hers/new.txt"), "x").status == 403);
    REQUIRE(set_acl(alice, alice.a, "").status == 200);
    CHECK(tor.get(tor.files("hers/note.txt")).status == 404);
    CHECK(tor.propfind(tor.files(), "D:resource-id", "1").size() == 1);
    REQUIRE(set_acl(alice, alice.a, ace(tor.principal(), "D:read")).status == 200);
    CHECK(tor.get(tor.files("hers/note.txt")).status == 200);
    REQUIRE(alice.erase(alice.a).status == 204);
    CHECK(tor.propfind(tor.files("hers/"), "D:resource-id").status() == 404);
    CHECK(tor.request("MKCOL", tor.files("hers/")).status == 201);
}

TEST_CASE(
    "a binding to what may not be seen any more is told as gone, and can be removed or moved") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    auto& tor = alice.as("tor");
    REQUIRE(set_acl(alice, alice.a, ace(tor.principal(), "D:read")).status == 200);
    REQUIRE(bind_to(tor, tor.files(), "hers", alice.a).status == 201);
    const auto sync = [&](const std::string& token) {
        return tor.report(tor.files(), "D:sync-collection",
                          "<D:sync-token>" + token +
                              "</D:sync-token><D:sync-level>1</D:sync-level>"
                              "<D:prop><D:getetag/></D:prop>",
                          "0");
    };
    const auto before = sync("");
    CHECK(before.hrefs() == Names{tor.files("hers/")});
    REQUIRE(set_acl(alice, alice.a, "").status == 200);
    const auto after = sync(before.sync_token());
    CHECK(after.at(tor.files("hers/")).status == 404);
    CHECK(sync(after.sync_token()).size() == 0);
    CHECK(tor.get(tor.files("hers/note.txt")).status == 404);
    CHECK(tor.propfind(tor.files("hers/"), "D:resource-id").status() == 404);
    SUBCASE("DELETE") { CHECK(tor.erase(tor.files("hers/")).status == 204); }
    SUBCASE("UNBIND") { CHECK(unbind(tor, tor.files(), "hers").status == 204); }
    SUBCASE("MOVE") {
        CHECK(tor.request("MOVE", tor.files("hers/"), "", {{"Destination", tor.files("other/")}})
                  .status == 201);
    }
    CHECK(tor.request("MKCOL", tor.files("hers/")).status == 201);
    CHECK(alice.get(alice.a + "note.txt").status == 200);
}

TEST_CASE("RFC 4918 9.8: a file takes the place of a folder that has another name") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    REQUIRE(bind_to(alice, alice.b, "x", alice.a).status == 201);
    REQUIRE(alice.put(alice.files("n.txt"), "a file").status == 201);
    CHECK(alice.request("COPY", alice.files("n.txt"), "", {{"Destination", alice.files("a")}})
              .status == 204);
    CHECK(alice.get(alice.files("a")).body == "a file");
    CHECK(alice.get(alice.files("b/x/note.txt")).body == "a note");
}

TEST_CASE("RFC 5842 2.3: a COPY of a tree has as many names in it, of a copy") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    REQUIRE(alice.request("MOVE", alice.a, "", {{"Destination", alice.b + "a/"}}).status == 201);
    REQUIRE(bind_to(alice, alice.b, "x", alice.b + "a/").status == 201);
    REQUIRE(alice.request("COPY", alice.b, "", {{"Destination", alice.files("c/")}}).status == 201);
    REQUIRE(alice.put(alice.files("c/x/note.txt"), "another note").status == 204);
    CHECK(alice.get(alice.files("c/a/note.txt")).body == "another note");
    CHECK(alice.get(alice.files("b/a/note.txt")).body == "a note");
    CHECK(id_of(alice, alice.files("c/a/")) == id_of(alice, alice.files("c/x/")));
    CHECK(id_of(alice, alice.files("c/a/")) != id_of(alice, alice.files("b/a/")));
}

TEST_CASE("RFC 5842 6: a REBIND keeps the resource, so it goes no farther than a home") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    auto& tor = alice.as("tor");
    REQUIRE(set_acl(tor, tor.files(), ace(alice.principal(), "D:read D:write")).status == 200);
    CHECK(precondition(rebind(alice, tor.files(), "a", alice.a)) == "D:rebind-into-collection");
    CHECK(alice.get(alice.a + "note.txt").status == 200);
}

TEST_CASE("RFC 9110 13.1: the conditions of BIND, UNBIND and REBIND are about the collection") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    CHECK(bind_to(alice, alice.b, "x", alice.a, {{"If-None-Match", "*"}}).status == 412);
    CHECK(bind_to(alice, alice.b, "x", alice.a, {{"If-Match", "*"}}).status == 201);
    CHECK(rebind(alice, alice.b, "y", alice.b + "x/", {{"If-None-Match", "*"}}).status == 412);
}

TEST_CASE("RFC 5842 9: a lock on what is bound does not keep its reader from removing a binding") {
    REQUIRE_POSTGRESQL();
    Folders alice;
    const auto lock = [&](const std::string& path) {
        const auto reply = alice.request(
            "LOCK", path,
            xml_body("D:lockinfo", "<D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/>"
                                   "</D:locktype>"));
        REQUIRE(reply.status == 200);
        return reply.header("Lock-Token").value_or("");
    };
    REQUIRE(bind_to(alice, alice.b, "x", alice.a).status == 201);
    const auto by_first_name = lock(alice.a);
    CHECK(alice.put(alice.files("b/x/note.txt"), "changed").status == 423);
    CHECK(alice.erase(alice.files("b/x/")).status == 204);
    CHECK(alice.erase(alice.a).status == 423);
    CHECK(alice.request("UNLOCK", alice.a, "", {{"Lock-Token", by_first_name}}).status == 204);

    REQUIRE(bind_to(alice, alice.b, "x", alice.a).status == 201);
    (void)lock(alice.files("b/x/"));
    CHECK(alice.erase(alice.files("b/x/")).status == 423);
    (void)lock(alice.b);
    CHECK(bind_to(alice, alice.b, "y", alice.a).status == 423);
}
