#pragma once
// What doctor has sent to the server by mail, to see how it comes in: doctor waits, and the server
// says what it has found.

#include "store/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kalends::store {

/// Somebody waits for the mail with that tag. Forgets those of more than a day ago. `now`: seconds
/// since 1970.
void begin_probe(Database& db, std::string_view tag, std::int64_t now);

struct ProbeOutcome {
    bool believed = false;  ///< what was forged in it counts
    std::string why;        ///< a sentence
};

/// It has come. False: nobody waits for it.
bool finish_probe(Database& db, std::string_view tag, const ProbeOutcome& outcome);

/// Nothing: it has not come yet.
std::optional<ProbeOutcome> probe_outcome(Database& db, std::string_view tag);

/// Nobody waits for it any more.
void end_probe(Database& db, std::string_view tag);

}  // namespace kalends::store
