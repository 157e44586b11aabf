#include "base/clock.hpp"
#include "base/outage.hpp"
#include "unit/base/written.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace kalends;
using test::written;

namespace {

/// What is written when the outage is told at that second.
std::string failed_at(Outage& outage, int second) {
    const clock::Fixed fixed{std::chrono::system_clock::time_point{std::chrono::seconds{second}}};
    return written([&] { outage.failed("no route"); });
}

std::string succeeded_at(Outage& outage, int second) {
    const clock::Fixed fixed{std::chrono::system_clock::time_point{std::chrono::seconds{second}}};
    return written([&] { outage.succeeded(); });
}

}  // namespace

TEST_CASE("an outage is told when it begins, every ten seconds, and when it is over") {
    Outage outage{"store.unavailable"};
    CHECK(succeeded_at(outage, 0).empty());
    CHECK(failed_at(outage, 1) ==
          "1970-01-01T00:00:01Z error store.unavailable error=\"no route\"\n");
    for (int second = 1; second <= 10; ++second) CHECK(failed_at(outage, second).empty());
    CHECK(failed_at(outage, 11) == "1970-01-01T00:00:11Z error store.unavailable.lasts "
                                   "failures=12 seconds=10 error=\"no route\"\n");
    CHECK(failed_at(outage, 12).empty());
    CHECK(succeeded_at(outage, 22) ==
          "1970-01-01T00:00:22Z warning store.unavailable.over failures=13 seconds=11\n");
    CHECK(succeeded_at(outage, 23).empty());
    CHECK(failed_at(outage, 24).find(" store.unavailable error=") != std::string::npos);
}

TEST_CASE("a success between failures does not end an outage") {
    Outage outage{"store.unavailable"};
    CHECK_FALSE(failed_at(outage, 100).empty());
    CHECK(succeeded_at(outage, 101).empty());
    CHECK(failed_at(outage, 102).empty());
    CHECK(succeeded_at(outage, 111).empty());
    CHECK_FALSE(succeeded_at(outage, 112).empty());
}
