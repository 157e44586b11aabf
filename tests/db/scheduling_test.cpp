// Transactions of scheduling: of one home, and of many at once.

#include "db/fixture.hpp"
#include "store/scheduling.hpp"

#include <thread>

using namespace kalends;
using namespace kalends::test;
using store::Delivery;
using store::HomeTransaction;
using store::Hop;
using store::Wrote;

namespace {

/// A scheduling object of a person's calendar.
store::PutObject meeting(const Someone& of, const std::string& uid, const std::string& data) {
    auto object = of.object(uid + ".ics", data, uid);
    object.acl_seq = 0;
    object.schedule_tag = "tag-" + data;
    return object;
}

store::PutObject inbox_item(const Someone& of, const std::string& name) {
    auto object = of.object(name, "message");
    object.acl_seq = 0;
    object.collection = of.collection("inbox")->id;
    object.uid.clear();
    return object;
}

void send(const Someone& from, const Someone& to, const std::string& uid,
          const std::vector<std::string>& messages) {
    REQUIRE(store::in_home(from.db, from.id, [&](HomeTransaction& transaction) {
        for (const auto& message : messages)
            transaction.send(Delivery{.id = 0,
                                      .from = {},
                                      .to = to.id,
                                      .method = "REQUEST",
                                      .uid = uid,
                                      .sender = "mailto:a@example.com",
                                      .recipient = "mailto:b@example.com",
                                      .message = message});
        return true;
    }));
}

Hop hop(const Someone& from, const Someone& to, const std::string& uid) {
    return {from.id, to.id, uid};
}

std::string data_of(const Someone& of, const std::string& uid) {
    const auto placed = store::find_scheduled(of.db, of.id, uid);
    return placed ? placed->object.data : "";
}

bool waits(const Hop& hop) {
    for (const auto& each : store::waiting_deliveries(shared_node(), 1LL << 40, 1000))
        if (each == hop) return true;
    return false;
}

}  // namespace

TEST_CASE("in_homes: each home's deliveries come in order, and all is written together") {
    REQUIRE_POSTGRESQL();
    const Someone anna, bert, cleo;
    send(anna, bert, "u1", {"one", "two"});
    send(anna, cleo, "u1", {"three"});
    const std::vector<Hop> hops{hop(anna, bert, "u1"), hop(anna, cleo, "u1")};
    const auto modseq = bert.collection()->modseq;
    std::vector<std::vector<std::string>> seen(hops.size());
    const auto done = store::in_homes(shared_node(), hops, [&](std::deque<store::OpenHop>& open) {
        for (auto& each : open) {
            const auto& to = each.index == 0 ? bert : cleo;
            for (const auto& delivery : each.transaction.take(anna.id, "u1"))
                seen[each.index].push_back(delivery.message);
            CHECK(each.transaction.put(meeting(to, "u1", seen[each.index].back())).wrote ==
                  Wrote::created);
            // What was put is there for who looks again, though it is not written yet.
            CHECK(each.transaction.find_uid("u1").value().object.data == seen[each.index].back());
            auto item = inbox_item(to, "item.ics");
            item.properties.push_back({"urn:x", "p", "<p xmlns='urn:x'/>", ""});
            (void)each.transaction.put(std::move(item));
        }
    });
    CHECK(done == std::vector<bool>{true, true});
    CHECK(seen == std::vector<std::vector<std::string>>{{"one", "two"}, {"three"}});
    CHECK(data_of(bert, "u1") == "two");
    CHECK(data_of(cleo, "u1") == "three");
    CHECK_FALSE(waits(hops[0]));
    CHECK(within_a_second([&] { return bert.collection()->modseq == modseq + 1; }));
    CHECK(bert.collection()->object_count == 1);
    const auto item =
        store::find_object(bert.db, bert.id, bert.collection("inbox")->id, "item.ics").value();
    CHECK(item.has_properties);
    const auto properties = store::object_properties(bert.db, bert.id, item.id);
    REQUIRE(properties.size() == 1);
    CHECK(properties.front().local == "p");
}

TEST_CASE("in_homes: a meeting that is put twice in one transaction ends as the second one") {
    REQUIRE_POSTGRESQL();
    const Someone anna, bert;
    send(anna, bert, "u1", {"one"});
    const std::vector<Hop> hops{hop(anna, bert, "u1")};
    (void)store::in_homes(shared_node(), hops, [&](std::deque<store::OpenHop>& open) {
        (void)open.front().transaction.take(anna.id, "u1");
        (void)open.front().transaction.put(meeting(bert, "u1", "first"));
        (void)open.front().transaction.put(meeting(bert, "u1", "second"));
    });
    CHECK(data_of(bert, "u1") == "second");
    CHECK(within_a_second([&] { return bert.collection()->object_count == 1; }));
}

TEST_CASE("in_homes: who has a home is not waited for") {
    REQUIRE_POSTGRESQL();
    const Someone anna, bert, cleo;
    for (const auto* each : {&bert, &cleo}) send(anna, *each, "u1", {"one"});
    const std::vector<Hop> hops{hop(anna, bert, "u1"), hop(anna, cleo, "u1")};
    std::vector<bool> done;
    (void)store::in_home(shared_node(), bert.id, [&](HomeTransaction&) {
        std::thread other([&] {
            done = store::in_homes(shared_node(), hops, [&](std::deque<store::OpenHop>& open) {
                for (auto& each : open) (void)each.transaction.take(anna.id, "u1");
            });
        });
        other.join();
        return false;
    });
    CHECK(done == std::vector<bool>{false, true});
    CHECK(waits(hops[0]));
    CHECK_FALSE(waits(hops[1]));
}

TEST_CASE("in_homes: where one of them can't be written nothing of all is") {
    REQUIRE_POSTGRESQL();
    const Someone anna, bert, cleo;
    bert.put("own.ics", "bert's own", "u1");  // the UID is taken by what is no meeting
    for (const auto* each : {&bert, &cleo}) send(anna, *each, "u1", {"one"});
    const std::vector<Hop> hops{hop(anna, bert, "u1"), hop(anna, cleo, "u1")};
    CHECK_THROWS_AS(store::in_homes(shared_node(), hops,
                                    [&](std::deque<store::OpenHop>& open) {
                                        for (auto& each : open) {
                                            const auto& to = each.index == 0 ? bert : cleo;
                                            (void)each.transaction.take(anna.id, "u1");
                                            (void)each.transaction.put(meeting(to, "u1", "x"));
                                        }
                                    }),
                    store::Undone);
    CHECK(data_of(cleo, "u1").empty());
    CHECK(bert.find("own.ics").value().data == "bert's own");
    for (const auto& each : hops) CHECK(waits(each));
}

TEST_CASE("in_homes: a name that was deleted is a member again") {
    REQUIRE_POSTGRESQL();
    const Someone anna, bert;
    bert.put("u1.ics", "former", "u1");
    bert.erase("u1.ics");
    const auto since = bert.collection()->modseq;
    send(anna, bert, "u1", {"one"});
    const std::vector<Hop> hops{hop(anna, bert, "u1")};
    (void)store::in_homes(shared_node(), hops, [&](std::deque<store::OpenHop>& open) {
        (void)open.front().transaction.take(anna.id, "u1");
        (void)open.front().transaction.put(meeting(bert, "u1", "again"));
    });
    REQUIRE(within_a_second([&] { return bert.collection()->modseq == since + 1; }));
    std::vector<std::string> gone;
    std::vector<std::string> present;
    store::changes(bert.db, bert.id, bert.collection()->id, 1, 100,
                   [&](const store::ChangeView& each) {
                       (each.deleted ? gone : present).emplace_back(each.name);
                   });
    CHECK(gone.empty());
    CHECK(present == std::vector<std::string>{"u1.ics"});
}

TEST_CASE("in_homes: of two who carry the same one takes all, and the other nothing") {
    REQUIRE_POSTGRESQL();
    const Someone anna, bert;
    send(anna, bert, "u1", {"one", "two"});
    const std::vector<Hop> hops{hop(anna, bert, "u1"), hop(anna, bert, "u1")};
    std::vector<std::size_t> taken;
    const auto done = store::in_homes(shared_node(), hops, [&](std::deque<store::OpenHop>& open) {
        for (auto& each : open) taken.push_back(each.transaction.take(anna.id, "u1").size());
    });
    CHECK(done == std::vector<bool>{true, true});
    CHECK(taken == std::vector<std::size_t>{2, 0});
}

TEST_CASE("in_home: megabytes of messages are written while others are still made, in order") {
    REQUIRE_POSTGRESQL();
    const Someone anna, bert;
    const std::string much(3'000'000, 'x');
    send(anna, bert, "u1", {much + "1", much + "2", much + "3", "4"});
    const auto waiting = store::look_at(shared_node(), std::vector{hop(anna, bert, "u1")});
    CHECK(waiting.front().bytes == 3 * 3'000'001 + 1);
    CHECK_FALSE(waiting.front().has_answers);
    std::string order;
    (void)store::in_home(shared_node(), bert.id, [&](HomeTransaction& transaction) {
        for (const auto& delivery : transaction.take(anna.id, "u1"))
            order += delivery.message.back();
        return false;
    });
    CHECK(order == "1234");
}

TEST_CASE("in_home: what is for somebody who has gone can be dropped") {
    REQUIRE_POSTGRESQL();
    const Someone anna, bert;
    send(anna, bert, "u1", {"one"});
    send(anna, bert, "u2", {"two"});
    store::drop(shared_node(), hop(anna, bert, "u1"));
    CHECK_FALSE(waits(hop(anna, bert, "u1")));
    CHECK(waits(hop(anna, bert, "u2")));
}
