#pragma once
// Addresses of other servers, as an administrator or another server writes them.

#include <string>

namespace kalends::fetch {

/// Whether what is sent there stays secret: https, or http to this machine; no login in it. Such as
/// are not are refused by fetch().
bool is_safe(const std::string& url);

}  // namespace kalends::fetch
