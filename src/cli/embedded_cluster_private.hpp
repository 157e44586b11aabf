#pragma once
// The files of the embedded PostgreSQL: where they are, making them, and what they tell.

#include "base/config.hpp"
#include "cli/process.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace kalends::cli {

/// Where everything is.
struct ClusterPaths {
    std::filesystem::path base;     ///< database.directory
    std::filesystem::path cluster;  ///< PGDATA
    std::filesystem::path sockets;  ///< directory of the unix socket, 0700
    std::filesystem::path log;
    std::filesystem::path lock;
};

/// A unix socket's path may have 107 bytes: below a long directory, the socket is in /tmp instead.
ClusterPaths cluster_paths(const std::string& directory);

/// The connection string for that socket.
std::string cluster_dsn(const ClusterPaths& paths);

/// Makes database.directory, for the account. Throws EmbeddedError.
void make_base_directory(const ClusterPaths& paths, const Account& account);

/// Makes the directory of sockets and, where there is none, the cluster: the latter in a directory
/// of another name until it is complete, so that an interrupted one is made anew. Throws
/// EmbeddedError.
void prepare_cluster(const ClusterPaths& paths, const Config& config, const Account& account);

/// The command line of the server.
std::vector<std::string> server_command(const ClusterPaths& paths, const Config& config);

/// What postmaster.pid says; nothing if there is none.
struct PostmasterFile {
    pid_t pid = 0;
    bool ready = false;  ///< it takes connections
};
std::optional<PostmasterFile> read_postmaster_file(const ClusterPaths& paths);

/// Whether that process is there and is a PostgreSQL: a process id of a crashed one may be
/// anybody's by now.
bool is_postgres(pid_t pid);

/// The last line that PostgreSQL wrote about a failure, for an error message.
std::string last_failure(const ClusterPaths& paths);

}  // namespace kalends::cli
