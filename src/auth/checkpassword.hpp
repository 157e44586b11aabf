#pragma once
// Runs a program that checks a password, by the interface of checkpassword
// (https://cr.yp.to/checkpwd/interface.html): login, password and time, each with a NUL behind it,
// on file descriptor 3; the exit status is the answer.

#include <chrono>
#include <string>
#include <vector>

namespace kalends::auth {

struct CommandSettings {
    std::vector<std::string> words;  ///< the program by its whole path, and its arguments
    std::chrono::milliseconds timeout{10'000};
    int at_once = 4;  ///< that may run at the same time
};

struct CommandAnswer {
    enum class Kind {
        right,   ///< exit status 0
        wrong,   ///< 1
        failed,  ///< anything else: it could not find out, did not start, or took too long
    };
    Kind kind = Kind::failed;
    std::string why = {};  ///< of a failure
};

/// Blocks until the program has ended, or the time is over: then it is killed, with all that it has
/// started and that has not left its session. It gets no open file but the password, no terminal,
/// and nothing of our environment. A login and a password that the interface has no room for (512
/// bytes) are wrong.
CommandAnswer check_password_by(const CommandSettings& settings, const std::string& login,
                                const std::string& password);

}  // namespace kalends::auth
