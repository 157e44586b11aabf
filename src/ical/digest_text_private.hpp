#pragma once
// A Series as text, and back. The grammar of version 1, where times are seconds since 1970 on the
// clock of their zone:
//
//     digest   = "1" component (item / "-") *(" " part) [" V" letter]    the mark of privacy.hpp
//     component = "E" / "T" / "J" / "F"            VEVENT, VTODO, VJOURNAL, VFREEBUSY; "-" alone:
//     none of them item     = row busy form start [length] row      = the letter of Match busy =
//     "f" / "b" / "t" / "u" form     = "Z" / "L" / "D" / zone            UTC, floating, a date;
//     zones are "a" to "z" in the order of their parts length   = "+" seconds / "-" seconds / "~"
//     days ["+" seconds]        exact, exact, nominal part     = "@" IANA name / "!" zone_text()
//              / "R" rule / "X" exception rule
//              / "A" start [length] *("," start [length])                  RDATE
//              / "N" start *("," start) / "K" day *("," day)               EXDATE with and without
//              a time / "O" recurrence-id [">"] ":" item                          an override; ">":
//              THISANDFUTURE / "P" busy start "+" seconds                                a period
//              of a VFREEBUSY
//
// A meeting in Berlin is 1Eiba1767258000+3600 @Europe/Berlin. Zones come before the parts that name
// them, so that one look from left to right is enough.

#include "ical/series_private.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace kalends::ical {

/// "@Europe/Berlin" or "!…".
using ZoneNamer = std::function<std::string(const Zone&)>;

std::string text_of(const Series& series, const ZoneNamer& name_zone);

struct ParsedDigest {
    Series series;
    std::vector<ZonePtr> zones;  ///< compiled from the digest, kept while the series is used
};

/// Throws ValueError.
ParsedDigest parse_digest(std::string_view text, const TzData& tzdata);

}  // namespace kalends::ical
