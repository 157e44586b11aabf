#pragma once
// Calendar user addresses: the values of ORGANIZER and ATTENDEE. RFC 5545 3.3.3, RFC 6638 2.4.1.

#include <set>
#include <string>
#include <string_view>

namespace kalends::itip {

/// What addresses are compared by: "mailto:jane@example.com" of "MAILTO:Jane@Example.COM" and of
/// "jane@example.com" (clients leave the scheme out); a URL without its last slash, its scheme and
/// host in lower case; urn: and others in lower case. Percent escapes of a mailto are decoded.
std::string canonical(std::string_view address);

/// "jane@example.com" of a mailto in any of its spellings; empty for any other address, and for one
/// that is no text (UTF-8 without controls).
std::string mail_of(std::string_view address);

/// The address with "mailto:" in lower case, as clients look for it where they compare texts: in
/// what the server writes about an attendee. RFC 3986 6.2.2.1.
std::string with_plain_scheme(std::string_view address);

/// All addresses of one calendar user.
class Addresses {
public:
    void add(std::string_view address) { all_.insert(canonical(address)); }
    [[nodiscard]] bool contains(std::string_view address) const {
        return all_.contains(canonical(address));
    }
    [[nodiscard]] bool empty() const { return all_.empty(); }

private:
    std::set<std::string, std::less<>> all_;
};

}  // namespace kalends::itip
