// Merging busy periods, and the VFREEBUSY that tells them.

#include "ical/freebusy.hpp"

#include "base/content_line.hpp"
#include "ical/lines.hpp"
#include "ical/spans.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace kalends::ical {
namespace {

struct KindName {
    Busy kind;
    std::string_view name;
};
constexpr std::array<KindName, 3> kind_names{{{Busy::busy, "BUSY"},
                                              {Busy::unavailable, "BUSY-UNAVAILABLE"},
                                              {Busy::tentative, "BUSY-TENTATIVE"}}};

Spans spans_of(const std::vector<BusyPeriod>& periods, Busy kind) {
    std::vector<Span> spans;
    for (const BusyPeriod& period : periods)
        if (period.kind == kind) spans.push_back({period.start, period.end});
    return united(std::move(spans));
}

void append_line(std::string& to, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    std::string line(name);
    line += ':';
    line += value;
    append_folded(to, line);
}

/// One address, as it may stand after a colon: no line ends that would begin another property.
std::string one_line(std::string_view value) {
    std::string result;
    std::copy_if(value.begin(), value.end(), std::back_inserter(result),
                 [](char c) { return static_cast<unsigned char>(c) >= ' '; });
    return result;
}

/// Of a meeting its length: shorter, and as calendarserver tells it. What is unavailable ends at a
/// time.
std::string end_of(const BusyPeriod& period) {
    if (period.kind == Busy::unavailable) return format_utc(period.end);
    return format(Duration{{}, period.end - period.start});
}

}  // namespace

FreeBusy::FreeBusy(UtcTime from, UtcTime to) : from_(from), to_(to) {}

void FreeBusy::add(UtcTime start, UtcTime end, Busy kind) {
    start = std::max(start, from_);
    end = std::min(end, to_);
    if (kind != Busy::free && start < end) periods_.push_back({start, end, kind});
}

void FreeBusy::add_digest(std::string_view digest, const Zone& floating, Budget& budget,
                          const TzData& tzdata) {
    busy_periods(
        digest, from_, to_, floating, budget,
        [&](UtcTime start, UtcTime end, Busy kind) { add(start, end, kind); }, tzdata);
}

std::vector<BusyPeriod> FreeBusy::merged() const {
    std::vector<BusyPeriod> result;
    for (const auto& [kind, name] : kind_names)
        for (const Span& span : spans_of(periods_, kind))
            result.push_back({span.start, span.end, kind});
    std::stable_sort(result.begin(), result.end(),
                     [](const BusyPeriod& a, const BusyPeriod& b) { return a.start < b.start; });
    return result;
}

std::string render(const FreeBusy& busy, const FreeBusyHeader& header) {
    std::string text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n";
    append_line(text, "PRODID", escape_text(header.product_id));
    append_line(text, "METHOD", one_line(header.method));
    text += "BEGIN:VFREEBUSY\r\n";
    append_line(text, "UID", escape_text(header.uid));
    append_line(text, "DTSTAMP", format_utc(header.stamp));
    append_line(text, "DTSTART", format_utc(busy.from()));
    append_line(text, "DTEND", format_utc(busy.to()));
    append_line(text, "ORGANIZER", one_line(header.organizer));
    append_line(text, "ATTENDEE", one_line(header.attendee));
    for (const std::string& line : header.lines) append_folded(text, one_line(line));
    std::map<Busy, std::string> lists;
    for (const BusyPeriod& period : busy.merged()) {
        std::string& list = lists[period.kind];
        if (!list.empty()) list += ',';
        list += format_utc(period.start) + '/' + end_of(period);
    }
    for (const auto& [kind, name] : kind_names)
        append_line(text, "FREEBUSY;FBTYPE=" + std::string(name), lists[kind]);
    return text + "END:VFREEBUSY\r\n" + header.components + "END:VCALENDAR\r\n";
}

}  // namespace kalends::ical
