#include "base/clock.hpp"
#include "base/log.hpp"
#include "unit/base/written.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using test::written;

TEST_CASE("a log line is the time, the level, the event and its keys") {
    const clock::Fixed fixed{
        std::chrono::system_clock::time_point{std::chrono::seconds{784111777}}};
    CHECK(written([] {
              log(Level::warning, "auth.refused", {{"login", "alice"}, {"status", "401"}});
          }) == "1994-11-06T08:49:37Z warning auth.refused login=alice status=401\n");
}

TEST_CASE("a client can't write a second line into the log, nor a key that is not ours") {
    const auto line = written([] {
        log(Level::error, "http.bad",
            {{"path", "/a\n2000-01-01T00:00:00Z error fake x=1"}, {"agent", "a\"b"}});
    });
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(line.find("path=\"/a\\x0a2000") != std::string::npos);
    CHECK(line.find("agent=\"a\\\"b\"") != std::string::npos);
}

TEST_CASE("an empty value is visible") {
    CHECK(written([] {
              log(Level::error, "a", {{"b", ""}});
          }).find(" b=\"\"\n") != std::string::npos);
}

TEST_CASE("what is below the level is not written") {
    set_log_level(Level::warning);
    CHECK(written([] { log(Level::info, "quiet"); }).empty());
    CHECK_FALSE(log_enabled(Level::info));
    CHECK_FALSE(written([] { log(Level::warning, "loud"); }).empty());
    set_log_level(Level::info);
}
