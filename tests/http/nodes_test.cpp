// Several servers on one database, and many clients at once: DESIGN section 7, RFC 6578.

#include "directory/directory.hpp"
#include "directory/password.hpp"
#include "http/acl_support.hpp"
#include "store/principals.hpp"
#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <thread>

using namespace kalends::test;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

/// Whether it becomes true within a second, as every node promises of another's writes.
template <class Condition> bool within_a_second(Condition condition) {
    const auto end = Clock::now() + 1s;
    while (!condition()) {
        if (Clock::now() > end) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

std::string token(User& user, const std::string& path) {
    return user.propfind(path, "D:sync-token").only().text("D:sync-token");
}

/// Two servers, and the same user on each.
struct TwoNodes {
    Node first{TestServer::shared_database()};
    Node second{TestServer::shared_database()};
    User one{first.port(), "alice"};
    User other{second.port(), "alice"};

    TwoNodes() {
        make_user(first.database(), "alice");
        // The second may still remember an alice of a test before.
        REQUIRE(
            within_a_second([&] { return other.propfind("", "D:displayname").status() == 207; }));
    }
};

/// What a client keeps that follows a collection.
class Follower {
public:
    Follower(User& user, std::string path) : user_(user), path_(std::move(path)) {}

    void follow() {
        const auto answer = user_.sync(path_, token_);
        REQUIRE(answer.status() == 207);
        for (const auto& member : answer.members())
            if (member.status == 404)
                etags_.erase(member.href);
            else
                etags_[member.href] = member.text("D:getetag");
        token_ = answer.sync_token();
    }

    [[nodiscard]] const std::map<std::string, std::string>& etags() const { return etags_; }

private:
    User& user_;
    std::string path_;
    std::string token_;
    std::map<std::string, std::string> etags_;
};

std::map<std::string, std::string> listing(User& user, const std::string& path) {
    std::map<std::string, std::string> etags;
    const auto answer = user.propfind(path, "D:getetag", "1");
    for (const auto& member : answer.members())
        if (member.href != path) etags[member.href] = member.text("D:getetag");
    return etags;
}

/// Ends the connections on which nodes listen, as an administrator or a network may.
void cut_listeners() {
    (void)TestServer::shared_database().query(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ILIKE 'LISTEN%'");
}

}  // namespace

TEST_CASE("after a 200 from one node the other shows it within a second") {
    REQUIRE_POSTGRESQL();
    TwoNodes nodes;
    const auto path = nodes.one.calendars("calendar/");
    for (int i = 0; i < 10; ++i) {
        const auto before = token(nodes.other, path);
        const auto stored =
            nodes.one.put("calendar/" + std::to_string(i) + ".ics", event(std::to_string(i)));
        REQUIRE(stored.status == 201);
        CHECK(nodes.other.get("calendar/" + std::to_string(i) + ".ics").etag() == stored.etag());
        REQUIRE(within_a_second([&] { return token(nodes.other, path) != before; }));
        CHECK(token(nodes.other, path) == token(nodes.one, path));
    }
    const auto before = token(nodes.one, path);
    nodes.other.erase("calendar/0.ics");
    CHECK(within_a_second([&] { return token(nodes.one, path) != before; }));
    CHECK(nodes.one.sync(path, before).at(path + "0.ics").status == 404);
}

TEST_CASE("what one node changes, listings, reports and bytes of the other show within a second") {
    REQUIRE_POSTGRESQL();
    TwoNodes nodes;
    const auto path = nodes.one.calendars("calendar/");
    const auto href = path + "a.ics";
    nodes.one.put("calendar/a.ics", event("before", one_hour, "uid"));
    const auto multiget = [&] {
        const auto answer =
            nodes.other.report("calendar/", "C:calendar-multiget",
                               "<D:prop><C:calendar-data/></D:prop><D:href>" + href + "</D:href>");
        return summary(answer.only().raw_text("C:calendar-data"));
    };
    const auto query = [&](const std::string& title) {
        return nodes.other
            .report(
                "calendar/", "C:calendar-query",
                "<D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name=\"VCALENDAR\">"
                "<C:comp-filter name=\"VEVENT\"><C:prop-filter name=\"SUMMARY\"><C:text-match>" +
                    title +
                    "</C:text-match></C:prop-filter></C:comp-filter></C:comp-filter></C:filter>")
            .size();
    };
    const auto listed = [&] {
        const auto answer = nodes.other.propfind("calendar/", "D:getetag", "1");
        const auto* member = answer.find(href);
        return member == nullptr ? "" : member->text("D:getetag");
    };
    for (int i = 0; i < 8; ++i) {
        CAPTURE(i);
        const auto title = "Title" + std::to_string(i);
        const auto etag = nodes.one.put("calendar/a.ics", event(title, one_hour, "uid")).etag();
        CHECK(within_a_second([&] { return listed() == etag; }));
        CHECK(within_a_second([&] { return multiget() == title; }));
        CHECK(within_a_second([&] { return query(title) == 1; }));
        CHECK(nodes.other.get("calendar/a.ics").etag() == etag);
    }
    nodes.one.erase("calendar/a.ics");
    CHECK(within_a_second([&] { return listed().empty(); }));
    CHECK(within_a_second([&] { return query("Title") == 0; }));
    CHECK(nodes.other.get("calendar/a.ics").status == 404);
}

TEST_CASE("a calendar that one node makes, renames or deletes is so on the other within a second") {
    REQUIRE_POSTGRESQL();
    TwoNodes nodes;
    REQUIRE(nodes.one.request("MKCALENDAR", "work/").status == 201);
    CHECK(within_a_second(
        [&] { return nodes.other.propfind("work/", "D:resourcetype").status() == 207; }));
    nodes.one.proppatch("work/", "<D:displayname>Renamed</D:displayname>");
    CHECK(within_a_second([&] {
        return nodes.other.propfind("work/", "D:displayname").only().text("D:displayname") ==
               "Renamed";
    }));
    REQUIRE(nodes.one.erase("work/").status == 204);
    CHECK(within_a_second(
        [&] { return nodes.other.propfind("work/", "D:resourcetype").status() == 404; }));
}

TEST_CASE("a node whose LISTEN connection is cut still shows the other's writes within a second") {
    REQUIRE_POSTGRESQL();
    TwoNodes nodes;
    const auto path = nodes.one.calendars("calendar/");
    for (int round = 0; round < 3; ++round) {
        const auto name = "calendar/" + std::to_string(round) + ".ics";
        const auto before = token(nodes.other, path);
        cut_listeners();
        REQUIRE(nodes.one.put(name, event(std::to_string(round))).status == 201);
        CHECK(within_a_second([&] { return token(nodes.other, path) != before; }));
    }
}

TEST_CASE("a disabled user and a changed password end remembered logins of the other node within a "
          "second") {
    REQUIRE_POSTGRESQL();
    TwoNodes nodes;
    const auto status = [&] { return nodes.other.propfind("", "D:displayname").status(); };
    const auto id = nodes.first.database().home("alice")->principal.id;
    REQUIRE(status() == 207);
    for (const bool cut : {false, true}) {
        CAPTURE(cut);
        if (cut) cut_listeners();
        kalends::store::set_disabled(nodes.first.database(), id, true);
        CHECK(within_a_second([&] { return status() == 401; }));
        kalends::store::set_disabled(nodes.first.database(), id, false);
        CHECK(within_a_second([&] { return status() == 207; }));
    }
    kalends::store::set_password_hash(nodes.first.database(), id,
                                      kalends::directory::hash_password("another"));
    CHECK(within_a_second([&] { return status() == 401; }));
}

TEST_CASE("a stale If-Match on a node that has not heard yet is still 412") {
    REQUIRE_POSTGRESQL();
    TwoNodes nodes;
    auto etag = nodes.one.put("calendar/a.ics", event("0", one_hour, "uid")).etag();
    for (int i = 1; i <= 20; ++i) {
        const auto title = std::to_string(i);
        const auto won =
            nodes.one.put("calendar/a.ics", event(title, one_hour, "uid"), {{"If-Match", etag}});
        REQUIRE(won.status == 204);
        const auto lost =
            nodes.other.put("calendar/a.ics", event("lost", one_hour, "uid"), {{"If-Match", etag}});
        CHECK(lost.status == 412);
        CHECK(summary(nodes.other.get("calendar/a.ics").body) == title);
        etag = won.etag();
    }
}

TEST_CASE(
    "RFC 4918 7.4: in a folder locked on one node nothing is made on another, from the start") {
    REQUIRE_POSTGRESQL();
    TwoNodes nodes;
    const std::string lockinfo =
        xml_body("D:lockinfo",
                 "<D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype>");
    for (int i = 1; i <= 20; ++i) {
        const auto folder = nodes.one.files(std::to_string(i) + "/");
        REQUIRE(nodes.one.request("MKCOL", folder).status == 201);
        REQUIRE(within_a_second(
            [&] { return nodes.other.propfind(folder, "D:displayname").status() == 207; }));
        REQUIRE(nodes.one.request("LOCK", folder, lockinfo).status == 200);
        CHECK(nodes.other.request("MKCOL", folder + "late/").status == 423);
    }
}

TEST_CASE("RFC 6578 3.2: of 16 writers into one calendar on two nodes a follower misses nothing") {
    REQUIRE_POSTGRESQL();
    TwoNodes nodes;
    const auto path = nodes.one.calendars("calendar/");
    constexpr int writers = 16;
    constexpr int writes = 40;
    std::atomic<int> running{writers};
    std::atomic<int> refused{0};
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < writers; ++writer)
        threads.emplace_back([&, writer] {
            User user(writer % 2 == 0 ? nodes.first.port() : nodes.second.port(), "alice");
            for (int i = 0; i < writes; ++i) {
                const auto uid = std::to_string(writer) + "-" + std::to_string(i % 9);
                const auto name = "calendar/" + uid + ".ics";
                const int status =
                    i % 7 == 6 ? user.erase(name).status
                               : user.put(name, event(std::to_string(i), one_hour, uid)).status;
                if (status != 201 && status != 204 && status != 404) ++refused;
            }
            --running;
        });
    Follower of_one(nodes.one, path);
    Follower of_other(nodes.other, path);
    int rounds = 0;
    while (running > 0) {
        of_one.follow();
        of_other.follow();
        ++rounds;
    }
    threads.clear();
    CHECK(refused == 0);
    CHECK(rounds > 3);
    const auto all = listing(nodes.one, path);
    CHECK(all.size() > writers);
    of_one.follow();
    CHECK(of_one.etags() == all);
    CHECK(within_a_second([&] {
        of_other.follow();
        return of_other.etags() == all;
    }));
}

TEST_CASE("who has written sees it in the next sync, whatever else is being written") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto path = server.calendars("calendar/");
    std::atomic<int> missed{0};
    {
        std::vector<std::jthread> threads;
        for (int writer = 0; writer < 8; ++writer)
            threads.emplace_back([&, writer] {
                User user(server.port(), "alice");
                auto since = user.sync(path, "").sync_token();
                for (int i = 0; i < 25; ++i) {
                    const auto name = std::to_string(writer) + "-" + std::to_string(i) + ".ics";
                    const auto stored = user.put("calendar/" + name, event(name));
                    const auto delta = user.sync(path, since);
                    const auto* member = delta.find(path + name);
                    if (member == nullptr || member->text("D:getetag") != stored.etag()) ++missed;
                    since = delta.sync_token();
                }
            });
    }
    CHECK(missed == 0);
}

TEST_CASE("what is shared on one server is in the reader's home on the other, once, in a second") {
    REQUIRE_POSTGRESQL();
    TwoNodes nodes;
    make_user(nodes.first.database(), "tor");
    const auto collections = [](User& user) {
        const auto answer = user.propfind("", "D:resourcetype", "1");
        return answer.status() == 207 ? answer.size() - 1 : 0;
    };
    User here{nodes.first.port(), "tor"};
    User there{nodes.second.port(), "tor"};
    REQUIRE(within_a_second([&] { return collections(there) == 4; }));
    for (int round = 0; round < 5; ++round) {
        CAPTURE(round);
        REQUIRE(set_acl(nodes.one, "calendar/", ace(here.principal(), "D:read")).status == 200);
        std::thread at_once{
            [&] { CHECK(within_a_second([&] { return collections(there) == 5; })); }};
        CHECK(collections(here) == 5);
        at_once.join();
        CHECK(collections(here) == 5);
        REQUIRE(set_acl(nodes.one, "calendar/", "").status == 200);
        CHECK(collections(here) == 4);
        CHECK(within_a_second([&] { return collections(there) == 4; }));
    }
}
