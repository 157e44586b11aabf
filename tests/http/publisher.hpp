#pragma once
// A server elsewhere, on the loopback, that publishes one document.

#include "http/server.hpp"

#include <optional>
#include <string>

namespace kalends::test {

/// Answers what is published at "/jane.ifb"; elsewhere 404.
class Publisher final : public http::Handler {
public:
    explicit Publisher(std::string document) : document_(std::move(document)) {
        http::ServerSettings settings;
        settings.listeners.emplace_back();
        server_.emplace(settings, *this);
        server_->start();
    }
    ~Publisher() override { server_->stop(); }
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    [[nodiscard]] std::string url(const std::string& at) const {
        return "http://127.0.0.1:" + std::to_string(server_->ports().front()) + at;
    }
    std::optional<http::Response> try_from_memory(const http::Request& request) override {
        http::Response response;
        response.body = document_;
        if (request.path != "/jane.ifb") response.status = http::Status::not_found;
        return response;
    }
    http::Lane lane(const http::Request& /*request*/) override { return http::Lane::read; }
    http::Response handle(const http::Request& /*request*/) override { return {}; }

private:
    std::string document_;
    std::optional<http::Server> server_;
};

}  // namespace kalends::test
