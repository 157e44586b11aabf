#pragma once
// From the configuration to what each room wants to know of it.

#include "api/answer.hpp"
#include "auth/authenticator.hpp"
#include "base/config.hpp"
#include "base/log.hpp"
#include "caldav/free_busy_url.hpp"
#include "dav/view.hpp"
#include "directory/ldap/settings.hpp"
#include "http/server.hpp"
#include "sched/courier.hpp"
#include "store/database.hpp"

namespace kalends::app {

/// `sockets` are listening sockets of the service manager; they take the place of the first
/// listeners.
http::ServerSettings http_settings(const Config& config, const std::vector<int>& sockets);

/// `dsn` is that of the embedded PostgreSQL where the configuration names none.
store::Settings store_settings(const Config& config, const std::string& dsn);

auth::Settings auth_settings(const Config& config);

/// Of the directory, where ldap.uri names one. Reads ldap.bind_password_file; throws ConfigError if
/// it can't.
directory::ldap::Settings ldap_settings(const Config& config);

dav::Settings dav_settings(const Config& config);
sched::Courier::Settings courier_settings(const Config& config);
caldav::FreeBusyWindow free_busy_window(const Config& config);
api::Settings api_settings(const Config& config);

/// For log.level.
Level log_level(const Config& config);

}  // namespace kalends::app
