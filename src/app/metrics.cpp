#include "app/metrics.hpp"

#include <array>
#include <string_view>

namespace kalends::app {
namespace {

class Page {
public:
    void counter(std::string_view name, std::string_view help, std::uint64_t value) {
        head(name, help, "counter");
        sample(name, "", value);
    }
    void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
        head(name, help, "gauge");
        sample(name, "", value);
    }
    void head(std::string_view name, std::string_view help, std::string_view type) {
        text_.append("# HELP kalends_").append(name).append(" ").append(help).append("\n");
        text_.append("# TYPE kalends_").append(name).append(" ").append(type).append("\n");
    }
    void sample(std::string_view name, std::string_view labels, std::uint64_t value) {
        text_.append("kalends_").append(name).append(labels).append(" ");
        text_.append(std::to_string(value)).append("\n");
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

constexpr std::array<std::string_view, http::lane_count> lanes{"read", "write", "report", "login",
                                                               "guest"};

void append_http(Page& page, const http::Statistics& http) {
    page.gauge("connections", "Open client connections.", http.connections);
    page.counter("connections_accepted_total", "Connections accepted.", http.accepted);
    page.counter("connections_refused_total", "Connections refused by a limit.",
                 http.refused_connections);
    page.counter("tls_handshake_failures_total", "TLS handshakes that failed.",
                 http.handshake_failures);
    page.counter("client_timeouts_total", "Connections closed because a client was too slow.",
                 http.timeouts);
    page.counter("requests_total", "Requests answered.", http.requests);
    page.counter("requests_from_memory_total", "Requests answered without the database.",
                 http.from_memory);
    page.head("responses_total", "Answers by class of status.", "counter");
    for (std::size_t i = 0; i < http.by_class.size(); ++i)
        page.sample("responses_total", "{class=\"" + std::to_string(i + 1) + "xx\"}",
                    http.by_class[i]);
    page.counter("received_bytes_total", "Bytes received from clients.", http.bytes_in);
    page.counter("sent_bytes_total", "Bytes sent to clients.", http.bytes_out);
    page.gauge("spooled_bytes", "Bytes of request bodies in files now.", http.spooled_bytes);
    page.counter("spooled_bodies_total", "Request bodies that were too large for memory.",
                 http.spooled_bodies);

    const auto by_lane = [&](std::string_view name, std::string_view help, std::string_view type,
                             auto get) {
        page.head(name, help, type);
        for (std::size_t i = 0; i < lanes.size(); ++i)
            page.sample(name, "{lane=\"" + std::string(lanes[i]) + "\"}", get(http.lanes[i]));
    };
    using Lane = http::Statistics::OneLane;
    by_lane("lane_queued", "Requests waiting for a worker.", "gauge",
            [](const Lane& l) { return l.queued; });
    by_lane("lane_running", "Requests in a worker.", "gauge",
            [](const Lane& l) { return l.running; });
    by_lane("lane_done_total", "Requests done by workers.", "counter",
            [](const Lane& l) { return l.done; });
    by_lane("lane_refused_total", "Requests refused because the queue was full.", "counter",
            [](const Lane& l) { return l.refused; });
}

void append_store(Page& page, const store::Statistics& store) {
    page.counter("cache_hits_total", "Homes found in the cache.", store.cache_hits);
    page.counter("cache_misses_total", "Homes read from the database.", store.cache_misses);
    page.gauge("cached_homes", "Homes in the cache.", store.cached_homes);
    page.counter("member_hits_total",
                 "Readings of a calendar's or address book's members served from memory.",
                 store.member_hits);
    page.counter("member_misses_total", "Those that needed the database.", store.member_misses);
    page.gauge("database_connections", "Connections to the database.", store.connections);
    page.gauge("database_connections_in_use", "Connections in use.", store.connections_in_use);
    page.counter("database_statements_total", "Statements sent to the database.", store.statements);
    page.counter("write_batches_total", "Transactions of combined writes.", store.batches);
    page.counter("batched_writes_total", "Writes in them.", store.batched_writes);
    page.counter("notifications_total", "Notifications of other nodes.",
                 store.notifications_received);
    page.counter("listener_reconnects_total", "Times the listening connection was lost.",
                 store.listener_reconnects);
}

}  // namespace

std::string metrics_text(const http::Statistics& http, const store::Statistics& store) {
    Page page;
    append_http(page, http);
    append_store(page, store);
    return page.take();
}

}  // namespace kalends::app
