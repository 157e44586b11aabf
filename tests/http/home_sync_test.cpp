// sync-collection on homes and folders: RFC 6578 3.3, 3.5, 3.6.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace kalends::test;

namespace {

std::string sync_body(const std::string& token, const std::string& level, int limit) {
    std::string inner =
        "<D:sync-token>" + token + "</D:sync-token><D:sync-level>" + level + "</D:sync-level>";
    if (limit > 0)
        inner += "<D:limit><D:nresults>" + std::to_string(limit) + "</D:nresults></D:limit>";
    return inner + "<D:prop><D:getetag/></D:prop>";
}

/// A client that keeps all that is below a home, as the answers tell it.
class Replica {
public:
    Replica(User& user, std::string path, std::string level)
        : user_(user), path_(std::move(path)), level_(std::move(level)) {}

    void follow(int limit = 0) {
        for (bool more = true; more;) {
            const auto answer =
                user_.report(path_, "D:sync-collection", sync_body(token_, level_, limit), "0");
            if (answer.status() == 403 && !token_.empty()) {  // RFC 6578 3.2: begin again
                REQUIRE(precondition(answer.reply()) == "D:valid-sync-token");
                token_.clear();
                members_.clear();
                continue;
            }
            REQUIRE(answer.status() == 207);
            more = false;
            int count = 0;
            for (const auto& member : answer.members()) {
                if (member.href == path_) {
                    more = true;
                    continue;
                }
                ++count;
                if (member.status == 404)
                    remove(member.href);
                else
                    members_[member.href] = member.text("D:getetag");
            }
            if (limit > 0) CHECK(count <= limit);
            if (more) REQUIRE(token_ != answer.sync_token());
            token_ = answer.sync_token();
        }
    }

    /// Responses since the last time.
    std::vector<std::string> news() {
        const auto answer =
            user_.report(path_, "D:sync-collection", sync_body(token_, level_, 0), "0");
        REQUIRE(answer.status() == 207);
        token_ = answer.sync_token();
        return answer.hrefs();
    }

    [[nodiscard]] const std::map<std::string, std::string>& members() const { return members_; }
    [[nodiscard]] const std::string& token() const { return token_; }

private:
    /// RFC 6578 3.5.2: with a collection all that is in it is gone.
    void remove(const std::string& href) {
        members_.erase(href);
        if (!href.ends_with('/')) return;
        std::erase_if(members_, [&](const auto& each) { return each.first.starts_with(href); });
    }

    User& user_;
    std::string path_, level_, token_;
    std::map<std::string, std::string> members_;
};

/// All that is below a collection, by PROPFIND.
void list(User& user, const std::string& path, std::map<std::string, std::string>& to) {
    const auto answer = user.propfind(path, "D:getetag", "1");
    REQUIRE(answer.status() == 207);
    for (const auto& member : answer.members()) {
        if (member.href == path) continue;
        to[member.href] = member.text("D:getetag");
        if (member.href.ends_with('/')) list(user, member.href, to);
    }
}

}  // namespace

TEST_CASE("RFC 6578 3.5: a home tells of new, changed, renamed and deleted collections") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto home = server.calendars();
    Replica one{server, home, "1"};
    CHECK(one.news() == std::vector<std::string>{home + "calendar/", home + "inbox/",
                                                 home + "outbox/", home + "tasks/"});
    CHECK(one.news().empty());
    server.put("calendar/a.ics", event("A"));
    CHECK(one.news() == std::vector<std::string>{home + "calendar/"});
    server.proppatch("tasks/", "<D:displayname>To do</D:displayname>");
    CHECK(one.news() == std::vector<std::string>{home + "tasks/"});
    server.request("MKCALENDAR", "work/");
    CHECK(one.news() == std::vector<std::string>{home + "work/"});
    server.request("MOVE", "work/", "", {{"Destination", home + "plans/"}});
    CHECK(one.news() == std::vector<std::string>{home + "plans/", home + "work/"});
    server.erase("plans/");
    CHECK(one.news() == std::vector<std::string>{home + "plans/"});
    server.put(home + "note.txt", "a plain file");
    CHECK(one.news() == std::vector<std::string>{home + "note.txt"});
    server.request("MKCALENDAR", "plans/");
    CHECK(one.news() == std::vector<std::string>{home + "plans/"});
    CHECK(one.news().empty());
}

TEST_CASE(
    "RFC 6578 4: the home's sync-token moves with each change below it, and serves both levels") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto home = server.calendars();
    const auto token = [&] {
        return server.propfind(home, "D:sync-token").only().text("D:sync-token");
    };
    const auto before = token();
    CHECK(token() == before);
    server.put("calendar/a.ics", event("A"));
    CHECK(token() != before);
    for (const auto* level : {"1", "infinite"}) {
        const auto answer =
            server.report(home, "D:sync-collection", sync_body(before, level, 0), "0");
        REQUIRE(answer.status() == 207);
        // A collection that something changed in has another sync-token: it is told too.
        auto expected = std::vector{home + "calendar/"};
        if (std::string(level) != "1") expected.push_back(home + "calendar/a.ics");
        CHECK(answer.hrefs() == expected);
    }
}

TEST_CASE("RFC 6578 3.5.1: a collection is told when its ETag is another, and not without need") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    const auto home = server.calendars();
    server.request("MKCOL", "team/");
    server.request("MKCALENDAR", "team/plans/");
    server.put("team/plans/a.ics", event("A"));
    Replica one{server, home, "infinite"};
    one.follow();
    const auto changes = [&] {
        const auto before = one.members();
        std::map<std::string, std::string> now;
        list(server, home, now);
        std::vector<std::string> changed;
        for (const auto& [href, etag] : now)
            if (before.at(href) != etag) changed.push_back(href);
        one.follow(1);  // one at a time: the last of them must not get lost
        CHECK(one.members() == now);
        return changed;
    };
    CHECK(changes().empty());
    server.put("team/plans/a.ics", event("A", "DTSTART:20260101T000000Z\nLOCATION:here\n"));
    CHECK(changes() == std::vector{home + "team/plans/", home + "team/plans/a.ics"});
    server.proppatch("team/plans/", "<D:displayname>Plans</D:displayname>");
    CHECK(changes() == std::vector{home + "team/", home + "team/plans/"});
    const auto entry = "<D:ace><D:principal><D:href>" + server.as("bob").principal() +
                       "</D:href></D:principal><D:grant><D:privilege><D:read/></D:privilege>"
                       "</D:grant></D:ace>";
    REQUIRE(server.request("ACL", "team/", xml_body("D:acl", entry)).status == 200);
    CHECK(changes().empty());
}

TEST_CASE("RFC 6578 3.2: a token of one level is none of the other, and none of another home") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    Replica one{server, server.calendars(), "1"};
    one.follow();
    for (const auto& path : {server.calendars(), server.books(), server.calendars("calendar/")}) {
        const auto answer =
            server.report(path, "D:sync-collection", sync_body(one.token(), "infinite", 0), "0");
        CHECK(answer.status() == 403);
        CHECK(precondition(answer.reply()) == "D:valid-sync-token");
    }
}

TEST_CASE("whatever happens below a home, one infinite sync follows it, in pages of any size") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto home = server.files();
    Replica replica{server, home, "infinite"};
    std::mt19937 random{20261121};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same runs every time
    const auto pick = [&](int below) {
        return static_cast<int>(random() % static_cast<unsigned>(below));
    };
    const auto folder = [&] {
        std::string path = home;
        for (int depth = pick(3); depth > 0; --depth) path += "d" + std::to_string(pick(3)) + "/";
        return path;
    };
    for (int round = 0; round < 60; ++round) {
        for (int step = pick(8); step >= 0; --step) {
            const auto path = folder();
            const auto file = path + "f" + std::to_string(pick(4));
            switch (pick(6)) {
            case 0:
                server.request("MKCOL", path, "");
                break;
            case 1:
            case 2:
                server.put(file, std::to_string(random()));
                break;
            case 3:
                server.erase(file);
                break;
            case 4:
                if (path != home && pick(3) == 0) server.erase(path);
                break;
            default:
                server.request(pick(2) == 0 ? "MOVE" : "COPY", pick(2) == 0 ? file : path, "",
                               {{"Destination", folder() + (pick(2) == 0 ? "f1" : "d1/")}});
            }
        }
        replica.follow(pick(2) == 0 ? 0 : 1 + pick(5));
        std::map<std::string, std::string> real;
        list(server, home, real);
        CAPTURE(round);
        std::string difference;
        for (const auto& [href, etag] : real)
            if (!replica.members().contains(href) || replica.members().at(href) != etag)
                difference += " not told of " + href;
        for (const auto& [href, etag] : replica.members())
            if (!real.contains(href)) difference += " not told that gone: " + href;
        REQUIRE(difference == "");
    }
}
