#include "sched/courier.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"

#include <algorithm>

namespace kalends::sched {
namespace {

constexpr std::size_t page = 500;
/// Hops of one transaction: those that come meanwhile wait for it.
constexpr std::size_t most_together = 100;
/// What a worker of any node has just written it is about to carry itself.
constexpr std::int64_t grace_seconds = 3;
constexpr std::chrono::seconds between_looks{2};

void append_new(std::deque<Hop>& to, std::vector<Hop>&& hops) {
    for (auto& hop : hops)
        if (std::ranges::find(to, hop) == to.end()) to.push_back(std::move(hop));
}

}  // namespace

Courier::Courier(store::Database& database, Settings settings)
    : database_(database), settings_(std::move(settings)),
      thread_([this](const std::stop_token& stop) { work_in_background(stop); }) {}

Courier::~Courier() {
    thread_.request_stop();
    woken_.notify_all();
}

std::vector<Hop> Courier::alone(const Hop& hop) noexcept {
    try {
        return receive(database_, hop, settings_.site);
    } catch (const std::exception& error) {
        log(Level::warning, "schedule.deferred", {{"uid", hop.uid}, {"why", error.what()}});
    }
    try {
        store::put_off(database_, hop);
    } catch (const std::exception&) {  // the database is away: it is tried again as it is
        return {};
    }
    return {};
}

std::vector<std::optional<std::vector<Hop>>>
Courier::try_together(std::span<const Hop> hops) noexcept {
    try {
        return receive_together(database_, hops, settings_.site);
    } catch (const std::exception& error) {
        log(Level::debug, "schedule.apart", {{"why", error.what()}});
    }
    return std::vector<std::optional<std::vector<Hop>>>(hops.size());
}

void Courier::run(const std::vector<Round*>& batch) noexcept {
    std::vector<Hop> hops;
    for (const auto* round : batch) hops.insert(hops.end(), round->hops.begin(), round->hops.end());
    auto results = try_together(hops);
    auto from = std::make_move_iterator(results.begin());
    for (auto* round : batch) {
        const auto to = from + static_cast<std::ptrdiff_t>(round->hops.size());
        round->results.assign(from, to);
        from = to;
    }
}

std::vector<Courier::Round*> Courier::take_batch() {
    std::vector<Round*> batch;
    for (std::size_t hops = 0; !rounds_.empty(); rounds_.pop_front()) {
        hops += rounds_.front()->hops.size();
        if (hops > most_together && !batch.empty()) break;
        batch.push_back(rounds_.front());
    }
    return batch;
}

void Courier::wait_for_results(Round& mine) {
    std::unique_lock lock(rounds_mutex_);
    rounds_.push_back(&mine);
    mine.leads = !std::exchange(is_led_, true);
    mine.woken.wait(lock, [&mine] { return mine.leads || mine.is_done; });
    if (mine.is_done) return;
    const auto batch = take_batch();  // the first of it is `mine`
    lock.unlock();
    run(batch);
    lock.lock();
    for (auto* round : batch) {
        round->is_done = true;
        round->woken.notify_one();
    }
    is_led_ = !rounds_.empty();
    if (is_led_) {
        rounds_.front()->leads = true;
        rounds_.front()->woken.notify_one();
    }
}

std::vector<Hop> Courier::together(std::vector<Hop> hops) {
    Round mine;
    mine.hops = std::move(hops);
    wait_for_results(mine);
    std::vector<Hop> next;
    for (std::size_t i = 0; i < mine.hops.size(); ++i) {
        auto each = mine.results[i] ? std::move(*mine.results[i]) : alone(mine.hops[i]);
        next.insert(next.end(), std::make_move_iterator(each.begin()),
                    std::make_move_iterator(each.end()));
    }
    return next;
}

void Courier::carry(std::vector<Hop> hops) noexcept {
    std::deque<Hop> waiting;
    append_new(waiting, std::move(hops));
    for (auto left = settings_.at_once; !waiting.empty() && left > 0;) {
        std::vector<Hop> now;
        for (; !waiting.empty() && left > 0 && now.size() < most_together; --left) {
            now.push_back(std::move(waiting.front()));
            waiting.pop_front();
        }
        append_new(waiting, together(std::move(now)));
    }
    if (waiting.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        is_left_ = true;
    }
    woken_.notify_one();
}

bool Courier::carry_waiting(std::int64_t older_than) {
    const auto waiting = store::waiting_deliveries(database_, older_than, page);
    for (std::size_t at = 0; at < waiting.size(); at += most_together) {
        const auto some =
            std::span(waiting).subspan(at).first(std::min(most_together, waiting.size() - at));
        (void)together({some.begin(), some.end()});
    }
    return waiting.size() == page;
}

void Courier::work_in_background(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        bool all = false;
        {
            std::unique_lock lock(mutex_);
            woken_.wait_for(lock, stop, between_looks, [this] { return is_left_; });
            all = std::exchange(is_left_, false);
        }
        if (stop.stop_requested()) return;
        try {
            const auto now = clock::unix_now();
            while (carry_waiting(all ? now : now - grace_seconds) && !stop.stop_requested()) {
            }
        } catch (const std::exception& error) {
            log(Level::debug, "schedule.waiting", {{"why", error.what()}});
        }
    }
}

}  // namespace kalends::sched
