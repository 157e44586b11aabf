// kalends serve, init and postgres: what runs in the foreground, and what prepares it.
// kalends-serve(8).

#include "app/application.hpp"
#include "app/request_log.hpp"
#include "app/settings.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"
#include "cli/connect.hpp"
#include "cli/embedded_postgres.hpp"
#include "cli/manual.hpp"
#include "cli/process.hpp"
#include "cli/run.hpp"
#include "cli/service_manager.hpp"
#include "cli/signals.hpp"
#include "directory/ldap/keeper.hpp"
#include "mail/spool.hpp"
#include "store/audit.hpp"
#include "store/changes.hpp"
#include "store/group_changes.hpp"
#include "store/inbox.hpp"
#include "store/outgoing.hpp"
#include "store/schema.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <optional>
#include <unistd.h>

namespace kalends::cli {
namespace {

using namespace std::chrono_literals;

/// A file that says something about the running server, and is gone afterwards.
class StateFile {
public:
    StateFile(const std::optional<std::string>& path, const std::string& text)
        : path_(path.value_or("")) {
        if (path_.empty()) return;
        // Whoever waits for the file shall find all of it.
        const auto unfinished = path_ + ".new";
        if (!(std::ofstream(unfinished) << text << std::flush))
            throw Failure("can't write " + unfinished);
        std::filesystem::rename(unfinished, path_);
    }
    ~StateFile() {
        std::error_code gone;
        if (!path_.empty()) std::filesystem::remove(path_, gone);
    }
    StateFile(const StateFile&) = delete;
    StateFile& operator=(const StateFile&) = delete;

private:
    std::string path_;
};

std::string url_of(const Listener& listener, std::uint16_t port) {
    const bool is_v6 = listener.address.find(':') != std::string::npos;
    return (listener.tls_certificate.empty() ? "http://" : "https://") +
           (is_v6 ? "[" + listener.address + "]" : listener.address) + ":" + std::to_string(port);
}

/// "http://127.0.0.1:8008 https://[::]:8443": where the server answers.
std::string urls(const Config& config, const std::vector<std::uint16_t>& ports) {
    std::string result;
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const auto& listener =
            i < config.listen.size() ? config.listen[i] : Listener{"*", 0, "", ""};
        result.append(result.empty() ? "" : " ").append(url_of(listener, ports[i]));
    }
    return result;
}

std::string lines_of(const std::vector<std::uint16_t>& ports) {
    std::string lines;
    for (const auto port : ports) lines += std::to_string(port) + "\n";
    return lines;
}

/// What a SIGHUP reads again. What is wrong then is logged, and the server goes on with what it
/// had.
void reload(const Arguments& arguments, http::Server& server) {
    try {
        set_log_level(app::log_level(configuration(arguments)));
        server.reload_tls();
        log(Level::info, "serve.reloaded");
    } catch (const std::exception& error) {
        log(Level::error, "serve.reload_failed", {{"why", error.what()}});
    }
}

/// Deletions that no client has to learn of any more, what the audit need not keep longer, and old
/// messages in inboxes are forgotten, once an hour.
class Housekeeping {
public:
    Housekeeping(store::Database& database, const Config& config)
        : database_(database),
          history_(std::chrono::duration_cast<std::chrono::seconds>(config.dav.sync_history)),
          audit_(std::chrono::duration_cast<std::chrono::seconds>(config.audit.keep)),
          inbox_(std::chrono::duration_cast<std::chrono::seconds>(config.scheduling.keep_inbox)),
          mail_log_(std::chrono::duration_cast<std::chrono::seconds>(config.mail.keep_log)) {}

    void work_if_due() {
        if (clock::steady() < due_ ||
            (running_.valid() && running_.wait_for(0s) != std::future_status::ready))
            return;
        due_ = clock::steady() + 1h;
        running_ = std::async(std::launch::async, [this] { prune(); });
    }

private:
    /// How long changes of groups wait where nobody sees to them (scheduling.follow_groups).
    static constexpr std::chrono::seconds unseen = std::chrono::days{30};
    /// How much longer than it is in the log it is known what people were told.
    static constexpr std::chrono::seconds known_longer = std::chrono::days{365};

    void prune() {
        try {
            const auto tombstones = store::prune_tombstones(database_, history_);
            (void)store::prune_group_changes(database_, clock::unix_now() - unseen.count());
            const auto entries = store::prune_audit(database_, clock::unix_now() - audit_.count());
            const auto messages =
                store::prune_inboxes(database_, clock::unix_now() - inbox_.count());
            (void)store::prune_mail_log(database_, clock::unix_now() - mail_log_.count());
            (void)store::prune_correspondence(database_, clock::unix_now() -
                                                             (mail_log_ + known_longer).count());
            if (tombstones != 0 || entries != 0 || messages != 0)
                log(Level::info, "store.pruned",
                    {{"tombstones", std::to_string(tombstones)},
                     {"audit", std::to_string(entries)},
                     {"inbox", std::to_string(messages)}});
        } catch (const std::exception& error) {
            log(Level::warning, "store.prune_failed", {{"why", error.what()}});
        }
    }

    store::Database& database_;
    std::chrono::seconds history_;
    std::chrono::seconds audit_;
    std::chrono::seconds inbox_;
    std::chrono::seconds mail_log_;
    std::chrono::steady_clock::time_point due_ = clock::steady() + 10min;
    std::future<void> running_;
};

void run_until_told(const Signals& signals, const Arguments& arguments, http::Server& server,
                    Housekeeping& housekeeping) {
    const auto interval = service_manager::watchdog_interval().value_or(10s);
    for (;;) {
        const int signal = signals.wait(interval);
        if (signal == SIGTERM || signal == SIGINT) return;
        if (signal == SIGHUP) {
            service_manager::reloading();
            reload(arguments, server);
            service_manager::ready("reloaded");
        }
        service_manager::alive();
        housekeeping.work_if_due();
    }
}

void use_tzdata(const Config& config) {
    // Before there are threads: the one place that changes the environment.
    ::setenv("TZDIR", config.server.tzdata.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
}

/// A connection is a file: as many as the settings allow, where the system lets us.
void allow_open_files(const Config& config) {
    constexpr rlim_t others = 500;  // the database's connections, logs, pipes
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const auto wanted = static_cast<rlim_t>(config.http.max_connections) + others;
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < wanted)
        log(Level::warning, "serve.few_files",
            {{"allowed", std::to_string(limit.rlim_max)}, {"wanted", std::to_string(wanted)}});
}

/// While it may be done: who reads the spool may not be allowed to make it.
void make_spool(const Config& config, const Account& account) {
    if (config.mail.spool.empty()) return;
    mail::make_spool(config.mail.spool,
                     account.other ? std::optional{mail::SpoolOwner{account.uid, account.gid}}
                                   : std::nullopt);
}

std::unique_ptr<http::Handler> application(const Config& config, store::Database& database,
                                           app::HttpStatistics statistics) {
    auto handler = app::make_application(config, database, std::move(statistics));
    return config.log.requests ? app::with_request_log(std::move(handler)) : std::move(handler);
}

}  // namespace

int serve(const Arguments& arguments, const Config& config) {
    const Signals signals;
    use_tzdata(config);
    set_log_level(app::log_level(config));
    allow_open_files(config);
    const auto sockets = http::activated_sockets();

    std::optional<EmbeddedPostgres> embedded;
    if (config.database.dsn.empty()) embedded.emplace(config);
    const auto dsn = embedded ? embedded->dsn() : config.database.dsn;
    store::install_schema(dsn);
    store::Database database(app::store_settings(config, dsn));

    const auto account = service_account(config.server.user);
    make_spool(config, account);
    // What the server will put into the spool as the account that it becomes is its own.
    auto of_application = config;
    of_application.server.user = account.name;
    const http::Server* running = nullptr;
    const auto handler = application(of_application, database, [&running] {
        return running != nullptr ? running->statistics() : http::Statistics{};
    });
    http::Server server(app::http_settings(config, sockets), *handler);
    running = &server;
    server.start();
    const auto ports = server.ports();
    // Read while we may: a file of the administrator's has the password.
    std::optional<directory::ldap::Settings> directory;
    if (!config.ldap.uri.empty()) directory = app::ldap_settings(config);
    const StateFile port_file(arguments.value("port-file"), lines_of(ports));
    const StateFile pid_file(arguments.value("pid-file"), std::to_string(::getpid()) + "\n");
    become(account);

    log(Level::info, "serve.ready", {{"version", version()}, {"at", urls(config, ports)}});
    service_manager::ready("answering at " + urls(config, ports));
    std::optional<directory::ldap::Keeper> keeper;
    if (directory) keeper.emplace(*directory, database);
    Housekeeping housekeeping(database, config);
    run_until_told(signals, arguments, server, housekeeping);

    log(Level::info, "serve.stopping");
    service_manager::stopping();
    server.stop();
    return done;
}

int init(const Arguments& /*arguments*/, const Config& config) {
    const Postgres postgres(config);
    const auto& dsn = postgres.dsn();
    const int before = store::schema_version(dsn);
    store::install_schema(dsn);
    const int after = store::schema_version(dsn);
    if (before == after)
        std::cout << "The database is ready; its schema is of version " << after << ".\n";
    else if (before == 0)
        std::cout << "The schema is installed, version " << after << ".\n";
    else
        std::cout << "The schema is upgraded from version " << before << " to " << after << ".\n";
    return done;
}

int run_postgres(const Arguments& /*arguments*/, const Config& config) {
    if (!config.database.dsn.empty())
        throw Failure("database.dsn names a PostgreSQL that exists; there is nothing to run");
    const Signals signals;
    const EmbeddedPostgres postgres(config);
    std::cout << postgres.dsn() << std::endl;
    for (;;) {
        const int signal = signals.wait(1h);
        if (signal == SIGTERM || signal == SIGINT) return done;
    }
}

}  // namespace kalends::cli
