// Which writes share a batch.

#include "store/combiner_private.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <stdexcept>
#include <thread>

using namespace kalends::store;

namespace {

using Combined = Combiner<int, int>;

/// Holds the first batch until others wait behind it.
struct Gate {
    std::mutex mutex;
    std::condition_variable opened;
    bool open = false;

    void wait() {
        std::unique_lock lock(mutex);
        opened.wait(lock, [this] { return open; });
    }
    void let_through() {
        const std::lock_guard lock(mutex);
        open = true;
        opened.notify_all();
    }
};

std::vector<int> items_of(const Combined::Batch& batch) {
    std::vector<int> items;
    for (const auto* each : batch) items.push_back(each->item);
    return items;
}

void settle() { std::this_thread::sleep_for(std::chrono::milliseconds{20}); }

/// Submits 0 with key 0 and holds its batch; then submits items 1 to n one after the other, item i
/// with keys[i - 1]; then lets go. The batches in order.
std::vector<std::vector<int>> batches(Combined::Limits limits, const std::vector<int>& keys) {
    Gate gate;
    std::mutex mutex;
    std::vector<std::vector<int>> seen;
    Combined combiner{[&](const Combined::Batch& batch) {
                          {
                              const std::lock_guard lock(mutex);
                              seen.push_back(items_of(batch));
                          }
                          if (batch.front()->item == 0) gate.wait();
                          for (auto* each : batch) each->outcome = each->item * 10;
                      },
                      [](const int&) { return std::size_t{1}; }, limits};
    std::vector<std::jthread> threads;
    const auto submit = [&](int key, int item) {
        threads.emplace_back(
            [&, key, item] { CHECK(combiner.submit(CollectionId{key}, int{item}) == item * 10); });
        settle();
    };
    submit(0, 0);
    for (std::size_t i = 0; i < keys.size(); ++i) submit(keys[i], static_cast<int>(i) + 1);
    gate.let_through();
    threads.clear();
    return seen;
}

using Batches = std::vector<std::vector<int>>;

}  // namespace

TEST_CASE("who comes while a batch runs goes into the next one, whatever the collection") {
    CHECK(batches({.batches = 1, .items = 64, .weight = 64}, {0, 1, 2, 0}) ==
          Batches{{0}, {1, 2, 3, 4}});
}

TEST_CASE("a second batch runs beside the first, but never for the same collection") {
    CHECK(batches({.batches = 2, .items = 64, .weight = 64}, {0, 1, 0}) ==
          Batches{{0}, {2}, {1, 3}});
}

TEST_CASE("a batch is full with so many items, or with so much weight") {
    CHECK(batches({.batches = 1, .items = 2, .weight = 64}, {0, 1, 2}) ==
          Batches{{0}, {1, 2}, {3}});
    CHECK(batches({.batches = 1, .items = 64, .weight = 2}, {1, 1, 1}) ==
          Batches{{0}, {1, 2}, {3}});
}

TEST_CASE("what a batch throws is the failure of all in it, and the next one runs") {
    std::atomic<int> runs{0};
    Combined combiner{[&](const Combined::Batch& batch) {
                          if (++runs == 1) throw std::runtime_error("no");
                          for (auto* each : batch) each->outcome = each->item;
                      },
                      [](const int&) { return std::size_t{1}; },
                      {.batches = 1, .items = 9, .weight = 9}};
    CHECK_THROWS_AS(combiner.submit(CollectionId{1}, 1), std::runtime_error);
    CHECK(combiner.submit(CollectionId{1}, 2) == 2);
}

TEST_CASE("what fails fails for the one whose it is") {
    Combined combiner{[](const Combined::Batch& batch) {
                          for (auto* each : batch)
                              each->failure = std::make_exception_ptr(std::runtime_error("no"));
                      },
                      [](const int&) { return std::size_t{1}; },
                      {.batches = 1, .items = 1, .weight = 1}};
    CHECK_THROWS_AS(combiner.submit(CollectionId{1}, 1), std::runtime_error);
}

TEST_CASE("under load each item is run once, in its order, and no collection by two at a time") {
    constexpr int threads = 16;
    constexpr int each = 300;
    constexpr int keys = 5;
    std::array<std::atomic<int>, keys> writing{};
    std::atomic<int> overlaps{0};
    std::atomic<int> runs{0};
    Combined combiner{[&](const Combined::Batch& batch) {
                          std::map<int, int> in;
                          for (auto* item : batch) ++in[item->item % keys];
                          for (const auto& [key, count] : in)
                              if (writing.at(static_cast<std::size_t>(key)).exchange(1) != 0)
                                  ++overlaps;
                          std::this_thread::yield();
                          for (auto* item : batch) {
                              item->outcome = item->item + 1;
                              ++runs;
                          }
                          for (const auto& [key, count] : in)
                              writing.at(static_cast<std::size_t>(key)) = 0;
                      },
                      [](const int&) { return std::size_t{1}; },
                      {.batches = 3, .items = 7, .weight = 100}};
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> running;
        for (int t = 0; t < threads; ++t)
            running.emplace_back([&, t] {
                for (int i = 0; i < each; ++i) {
                    const int item = t * each + i;
                    if (combiner.submit(CollectionId{item % keys}, int{item}) != item + 1) ++wrong;
                }
            });
    }
    CHECK(overlaps == 0);
    CHECK(wrong == 0);
    CHECK(runs == threads * each);
}
