#include "directory/ldap/keeper.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "directory/ldap/filter.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace kalends::directory::ldap {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// What expires by itself (shadowExpire) changes no marker, nor does a local account that was in
/// the way and is deleted: so everything is compared now and then.
constexpr auto full_interval = 5min;
/// Where a server does not tell of changes, or does not any more, it is asked again after that.
constexpr auto watch_interval = 1min;
/// Between two synchronisations when a directory changes all the time.
constexpr auto pause = 1s;

void sleep(const std::stop_token& stop, std::chrono::steady_clock::time_point until) {
    std::mutex mutex;
    std::condition_variable_any told;
    std::unique_lock lock(mutex);
    told.wait_until(lock, stop, until, [] { return false; });
}

}  // namespace

Keeper::Keeper(Settings settings, store::Database& db)
    : servers_(std::move(settings), Telling::by_log), db_(db),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

Keeper::~Keeper() {
    thread_.request_stop();
    thread_.join();
}

void Keeper::work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto begin = clock::steady();
        // Watching begins before reading, so that nothing falls between.
        watch();
        synchronise_once();
        wait(stop, begin + servers_.settings().sync_interval);
        sleep(stop, std::min(begin + servers_.settings().sync_interval, clock::steady() + pause));
    }
}

void Keeper::synchronise_once() {
    const auto& settings = servers_.settings();
    std::unique_ptr<Connection> connection;
    try {
        connection = servers_.connect_as_service(clock::steady() + settings.timeout);
        auto marker = change_marker(*connection, settings);
        const bool is_due = clock::steady() >= full_again_;
        if (!is_due && !marker.empty() && marker == marker_) {
            servers_.succeeded();
            outage_.succeeded();
            return;
        }
        const auto report = synchronise(*connection, settings, db_);
        marker_ = report.others_turn ? "" : std::move(marker);
        full_again_ = clock::steady() + full_interval;
        servers_.succeeded();
        outage_.succeeded();
        tell(report);
    } catch (const DirectoryUnavailable& error) {
        marker_.clear();
        if (connection) servers_.failed(connection->uri(), error.what());
    } catch (const std::exception& error) {
        marker_.clear();
        outage_.failed(error.what());
    }
}

void Keeper::tell(const SyncReport& report) {
    if (report.changed_anything())
        log(Level::info, "ldap.synchronised",
            {{"people", std::to_string(report.people)},
             {"groups", std::to_string(report.groups)},
             {"rooms", std::to_string(report.rooms)},
             {"made", std::to_string(report.plan.made)},
             {"changed", std::to_string(report.plan.changed)},
             {"disabled", std::to_string(report.plan.gone)},
             {"members_added", std::to_string(report.members_added)},
             {"members_removed", std::to_string(report.members_removed)}});
    std::string all = report.held;
    for (const auto& each : report.plan.skipped) all += '\n' + each;
    if (all == told_) return;
    told_ = std::move(all);
    if (!report.held.empty()) log(Level::error, "ldap.sync_held", {{"why", report.held}});
    constexpr std::size_t shown = 20;
    for (std::size_t i = 0; i < std::min(shown, report.plan.skipped.size()); ++i)
        log(Level::warning, "ldap.skipped", {{"what", report.plan.skipped[i]}});
    if (report.plan.skipped.size() > shown)
        log(Level::warning, "ldap.skipped",
            {{"more", std::to_string(report.plan.skipped.size() - shown)},
             {"see", "kalends ldap sync --dry-run"}});
}

/// Sets up the watch if there is none.
void Keeper::watch() {
    if (watching_ || clock::steady() < watch_again_) return;
    watch_again_ = clock::steady() + watch_interval;
    const auto& settings = servers_.settings();
    try {
        const auto deadline = clock::steady() + settings.timeout;
        auto connection = servers_.connect_as_service(deadline);
        if (!offers_watching(*connection, settings)) return;
        const Search search{.base = settings.base, .filter = filter_for_all(settings.mapping)};
        if (!connection->watch(search, deadline)) return;
        connection->changed(0ms);  // what there is already
        watching_ = std::move(connection);
    } catch (const std::exception& error) {
        log(Level::debug, "ldap.not_watching", {{"why", error.what()}});
    }
}

/// Until something has changed, or then.
void Keeper::wait(const std::stop_token& stop, Moment until) {
    constexpr milliseconds slice{500};
    while (!stop.stop_requested() && clock::steady() < until) {
        if (!watching_) return sleep(stop, until);
        try {
            const auto left = std::chrono::duration_cast<milliseconds>(until - clock::steady());
            if (watching_->changed(std::min(slice, left))) return;
        } catch (const DirectoryUnavailable& error) {
            log(Level::debug, "ldap.not_watching", {{"why", error.what()}});
            watching_.reset();
        }
    }
}

}  // namespace kalends::directory::ldap
