// Start and stop.
#include "client.hpp"
#include "http/core_private.hpp"
#include "http/network_private.hpp"

#include <boost/asio/post.hpp>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>
#include <unistd.h>

using namespace testing_http;
using std::chrono::milliseconds;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

std::string why_not(const http::ServerSettings& settings) {
    Answers handler;
    try {
        http::Server server{settings, handler};
        server.start();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("stop lets a running request finish, and closes what is idle") {
    Answers handler;
    std::atomic<bool> began{false};
    handler.by_worker = [&](const http::Request& request) {
        if (request.path != "/") return text("quick");
        began = true;
        std::this_thread::sleep_for(milliseconds{300});
        return text("finished");
    };
    Running running{handler};
    Client idle{running.port};
    CHECK(idle.ask("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n").body == "quick");
    Client busy{running.port};
    busy.send(get);
    REQUIRE(eventually([&] { return began.load(); }));
    auto stopped = std::async(std::launch::async, [&] { running.server.stop(); });
    CHECK(idle.closed());
    const auto answer = busy.receive();
    CHECK(answer.body == "finished");
    CHECK(answer.header("Connection") == "close");
    CHECK(busy.closed());
    stopped.get();
    CHECK_THROWS(Client{running.port});
    CHECK(running.server.statistics().connections == 0);
}

TEST_CASE("a network thread ends though its timer goes off at that moment") {
    Answers handler;
    auto settings = plain_settings();
    settings.timeouts.header = milliseconds{10};  // it looks at its sessions every 10 ms
    http::Core core{settings, handler};
    http::NetworkThread thread{core, 0};
    thread.start();
    // Busy while the timer goes off and while it is told to end.
    std::atomic<bool> busy{false};
    boost::asio::post(thread.io(), [&] {
        busy = true;
        std::this_thread::sleep_for(milliseconds{100});
    });
    REQUIRE(eventually([&] { return busy.load(); }));
    auto finished = std::async(std::launch::async, [&] { thread.finish(); });
    if (finished.wait_for(std::chrono::seconds{20}) != std::future_status::ready) {
        MESSAGE("it does not end");
        std::abort();  // or this program would not, either
    }
}

TEST_CASE("stop lets a stream come to its end") {
    Answers handler;
    handler.by_worker = [](const http::Request&) {
        auto response = text("begin ");
        response.more = [left = 20]() mutable {
            std::this_thread::sleep_for(milliseconds{10});
            return left-- == 0 ? std::string{} : std::string{"x"};
        };
        return response;
    };
    Running running{handler};
    Client client{running.port};
    client.send(get);
    REQUIRE(client.hears(milliseconds{5000}));
    auto stopped = std::async(std::launch::async, [&] { running.server.stop(); });
    CHECK(client.receive().body == "begin xxxxxxxxxxxxxxxxxxxx");
    stopped.get();
}

TEST_CASE("stop does not wait longer than it was told for a client that reads nothing") {
    Answers handler;
    handler.by_worker = [](const http::Request&) {
        auto response = text("begin ");
        response.more = [] { return std::string(100000, 'x'); };
        return response;
    };
    auto settings = plain_settings();
    settings.timeouts.drain = milliseconds{200};
    Running running{handler, settings};
    Client client{running.port, 4096};
    client.send(get);
    REQUIRE(client.hears(milliseconds{5000}));
    const auto begin = std::chrono::steady_clock::now();
    running.server.stop();
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(took >= milliseconds{190});
    CHECK(took < milliseconds{3000});
    CHECK_THROWS(client.receive());
}

TEST_CASE("stop with requests in the queue ends them all") {
    Answers handler;
    handler.by_worker = [](const http::Request&) {
        std::this_thread::sleep_for(milliseconds{100});
        return text("late");
    };
    auto settings = plain_settings();
    settings.lanes[index(http::Lane::read)] = {1, 100};
    settings.timeouts.drain = milliseconds{150};
    Running running{handler, settings};
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<Client>(running.port));
        clients.back()->send(get);
    }
    REQUIRE(eventually([&] { return running.server.statistics().requests == 20; }));
    const auto begin = std::chrono::steady_clock::now();
    running.server.stop();
    CHECK(std::chrono::steady_clock::now() - begin < milliseconds{1500});
    CHECK(running.server.statistics().connections == 0);
}

TEST_CASE("a server that is destroyed while clients are connected takes its leave of them") {
    Answers handler;
    std::unique_ptr<Client> client;
    {
        Running running{handler};
        client = std::make_unique<Client>(running.port);
        CHECK(client->ask(get).status == 200);
    }
    CHECK(client->closed());
}

TEST_CASE("a start that can't be says why, in a sentence for the administrator") {
    Answers handler;
    Running running{handler};
    auto taken = plain_settings();
    taken.listeners[0].port = running.port;
    CHECK(contains(why_not(taken),
                   "127.0.0.1:" + std::to_string(running.port) + " is already taken"));

    auto elsewhere = plain_settings();
    elsewhere.listeners[0].address = "192.0.2.1";
    CHECK(contains(why_not(elsewhere), "this machine does not have that address"));

    auto nonsense = plain_settings();
    nonsense.listeners[0].address = "everywhere";
    CHECK(contains(why_not(nonsense), "\"everywhere\" is not an address"));

    auto half = plain_settings();
    half.listeners[0].certificate_file = "server.pem";
    CHECK(contains(why_not(half), "needs both a certificate and a key"));

    auto missing = plain_settings();
    missing.listeners[0].certificate_file = "/nonexistent/server.pem";
    missing.listeners[0].key_file = "/nonexistent/server.key";
    CHECK(contains(why_not(missing), "the certificate /nonexistent/server.pem can't be read"));

    auto proxy = plain_settings();
    proxy.trusted_proxies = {"10.0.0.0/99"};
    CHECK(contains(why_not(proxy), "10.0.0.0/99"));

    CHECK(contains(why_not(http::ServerSettings{}), "no address to listen on"));
}

TEST_CASE("a socket that systemd has bound is served") {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(socket, 16) == 0);
    auto settings = plain_settings();
    settings.listeners[0].inherited_fd = socket;
    Answers handler;
    Running running{handler, settings};
    CHECK(Client{running.port}.ask(get).status == 200);

    auto wrong = plain_settings();
    wrong.listeners[0].inherited_fd = 2;
    CHECK(contains(why_not(wrong), "is not a TCP socket"));
}

TEST_CASE("sd_listen_fds(3): sockets meant for another process are not ours") {
    ::setenv("LISTEN_FDS", "2", 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    CHECK(http::activated_sockets() == std::vector<int>{3, 4});
    ::setenv("LISTEN_PID", "1", 1);
    CHECK(http::activated_sockets().empty());
    ::unsetenv("LISTEN_PID");
    CHECK(http::activated_sockets().empty());
}
