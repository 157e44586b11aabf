#include "auth/checkpassword.hpp"

#include "base/clock.hpp"
#include "base/process.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <system_error>

namespace kalends::auth {
namespace {

using Kind = CommandAnswer::Kind;

constexpr std::size_t max_input = 512;  // what such programs read
constexpr int input_descriptor = 3;

CommandAnswer meaning_of(int status) {
    if (!WIFEXITED(status)) return {.why = "the program was ended by a signal"};
    if (WEXITSTATUS(status) == 0) return {.kind = Kind::right};
    if (WEXITSTATUS(status) == 1) return {.kind = Kind::wrong};
    return {.why = "the program ended with " + std::to_string(WEXITSTATUS(status))};
}

std::string input_for(const std::string& login, const std::string& password) {
    const auto now = std::chrono::system_clock::to_time_t(clock::now());
    return login + '\0' + password + '\0' + std::to_string(now) + '\0';
}

}  // namespace

CommandAnswer check_password_by(const CommandSettings& settings, const std::string& login,
                                const std::string& password) {
    const auto input = input_for(login, password);
    if (input.size() > max_input || std::ranges::count(input, '\0') != 3)
        return {.kind = Kind::wrong};
    try {
        const auto ended = process::run({.words = settings.words,
                                         .input = input,
                                         .input_descriptor = input_descriptor,
                                         .max_output = 0,
                                         .end_descendants = true},
                                        clock::steady() + settings.timeout);
        if (!ended.in_time) return {.why = "the program took too long, and was killed"};
        return meaning_of(ended.status);
    } catch (const std::system_error& error) {
        return {.why = error.what()};
    }
}

}  // namespace kalends::auth
