#pragma once
// How mail leaves and comes, as the configuration has it.

#include "base/config.hpp"
#include "guest/pages.hpp"
#include "mail/send.hpp"
#include "sched/arrivals.hpp"
#include "sched/postman.hpp"
#include "sched/spool_reader.hpp"

#include <memory>
#include <optional>

namespace kalends::app {

/// nullptr where mail.route is none. Throws ConfigError: mail.server can't be read,
/// mail.password_file neither, or mail.command is missing.
std::unique_ptr<mail::Route> mail_route(const Config& config);

/// As a stranger's mail comes in; nullptr where mail.border is empty. Throws ConfigError: it can't
/// be read.
std::unique_ptr<mail::Route> border_route(const Config& config);

sched::Site site_of(const Config& config);

/// `secret`: store::Database::secret(). Throws ConfigError: mail.answer_url is no URL.
sched::Postman::Settings postman_settings(const Config& config, const std::string& secret);

/// nothing where mail.answer_url is empty.
std::optional<guest::Settings> guest_settings(const Config& config);

sched::Arrivals::Settings arrival_settings(const Config& config);

/// nothing where mail.spool is empty.
std::optional<sched::SpoolReader::Settings> spool_settings(const Config& config);

}  // namespace kalends::app
