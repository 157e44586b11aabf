// kalends doctor: says in sentences what is well and what is not. kalends-doctor(8).

#include "app/mail_way.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "cli/border_check.hpp"
#include "cli/certificate.hpp"
#include "cli/connect.hpp"
#include "cli/directory_check.hpp"
#include "cli/login_checks.hpp"
#include "cli/manual.hpp"
#include "cli/run.hpp"
#include "store/schema.hpp"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <sys/socket.h>

#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <netdb.h>
#include <system_error>
#include <unistd.h>

namespace kalends::cli {
namespace {

/// Writes the findings, and remembers whether one of them is bad.
class Report {
public:
    void well(const std::string& sentence) { std::cout << "ok       " << sentence << "\n"; }
    void note(const std::string& sentence) { std::cout << "note     " << sentence << "\n"; }
    void bad(const std::string& sentence) {
        std::cout << "PROBLEM  " << sentence << "\n";
        all_well_ = false;
    }
    [[nodiscard]] bool all_well() const { return all_well_; }

private:
    bool all_well_ = true;
};

using ServerConnection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

/// The one value that a statement answers; empty if it fails.
std::string ask(PGconn* connection, const char* statement) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection, statement),
                                                               PQclear);
    return PQntuples(result.get()) == 1 ? PQgetvalue(result.get(), 0, 0) : "";
}

void check_version(PGconn* connection, Report& report) {
    constexpr int needed = 150000;
    if (PQserverVersion(connection) >= needed)
        report.well("The database is PostgreSQL " + ask(connection, "SHOW server_version") + ".");
    else
        report.bad("The database is PostgreSQL " + ask(connection, "SHOW server_version") +
                   "; Kalends needs 15 or later.");
}

void check_encoding(PGconn* connection, Report& report) {
    if (const auto encoding = ask(connection, "SHOW server_encoding"); encoding != "UTF8")
        report.bad("The database's encoding is " + encoding +
                   ": make a new one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.");
}

void check_durability(PGconn* connection, Report& report) {
    for (const auto* setting : {"fsync", "full_page_writes", "synchronous_commit"})
        if (ask(connection, ("SHOW " + std::string(setting)).c_str()) == "off")
            report.bad(std::string(setting) + " is off in PostgreSQL: after a power failure, "
                                              "events that clients believe to be stored "
                                              "are gone. Switch it on in postgresql.conf.");
}

void check_connections(PGconn* connection, const Config& config, Report& report) {
    const int most = std::atoi(ask(connection, "SHOW max_connections").c_str());
    if (most < config.database.connections + 5)
        report.bad("PostgreSQL takes " + std::to_string(most) +
                   " connections (max_connections), but database.connections is " +
                   std::to_string(config.database.connections) +
                   ": raise the one or lower the other.");
}

void check_schema(const std::string& dsn, Report& report) {
    const int found = store::schema_version(dsn);
    const int needed = store::required_schema_version();
    if (found == needed)
        report.well("The schema has version " + std::to_string(found) + ".");
    else if (found == 0)
        report.note("The schema is not installed yet; kalends serve or kalends init does it.");
    else if (found < needed)
        report.note("The schema has version " + std::to_string(found) +
                    "; kalends serve or kalends init upgrades it to " + std::to_string(needed) +
                    ". Make a backup before.");
    else
        report.bad("The schema has version " + std::to_string(found) +
                   ", made by a newer Kalends than this (" + version() + "): upgrade this one.");
}

void check_database(const Config& config, Report& report) {
    try {
        const Postgres postgres(config);
        const ServerConnection connection(
            PQconnectdb((postgres.dsn() + " connect_timeout=10").c_str()), PQfinish);
        if (PQstatus(connection.get()) != CONNECTION_OK)
            return report.bad(
                "The database can't be reached: " + std::string(PQerrorMessage(connection.get())) +
                "         Is PostgreSQL running, and is database.dsn right?");
        check_version(connection.get(), report);
        check_encoding(connection.get(), report);
        check_durability(connection.get(), report);
        check_connections(connection.get(), config, report);
        check_schema(postgres.dsn(), report);
    } catch (const std::exception& error) {
        report.bad("The database: " + std::string(error.what()) + ".");
    }
}

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const Listener& listener) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const auto port = std::to_string(listener.port);
    if (getaddrinfo(listener.address.c_str(), port.c_str(), &hints, &found) != 0) found = nullptr;
    return {found, freeaddrinfo};
}

void check_port(const Listener& listener, Report& report) {
    const auto where = listener.address + " port " + std::to_string(listener.port);
    const auto address = resolve(listener);
    if (address == nullptr) return report.bad(listener.address + " is not an address.");
    const int socket = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const bool bound = ::bind(socket, address->ai_addr, address->ai_addrlen) == 0;
    const int error = errno;
    ::close(socket);
    if (bound)
        report.well("Port " + where + " is free: no server runs there.");
    else if (error == EADDRINUSE)
        report.note("Something answers at " + where +
                    ": this server, if it runs, else stop what it is.");
    else if (error == EACCES)
        report.bad("Only root may listen on " + where +
                   ": choose a port above 1023, or use systemd's sockets.");
    else
        report.bad("Can't listen on " + where + ": " + std::generic_category().message(error) +
                   ".");
}

void check_tls(const Listener& listener, const Config& config, Report& report) {
    if (listener.tls_certificate.empty()) return;
    for (const auto& finding :
         examine_certificate(listener.tls_certificate, listener.tls_key, config.server.name))
        finding.bad ? report.bad(finding.sentence) : report.well(finding.sentence);
}

void check_plain(const Config& config, Report& report) {
    for (const auto& listener : config.listen)
        if (listener.tls_certificate.empty() && listener.address != "127.0.0.1" &&
            listener.address != "::1" && config.http.trusted_proxies.empty())
            report.note("Passwords cross the network in clear at " + listener.address + " port " +
                        std::to_string(listener.port) +
                        ": name a certificate, or put a proxy with TLS before it and name that in "
                        "http.trusted_proxies.");
}

void check_logins(const Config& config, Report& report) {
    for (const auto& finding : examine_logins(config))
        finding.bad ? report.bad(finding.sentence) : report.well(finding.sentence);
}

void check_directory(const Config& config, Report& report) {
    try {
        for (const auto& finding : examine_directory(config))
            finding.bad ? report.bad(finding.sentence) : report.well(finding.sentence);
    } catch (const ConfigError& error) {
        report.bad(error.what());
    }
}

void check_mail(const Config& config, Report& report) {
    try {
        if (app::mail_route(config) == nullptr)
            report.note("mail.route is none: people without an account here are not invited.");
        else
            report.well("Mail leaves by " + config.mail.route + "; kalends mail test tries it.");
    } catch (const ConfigError& error) {
        report.bad(error.what());
    }
    if (config.mail.spool.empty()) return;
    if (config.mail.authserv_id.empty())
        report.bad("mail.authserv_id is empty: no mail proves who has sent it, and no invitation "
                   "or answer that comes by mail is applied. docs/mail.md says what to name.");
    const auto in = std::filesystem::path(config.mail.spool) / "new";
    std::error_code error;
    const auto status = std::filesystem::status(in, error);
    using std::filesystem::perms;
    if (!std::filesystem::exists(status))
        report.note(in.string() + " is not there yet: kalends serve makes it.");
    else if ((status.permissions() & (perms::group_read | perms::others_read)) != perms::none)
        report.bad("Others can see whose mail is in " + in.string() + ": chmod 3733 " +
                   in.string() + ".");
    else
        report.well("Mail that comes in is put into " + config.mail.spool + ".");
}

void check_border(const Config& config, Report& report) {
    try {
        for (const auto& finding : examine_border(config)) {
            if (finding.kind == BorderFinding::Kind::bad)
                report.bad(finding.sentence);
            else if (finding.kind == BorderFinding::Kind::note)
                report.note(finding.sentence);
            else
                report.well(finding.sentence);
        }
    } catch (const std::exception& error) {  // the database, perhaps, which is told of above
        report.bad("Whether forged mail is believed can't be tried: " + std::string(error.what()) +
                   ".");
    }
}

void check_time_zones(const Config& config, Report& report) {
    const std::filesystem::path directory = config.server.tzdata;
    if (!std::filesystem::exists(directory / "Europe/Berlin"))
        return report.bad("There are no time zones in " + directory.string() +
                          ": install the package tzdata.");
    report.well("The time zones are in " + directory.string() + ".");
    if (!std::filesystem::exists(directory / config.server.default_time_zone))
        report.bad("server.default_time_zone: there is no time zone " +
                   config.server.default_time_zone + ".");
}

void check_clock(Report& report) {
    // This program was made after that day: a clock before it has not been set.
    constexpr std::chrono::sys_days made{std::chrono::year{2026} / 1 / 1};
    const auto now = std::chrono::floor<std::chrono::seconds>(clock::now());
    if (now < made)
        report.bad("The clock says " + clock::iso_date(now) +
                   ": it is wrong. Switch on time synchronisation.");
    else
        report.well("The clock says " + clock::iso_date(now) + ".");
}

}  // namespace

int doctor(const Arguments& arguments, const Config& config) {
    set_log_level(Level::error);
    Report report;
    const auto file = configuration_file(arguments);
    report.well(file.empty() ? "There is no configuration file; all settings have their defaults."
                             : "The configuration " + file + " is valid.");
    check_database(config, report);
    for (const auto& listener : config.listen) {
        check_port(listener, report);
        check_tls(listener, config, report);
    }
    check_plain(config, report);
    check_directory(config, report);
    check_mail(config, report);
    check_border(config, report);
    check_logins(config, report);
    check_time_zones(config, report);
    check_clock(report);
    std::cout << (report.all_well() ? "All is well.\n" : "There are problems.\n");
    return report.all_well() ? done : failed;
}

}  // namespace kalends::cli
