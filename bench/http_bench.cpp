// What the HTTP layer costs by itself: a handler that answers from memory, for a load generator to
// ask. usage: http_bench PORT [THREADS] [BODY_BYTES]
#include "http/server.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>

namespace {

namespace http = kalends::http;

/// "/worker" goes through a worker, everything else is answered on the network thread.
class SameAnswer final : public http::Handler {
public:
    explicit SameAnswer(std::size_t size) : body_(size, 'x') {}

    std::optional<http::Response> try_from_memory(const http::Request& request) override {
        if (request.path == "/worker") return std::nullopt;
        return answer();
    }
    http::Lane lane(const http::Request&) override { return http::Lane::read; }
    http::Response handle(const http::Request&) override { return answer(); }

private:
    [[nodiscard]] http::Response answer() const {
        http::Response response;
        response.status = http::Status::multi_status;
        response.headers.add("Content-Type", "application/xml; charset=utf-8");
        response.headers.add("DAV", "1, 3, access-control, calendar-access, addressbook");
        response.body = body_;
        return response;
    }
    std::string body_;
};

}  // namespace

int main(int count, char** arguments) {
    const auto number = [&](int i, int otherwise) {
        return count > i ? std::atoi(arguments[i]) : otherwise;
    };
    SameAnswer handler{static_cast<std::size_t>(number(3, 600))};
    http::ServerSettings settings;
    settings.listeners = {{"127.0.0.1", static_cast<std::uint16_t>(number(1, 0))}};
    if (count > 5) {
        settings.listeners[0].certificate_file = arguments[4];
        settings.listeners[0].key_file = arguments[5];
    }
    settings.network_threads = static_cast<unsigned>(number(2, 1));

    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    http::Server server{settings, handler};
    server.start();
    std::cout << "listening on port " << server.ports()[0] << std::endl;
    int signal = 0;
    sigwait(&signals, &signal);
    server.stop();
    const auto all = server.statistics();
    std::cout << all.requests << " requests, " << all.accepted << " connections" << std::endl;
}
