#pragma once
// Whether the site's mail servers let strangers speak in their name, for kalends doctor.
// docs/mail.md 4.

#include "base/config.hpp"

#include <string>
#include <vector>

namespace kalends::cli {

struct BorderFinding {
    enum class Kind { well, note, bad };
    Kind kind = Kind::well;
    std::string sentence;
};

/// Sends forged mail to mail.border and waits, half a minute at most, until the server that runs
/// has got it back by mail.spool. Nothing where no mail comes in. Throws store::Unavailable,
/// ConfigError.
std::vector<BorderFinding> examine_border(const Config& config);

}  // namespace kalends::cli
