#include "app/application.hpp"

#include "api/dispatch.hpp"
#include "app/lmtp_hop.hpp"
#include "app/logins.hpp"
#include "app/mail_way.hpp"
#include "app/metrics.hpp"
#include "app/registry.hpp"
#include "app/settings.hpp"
#include "dav/dispatch.hpp"
#include "guest/pages.hpp"
#include "sched/group_keeper.hpp"

#include <algorithm>
#include <array>

namespace kalends::app {
namespace {

using http::Lane;
using http::Request;
using http::Response;
using http::Status;

constexpr std::string_view front_page =
    "Kalends, a server for calendars and contacts, is running.\n"
    "Give this address to your calendar program; it finds the rest by itself.\n";

Response plain(Status status, std::string_view text) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body = text;
    return response;
}

/// nullptr where the operator does not want it.
std::unique_ptr<sched::Scheduler> scheduler_of(const Config& config, store::Database& database) {
    if (!config.scheduling.enabled) return nullptr;
    return std::make_unique<sched::Scheduler>(database, courier_settings(config));
}

/// RFC 6764 5: the redirect needs no login, whatever the method.
Response well_known() {
    Response response;
    response.status = Status::moved_permanently;
    response.headers.add("Location", std::string(dav::href::root));
    response.headers.add("Cache-Control", "max-age=3600");
    return response;
}

bool is_read(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

constexpr std::array<std::string_view, 4> well_known_paths{
    "/.well-known/caldav", "/.well-known/caldav/", "/.well-known/carddav", "/.well-known/carddav/"};

std::vector<dav::Page> pages(const Config& config) {
    return {caldav::free_busy_page(free_busy_window(config))};
}

/// nullptr where the operator does not want it.
std::unique_ptr<sched::GroupKeeper> group_keeper_of(const Config& config, store::Database& database,
                                                    sched::Scheduler* scheduler) {
    if (scheduler == nullptr || !config.scheduling.follow_groups) return nullptr;
    return std::make_unique<sched::GroupKeeper>(database, *scheduler,
                                                sched::GroupKeeper::usually_settled);
}

/// nullptr where nobody outside is told.
std::unique_ptr<sched::Postman> postman_of(const Config& config, store::Database& database) {
    if (!config.scheduling.enabled) return nullptr;
    auto route = mail_route(config);
    if (!route) return nullptr;
    return std::make_unique<sched::Postman>(database, postman_settings(config, database.secret()),
                                            std::move(route));
}

/// nullptr where mail stays mail.
std::unique_ptr<sched::Arrivals> arrivals_of(const Config& config, store::Database& database,
                                             sched::Scheduler* scheduler) {
    if (scheduler == nullptr || config.mail.spool.empty()) return nullptr;
    return std::make_unique<sched::Arrivals>(database, *scheduler, arrival_settings(config));
}

std::unique_ptr<sched::SpoolReader> spool_reader_of(const Config& config,
                                                    sched::Arrivals* arrivals) {
    if (arrivals == nullptr) return nullptr;
    return std::make_unique<sched::SpoolReader>(*arrivals, *spool_settings(config));
}

/// nullptr where nobody outside is given a link.
std::unique_ptr<guest::Pages> guest_pages_of(const Config& config, store::Database& database,
                                             sched::Scheduler* scheduler) {
    auto settings = guest_settings(config);
    if (scheduler == nullptr || !settings) return nullptr;
    return std::make_unique<guest::Pages>(std::move(*settings), database, *scheduler);
}

class Application final : public http::Handler {
public:
    Application(const Config& config, store::Database& database, HttpStatistics statistics)
        : database_(database), statistics_(std::move(statistics)), audit_(database),
          authenticator_(auth_settings(config), database, ways_to_log_in(config, database),
                         &audit_),
          scheduler_(scheduler_of(config, database)),
          groups_(group_keeper_of(config, database, scheduler_.get())),
          postman_(postman_of(config, database)),
          arrivals_(arrivals_of(config, database, scheduler_.get())),
          spool_reader_(spool_reader_of(config, arrivals_.get())),
          guest_pages_(guest_pages_of(config, database, scheduler_.get())),
          lmtp_(lmtp_server(config)), types_(scheduler_.get(), api_settings(config).free_busy),
          registry_(make_registry(types_)), services_{database, registry_, dav_settings(config),
                                                      &audit_},
          dispatcher_(services_, authenticator_, pages(config)),
          api_(api_settings(config), database, authenticator_, audit_) {}

    std::optional<Response> try_from_memory(const Request& request) override {
        const std::string_view path = request.path;
        if (is_dav(path) || (path == "/" && !is_read(request)))
            return dispatcher_.from_memory(request);
        if (path == "/") return plain(Status::ok, front_page);
        if (std::find(well_known_paths.begin(), well_known_paths.end(), path) !=
            well_known_paths.end())
            return well_known();
        if (path == "/metrics" && is_read(request)) return metrics();
        if (path == "/healthz" && is_read(request)) return std::nullopt;
        if (api::Dispatcher::is_ours(path) || is_for_guests(path)) return std::nullopt;
        return plain(Status::not_found, "There is nothing at this address.\n");
    }

    http::BodyRule body_rule(const Request& head) override {
        if (api::Dispatcher::is_ours(head.path)) return {.max_bytes = api::Dispatcher::max_body};
        if (is_for_guests(head.path)) return {.max_bytes = guest::Pages::max_body};
        return is_dav(head.path) ? dispatcher_.body_rule(head) : http::BodyRule{};
    }
    http::BodyRule body_rule_by_worker(const Request& head) override {
        return dispatcher_.body_rule_by_worker(head);
    }

    Lane lane(const Request& request) override {
        if (api::Dispatcher::is_ours(request.path)) return api_.lane(request);
        if (is_for_guests(request.path)) return Lane::guest;
        return request.path == "/healthz" ? Lane::read : dispatcher_.lane(request);
    }

    Response handle(const Request& request) override {
        if (api::Dispatcher::is_ours(request.path)) return api_.handle(request);
        if (is_for_guests(request.path)) return guest_pages_->handle(request);
        return request.path == "/healthz" ? health() : dispatcher_.handle(request);
    }

private:
    [[nodiscard]] bool is_for_guests(std::string_view path) const {
        return guest_pages_ && guest::Pages::is_ours(path);
    }

    [[nodiscard]] bool is_dav(std::string_view path) const {
        return path.starts_with("/dav/") || path == "/dav" || path == "*" ||
               dispatcher_.has_page(path);
    }

    /// 200 where the database answers, else 503: for load balancers and monitoring.
    Response health() {
        try {
            database_.ping();
            return plain(Status::ok, "ok\n");
        } catch (const store::Unavailable&) {
            return plain(Status::service_unavailable, "the database can't be reached\n");
        }
    }

    [[nodiscard]] Response metrics() const {
        Response response = plain(Status::ok, metrics_text(statistics_(), database_.statistics()));
        response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        return response;
    }

    store::Database& database_;
    HttpStatistics statistics_;
    store::AuditWriter audit_;
    auth::Authenticator authenticator_;
    std::unique_ptr<sched::Scheduler> scheduler_;
    std::unique_ptr<sched::GroupKeeper> groups_;
    std::unique_ptr<sched::Postman> postman_;
    std::unique_ptr<sched::Arrivals> arrivals_;
    std::unique_ptr<sched::SpoolReader> spool_reader_;
    std::unique_ptr<guest::Pages> guest_pages_;
    std::unique_ptr<mail::LmtpServer> lmtp_;
    caldav::Types types_;
    dav::Registry registry_;
    dav::Services services_;
    dav::Dispatcher dispatcher_;
    api::Dispatcher api_;
};

}  // namespace

std::unique_ptr<http::Handler> make_application(const Config& config, store::Database& database,
                                                HttpStatistics statistics) {
    return std::make_unique<Application>(config, database, std::move(statistics));
}

}  // namespace kalends::app
