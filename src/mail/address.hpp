#pragma once
// Mail addresses: what may stand in an envelope or a header, and what needs SMTPUTF8.

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::mail {

/// A value that can't be written into a message or an envelope; what() names it.
class Malformed : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A person with an address (RFC 5322 3.4).
struct Mailbox {
    std::string name = {};  ///< UTF-8; empty: none
    std::string address;    ///< addr-spec, without angle brackets
};

/// Whether it is local-part@domain (RFC 5321 4.1.2, RFC 6531 3.3): a dot-atom or quoted string in
/// UTF-8 without controls, of at most 64 and 255 bytes. Domains in brackets are not taken.
bool is_address(std::string_view address);

/// Whether it has a local part that is not ASCII, so that it can only be sent to by servers that
/// offer SMTPUTF8 (RFC 6531). The domain never needs that: it has an ASCII form.
bool needs_smtputf8(std::string_view address);

/// The domain in its ASCII form (RFC 5891), in lower case; empty if it has none.
std::string ascii_domain(std::string_view domain);

/// The same address with its domain in ASCII form. Throws Malformed if it is no address.
std::string with_ascii_domain(std::string_view address);

/// The part after the last "@", in ASCII form; empty if it is no address.
std::string domain_of(std::string_view address);

/// Whether what stands behind the "@" is one of the domains. Each may be in any form:
/// "Müller.example" and "xn--mller-kva.example" are the same.
bool is_in_domains(std::string_view address, const std::vector<std::string>& domains);

}  // namespace kalends::mail
