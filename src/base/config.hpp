#pragma once
// The configuration: one TOML file, read into plain structs. What a setting is called, what it may
// be, what it is when nothing is said, and the sentence that explains it stand in one row of
// config_table.cpp, from which the manual page and the example file are written.

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kalends {

/// A configuration that can't be used: what() is one sentence a line, each with file and line.
class ConfigError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One `[[listen]]`: an address that the server answers on; with TLS when a certificate is named.
struct Listener {
    std::string address;
    int port = 0;
    std::string tls_certificate;  ///< PEM, the whole chain; empty: plain HTTP
    std::string tls_key;          ///< PEM
    std::string tls_client_ca;   ///< PEM, authorities of client certificates; empty: none asked for
    std::string tls_client_crl;  ///< PEM, what they have revoked; empty: not looked at
    bool tls_client_required = false;
};

struct ServerConfig {
    std::string name;               ///< the public host name; may be empty
    std::string default_time_zone;  ///< IANA name
    std::string tzdata;             ///< directory of the time zone database
    std::string user;               ///< the account to change to when started as root; empty: found
};

struct DatabaseConfig {
    std::string dsn;        ///< libpq connection string; empty: the embedded PostgreSQL
    std::string directory;  ///< data directory of the embedded PostgreSQL
    std::string programs;   ///< where initdb and postgres are
    int shared_buffers_mb = 0;
    int connections = 0;
    std::chrono::milliseconds connect_timeout{};
    std::chrono::milliseconds statement_timeout{};
};

struct HttpConfig {
    int network_threads = 0;
    int max_connections = 0;
    int max_connections_per_address = 0;
    std::size_t max_header = 0;
    std::size_t max_body = 0;
    std::size_t max_body_in_all = 0;
    std::string spool_directory;
    std::size_t max_spooled_body = 0;
    std::size_t max_spooled_in_all = 0;
    std::chrono::milliseconds header_timeout{};
    std::chrono::milliseconds body_timeout{};
    std::chrono::milliseconds idle_timeout{};
    std::chrono::milliseconds write_timeout{};
    std::chrono::milliseconds drain_timeout{};
    bool gzip = false;
    std::size_t gzip_min = 0;
    std::vector<std::string> trusted_proxies;  ///< addresses and networks (CIDR)
};

/// Threads of a lane (http::Lane) and how many requests may wait for one.
struct WorkersConfig {
    int read = 0;
    int read_queue = 0;
    int write = 0;
    int write_queue = 0;
    int report = 0;
    int report_queue = 0;
    int login = 0;
    int login_queue = 0;
    int guest = 0;
    int guest_queue = 0;
};

struct XmlConfig {
    int max_depth = 0;
    std::size_t max_size = 0;
};

struct AuthConfig {
    std::string realm;
    std::chrono::milliseconds remember{};
    std::chrono::milliseconds remember_in_outage{};
    int remember_max = 0;
    int free_failures = 0;
    std::chrono::milliseconds max_delay{};
    std::string plain;  ///< never, loopback, anywhere
    std::chrono::milliseconds failure_time{};
    std::vector<std::string> command;  ///< a program with its arguments; empty: none
    std::chrono::milliseconds command_timeout{};
    int command_at_once = 0;
};

/// Bearer tokens of an OpenID issuer. Without an issuer none are taken.
struct OidcConfig {
    std::string issuer;
    std::string check;  ///< keys, introspection, both
    std::vector<std::string> audience;
    std::vector<std::string> clients;
    std::vector<std::string> login_claims;
    std::string scope;
    std::string read_scope;
    std::string keys_url;           ///< empty: found by discovery
    std::string introspection_url;  ///< empty: found by discovery
    std::string client_id;
    std::string client_secret_file;
    std::string ca_file;  ///< PEM; empty: those of the system
    std::chrono::milliseconds timeout{};
    std::chrono::milliseconds leeway{};
    std::chrono::milliseconds keep_keys{};
};

struct CertificatesConfig {
    std::string login;  ///< san-email, san-upn, cn, uid
};

/// The directory; without `uri` there is none. Empty filters and attributes: those of the profile.
struct LdapConfig {
    std::vector<std::string> uri;
    std::string profile;  ///< openldap, freeipa, ad
    std::string base;
    std::string people_base;
    std::string group_base;
    std::string room_base;
    std::string bind_dn;
    std::string bind_password;
    std::string bind_password_file;
    bool sasl_external = false;
    bool start_tls = false;
    std::string ca_file;
    bool check_certificate = false;
    std::chrono::milliseconds timeout{};
    int connections = 0;
    std::chrono::milliseconds sync_interval{};
    int max_gone_percent = 0;
    std::string user_filter;
    std::string group_filter;
    std::string room_filter;
    std::string resource_filter;
    std::vector<std::string> login_attributes;
    std::string group_login_attribute;
    std::string uuid_attribute;
    std::vector<std::string> name_attributes;
    std::vector<std::string> mail_attributes;
    std::vector<std::string> member_attributes;
    std::string locale_attribute;
    std::string time_zone_attribute;
    std::string photo_attribute;
};

struct DavConfig {
    std::size_t max_resource_size = 0;
    int max_instances = 0;
    int max_attendees = 0;
    int max_multiget = 0;
    std::chrono::milliseconds sync_history{};
    int max_collections = 0;
    int max_shared = 0;
    std::chrono::milliseconds max_lock_time{};
    int max_locks = 0;
    int min_search = 0;
    int max_found = 0;
    int max_aces = 0;
    std::size_t quota = 0;  ///< bytes of a home; 0: no limit
};

struct SchedulingConfig {
    bool enabled = false;
    int at_once = 0;
    bool follow_groups = false;
    std::chrono::milliseconds keep_inbox{};
    std::vector<std::string> domains;
    std::string free_busy_urls;  ///< never, public, anywhere
    std::chrono::milliseconds free_busy_past{};
    std::chrono::milliseconds free_busy_ahead{};
};

struct MailConfig {
    std::string route;  ///< none, sendmail, smtp, lmtp, command
    std::string sendmail;
    std::string server;  ///< "host:port" or "unix:/path"
    std::string tls;     ///< none, starttls, implicit
    std::string user;
    std::string password_file;
    std::string ca_file;
    std::vector<std::string> command;
    std::vector<std::string> domains;
    std::string address;
    std::string bounces;
    std::chrono::milliseconds hold{};
    std::chrono::milliseconds hold_at_most{};
    std::chrono::milliseconds send_timeout{};
    std::chrono::milliseconds give_up_after{};
    int at_once = 0;
    std::string language;
    std::string words;
    std::chrono::milliseconds keep_log{};
    std::string spool;
    std::vector<std::string> spool_users;
    std::string lmtp_listen;  ///< "address:port" or "unix:/path"
    std::string lmtp_next;    ///< "host:port" or "unix:/path"
    std::vector<std::string> lmtp_clients;
    int lmtp_connections = 0;
    std::string authserv_id;
    std::vector<std::string> received_by;
    bool trust_spf = false;
    std::string border;       ///< "host:port"
    std::string invitations;  ///< always, known, never
    std::string uninvited;    ///< show, ignore
    int per_hour = 0;
    std::string answer_url;
};

struct FilesConfig {
    std::size_t max_size = 0;
};

struct CacheConfig {
    int homes = 0;
    std::size_t members = 0;   ///< bytes
    std::size_t contents = 0;  ///< bytes
};

struct AuditConfig {
    std::chrono::milliseconds keep{};
};

struct LogConfig {
    std::string level;  ///< debug, info, warning, error
    bool requests = false;
};

/// Every setting with its value. The names are those of the file: `config.http.max_body` is
/// `max_body` in
/// `[http]`.
struct Config {
    /// All defaults, and one listener on 127.0.0.1:8008.
    Config();

    ServerConfig server;
    std::vector<Listener> listen;
    DatabaseConfig database;
    HttpConfig http;
    WorkersConfig workers;
    XmlConfig xml;
    AuthConfig auth;
    OidcConfig oidc;
    CertificatesConfig certificates;
    LdapConfig ldap;
    DavConfig dav;
    SchedulingConfig scheduling;
    MailConfig mail;
    FilesConfig files;
    CacheConfig cache;
    AuditConfig audit;
    LogConfig log;
};

/// "250 ms", "30 s", "5 min", "2 h", "90 d"; nothing if it is no duration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Reads a configuration file. Throws ConfigError with every mistake in it, not only the first: an
/// unknown name (with the nearest known one), a value of the wrong kind or out of range, a file
/// that can't be read.
Config load_config(const std::string& path);

/// The same from text; `source` is what messages call it.
Config parse_config(std::string_view toml, const std::string& source);

/// An example file that explains every setting and sets none: each stands there as a comment with
/// its default.
std::string config_example();

/// kalends.toml(5) in man(7) macros.
std::string config_manual(const std::string& version);

}  // namespace kalends
