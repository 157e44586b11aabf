#pragma once
// How a directory fails.

#include <stdexcept>
#include <string>
#include <string_view>

namespace kalends::directory::ldap {

/// No server answers, or none in time: what() says which and why. Trying again may help.
class DirectoryUnavailable : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A server answers, and not as we need it: wrong base, no rights, a part only. what() is a
/// sentence; an operator must mend it.
class DirectoryRefused : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A result code in words, with what the server said of it. The numbers that Active Directory
/// hides in its message ("data 533") are explained.
std::string explain(int code, std::string_view diagnostic);

}  // namespace kalends::directory::ldap
