#include "app/mail_place.hpp"

#include "base/text.hpp"

#include <array>
#include <charconv>
#include <pwd.h>
#include <unistd.h>

namespace kalends::app {
namespace {

constexpr std::string_view unix_scheme = "unix:";

}  // namespace

mail::Place mail_place(std::string_view setting, const std::string& value) {
    if (value.starts_with(unix_scheme)) return {.socket = value.substr(unix_scheme.size())};
    const auto colon = value.rfind(':');
    const auto* const end = value.data() + value.size();
    std::uint16_t port = 0;
    if (colon == std::string::npos || colon == 0 ||
        std::from_chars(value.data() + colon + 1, end, port).ptr != end || port == 0)
        throw ConfigError(std::string(setting) + " is neither host:port nor unix:/path: " + value);
    auto host = value.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return {.host = std::move(host), .port = port};
}

std::vector<uid_t> accounts(const std::vector<std::string>& names) {
    std::vector<uid_t> uids{0, ::getuid()};
    for (const auto& name : names) {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): at the start, before there are other threads
        if (const auto* account = ::getpwnam(name.c_str()))
            uids.push_back(account->pw_uid);
        else if (const auto number = text::to_number(name); number && *number >= 0)
            uids.push_back(static_cast<uid_t>(*number));
    }
    return uids;
}

std::string host_name(const Config& config) {
    if (!config.server.name.empty()) return config.server.name;
    constexpr std::size_t longest = 256;
    std::array<char, longest> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace kalends::app
