#pragma once
// When people are busy who have no account here: by the free/busy that they publish. RFC 2739
// 2.3.1, RFC 6350 6.9.1.

#include "fetch/fetch.hpp"
#include "ical/freebusy.hpp"
#include "ical/spans.hpp"
#include "ical/zone.hpp"
#include "store/database.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kalends::sched {

struct Outsider {
    std::string address;        ///< "jane@example.com"
    std::string free_busy_url;  ///< empty: looked for in the asker's address books
    ical::ZonePtr zone;         ///< in which floating times are read; never null

    // What becomes known.
    std::vector<ical::BusyPeriod> busy = {};
    ical::Span known = {};  ///< when whoever is not busy is free
    std::string why = {};   ///< a sentence, where nothing becomes known
};

/// Reads them, all at the same time, for [from, to), as `settings` say (nothing: none is read).
/// `asker`: whose address books are looked at. What can't be read is unknown, with `why`.
void read_outsiders(store::Database& database, const store::Home& asker,
                    const std::optional<fetch::Settings>& settings,
                    std::vector<Outsider>& outsiders, ical::UtcTime from, ical::UtcTime to);

}  // namespace kalends::sched
