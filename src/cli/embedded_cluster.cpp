// Makes the embedded PostgreSQL's files. https://www.postgresql.org/docs/15/app-initdb.html

#include "base/hash.hpp"
#include "base/text.hpp"
#include "cli/embedded_cluster_private.hpp"
#include "cli/embedded_postgres.hpp"

#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace kalends::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view role = "kalends";

// What a small server needs and does not change when settings do. postgresql.conf is the
// administrator's from then on.
constexpr std::string_view tuning = R"(
# Written by Kalends when it made this cluster. Yours to change; what Kalends sets itself (sockets,
# shared_buffers, max_connections, durability) is on the command line and wins.
jit = off
random_page_cost = 1.1
checkpoint_timeout = 15min
max_wal_size = 1GB
wal_buffers = 8MB
wal_compression = on
max_parallel_workers_per_gather = 0
log_min_messages = warning
log_checkpoints = off
log_line_prefix = '%m [%p] '
timezone = 'UTC'
)";

std::string first_word_of(const fs::path& file) {
    std::ifstream in(file);
    std::string word;
    in >> word;
    return word;
}

/// "15" of "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)".
std::string program_version(const Config& config, const Account& account) {
    const auto program = config.database.programs + "/postgres";
    const auto answer = run(account, {program, "--version"});
    const auto words = text::split(answer.output, ' ');
    if (!answer.succeeded() || words.size() < 3)
        throw EmbeddedError(
            "there is no PostgreSQL at " + program +
            ": install the package postgresql-15, name its directory in database.programs, or an "
            "existing database in database.dsn");
    return std::string(text::split(words[2], '.')[0]);
}

/// A directory that only the account can enter. Refuses one that is not its own, since somebody may
/// have put it there before us.
void make_private_directory(const fs::path& path, const Account& account) {
    if (::mkdir(path.c_str(), 0700) == 0 && account.other &&
        ::chown(path.c_str(), account.uid, account.gid) != 0)
        throw EmbeddedError("can't give " + path.string() + " to the account " + account.name);
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0)
        throw EmbeddedError(
            "can't make the directory " + path.string() +
            ": choose another in database.directory, or make it and give it to the account " +
            account.name);
    if (!S_ISDIR(found.st_mode) || found.st_uid != account.uid || (found.st_mode & 0077U) != 0)
        throw EmbeddedError(path.string() + " must be a directory of the account " + account.name +
                            " that nobody else can enter (mode 0700)");
}

void check_success(const Finished& finished, const std::string& what) {
    if (finished.succeeded()) return;
    const auto output = text::trim(finished.output);
    throw EmbeddedError(what + " failed: " + std::string(output.substr(output.rfind('\n') + 1)));
}

/// initdb, the database, and the tuning.
void fill_cluster(const fs::path& directory, const Config& config, const Account& account) {
    const auto& programs = config.database.programs;
    check_success(
        run(account, {programs + "/initdb", "--pgdata=" + directory.string(),
                      "--username=" + std::string(role), "--auth=trust", "--encoding=UTF8",
                      "--locale=C.UTF-8", "--data-checksums", "--no-instructions"}),
        "initdb");
    // One statement a line, without a server: nobody can connect before all is there.
    check_success(run(account,
                      {programs + "/postgres", "--single", "-D", directory.string(), "template1"},
                      "CREATE DATABASE " + std::string(role) + "\n"),
                  "making the database");
    std::ofstream(directory / "postgresql.conf", std::ios::app) << tuning;
}

void make_cluster(const ClusterPaths& paths, const Config& config, const Account& account) {
    const fs::path unfinished = paths.cluster.string() + ".new";
    fs::remove_all(unfinished);
    make_private_directory(unfinished, account);
    fill_cluster(unfinished, config, account);
    fs::rename(unfinished, paths.cluster);
}

}  // namespace

ClusterPaths cluster_paths(const std::string& directory) {
    constexpr std::size_t longest = 107;
    constexpr std::string_view socket_name = "/.s.PGSQL.5432";
    ClusterPaths paths;
    paths.base = fs::absolute(directory).lexically_normal();
    paths.cluster = paths.base / "postgres";
    paths.log = paths.cluster / "postgres.log";
    paths.lock = paths.base / "kalends.lock";
    paths.sockets = paths.base / "run";
    if (paths.sockets.string().size() + socket_name.size() + std::string_view(".lock").size() >
        longest)
        paths.sockets = "/tmp/kalends-" + hash::fingerprint(paths.base.string()).substr(0, 16);
    return paths;
}

std::string cluster_dsn(const ClusterPaths& paths) {
    std::string quoted;
    for (const char c : paths.sockets.string()) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return "host='" + quoted + "' port=5432 user=" + std::string(role) +
           " dbname=" + std::string(role);
}

void make_base_directory(const ClusterPaths& paths, const Account& account) {
    std::error_code error;
    const bool made = fs::create_directories(paths.base, error);
    if (!fs::is_directory(paths.base))
        throw EmbeddedError("can't make the directory " + paths.base.string() + ": " +
                            error.message());
    if (made && account.other && ::chown(paths.base.c_str(), account.uid, account.gid) != 0)
        throw EmbeddedError("can't give " + paths.base.string() + " to the account " +
                            account.name);
}

void prepare_cluster(const ClusterPaths& paths, const Config& config, const Account& account) {
    const auto version = program_version(config, account);
    make_private_directory(paths.sockets, account);
    if (!fs::exists(paths.cluster)) {
        if (!can_use(account, paths.sockets))
            throw EmbeddedError(
                "the account " + account.name + " can't reach " + paths.base.string() +
                ": a directory above it is closed; choose another in database.directory");
        make_cluster(paths, config, account);
    }
    const auto made_by = first_word_of(paths.cluster / "PG_VERSION");
    if (made_by != version)
        throw EmbeddedError("the data in " + paths.cluster.string() + " are of PostgreSQL " +
                            made_by + ", but " + config.database.programs + " is PostgreSQL " +
                            version + ": name the directory of PostgreSQL " + made_by +
                            " in database.programs, or convert the data with pg_upgrade");
}

std::vector<std::string> server_command(const ClusterPaths& paths, const Config& config) {
    // Beside the pool: the listener, other commands, further servers on the same database.
    const int connections = std::max(100, config.database.connections * 2 + 20);
    const auto set = [](std::string_view name, const std::string& value) {
        return "--" + std::string(name) + "=" + value;
    };
    return {config.database.programs + "/postgres",
            "-D",
            paths.cluster.string(),
            set("listen_addresses", ""),
            set("unix_socket_directories", paths.sockets.string()),
            set("unix_socket_permissions", "0700"),
            set("port", "5432"),
            set("fsync", "on"),
            set("full_page_writes", "on"),
            set("synchronous_commit", "on"),
            set("logging_collector", "off"),
            set("log_destination", "stderr"),
            set("shared_buffers", std::to_string(config.database.shared_buffers_mb) + "MB"),
            set("max_connections", std::to_string(connections))};
}

std::optional<PostmasterFile> read_postmaster_file(const ClusterPaths& paths) {
    constexpr int status_line = 8;
    std::ifstream file(paths.cluster / "postmaster.pid");
    PostmasterFile found;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (number == 1)
            found.pid = static_cast<pid_t>(text::to_number(text::trim(line)).value_or(0));
        if (number == status_line) found.ready = text::trim(line) == "ready";
    }
    if (found.pid == 0) return std::nullopt;
    return found;
}

bool is_postgres(pid_t pid) {
    return first_word_of("/proc/" + std::to_string(pid) + "/comm") == "postgres" &&
           ::kill(pid, 0) == 0;
}

std::string last_failure(const ClusterPaths& paths) {
    std::ifstream file(paths.log);
    std::string line;
    std::string last = "it wrote nothing";
    while (std::getline(file, line))
        if (line.find("FATAL:") != std::string::npos || line.find("PANIC:") != std::string::npos)
            last = line;
    return last;
}

}  // namespace kalends::cli
