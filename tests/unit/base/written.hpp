#pragma once
// What a test makes the program write to standard error.

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <string>
#include <unistd.h>

namespace kalends::test {

/// What `write` writes to standard error.
inline std::string written(const std::function<void()>& write) {
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

}  // namespace kalends::test
