#pragma once
// What a client would like, and need not get: RFC 7240, RFC 8144.

#include "http/message.hpp"

#include <string>

namespace kalends::http {

struct Preferences {
    bool minimal = false;         ///< return=minimal. RFC 8144 2
    bool representation = false;  ///< return=representation. RFC 8144 3
    bool depth_noroot = false;    ///< without the resource itself. RFC 8144 4
    bool strict = false;          ///< handling=strict. RFC 7240 4.4
    bool lenient = false;         ///< handling=lenient
};

/// Of all Prefer fields; of a preference that comes twice the first counts, what is not known here
/// does not. `Brief: t` of Apple's clients is return=minimal where there is no Prefer (RFC 8144 A).
Preferences preferences_of(const Headers& headers);

/// The value of Preference-Applied for what was `honoured`; empty if nothing was. RFC 7240 3.
std::string preference_applied(const Preferences& honoured);

}  // namespace kalends::http
