#pragma once
// Names in the settings of [mail]: of servers, sockets, accounts, and of this machine.

#include "base/config.hpp"
#include "mail/place.hpp"

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace kalends::app {

/// "host:port", "[::1]:port", "unix:/path". Throws ConfigError, which names the setting.
mail::Place mail_place(std::string_view setting, const std::string& value);

/// Root, one's own, and those of the names that there are. A number is an account without a name,
/// as virtual mailboxes may have.
std::vector<uid_t> accounts(const std::vector<std::string>& names);

/// server.name, else that of the machine.
std::string host_name(const Config& config);

}  // namespace kalends::app
