// Too many, too slow.
#include "client.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

using namespace testing_http;
using std::chrono::milliseconds;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// Holds handlers until it is opened.
class Gate {
public:
    void pass() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return open_; });
    }
    void open() {
        const std::lock_guard lock{mutex_};
        open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

/// So that a test that fails does not leave the server waiting for its handlers.
struct OpensAtEnd {
    explicit OpensAtEnd(Gate& held) : gate{held} {}
    ~OpensAtEnd() { gate.open(); }
    OpensAtEnd(const OpensAtEnd&) = delete;
    OpensAtEnd& operator=(const OpensAtEnd&) = delete;
    Gate& gate;
};

http::ServerSettings with_timeouts(milliseconds header, milliseconds body, milliseconds idle,
                                   milliseconds write) {
    auto settings = plain_settings();
    settings.timeouts.header = header;
    settings.timeouts.body = body;
    settings.timeouts.idle = idle;
    settings.timeouts.write = write;
    return settings;
}

constexpr milliseconds brief{150};
constexpr milliseconds ample{60000};

}  // namespace

TEST_CASE("a full queue is a 503 that says when to come back, and other lanes go on") {
    Answers handler;
    Gate gate;
    handler.by_worker = [&](const http::Request& request) {
        if (request.path == "/") gate.pass();
        return text("done");
    };
    auto settings = plain_settings();
    settings.lanes[index(http::Lane::read)] = {1, 2};
    Running running{handler, settings};
    const OpensAtEnd opens{gate};
    std::vector<std::unique_ptr<Client>> waiting;
    for (int i = 0; i < 3; ++i) {
        waiting.push_back(std::make_unique<Client>(running.port));
        waiting.back()->send(get);
    }
    const auto lane = [&](http::Lane which) {
        return running.server.statistics().lanes[index(which)];
    };
    REQUIRE(eventually(
        [&] { return lane(http::Lane::read).running == 1 && lane(http::Lane::read).queued == 2; }));

    Client late{running.port};
    const auto answer = late.ask(get);
    CHECK(answer.status == 503);
    CHECK(answer.header("Retry-After") == "2");
    CHECK(lane(http::Lane::read).refused == 1);
    handler.goes_to = http::Lane::write;
    CHECK(late.ask("GET /other HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);

    gate.open();
    for (auto& client : waiting) CHECK(client->receive().body == "done");
}

TEST_CASE("an address has a number of connections, and gets them back") {
    Answers handler;
    auto settings = plain_settings();
    settings.limits.max_connections_per_address = 2;
    Running running{handler, settings};
    auto first = std::make_unique<Client>(running.port);
    Client second{running.port};
    CHECK(first->ask(get).status == 200);
    CHECK(second.ask(get).status == 200);
    CHECK(Client{running.port}.receive().status == 503);
    CHECK(running.server.statistics().refused_connections == 1);
    first.reset();
    CHECK(eventually([&] { return running.server.statistics().connections == 1; }));
    CHECK(Client{running.port}.ask(get).status == 200);
}

TEST_CASE("a trusted proxy may have any number, up to that of all connections") {
    Answers handler;
    auto settings = plain_settings();
    settings.limits.max_connections = 3;
    settings.limits.max_connections_per_address = 1;
    settings.trusted_proxies = {"127.0.0.1"};
    Running running{handler, settings};
    Client first{running.port};
    Client second{running.port};
    Client third{running.port};
    for (auto* client : {&first, &second, &third}) CHECK(client->ask(get).status == 200);
    CHECK(Client{running.port}.receive().status == 503);
}

TEST_CASE("a header that does not come to its end in time gets 408") {
    Answers handler;
    Running running{handler, with_timeouts(brief, ample, ample, ample)};
    Client client{running.port};
    client.send("GET / HTTP/1.1\r\nHo");
    CHECK(client.receive().status == 408);
    CHECK(client.closed());
    // Drops of it do not buy more time.
    Client dripping{running.port};
    const auto begin = std::chrono::steady_clock::now();
    dripping.send("GET / HTTP/1.1\r\nX: ");
    while (!dripping.hears(milliseconds{20}) &&
           std::chrono::steady_clock::now() - begin < milliseconds{5000})
        dripping.send_some("a");
    CHECK(std::chrono::steady_clock::now() - begin < milliseconds{2000});
    CHECK(dripping.receive().status == 408);
    CHECK(running.server.statistics().timeouts == 2);
}

TEST_CASE("a connection that never says anything is closed") {
    Answers handler;
    Running running{handler, with_timeouts(brief, ample, ample, ample)};
    Client silent{running.port};
    CHECK(silent.closed());
    CHECK(running.server.statistics().timeouts == 0);
}

TEST_CASE("an idle connection is closed, a busy one is not") {
    Answers handler;
    handler.by_worker = [](const http::Request&) {
        std::this_thread::sleep_for(milliseconds{400});
        return text("late");
    };
    Running running{handler, with_timeouts(ample, ample, brief, ample)};
    Client client{running.port};
    CHECK(client.ask(get).body == "late");
    CHECK(client.closed());
}

TEST_CASE("a body must come in time, but one that moves on gets more") {
    Answers handler;
    Running running{handler, with_timeouts(ample, milliseconds{300}, ample, ample)};
    Client stuck{running.port};
    stuck.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    CHECK(stuck.receive().status == 408);

    Client moving{running.port};
    moving.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 40960\r\n\r\n");
    for (int i = 0; i < 10; ++i) {
        moving.send(std::string(4096, 'a'));
        std::this_thread::sleep_for(milliseconds{60});
    }
    CHECK(moving.receive().status == 200);
}

TEST_CASE("a client that does not read its answer is cut off in time") {
    Answers handler;
    const auto big = std::make_shared<const std::string>(30'000'000, 'b');
    handler.from_memory = [&](const http::Request&) {
        http::Response response;
        response.shared_body = big;
        return response;
    };
    Running running{handler, with_timeouts(ample, ample, ample, milliseconds{100})};
    Client client{running.port, 4096};
    client.send(get);
    CHECK(eventually([&] { return running.server.statistics().timeouts == 1; }));
    CHECK(eventually([&] { return running.server.statistics().connections == 0; }));
    CHECK_THROWS(client.receive());
    Client other{running.port};
    other.send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(other.receive().body.size() == big->size());
}

TEST_CASE("thousands of idle connections hold no buffers") {
    Answers handler;
    handler.from_memory = [](const http::Request&) { return text("ok"); };
    auto settings = plain_settings();
    settings.limits.max_connections_per_address = 5000;
    Running running{handler, settings};
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 400; ++i) {
        clients.push_back(std::make_unique<Client>(running.port));
        CHECK(clients.back()->ask(get).status == 200);
    }
    CHECK(running.server.statistics().connections == 400);
    for (auto& client : clients) CHECK(client->ask(get).status == 200);
    clients.clear();
    CHECK(eventually([&] { return running.server.statistics().connections == 0; }));
}
