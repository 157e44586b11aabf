#pragma once
// TCP for libldap, whose own way has no limit of time that holds: its TLS handshake turns in a
// circle for as long as a server accepts connections and says nothing.

#include <chrono>
#include <string>
#include <thread>

namespace kalends::directory::ldap {

/// A connected socket that nobody owns yet. Its reads and writes end after `patience`, too. Throws
/// DirectoryUnavailable.
int connect_tcp(const std::string& host, int port, std::chrono::steady_clock::time_point deadline,
                std::chrono::milliseconds patience);

/// Cuts a connection off at that time, so that whoever reads from it goes on. Ends with its scope.
class CutOff {
public:
    CutOff(int socket, std::chrono::steady_clock::time_point deadline);

private:
    std::jthread thread_;
};

}  // namespace kalends::directory::ldap
