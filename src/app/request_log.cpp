#include "app/request_log.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "guest/pages.hpp"

namespace kalends::app {
namespace {

constexpr std::size_t longest_agent = 100;
constexpr std::size_t longest_path = 500;

/// Without what is a secret of somebody.
std::string shown_path(const http::Request& request) {
    const std::string_view path = request.path;
    if (guest::Pages::is_ours(path)) return std::string(guest::Pages::prefix) + "...";
    return text::printable(path, longest_path);
}

class RequestLog final : public http::Handler {
public:
    explicit RequestLog(std::unique_ptr<http::Handler> handler) : handler_(std::move(handler)) {}

    std::optional<http::Response> try_from_memory(const http::Request& request) override {
        const auto begin = clock::steady();
        auto response = handler_->try_from_memory(request);
        if (response) write(request, *response, begin);
        return response;
    }

    http::BodyRule body_rule(const http::Request& head) override {
        return handler_->body_rule(head);
    }

    http::BodyRule body_rule_by_worker(const http::Request& head) override {
        return handler_->body_rule_by_worker(head);
    }

    http::Lane lane(const http::Request& request) override { return handler_->lane(request); }

    http::Response handle(const http::Request& request) override {
        const auto begin = clock::steady();
        auto response = handler_->handle(request);
        write(request, response, begin);
        return response;
    }

private:
    static void write(const http::Request& request, const http::Response& response,
                      std::chrono::steady_clock::time_point begin) {
        const auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(clock::steady() - begin);
        log(Level::info, "http.request",
            {{"id", request.id},
             {"peer", request.peer},
             {"method", text::printable(request.method)},
             {"path", shown_path(request)},
             {"status", std::to_string(static_cast<int>(response.status))},
             {"us", std::to_string(took.count())},
             {"agent",
              text::printable(request.headers.find("User-Agent").value_or(""), longest_agent)}});
    }

    std::unique_ptr<http::Handler> handler_;
};

}  // namespace

std::unique_ptr<http::Handler> with_request_log(std::unique_ptr<http::Handler> handler) {
    return std::make_unique<RequestLog>(std::move(handler));
}

}  // namespace kalends::app
