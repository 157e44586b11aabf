#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/follower_private.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace kalends::store {
namespace {

constexpr std::int64_t kept_seconds = 60;  // of change_log
constexpr std::int64_t max_gap_seconds =
    30;  // between two looks; after more, rows may have been pruned
constexpr std::int64_t prune_every_seconds = 10;
constexpr std::chrono::milliseconds retry_interval{100};

// The first row is about the look itself; then one for each home, or collection, that changed.
const Statement look_sql{"look_at_change_log", R"sql(
    WITH news AS MATERIALIZED (
        SELECT * FROM change_log
         WHERE $1 <> '' AND node <> $2
           AND xid >= pg_snapshot_xmin(nullif($1, '')::pg_snapshot)
           AND NOT pg_visible_in_snapshot(xid, nullif($1, '')::pg_snapshot))
    SELECT 0 AS kind, pg_current_snapshot()::text, pg_snapshot_xmin(pg_current_snapshot())::text,
           floor(extract(epoch FROM clock_timestamp()))::bigint, 0, 0, 0
     UNION ALL
    SELECT DISTINCT 1, home_id::text, '', 0, 0, 0, 0 FROM news WHERE collection_id IS NULL
     UNION ALL
    SELECT * FROM (SELECT DISTINCT ON (home_id, collection_id) 2, home_id::text, collection_id::text, modseq,
                          object_count, bytes, modified
                     FROM news WHERE collection_id IS NOT NULL
                    ORDER BY home_id, collection_id, modseq DESC) AS content
     ORDER BY kind)sql"};

const Statement prune_sql{"prune_change_log", R"sql(
    DELETE FROM change_log WHERE xid < $1::text::xid8)sql"};

std::int64_t id_of(std::string_view digits) {
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

}  // namespace

Follower::Follower(const Settings& settings, std::string node, Cache& cache,
                   const Notifier& notifier)
    : settings_(settings), node_(std::move(node)), cache_(cache), notifier_(notifier),
      stop_event_(::eventfd(0, EFD_CLOEXEC)) {
    if (stop_event_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    listen();
    look();
    thread_ = std::thread([this] { work(); });
}

Follower::~Follower() {
    const std::uint64_t one = 1;
    if (::write(stop_event_, &one, sizeof one) == sizeof one && thread_.joinable()) thread_.join();
    ::close(stop_event_);
}

/// Runs until the stop event. What fails is tried again soon; the cache knows that it is not
/// current meanwhile.
void Follower::work() {
    auto next_look = clock::steady() + settings_.poll_interval;
    for (;;) {
        try {
            const auto heard = wait(next_look);
            if (heard == Heard::stop) return;
            if (heard == Heard::nothing && clock::steady() < next_look) continue;
            listen();
            look();
            prune();
            failing_ = false;
        } catch (const std::exception& error) {
            if (!failing_) log(Level::warning, "store.follow.lost", {{"reason", error.what()}});
            lose();
        }
        next_look = clock::steady() + (failing_ ? retry_interval : settings_.poll_interval);
    }
}

Follower::Heard Follower::wait(std::chrono::steady_clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::steady());
    std::array<pollfd, 2> events{pollfd{stop_event_, POLLIN, 0},
                                 pollfd{listening_ ? listening_->socket() : -1, POLLIN, 0}};
    ::poll(events.data(), events.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (events[0].revents != 0) return Heard::stop;
    if (events[1].revents == 0) return Heard::nothing;
    std::uint64_t received = 0;
    const bool foreign = listening_->take_notifications(notifier_.backend(), received);
    notifications += received;
    return foreign ? Heard::others : Heard::nothing;
}

/// Without a connection there is no telling what was missed.
void Follower::lose() {
    failing_ = true;
    listening_.reset();
    looking_.reset();
    snapshot_.clear();
    cache_.clear();
}

void Follower::listen() {
    if (listening_) return;
    auto connection =
        std::make_unique<Connection>(settings_.dsn, settings_.statement_timeout, false);
    connection->execute(std::string("LISTEN ") + notify_channel);
    if (looked_at_ != 0) {
        ++reconnects;
        log(Level::info, "store.follow.reconnected");
    }
    listening_ = std::move(connection);
}

void Follower::look() {
    const auto began = clock::steady();
    if (!looking_)
        looking_ = std::make_unique<Connection>(settings_.dsn, settings_.statement_timeout, true);
    const auto rows = looking_->run(look_sql, snapshot_, node_);
    const auto now = rows.number(0, 3);
    if (snapshot_.empty() || now - looked_at_ > max_gap_seconds)
        cache_.clear();
    else
        apply(rows);
    snapshot_ = rows.string(0, 1);
    looked_at_ = now;
    if (horizons_.empty() || horizons_.back().first < now)
        horizons_.emplace_back(now, rows.string(0, 2));
    cache_.set_current(began);
}

void Follower::apply(const Result& rows) {
    for (int row = 1; row < rows.rows(); ++row) {
        const PrincipalId home{id_of(rows.text(row, 1))};
        if (rows.number(row, 0) == 2)
            cache_.apply({home, CollectionId{id_of(rows.text(row, 2))}, rows.number(row, 3),
                          rows.number(row, 4), rows.number(row, 5), rows.number(row, 6)});
        else if (home.value == 0)
            cache_.clear();
        else
            cache_.forget(home);
    }
}

/// Deletes what is older than any node may still need.
void Follower::prune() {
    if (looked_at_ - pruned_at_ < prune_every_seconds) return;
    pruned_at_ = looked_at_;
    std::string horizon;
    while (!horizons_.empty() && horizons_.front().first < looked_at_ - kept_seconds) {
        horizon = std::move(horizons_.front().second);
        horizons_.pop_front();
    }
    if (!horizon.empty()) looking_->run(prune_sql, horizon);
}

}  // namespace kalends::store
