#include "cli/embedded_postgres.hpp"
#include "cli/process.hpp"

#include <doctest/doctest.h>
#include <libpq-fe.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <thread>
#include <unistd.h>

using namespace kalends;
using namespace kalends::cli;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

/// A directory that is gone at the end; with a name as long as wanted.
class Directory {
public:
    explicit Directory(const std::string& below = "") {
        std::string name = fs::temp_directory_path() / "kalends-embedded-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        ::chmod(name.c_str(), 0755);
        top_ = name;
        path_ = below.empty() ? top_ : top_ / below;
    }
    ~Directory() { fs::remove_all(top_); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    [[nodiscard]] Config config() const {
        Config config;
        config.database.directory = path_ / "data";
        config.database.shared_buffers_mb = 16;
        return config;
    }

private:
    fs::path top_;
    fs::path path_;
};

/// The one value that a statement answers; empty if it fails.
std::string ask(const std::string& dsn, const char* statement) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(dsn.c_str()),
                                                                  PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), statement),
                                                               PQclear);
    if (PQntuples(result.get()) != 1) return {};
    return PQgetvalue(result.get(), 0, 0);
}

pid_t postmaster(const EmbeddedPostgres& postgres) {
    pid_t pid = 0;
    std::ifstream(postgres.pid_file()) >> pid;
    return pid;
}

bool eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 1500; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(20ms);
    }
    return false;
}

}  // namespace

TEST_CASE("the embedded PostgreSQL is durable, speaks UTF-8 in byte order, and is reached by its "
          "socket only") {
    const Directory directory;
    const EmbeddedPostgres postgres(directory.config());
    CHECK(ask(postgres.dsn(), "SHOW fsync") == "on");
    CHECK(ask(postgres.dsn(), "SHOW synchronous_commit") == "on");
    CHECK(ask(postgres.dsn(), "SHOW full_page_writes") == "on");
    CHECK(ask(postgres.dsn(), "SHOW data_checksums") == "on");
    CHECK(ask(postgres.dsn(), "SHOW server_encoding") == "UTF8");
    CHECK(ask(postgres.dsn(), "SELECT 'a' > 'B'") == "t");
    CHECK(ask(postgres.dsn(), "SHOW listen_addresses").empty());
    struct stat sockets {};
    REQUIRE(::stat(ask(postgres.dsn(), "SHOW unix_socket_directories").c_str(), &sockets) == 0);
    CHECK((sockets.st_mode & 0077U) == 0);
}

TEST_CASE("what was written is there after a stop and a second start, which takes seconds") {
    const Directory directory;
    std::string dsn;
    {
        const EmbeddedPostgres postgres(directory.config());
        dsn = postgres.dsn();
        CHECK(running_embedded(directory.config()) == dsn);
        ask(dsn, "CREATE TABLE t AS SELECT 42 AS n");
    }
    CHECK(ask(dsn, "SELECT 1").empty());
    CHECK_FALSE(running_embedded(directory.config()));
    const auto begin = std::chrono::steady_clock::now();
    const EmbeddedPostgres again(directory.config());
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
    CHECK(ask(again.dsn(), "SELECT n FROM t") == "42");
}

TEST_CASE("a killed postmaster is started again, and what was committed is there") {
    const Directory directory;
    const EmbeddedPostgres postgres(directory.config());
    ask(postgres.dsn(), "CREATE TABLE t AS SELECT 42 AS n");
    const auto first = postmaster(postgres);
    REQUIRE(first > 0);
    ::kill(first, SIGKILL);
    CHECK(eventually([&] { return ask(postgres.dsn(), "SELECT n FROM t") == "42"; }));
    CHECK(postmaster(postgres) != first);
}

TEST_CASE("after Kalends was killed its PostgreSQL stops, and the next start finds everything") {
    const Directory directory;
    const pid_t other = ::fork();
    if (other == 0) {
        const EmbeddedPostgres postgres(directory.config());
        ask(postgres.dsn(), "CREATE TABLE t AS SELECT 42 AS n");
        ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(other, nullptr, 0);
    const EmbeddedPostgres postgres(directory.config());
    CHECK(ask(postgres.dsn(), "SELECT n FROM t") == "42");
}

TEST_CASE("a stale process id of somebody else does not keep PostgreSQL from starting") {
    const Directory directory;
    fs::path pid_file;
    {
        const EmbeddedPostgres postgres(directory.config());
        pid_file = postgres.pid_file();
    }
    std::ofstream(pid_file) << ::getpid() << "\n/nowhere\n1\n5432\n\n\n\n";
    const EmbeddedPostgres postgres(directory.config());
    CHECK(ask(postgres.dsn(), "SELECT 1") == "1");
    CHECK(postmaster(postgres) != ::getpid());
}

TEST_CASE("below a long path the socket is where its path is short enough") {
    const Directory directory(std::string(120, 'x'));
    const EmbeddedPostgres postgres(directory.config());
    CHECK(ask(postgres.dsn(), "SELECT 1") == "1");
    fs::remove_all(ask(postgres.dsn(), "SHOW unix_socket_directories"));
}

TEST_CASE("data of another PostgreSQL version are not touched, and the message says what to do") {
    const Directory directory;
    const auto config = directory.config();
    fs::create_directories(fs::path(config.database.directory) / "postgres");
    std::ofstream(fs::path(config.database.directory) / "postgres" / "PG_VERSION") << "13\n";
    try {
        const EmbeddedPostgres postgres(config);
        FAIL("it started");
    } catch (const EmbeddedError& error) {
        CHECK(std::string(error.what()).find("are of PostgreSQL 13") != std::string::npos);
        CHECK(std::string(error.what()).find("pg_upgrade") != std::string::npos);
    }
}

TEST_CASE("without PostgreSQL the message says what to install") {
    const Directory directory;
    auto config = directory.config();
    config.database.programs = "/nonexistent";
    try {
        const EmbeddedPostgres postgres(config);
        FAIL("it started");
    } catch (const EmbeddedError& error) {
        CHECK(std::string(error.what()).find("install the package postgresql-15") !=
              std::string::npos);
    }
}
