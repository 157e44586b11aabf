#include "base/c_ptr.hpp"
#include "base/text.hpp"
#include "mail/lmtp_socket_private.hpp"
#include "mail/unix_address_private.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <ifaddrs.h>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace kalends::mail {
namespace {

constexpr int backlog = 128;
/// ESTABLISHED, and FIN_WAIT1 and FIN_WAIT2: who has said all may close his half at once.
constexpr std::array<std::string_view, 3> speaking{"01", "04", "05"};

[[noreturn]] void fail(const std::string& where) {
    throw std::runtime_error(where + ": " + std::generic_category().message(errno));
}

Descriptor new_socket(int family) {
    return Descriptor{::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

template <class Address> const sockaddr* plain(const Address& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

/// Takes away a socket that a server has left which was killed. One that is listened at stays.
void remove_left_over(const std::string& path, const sockaddr_un& address) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    const auto probe = new_socket(AF_UNIX);
    if (::connect(probe.get(), plain(address), sizeof address) != 0 && errno == ECONNREFUSED)
        ::unlink(path.c_str());
}

Descriptor listen_at_path(const std::string& path) {
    const auto address = unix_address(path);
    if (!address) throw std::runtime_error(path + ": too long for a socket");
    remove_left_over(path, *address);
    auto socket = new_socket(AF_UNIX);
    if (!socket.is_open() || ::bind(socket.get(), plain(*address), sizeof *address) != 0)
        fail(path);
    if (::chmod(path.c_str(), 0666) != 0 || ::listen(socket.get(), backlog) != 0) fail(path);
    return socket;
}

template <class Address>
Descriptor listen_at_address(const Address& address, const std::string& name) {
    auto socket = new_socket(plain(address)->sa_family);
    const int yes = 1;
    if (!socket.is_open()) fail(name);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (plain(address)->sa_family == AF_INET6)
        ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (::bind(socket.get(), plain(address), sizeof address) != 0 ||
        ::listen(socket.get(), backlog) != 0)
        fail(name);
    return socket;
}

/// An end of a TCP connection.
struct End {
    std::string address;  ///< for people
    std::string row;      ///< as in /proc/net/tcp; empty: IPv6
    std::string row6;     ///< as in /proc/net/tcp6, where IPv4 is that of a socket for IPv6, mapped
    bool is_loopback = false;
};

std::string hexadecimal(std::uint32_t word, int digits) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%0*X", digits, word);
    return text.data();
}

/// The kernel writes each four bytes as a number of this machine, and the port as it is.
template <std::size_t N> std::string row_of(const std::array<std::uint32_t, N>& words, int port) {
    std::string row;
    for (const auto word : words) row += hexadecimal(word, 8);
    return row + ":" + hexadecimal(static_cast<std::uint32_t>(port), 4);
}

End end_of(const sockaddr_storage& from) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    End end;
    if (from.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &from, sizeof v4);
        ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
        const auto word = v4.sin_addr.s_addr;
        end.row = row_of(std::array{word}, ntohs(v4.sin_port));
        end.row6 =
            row_of(std::array<std::uint32_t, 4>{0, 0, htonl(0xFFFF), word}, ntohs(v4.sin_port));
        end.is_loopback = ntohl(v4.sin_addr.s_addr) >> 24U == IN_LOOPBACKNET;
    } else if (from.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &from, sizeof v6);
        ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
        std::array<std::uint32_t, 4> words{};
        std::memcpy(words.data(), &v6.sin6_addr, sizeof words);
        end.row6 = row_of(words, ntohs(v6.sin6_port));
        end.is_loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    }
    end.address = text.data();
    return end;
}

template <class Name> std::optional<End> end_by(Name name, int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (name(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
    if (address.ss_family != AF_INET && address.ss_family != AF_INET6) return std::nullopt;
    return end_of(address);
}

std::string read_file(const char* path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return std::move(text).str();
}

/// In the row of the client's socket we are the other end.
std::optional<uid_t> account_of(const End& theirs, const End& ours) {
    if (!theirs.row.empty())
        if (const auto account = account_in(read_file("/proc/net/tcp"), theirs.row, ours.row))
            return account;
    return account_in(read_file("/proc/net/tcp6"), theirs.row6, ours.row6);
}

void free_interfaces(ifaddrs* first) { ::freeifaddrs(first); }

/// Of the end of a unix socket.
LmtpPeer peer_by_credentials(int connection) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return {};
    return {.account = who.uid};
}

}  // namespace

std::optional<uid_t> account_in(std::string_view table, std::string_view mine,
                                std::string_view theirs) {
    constexpr std::size_t local = 1;
    constexpr std::size_t remote = 2;
    constexpr std::size_t state = 3;
    constexpr std::size_t uid = 7;
    constexpr std::size_t inode = 9;
    for (const auto line : text::split(table, '\n')) {
        if (line.find(mine) == line.npos) continue;
        std::vector<std::string_view> words;
        for (const auto word : text::split(line, ' '))
            if (!word.empty()) words.push_back(word);
        if (words.size() <= inode || words[local] != mine || words[remote] != theirs) continue;
        // Of a socket that its owner has closed the kernel says that it is root's.
        if (std::ranges::count(speaking, words[state]) == 0 || words[inode] == "0") continue;
        if (const auto number = text::to_number(words[uid]); number && *number >= 0)
            return static_cast<uid_t>(*number);
    }
    return std::nullopt;
}

Descriptor listen_at(const Place& place) {
    if (!place.socket.empty()) return listen_at_path(place.socket);
    const auto name = place.host + ":" + std::to_string(place.port);
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(place.port);
    if (::inet_pton(AF_INET, place.host.c_str(), &v4.sin_addr) == 1)
        return listen_at_address(v4, name);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(place.port);
    if (::inet_pton(AF_INET6, place.host.c_str(), &v6.sin6_addr) == 1)
        return listen_at_address(v6, name);
    throw std::runtime_error(name + ": not an IP address with a port");
}

std::uint16_t port_of(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    sockaddr_in v4{};  // the port of IPv6 stands at the same place
    std::memcpy(&v4, &address, sizeof v4);
    return address.ss_family == AF_UNIX ? std::uint16_t{0} : ntohs(v4.sin_port);
}

bool is_own_address(const std::string& address) {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return true;
    const CPtr<ifaddrs, free_interfaces> all{first};
    for (const auto* each = first; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr) continue;
        sockaddr_storage its{};
        if (each->ifa_addr->sa_family == AF_INET)
            std::memcpy(&its, each->ifa_addr, sizeof(sockaddr_in));
        else if (each->ifa_addr->sa_family == AF_INET6)
            std::memcpy(&its, each->ifa_addr, sizeof(sockaddr_in6));
        else
            continue;
        if (end_of(its).address == address) return true;
    }
    return false;
}

LmtpPeer peer_of(int connection) {
    const auto ours = end_by(::getsockname, connection);
    if (!ours) return peer_by_credentials(connection);
    const auto theirs = end_by(::getpeername, connection);
    if (!theirs) return {.is_here = true};  // gone, and so nobody that could be named
    LmtpPeer peer{.account = account_of(*theirs, *ours),
                  .address = theirs->address,
                  .is_loopback = theirs->is_loopback};
    peer.is_here = peer.account || peer.is_loopback || peer.address == ours->address ||
                   is_own_address(peer.address);
    return peer;
}

}  // namespace kalends::mail
