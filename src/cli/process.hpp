#pragma once
// Other programs and other accounts: what the embedded PostgreSQL needs of the operating system.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace kalends::cli {

/// Whom to run as.
struct Account {
    uid_t uid = 0;
    gid_t gid = 0;
    std::string name;
    bool other = false;  ///< not the one that this process has now (which is then root)
};

/// For root: `wanted`, or the first that exists of kalends, postgres and nobody. For anybody else:
/// the account of this process. Throws std::runtime_error if `wanted` is not there.
Account service_account(const std::string& wanted);

/// Gives up root for good. Throws std::runtime_error if that fails.
void become(const Account& account);

struct Finished {
    int status = 0;      ///< as of waitpid(2)
    std::string output;  ///< standard output and error, the last 64 KB
    [[nodiscard]] bool succeeded() const { return status == 0; }
};

/// Runs a program to its end with `input` (short: it must fit into a pipe) as its standard input.
Finished run(const Account& account, const std::vector<std::string>& command,
             const std::string& input = {});

/// Starts a program in a session of its own, with standard output and error appended to `log`. It
/// is sent `death_signal` when the thread that called this ends, however that happens (prctl(2),
/// PR_SET_PDEATHSIG).
pid_t spawn(const Account& account, const std::vector<std::string>& command,
            const std::filesystem::path& log, int death_signal);

/// Whether the account can read, write and search that directory, and so get there.
bool can_use(const Account& account, const std::filesystem::path& directory);

}  // namespace kalends::cli
