#include "app/settings.hpp"

#include "app/first_line.hpp"
#include "app/mail_way.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <thread>

namespace kalends::app {
namespace {

std::vector<http::Listener> listeners(const Config& config, const std::vector<int>& sockets) {
    std::vector<http::Listener> result;
    for (const auto& listener : config.listen)
        result.push_back({.address = listener.address,
                          .port = static_cast<std::uint16_t>(listener.port),
                          .certificate_file = listener.tls_certificate,
                          .key_file = listener.tls_key,
                          .client_ca_file = listener.tls_client_ca,
                          .client_crl_file = listener.tls_client_crl,
                          .client_certificate_required = listener.tls_client_required});
    if (sockets.empty()) return result;
    result.resize(sockets.size());  // those beyond the configured ones are plain
    for (std::size_t i = 0; i < sockets.size(); ++i) result[i].inherited_fd = sockets[i];
    return result;
}

unsigned network_threads(const Config& config) {
    constexpr unsigned most = 4;
    if (config.http.network_threads > 0) return static_cast<unsigned>(config.http.network_threads);
    return std::clamp(std::thread::hardware_concurrency(), 1U, most);
}

auth::Plain plain_logins(std::string_view name) {
    if (name == "never") return auth::Plain::never;
    return name == "anywhere" ? auth::Plain::anywhere : auth::Plain::loopback;
}

http::LaneSettings lane(int workers, int queue) {
    return {static_cast<unsigned>(workers), static_cast<std::size_t>(queue)};
}

/// The first line of the file.
std::string secret_in(const std::string& path) {
    const auto line = first_line(path);
    if (text::trim(line).empty())
        throw ConfigError("ldap.bind_password_file: there is no password in " + path +
                          ", or it can't be read");
    return std::string(text::trim(line));
}

/// A setting of [ldap] where it is given, else what the profile says.
template <class Value> void set_if_given(Value& of_profile, const Value& given) {
    if (!given.empty()) of_profile = given;
}

directory::ldap::Mapping ldap_mapping(const LdapConfig& given) {
    auto mapping = directory::ldap::profile(given.profile).value_or(directory::ldap::Mapping{});
    set_if_given(mapping.user_filter, given.user_filter);
    set_if_given(mapping.group_filter, given.group_filter);
    set_if_given(mapping.room_filter, given.room_filter);
    set_if_given(mapping.resource_filter, given.resource_filter);
    set_if_given(mapping.login_attributes, given.login_attributes);
    set_if_given(mapping.group_login_attribute, given.group_login_attribute);
    set_if_given(mapping.uuid_attribute, given.uuid_attribute);
    set_if_given(mapping.name_attributes, given.name_attributes);
    set_if_given(mapping.mail_attributes, given.mail_attributes);
    set_if_given(mapping.member_attributes, given.member_attributes);
    set_if_given(mapping.locale_attribute, given.locale_attribute);
    set_if_given(mapping.time_zone_attribute, given.time_zone_attribute);
    set_if_given(mapping.photo_attribute, given.photo_attribute);
    return mapping;
}

std::optional<fetch::Settings> free_busy_settings(std::string_view urls) {
    constexpr std::chrono::seconds patience{3};
    constexpr std::size_t max_document = 1UL << 20U;
    if (urls == "never") return std::nullopt;
    return fetch::Settings{
        .timeout = patience, .max_bytes = max_document, .public_only = urls == "public"};
}

}  // namespace

http::ServerSettings http_settings(const Config& config, const std::vector<int>& sockets) {
    const auto& given = config.http;
    const auto& workers = config.workers;
    http::ServerSettings settings;
    settings.listeners = listeners(config, sockets);
    settings.limits.max_header_bytes = given.max_header;
    settings.limits.max_body_bytes = given.max_body;
    settings.limits.max_body_bytes_in_all = given.max_body_in_all;
    settings.limits.max_spooled_body_bytes = given.max_spooled_body;
    settings.limits.max_spooled_bytes_in_all = given.max_spooled_in_all;
    settings.spool_directory = given.spool_directory;
    settings.limits.max_connections = static_cast<std::size_t>(given.max_connections);
    settings.limits.max_connections_per_address =
        static_cast<std::size_t>(given.max_connections_per_address);
    settings.timeouts.header = given.header_timeout;
    settings.timeouts.body = given.body_timeout;
    settings.timeouts.idle = given.idle_timeout;
    settings.timeouts.write = given.write_timeout;
    settings.timeouts.drain = given.drain_timeout;
    settings.lanes[http::index(http::Lane::read)] = lane(workers.read, workers.read_queue);
    settings.lanes[http::index(http::Lane::write)] = lane(workers.write, workers.write_queue);
    settings.lanes[http::index(http::Lane::report)] = lane(workers.report, workers.report_queue);
    settings.lanes[http::index(http::Lane::login)] = lane(workers.login, workers.login_queue);
    settings.lanes[http::index(http::Lane::guest)] = lane(workers.guest, workers.guest_queue);
    settings.trusted_proxies = given.trusted_proxies;
    settings.gzip = given.gzip;
    settings.gzip_min_bytes = given.gzip_min;
    settings.network_threads = network_threads(config);
    return settings;
}

store::Settings store_settings(const Config& config, const std::string& dsn) {
    store::Settings settings;
    settings.dsn = dsn;
    settings.connections = static_cast<std::size_t>(config.database.connections);
    settings.wait_for_connection = config.database.connect_timeout;
    settings.statement_timeout = config.database.statement_timeout;
    settings.cached_homes = static_cast<std::size_t>(config.cache.homes);
    settings.cached_member_bytes = config.cache.members;
    settings.cached_content_bytes = config.cache.contents;
    settings.max_shared = static_cast<std::size_t>(config.dav.max_shared);
    return settings;
}

auth::Settings auth_settings(const Config& config) {
    using std::chrono::duration_cast;
    using std::chrono::seconds;
    auth::Settings settings;
    settings.realm = config.auth.realm;
    settings.remember = duration_cast<seconds>(config.auth.remember);
    settings.remember_in_outage = duration_cast<seconds>(config.auth.remember_in_outage);
    settings.plain = plain_logins(config.auth.plain);
    settings.failure_time = config.auth.failure_time;
    settings.max_remembered = static_cast<std::size_t>(config.auth.remember_max);
    settings.free_failures = static_cast<unsigned>(config.auth.free_failures);
    settings.max_delay = duration_cast<seconds>(config.auth.max_delay);
    return settings;
}

directory::ldap::Settings ldap_settings(const Config& config) {
    const auto& given = config.ldap;
    directory::ldap::Settings settings;
    settings.uris = given.uri;
    settings.base = given.base;
    settings.people_base = given.people_base;
    settings.group_base = given.group_base;
    settings.room_base = given.room_base;
    settings.bind_dn = given.bind_dn;
    settings.bind_password = given.bind_password_file.empty() ? given.bind_password
                                                              : secret_in(given.bind_password_file);
    settings.external = given.sasl_external;
    settings.start_tls = given.start_tls;
    settings.ca_file = given.ca_file;
    settings.check_certificate = given.check_certificate;
    settings.timeout = given.timeout;
    settings.connections = static_cast<std::size_t>(given.connections);
    settings.sync_interval = given.sync_interval;
    settings.max_gone_percent = static_cast<unsigned>(given.max_gone_percent);
    settings.mapping = ldap_mapping(given);
    return settings;
}

dav::Settings dav_settings(const Config& config) {
    dav::Settings settings;
    settings.max_resource_size = config.dav.max_resource_size;
    settings.max_file_size = std::min(config.files.max_size, config.http.max_spooled_body);
    settings.max_xml_bytes = config.xml.max_size;
    settings.max_xml_depth = static_cast<std::size_t>(config.xml.max_depth);
    settings.max_instances = static_cast<std::size_t>(config.dav.max_instances);
    settings.max_attendees = static_cast<std::size_t>(config.dav.max_attendees);
    settings.max_collections = static_cast<std::size_t>(config.dav.max_collections);
    settings.max_aces = static_cast<std::size_t>(config.dav.max_aces);
    settings.max_multiget = static_cast<std::size_t>(config.dav.max_multiget);
    settings.max_lock_time =
        std::chrono::duration_cast<std::chrono::seconds>(config.dav.max_lock_time);
    settings.max_locks = static_cast<std::size_t>(config.dav.max_locks);
    settings.min_search = static_cast<std::size_t>(config.dav.min_search);
    settings.max_found = static_cast<std::size_t>(config.dav.max_found);
    settings.quota_bytes = static_cast<std::int64_t>(config.dav.quota);
    settings.default_time_zone = config.server.default_time_zone;
    return settings;
}

sched::Courier::Settings courier_settings(const Config& config) {
    return {.at_once = static_cast<std::size_t>(config.scheduling.at_once),
            .site = site_of(config)};
}

caldav::FreeBusyWindow free_busy_window(const Config& config) {
    return {.past = std::chrono::floor<std::chrono::days>(config.scheduling.free_busy_past),
            .ahead = std::chrono::floor<std::chrono::days>(config.scheduling.free_busy_ahead)};
}

api::Settings api_settings(const Config& config) {
    return {.min_search = static_cast<std::size_t>(config.dav.min_search),
            .max_found = static_cast<std::size_t>(config.dav.max_found),
            .default_time_zone = config.server.default_time_zone,
            .site = site_of(config),
            .free_busy = free_busy_settings(config.scheduling.free_busy_urls)};
}

Level log_level(const Config& config) {
    constexpr std::array levels{std::pair{"debug", Level::debug}, std::pair{"info", Level::info},
                                std::pair{"warning", Level::warning},
                                std::pair{"error", Level::error}};
    for (const auto& [name, level] : levels)
        if (config.log.level == name) return level;
    return Level::info;
}

}  // namespace kalends::app
