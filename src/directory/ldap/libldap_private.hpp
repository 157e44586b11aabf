#pragma once
// What the files over libldap share. Nothing outside of them sees it.

#include "base/c_ptr.hpp"
#include "base/clock.hpp"
#include "directory/ldap/connection.hpp"

#include <ldap.h>
#include <sys/time.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

namespace kalends::directory::ldap {

inline void free_control(LDAPControl* control) { ldap_control_free(control); }
inline void free_controls(LDAPControl** controls) { ldap_controls_free(controls); }
inline void free_values(berval** values) { ldap_value_free_len(values); }
inline void free_bytes(BerElement* bytes) { ber_free(bytes, 0); }

using Control = CPtr<LDAPControl, free_control>;
using Controls = CPtr<LDAPControl*, free_controls>;
using Text = CPtr<char, ldap_memfree>;

inline timeval left_until(Deadline deadline) {
    const auto left = std::max<std::chrono::nanoseconds>(
        deadline - clock::steady(), std::chrono::milliseconds{1});  // 0 would be a poll
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(left - seconds);
    return {.tv_sec = seconds.count(), .tv_usec = rest.count()};
}

inline berval as_berval(std::string_view text) {
    // libldap only reads it.
    return {.bv_len = text.size(), .bv_val = const_cast<char*>(text.data())};
}

inline std::string text_of(const char* text) { return text == nullptr ? "" : text; }

struct Connection::Answer {
    int code = LDAP_SUCCESS;
    std::string diagnostic;
    Controls controls;
};

}  // namespace kalends::directory::ldap
