#pragma once
// The LMTP server, as the configuration has it.

#include "base/config.hpp"
#include "mail/lmtp.hpp"

#include <memory>
#include <optional>

namespace kalends::app {

/// Nothing where mail.lmtp_listen is empty. Throws ConfigError: a place or a client that can't be
/// read, the next server is this one, or there is neither a next server nor a spool.
std::optional<mail::LmtpSettings> lmtp_settings(const Config& config);

/// nullptr where it is not wanted. Throws std::runtime_error if it can't listen.
std::unique_ptr<mail::LmtpServer> lmtp_server(const Config& config);

}  // namespace kalends::app
