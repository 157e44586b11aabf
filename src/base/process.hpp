#pragma once
// Other programs: run to their end or to a deadline, from any thread.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::process {

struct Command {
    std::vector<std::string> words;  ///< the program, with its whole path, and its arguments
    /// "NAME=value", beside PATH and LC_ALL=C.UTF-8: nothing of our own environment is passed on.
    std::vector<std::string> environment = {};
    std::string_view input = {};    ///< it is given as a file, which it need not read
    int input_descriptor = 0;       ///< where; standard input is empty if it is another
    std::size_t max_output = 4096;  ///< bytes of standard output and error that are kept
    bool end_descendants = false;   ///< also what a program that ended in time left running
};

struct Ended {
    bool in_time = false;
    int status = 0;           ///< as of waitpid(2)
    std::string output = {};  ///< standard output and error: the beginning
};

/// Runs a program in a session of its own. At the deadline it is killed with its process group.
/// Safe where other threads run. Throws std::system_error if it can't be started.
Ended run(const Command& command, std::chrono::steady_clock::time_point deadline);

}  // namespace kalends::process
