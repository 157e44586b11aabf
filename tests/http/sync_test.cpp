// sync-collection and ctag: RFC 6578.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace kalends::test;

namespace {

std::string token_of(User& user, const std::string& path) {
    return user.propfind(path, "D:sync-token").only().text("D:sync-token");
}

std::string ctag_of(User& user, const std::string& path) {
    return user.propfind(path, "CS:getctag").only().text("CS:getctag");
}

/// What a client keeps: it applies answers until the server says that all is told.
class Replica {
public:
    Replica(User& user, std::string path) : user_(user), path_(std::move(path)) {}

    /// False if the token was refused.
    bool follow(int limit = 0) {
        for (bool more = true; more;) {
            const auto answer = user_.sync(path_, token_, limit);
            if (answer.status() != 207) return false;
            more = false;
            int changes = 0;
            for (const auto& member : answer.members()) {
                if (member.href == path_) {
                    CHECK(member.status == 507);
                    more = true;
                    continue;
                }
                ++changes;
                if (member.status == 404)
                    etags_.erase(member.href);
                else
                    etags_[member.href] = member.text("D:getetag");
            }
            if (limit > 0) CHECK(changes <= limit);
            CHECK_FALSE(answer.sync_token().empty());
            token_ = answer.sync_token();
            ++answers_;
        }
        return true;
    }

    [[nodiscard]] const std::map<std::string, std::string>& etags() const { return etags_; }
    [[nodiscard]] int answers() const { return answers_; }

private:
    User& user_;
    std::string path_;
    std::string token_;
    std::map<std::string, std::string> etags_;
    int answers_ = 0;
};

/// The same from a listing.
std::map<std::string, std::string> listing(User& user, const std::string& path) {
    std::map<std::string, std::string> etags;
    const auto answer = user.propfind(path, "D:getetag", "1");
    for (const auto& member : answer.members())
        if (member.href != path) etags[member.href] = member.text("D:getetag");
    return etags;
}

}  // namespace

TEST_CASE("RFC 6578 3.4: an initial sync gives all members with their etags and a token") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("calendar/");
    const auto empty = server.sync(path, "");
    CHECK(empty.status() == 207);
    CHECK(empty.size() == 0);
    CHECK_FALSE(empty.sync_token().empty());
    const auto a = server.put("calendar/a.ics", event("A"));
    server.put("calendar/b.ics", event("B"));
    server.erase("calendar/b.ics");
    const auto answer = server.sync(path, "");
    CHECK(answer.hrefs() == std::vector<std::string>{path + "a.ics"});
    CHECK(answer.only().text("D:getetag") == a.etag());
    CHECK(answer.sync_token() == token_of(server, path));
}

TEST_CASE("RFC 6578 3.5: a sync with a token gives what changed since, deletions as 404") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("calendar/");
    for (const std::string name : {"stays", "changes", "goes"})
        server.put("calendar/" + name + ".ics", event(name));
    const auto token = server.sync(path, "").sync_token();
    CHECK(server.sync(path, token).size() == 0);
    CHECK(server.sync(path, token).sync_token() == token);

    const auto changed =
        server.put("calendar/changes.ics", event("changes", "DTSTART:20270101T000000Z\n"));
    server.erase("calendar/goes.ics");
    server.put("calendar/comes.ics", event("comes"));
    server.put("calendar/comes-and-goes.ics", event("comes and goes"));
    server.erase("calendar/comes-and-goes.ics");
    const auto delta = server.sync(path, token);
    CHECK(delta.at(path + "changes.ics").text("D:getetag") == changed.etag());
    CHECK(delta.at(path + "goes.ics").status == 404);
    CHECK(delta.at(path + "goes.ics").properties.empty());
    CHECK(delta.at(path + "comes.ics").status_of("D:getetag") == 200);
    CHECK(delta.find(path + "stays.ics") == nullptr);
    if (const auto* gone = delta.find(path + "comes-and-goes.ics")) CHECK(gone->status == 404);
    CHECK(server.sync(path, delta.sync_token()).size() == 0);
}

TEST_CASE("RFC 6578 3.5.1: what was deleted and made again is reported once, as it is now") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("calendar/");
    server.put("calendar/a.ics", event("A"));
    const auto token = server.sync(path, "").sync_token();
    server.erase("calendar/a.ics");
    const auto again = server.put("calendar/a.ics", event("A2", one_hour, "uid-2"));
    const auto delta = server.sync(path, token);
    CHECK(delta.only().text("D:getetag") == again.etag());
}

TEST_CASE(
    "RFC 6578 3.6: a limited sync ends with 507 for the collection and goes on with its token") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("calendar/");
    constexpr int many = 25;
    for (int i = 0; i < many; ++i)
        server.put("calendar/" + std::to_string(i) + ".ics", event(std::to_string(i)));
    const auto first = server.sync(path, "", 10);
    CHECK(first.size() == 11);
    CHECK(first.at(path).status == 507);
    CHECK(first.at(path).error == "D:number-of-matches-within-limits");

    Replica replica(server, path);
    REQUIRE(replica.follow(10));
    CHECK(replica.answers() == 3);
    CHECK(replica.etags() == listing(server, path));

    for (int i = 0; i < many; i += 2) server.erase("calendar/" + std::to_string(i) + ".ics");
    for (int i = 1; i < many; i += 4)
        server.put("calendar/" + std::to_string(i) + ".ics",
                   event(std::to_string(i), "DTSTART:20270101T000000Z\n"));
    REQUIRE(replica.follow(4));
    CHECK(replica.etags() == listing(server, path));
    CHECK(replica.etags().size() == many - 13);
}

TEST_CASE("RFC 6578 3.6: deletions between the pages of an initial sync are not lost") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("calendar/");
    for (const std::string name : {"a", "b", "c", "d"})
        server.put("calendar/" + name + ".ics", event(name));
    const auto first = server.sync(path, "", 2);
    const auto given = first.members().front().href;
    REQUIRE(server.erase(given).status == 204);
    bool seen = false;
    auto token = first.sync_token();
    for (int page = 0; page < 5; ++page) {
        const auto next = server.sync(path, token, 2);
        REQUIRE(next.status() == 207);
        if (const auto* member = next.find(given)) seen = seen || member->status == 404;
        token = next.sync_token();
    }
    CHECK(seen);
}

TEST_CASE("a sync of more than a page of changes comes whole") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("calendar/");
    constexpr int many = 1203;
    for (int i = 0; i < many; ++i)
        REQUIRE(
            server.put("calendar/" + std::to_string(i) + ".ics", event(std::to_string(i))).status ==
            201);
    Replica replica(server, path);
    REQUIRE(replica.follow());
    CHECK(replica.etags().size() == many);
    CHECK(replica.etags() == listing(server, path));
}

TEST_CASE(
    "RFC 6578 3.2: a token that is none, or another collection's, fails with valid-sync-token") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    const auto path = server.calendars("calendar/");
    server.put("calendar/a.ics", event("A"));
    const auto token = token_of(server, path);
    const auto number_at = token.find_last_of(':', token.find_last_of(':') - 1) + 1;
    auto future = token;
    future.insert(number_at, "999");
    for (const auto& wrong :
         {std::string("nonsense"), std::string("http://example.com/sync/1"), future, token + "1",
          token.substr(0, token.size() - 1), token_of(server, server.calendars("tasks/")),
          token_of(server.as("bob"), server.as("bob").calendars("calendar/"))}) {
        CAPTURE(wrong);
        const auto reply = server.sync(path, wrong).reply();
        CHECK(reply.status == 403);
        CHECK(precondition(reply) == "D:valid-sync-token");
    }
    CHECK(server.sync(path, token).status() == 207);
}

TEST_CASE("the old token and ctag of a calendar that was made again are not good for the new one") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.request("MKCALENDAR", "work/");
    server.put("work/a.ics", event("A"));
    const auto path = server.calendars("work/");
    const auto token = token_of(server, path);
    const auto ctag = ctag_of(server, path);
    server.erase("work/");
    server.request("MKCALENDAR", "work/");
    server.put("work/b.ics", event("B"));
    const auto reply = server.sync(path, token).reply();
    CHECK(reply.status == 403);
    CHECK(precondition(reply) == "D:valid-sync-token");
    CHECK(ctag_of(server, path) != ctag);
    CHECK(server.sync(path, "").hrefs() == std::vector<std::string>{path + "b.ics"});
}

TEST_CASE("ctag and sync-token change with every write, and only with writes") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("calendar/");
    std::set<std::string> ctags{ctag_of(server, path)};
    std::set<std::string> tokens{token_of(server, path)};
    const auto is_new = [&] {
        const bool both = ctags.insert(ctag_of(server, path)).second;
        return tokens.insert(token_of(server, path)).second && both;
    };
    CHECK_FALSE(is_new());
    server.put("calendar/a.ics", event("A"));
    CHECK(is_new());
    server.put("calendar/a.ics", event("A", "DTSTART:20270101T000000Z\n"));
    CHECK(is_new());
    server.get("calendar/a.ics");
    server.propfind("calendar/", "D:getetag", "1");
    server.put("calendar/a.ics", event("A", "DTSTART:20270101T000000Z\n"));  // the same bytes
    server.put("calendar/a.ics", "broken");
    server.put("calendar/a.ics", event("B"), {{"If-Match", "\"x\""}});
    server.put("tasks/t.ics", todo("T"));
    CHECK_FALSE(is_new());
    server.erase("calendar/a.ics");
    CHECK(is_new());
}

TEST_CASE("a change of an object's dead property is part of a sync") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("calendar/");
    server.put("calendar/a.ics", event("A"));
    const auto token = token_of(server, path);
    server.proppatch("calendar/a.ics", "<X:n xmlns:X=\"urn:x\">1</X:n>");
    CHECK(server.sync(path, token).hrefs() == std::vector<std::string>{path + "a.ics"});
}

TEST_CASE("RFC 6578 3.2: data can come with a sync, and unknown properties are 404") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = event("A");
    server.put("calendar/a.ics", body);
    const auto answer = server.report(
        "calendar/", "D:sync-collection",
        "<D:sync-token/><D:sync-level>1</D:sync-level><D:prop><D:getetag/><C:calendar-data/>"
        "<D:getcontenttype/><D:no-such/></D:prop>",
        "0");
    CHECK(answer.only().raw_text("C:calendar-data") == body);
    CHECK(answer.only().text("D:getcontenttype").find("component=vevent") != std::string::npos);
    CHECK(answer.only().status_of("D:no-such") == 404);
}

TEST_CASE("RFC 6578 3.3: the content type in a sync is that of the component") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("tasks/t.ics", todo("T"));
    const auto answer = server.report("tasks/", "D:sync-collection",
                                      "<D:sync-token/><D:sync-level>1</D:sync-level>"
                                      "<D:prop><D:getcontenttype/><D:getetag/></D:prop>",
                                      "0");
    CHECK(answer.only().text("D:getcontenttype").find("component=vtodo") != std::string::npos);
}

TEST_CASE("sync works for address books") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.books("contacts/");
    server.put(path + "a.vcf", card("A"));
    Replica replica(server, path);
    REQUIRE(replica.follow());
    CHECK(replica.etags().size() == 1);
    server.erase(path + "a.vcf");
    server.put(path + "b.vcf", card("B"));
    REQUIRE(replica.follow());
    CHECK(replica.etags() == listing(server, path));
}

TEST_CASE("RFC 6578 3.2: a sync of what is no collection, or with a broken body, is refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    const auto principal = server.sync(server.principal(), "").reply();
    CHECK(principal.status == 403);
    CHECK(precondition(principal) == "D:supported-report");
    const auto object = server.sync(server.calendars("calendar/a.ics"), "").reply();
    CHECK(object.status == 403);
    for (const std::string inner : {"<D:sync-token/><D:sync-level>7</D:sync-level><D:prop/>",
                                    "<D:sync-token/><D:sync-level>1</"
                                    "D:sync-level><D:limit><D:nresults>0</D:nresults></D:limit>"
                                    "<D:prop/>",
                                    "<D:sync-token/><D:sync-level>1</"
                                    "D:sync-level><D:limit><D:nresults>many</D:nresults></D:limit>"
                                    "<D:prop/>"}) {
        CAPTURE(inner);
        CHECK(server.report("calendar/", "D:sync-collection", inner, "0").status() == 400);
    }
}
