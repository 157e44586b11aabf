#pragma once
// Free/busy: busy periods merged, and the VFREEBUSY that tells them. RFC 4791 7.10, RFC 5545 3.6.4.

#include "ical/digest.hpp"
#include "ical/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kalends::ical {

struct BusyPeriod {
    UtcTime start{};
    UtcTime end{};
    Busy kind = Busy::busy;

    friend bool operator==(const BusyPeriod&, const BusyPeriod&) = default;
};

/// Collects the busy time of one or many calendars within [from, to).
class FreeBusy {
public:
    FreeBusy(UtcTime from, UtcTime to);

    /// Clips to the range; what is free, empty or outside is dropped.
    void add(UtcTime start, UtcTime end, Busy kind);

    /// All that a digest says. Throws as busy_periods().
    void add_digest(std::string_view digest, const Zone& floating, Budget& budget,
                    const TzData& tzdata = TzData::system());

    /// By start. What touches or overlaps within a kind is one period; periods of different kinds
    /// may overlap: RFC 4791 7.10.
    [[nodiscard]] std::vector<BusyPeriod> merged() const;

    [[nodiscard]] UtcTime from() const { return from_; }
    [[nodiscard]] UtcTime to() const { return to_; }

private:
    UtcTime from_;
    UtcTime to_;
    std::vector<BusyPeriod> periods_;
};

/// What else stands in the answer. Values are written as they are, escaped where they are TEXT;
/// empty ones are left out.
struct FreeBusyHeader {
    std::string product_id = "-//Kalends//Kalends//EN";
    std::string method;  ///< REPLY, PUBLISH: RFC 6638 3.2, RFC 5546
    std::string uid;
    std::string organizer;  ///< a calendar address: "mailto:…"
    std::string attendee;
    std::vector<std::string> lines = {};  ///< more content lines, unfolded: "ATTENDEE;CN=Jane:…"
    UtcTime stamp{};                      ///< DTSTAMP
    std::string components = {};          ///< whole ones, behind the VFREEBUSY
};

/// A VCALENDAR with one VFREEBUSY, UTC periods, CRLF, folded. RFC 4791 7.10: also where nothing is
/// busy.
std::string render(const FreeBusy& busy, const FreeBusyHeader& header);

}  // namespace kalends::ical
