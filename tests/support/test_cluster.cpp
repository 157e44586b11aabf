#include "support/test_cluster.hpp"

#include <libpq-fe.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <iterator>
#include <pwd.h>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace kalends::test {
namespace {

namespace fs = std::filesystem;

/// Where initdb and postgres are: Debian keeps each version in its own directory. Empty if nowhere.
fs::path programs() {
    std::error_code none;
    std::vector<fs::path> found;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none))
        if (fs::exists(version.path() / "bin" / "initdb")) found.push_back(version.path() / "bin");
    return found.empty() ? fs::path{} : *std::max_element(found.begin(), found.end());
}

/// PostgreSQL refuses to run as root.
const passwd* unprivileged() { return ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr; }

/// Starts a program whose output goes to `log`; it is sent SIGINT when the test program ends.
pid_t spawn(const std::vector<std::string>& arguments, const std::string& log) {
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const auto* user = unprivileged();
    const pid_t child = ::fork();
    if (child != 0) return child;
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                            ::setuid(user->pw_uid) != 0))
        ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGINT);
    ::setsid();
    ::execv(argv[0], argv.data());
    ::_exit(127);
}

std::string contents(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

bool TestCluster::installed() { return !programs().empty(); }

TestCluster::TestCluster() {
    std::string path = fs::temp_directory_path() / "kalends-test-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr)
        throw std::runtime_error("cannot make a directory for PostgreSQL");
    directory_ = path;
    if (const auto* user = unprivileged())
        if (::chown(directory_.c_str(), user->pw_uid, user->pw_gid) != 0)
            throw std::runtime_error("cannot give " + directory_ + " to the user postgres");
    dsn_ = "host=" + directory_ + " user=postgres";
    initialise();
    start();
    wait_until_ready();
}

TestCluster::~TestCluster() {
    if (server_ > 0) {
        ::kill(server_, SIGQUIT);  // at once: nothing of it is kept
        ::waitpid(server_, nullptr, 0);
    }
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

void TestCluster::initialise() const {
    const auto log = directory_ + "/initdb.log";
    const pid_t child = spawn({programs() / "initdb", "-D", directory_ + "/data", "-U", "postgres",
                               "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"},
                              log);
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0)
        throw std::runtime_error("initdb failed: " + contents(log));
}

void TestCluster::start() {
    server_ = spawn({programs() / "postgres", "-D", directory_ + "/data", "-k", directory_, "-c",
                     "listen_addresses=", "-c", "max_connections=200", "-c", "fsync=off"},
                    directory_ + "/server.log");
    if (server_ < 0) throw std::runtime_error("cannot start PostgreSQL");
}

void TestCluster::wait_until_ready() const {
    for (int i = 0; i < 600; ++i) {
        if (PQping(dsn_.c_str()) == PQPING_OK) return;
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    throw std::runtime_error("PostgreSQL does not start: " + contents(directory_ + "/server.log"));
}

}  // namespace kalends::test
