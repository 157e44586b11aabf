#include "base/clock.hpp"
#include "base/log.hpp"

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <string>
#include <unistd.h>

using namespace kalends;

namespace {

/// What `write` writes to standard error.
std::string written(const std::function<void()>& write) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const int kept = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    write();
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    std::string text(4096, '\0');
    const auto size = read(ends[0], text.data(), text.size());
    close(ends[0]);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
}

}  // namespace

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
