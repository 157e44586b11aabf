// libical as a second opinion on the table of properties: it, too, says how often a property may be
// in a component (RFC 5546's tables for PUBLISH, for lack of a method). Where we are more lenient,
// or stricter, it stands here by name. docs/decisions/0003-ical-validation.md.
#include "base/c_ptr.hpp"
#include "ical/validate.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>
#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

using namespace kalends;

namespace {

using IcalPtr = CPtr<icalcomponent, icalcomponent_free>;

bool we_refuse(const std::string& bytes) {
    try {
        ical::accept(bytes);
        return false;
    } catch (const ical::ObjectError&) {
        return true;
    }
}

bool libical_refuses(const std::string& bytes) {
    const IcalPtr calendar{icalparser_parse_string(bytes.c_str())};
    REQUIRE(calendar);
    return icalrestriction_check(calendar.get()) == 0 ||
           icalcomponent_count_errors(calendar.get()) > 0;
}

struct Sample {
    std::string_view name;
    std::string_view line;
};

constexpr auto samples = std::to_array<Sample>({
    {"CLASS", "CLASS:PUBLIC"},
    {"CREATED", "CREATED:20260101T000000Z"},
    {"DESCRIPTION", "DESCRIPTION:x"},
    {"DTEND", "DTEND:20260105T110000Z"},
    {"DTSTAMP", "DTSTAMP:20260101T000000Z"},
    {"DTSTART", "DTSTART:20260105T100000Z"},
    {"DUE", "DUE:20260105T110000Z"},
    {"DURATION", "DURATION:PT1H"},
    {"GEO", "GEO:1.0;2.0"},
    {"LAST-MODIFIED", "LAST-MODIFIED:20260101T000000Z"},
    {"LOCATION", "LOCATION:x"},
    {"ORGANIZER", "ORGANIZER:mailto:a@example.com"},
    {"PERCENT-COMPLETE", "PERCENT-COMPLETE:1"},
    {"PRIORITY", "PRIORITY:1"},
    {"RECURRENCE-ID", "RECURRENCE-ID:20260105T100000Z"},
    {"SEQUENCE", "SEQUENCE:1"},
    {"SUMMARY", "SUMMARY:x"},
    {"TRANSP", "TRANSP:OPAQUE"},
    {"UID", "UID:u1"},
    {"URL", "URL:http://example.com/"},
    {"ATTACH", "ATTACH:http://example.com/"},
    {"CATEGORIES", "CATEGORIES:x"},
    {"COMMENT", "COMMENT:x"},
    {"CONTACT", "CONTACT:x"},
    {"EXDATE", "EXDATE:20260106T100000Z"},
    {"RDATE", "RDATE:20260107T100000Z"},
    {"RESOURCES", "RESOURCES:x"},
    {"X-ANY", "X-ANY:x"},
});

/// What only describes may be there twice: a client shows one of them.
constexpr auto harmless_twice = std::to_array<std::string_view>(
    {"CLASS", "CREATED", "DESCRIPTION", "DTSTAMP", "GEO", "LAST-MODIFIED", "LOCATION",
     "PERCENT-COMPLETE", "PRIORITY", "SUMMARY", "TRANSP", "URL"});

bool is_harmless(std::string_view name) {
    return std::find(harmless_twice.begin(), harmless_twice.end(), name) != harmless_twice.end();
}

}  // namespace

TEST_CASE("what libical takes for there once, we do too, but for what only describes") {
    for (const Sample& sample : samples) {
        CAPTURE(std::string{sample.name});
        std::string lines = "UID:u1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260105T100000Z\r\n"
                            "SUMMARY:x\r\nORGANIZER:mailto:a@example.com\r\n";
        const std::string line = std::string{sample.line} + "\r\n";
        if (lines.find(line) == std::string::npos) lines += line;
        const std::string component = sample.name == "DUE" ? "VTODO" : "VEVENT";
        const auto with = [&](const std::string& more) {
            return test::calendar("BEGIN:" + component + "\r\n" + lines + more +
                                  "END:" + component + "\r\n");
        };
        CHECK(!we_refuse(with("")));
        if (libical_refuses(with(line)))
            CHECK(we_refuse(with(line)) != is_harmless(sample.name));
        else
            CHECK(!we_refuse(with(line)));
    }
}
