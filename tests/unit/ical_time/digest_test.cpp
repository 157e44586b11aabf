#include "ical/digest.hpp"
#include "ical/instances.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

using namespace kalends::ical;
using namespace kalends::ical::testing;

namespace {

TimeDigest digest_of(const std::string& text) {
    Budget budget;
    return digest(parse(text), budget);
}

bool hits(const std::string& digest, const std::string& from, const std::string& to,
          const std::string& component = "VEVENT", const Zone& floating = *Zone::utc()) {
    Budget budget;
    return overlaps(digest, utc(from), utc(to), floating, component, budget);
}

std::string bounds(const TimeDigest& digest) {
    return format_utc(digest.first_start) + "/" + format_utc(digest.last_end);
}

/// A VTIMEZONE as for Berlin, under a name of its own, its last summer being in `until`.
std::string custom_zone(const std::string& name, const std::string& rule_end = {}) {
    return "BEGIN:VTIMEZONE\nTZID:" + name +
           "\nBEGIN:DAYLIGHT\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nDTSTART:19810329T020000\nRRULE:"
           "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU" +
           rule_end +
           "\nEND:DAYLIGHT\nBEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nDTSTART:"
           "19961027T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU" +
           rule_end + "\nEND:STANDARD\nEND:VTIMEZONE\n";
}

}  // namespace

TEST_CASE("the digest of a simple event is a few bytes") {
    CHECK(digest_of(vevent("DTSTART;TZID=Europe/Berlin:20260101T090000\nDTEND;TZID=Europe/"
                           "Berlin:20260101T100000\n"))
              .text == "1Eiba1767258000+3600 @Europe/Berlin");
    CHECK(
        digest_of(vevent("DTSTART:20260101T090000Z\nDURATION:PT30M\nTRANSP:TRANSPARENT\n")).text ==
        "1EifZ1767258000+1800");
    CHECK(digest_of(vevent("DTSTART;VALUE=DATE:20260101\n")).text == "1EibD1767225600~1");
    CHECK(digest_of(object("VTODO", "SUMMARY:x\n")).text == "1TwbZ0");
    CHECK(digest_of(
              vevent("DTSTART:20260101T090000Z\nRRULE:FREQ=WEEKLY;WKST=MO;INTERVAL=1;BYDAY=TH\n"))
              .text == "1EpbZ1767258000 RFREQ=WEEKLY;BYDAY=TH");
}

TEST_CASE("a digest bounds all instances") {
    CHECK(
        bounds(digest_of(vevent("DTSTART;TZID=Europe/Berlin:20260101T090000\nDURATION:PT1H\n"))) ==
        "20260101T080000Z/20260101T090000Z");
    CHECK(bounds(digest_of(
              vevent("DTSTART:20260101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\n"))) ==
          "20260101T090000Z/20260103T100000Z");
    CHECK(bounds(digest_of(vevent("DTSTART:20260101T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;"
                                  "UNTIL=20260120T090000Z\n"))) ==
          "20260101T090000Z/20260120T100000Z");
    CHECK(digest_of(vevent("DTSTART:20260101T090000Z\nRRULE:FREQ=DAILY\n")).last_end ==
          end_of_time);
    CHECK(bounds(digest_of(vevent("DTSTART:20260101T090000Z\nDURATION:PT1H\nRDATE:20250101T090000Z,"
                                  "20270101T090000Z\n"))) == "20250101T090000Z/20270101T100000Z");
    CHECK(bounds(digest_of(vcalendar(
              "BEGIN:VEVENT\nUID:1\nDTSTART:20260112T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;"
              "COUNT=6\nEND:VEVENT\n"
              "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260113T090000Z\nDTSTART:"
              "20260101T090000Z\nDURATION:PT1H\nEND:VEVENT\n"
              "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260115T090000Z\nDTSTART:"
              "20260116T090000Z\nDURATION:PT3H\nEND:VEVENT\n"))) ==
          "20260101T090000Z/20260118T120000Z");
}

TEST_CASE("what has no time is always a candidate or never") {
    const TimeDigest always = digest_of(object("VTODO", "SUMMARY:x\n"));
    CHECK(always.first_start == beginning_of_time);
    CHECK(always.last_end == end_of_time);
    const TimeDigest never = digest_of(object("VJOURNAL", "SUMMARY:x\n"));
    CHECK(never.first_start > never.last_end);
    const TimeDigest created = digest_of(object("VTODO", "CREATED:20260101T000000Z\n"));
    CHECK(created.first_start == utc("20260101T000000Z"));
    CHECK(created.last_end == end_of_time);
    const TimeDigest other =
        digest_of(vcalendar("BEGIN:VAVAILABILITY\nUID:1\nEND:VAVAILABILITY\n"));
    CHECK(other.component.empty());
    CHECK(!hits(other.text, "20200101T000000Z", "20300101T000000Z", ""));
}

TEST_CASE("floating and all-day bounds count as UTC and say so") {
    const TimeDigest day = digest_of(vevent("DTSTART;VALUE=DATE:20260101\n"));
    CHECK(day.floating);
    CHECK(bounds(day) == "20260101T000000Z/20260102T000000Z");
    CHECK(digest_of(vevent("DTSTART:20260101T090000\n")).floating);
    CHECK(!digest_of(vevent("DTSTART;TZID=Europe/Berlin:20260101T090000\n")).floating);
    CHECK(digest_of(vevent("DTSTART:20260101T090000\n")).recurs == false);
    CHECK(digest_of(vevent("DTSTART:20260101T090000\nRRULE:FREQ=DAILY\n")).recurs);
}

TEST_CASE("a digest answers for its component only") {
    const std::string todo = digest_of(object("VTODO", "SUMMARY:x\n")).text;
    CHECK(hits(todo, "20260101T000000Z", "20260102T000000Z", "VTODO"));
    CHECK(hits(todo, "20260101T000000Z", "20260102T000000Z", ""));
    CHECK(!hits(todo, "20260101T000000Z", "20260102T000000Z", "VEVENT"));
}

TEST_CASE("a VTIMEZONE that says what tzdata says is not stored, nor one under a Windows name") {
    const auto with_zone = [](const std::string& name, const std::string& lines) {
        return digest_of(vcalendar(custom_zone(name) + "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=" + name +
                                   ":20260701T090000\nDURATION:PT1H\n" + lines + "END:VEVENT\n"))
            .text;
    };
    CHECK(with_zone("Europe/Berlin", "") == "1Eiba1782896400+3600 @Europe/Berlin");
    CHECK(with_zone("Europe/Berlin", "RRULE:FREQ=WEEKLY\n") ==
          "1Eiba1782896400+3600 @Europe/Berlin RFREQ=WEEKLY");
    CHECK(with_zone("W. Europe Standard Time", "") == "1Eiba1782896400+3600 @Europe/Berlin");
    CHECK(with_zone("/mozilla.org/1/Europe/Berlin", "") == "1Eiba1782896400+3600 @Europe/Berlin");
}

TEST_CASE("a VTIMEZONE that nobody else knows, or that says something else, goes into the digest") {
    for (const auto* name : {"Customized Time Zone", "America/New_York"}) {
        const std::string text =
            digest_of(vcalendar(custom_zone(name) + "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=" + name +
                                ":20260320T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n"))
                .text;
        CAPTURE(text);
        CHECK(text.find('!') != std::string::npos);
        CHECK(hits(text, "20260327T080000Z", "20260327T080001Z"));
        CHECK(!hits(text, "20260403T080000Z", "20260403T090000Z"));
        CHECK(hits(text, "20260403T070000Z", "20260403T070001Z"));
        CHECK(hits(text, "23260704T070000Z", "23260704T080000Z") ==
              hits(digest_of(vevent("DTSTART;TZID=Europe/Berlin:20260320T090000\n"
                                    "DURATION:PT1H\nRRULE:FREQ=WEEKLY\n"))
                       .text,
                   "23260704T070000Z", "23260704T080000Z"));
    }
    // Berlin's rules, but only until 2000: the same as tzdata for an event of 1999, another zone
    // for one of 2026.
    const std::string ended = custom_zone("Europe/Berlin", ";UNTIL=20001231T000000Z");
    const auto in = [&](const std::string& start) {
        return digest_of(vcalendar(ended + "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/Berlin:" +
                                   start + "\nDURATION:PT1H\nEND:VEVENT\n"))
            .text;
    };
    CHECK(in("19990701T090000").find("@Europe/Berlin") != std::string::npos);
    CHECK(in("20260701T090000").find("@Europe/Berlin") == std::string::npos);
    CHECK(hits(in("20260701T090000"), "20260701T083000Z", "20260701T090000Z"));
}

TEST_CASE("a TZID with a comma, which is escaped in the VTIMEZONE only, is found") {
    const std::string text =
        digest_of(
            vcalendar(custom_zone("Berlin\\, Germany") +
                      "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=\"Berlin, Germany\":20260701T090000\n"
                      "DURATION:PT1H\nEND:VEVENT\n"))
            .text;
    CHECK(hits(text, "20260701T070000Z", "20260701T070001Z"));
    CHECK(!hits(text, "20260701T080000Z", "20260701T100000Z"));
}

TEST_CASE("a TZID that nobody knows is floating") {
    const TimeDigest digest =
        digest_of(vevent("DTSTART;TZID=Nowhere:20260701T090000\nDURATION:PT1H\n"));
    CHECK(digest.floating);
    CHECK(hits(digest.text, "20260701T000000Z", "20260701T003000Z", "VEVENT", zone("Asia/Tokyo")));
}

TEST_CASE("COUNT becomes UNTIL, so that a query does not count") {
    const TimeDigest digest = digest_of(vevent(
        "DTSTART:20200101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=9,10,11;COUNT=100000\n"));
    Budget budget(200);
    CHECK(overlaps(digest.text, utc("20900101T000000Z"), utc("20900102T000000Z"), *Zone::utc(),
                   "VEVENT", budget));
    CHECK(digest.text.find("COUNT") == std::string::npos);
}

TEST_CASE("a query costs a few steps, however old and endless the series is") {
    for (const auto* rule :
         {"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "FREQ=DAILY", "FREQ=MONTHLY;BYDAY=-1FR",
          "FREQ=YEARLY", "FREQ=MONTHLY;BYDAY=MO,TU,WE;BYSETPOS=1"}) {
        const TimeDigest digest = digest_of(vevent(
            std::string("DTSTART;TZID=Europe/Berlin:19800101T090000\nDURATION:PT1H\nRRULE:") +
            rule + "\n"));
        Budget budget(400);
        busy_periods(digest.text, utc("20990101T000000Z"), utc("20990201T000000Z"), *Zone::utc(),
                     budget, [](UtcTime, UtcTime, Busy) {});
    }
}

TEST_CASE("a hostile rule costs a query nothing beyond its range") {
    for (const auto* rule :
         {"FREQ=SECONDLY;BYHOUR=3;BYMONTH=7;BYDAY=MO", "FREQ=HOURLY;BYMONTHDAY=31;BYMONTH=4",
          "FREQ=SECONDLY;BYYEARDAY=366", "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
          "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}) {
        const TimeDigest digest = digest_of(
            vevent(std::string("DTSTART:20260105T090000Z\nDURATION:PT1S\nRRULE:") + rule + "\n"));
        Budget budget(200);
        CHECK(!overlaps(digest.text, utc("20260301T000000Z"), utc("20260401T000000Z"), *Zone::utc(),
                        "VEVENT", budget));
    }
}

TEST_CASE("a rule for every second is stopped when busy time is asked for a year") {
    const TimeDigest digest =
        digest_of(vevent("DTSTART:20260105T090000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY\n"));
    Budget budget(100'000);
    CHECK_THROWS_AS(busy_periods(digest.text, utc("20270101T000000Z"), utc("20280101T000000Z"),
                                 *Zone::utc(), budget, [](UtcTime, UtcTime, Busy) {}),
                    TooExpensive);
}

TEST_CASE("text that is no digest of this version is refused, and never more than that") {
    for (const auto* text : {"",
                             "1",
                             "2EibZ1767258000+3600",
                             "1E",
                             "1X",
                             "1EibZ",
                             "1EibQ1",
                             "1Eiba1767258000+3600",
                             "1Eiba1 @No/Zone",
                             "1EibZ1 Q",
                             "1EibZ1 RFREQ=X",
                             "1EibZ99999999999999999999",
                             "1EibZ999999999999",
                             "1EibZ1+99999999999999",
                             "1EibZ1 O5",
                             "1EibZ1 O5:",
                             "1EibZ1 O5:ibb1",
                             "1EibZ1 A",
                             "1EibZ1 N1,",
                             "1EibZ1  ",
                             "1EzbZ1",
                             "1EixZ1",
                             "1EibZ1~99999999999",
                             "1Eiba1 !x"}) {
        Budget budget;
        CHECK_THROWS_AS_MESSAGE(overlaps(text, utc("20260101T000000Z"), utc("20270101T000000Z"),
                                         *Zone::utc(), "", budget),
                                ValueError, text);
    }
    // Damaged in any way, a digest is read or refused.
    const std::string whole =
        digest_of(
            vcalendar(
                custom_zone("Custom") +
                "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Custom:20260112T090000\nDURATION:P1DT1H\n"
                "RRULE:FREQ=MONTHLY;BYDAY=MO,-1FR;BYSETPOS=1,-1;UNTIL=20280101T000000Z\n"
                "RDATE;VALUE=PERIOD:20260120T090000Z/"
                "PT1H\nEXDATE;TZID=Custom:20260113T090000\nEXDATE;VALUE=DATE:20260114\nEND:VEVENT\n"
                "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260115T080000Z\nDTSTART;"
                "TZID=Asia/Tokyo:20260115T110000\nDURATION:PT2H\nEND:VEVENT\n"))
            .text;
    CHECK(hits(whole, "20260120T030000Z", "20260120T033000Z"));
    std::mt19937 random(42);
    for (int i = 0; i < 5000; ++i) {
        std::string damaged = whole;
        for (unsigned n = random() % 3 + 1; n > 0; --n) {
            const std::size_t at = random() % damaged.size();
            switch (random() % 3) {
            case 0:
                damaged[at] = static_cast<char>(random() % 96 + 32);
                break;
            case 1:
                damaged.erase(at, random() % 8 + 1);
                break;
            default:
                damaged.insert(at, damaged.substr(random() % damaged.size(), random() % 20));
                break;
            }
            if (damaged.empty()) break;
        }
        Budget budget(20'000);
        try {
            busy_periods(damaged, utc("20260101T000000Z"), utc("20270101T000000Z"), *Zone::utc(),
                         budget, [](UtcTime, UtcTime, Busy) {});
        } catch (const ValueError&) {
        } catch (const TooExpensive&) {
        }
    }
}

namespace {

/// Random objects, from parts that matter to one another.
class RandomObject {
public:
    explicit RandomObject(unsigned seed) : random_(seed) {}

    std::string text() {
        zone_ = pick({"", "Z", ";TZID=Europe/Berlin", ";TZID=America/New_York", ";TZID=Custom",
                      ";VALUE=DATE"});
        const int start = number(0, 400);
        std::string lines = line("DTSTART", start);
        if (number(0, 2) != 0) lines += "DURATION:" + length() + "\n";
        if (number(0, 4) != 0) lines += "RRULE:" + rule(start) + "\n";
        if (number(0, 2) == 0) lines += line("RDATE", start + number(0, 60));
        for (int n = number(0, 2); n > 0; --n) lines += line("EXDATE", start + number(0, 10));
        std::string result = custom_zone("Custom", ";UNTIL=20260501T000000Z") +
                             "BEGIN:VEVENT\nUID:1\n" + lines + "END:VEVENT\n";
        for (int n = number(0, 2); n > 0; --n) {
            const int id = start + number(0, 20);
            std::string moved =
                "BEGIN:VEVENT\nUID:1\n" +
                line(number(0, 2) == 0 ? "RECURRENCE-ID;RANGE=THISANDFUTURE" : "RECURRENCE-ID", id);
            moved +=
                line("DTSTART", id + number(-5, 5)) + "DURATION:" + length() + "\nEND:VEVENT\n";
            result += moved;
        }
        return vcalendar(result);
    }

    int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

private:
    std::string pick(const std::vector<std::string>& of) {
        return of[static_cast<std::size_t>(number(0, static_cast<int>(of.size()) - 1))];
    }

    std::string line(const std::string& name, int day) {
        const LocalTime at = local("20251201T000000") + std::chrono::days{day} +
                             std::chrono::hours{zone_ == ";VALUE=DATE" ? 0 : 2};
        const bool is_date = zone_ == ";VALUE=DATE";
        return name + (zone_ == "Z" ? "" : zone_) + ":" +
               format(DateOrTime{at, is_date, zone_ == "Z"}) + "\n";
    }

    std::string length() { return pick({"PT0S", "PT1H", "P1D", "P1DT2H", "P3D", "PT30H"}); }

    std::string rule(int start) {
        std::string text = "FREQ=" + pick({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"});
        text += pick({"", ";INTERVAL=2", ";INTERVAL=3"}) +
                pick({"", "", ";BYDAY=MO,TH", ";BYDAY=SU", ";BYDAY=MO,TU,WE;BYSETPOS=-1"});
        if (zone_ != ";VALUE=DATE") text += pick({"", "", ";BYHOUR=1,2,3"});
        const LocalTime end = local("20251201T120000") + std::chrono::days{start + number(0, 90)};
        text += pick({"", ";COUNT=1", ";COUNT=7", ";UNTIL=" + format(DateOrTime{end, false, true}),
                      ";UNTIL=" + format_date(end)});
        return text;
    }

    std::mt19937 random_;
    std::string zone_;
};

}  // namespace

TEST_CASE("a digest says of random objects and ranges what the tree of lines says") {
    const char* given = std::getenv("KALENDS_SEED");
    const unsigned seed =
        given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
    MESSAGE("KALENDS_SEED=" << seed);
    RandomObject random(seed);
    for (int i = 0; i < 800; ++i) {
        const std::string text = random.text();
        CAPTURE(text);
        const Component calendar = parse(text);
        Budget budget;
        const TimeDigest made = digest(calendar, budget);
        CAPTURE(made.text);
        const Zone& floating =
            zone(random.number(0, 1) == 0 ? "Pacific/Auckland" : "America/Los_Angeles");
        const auto all =
            instances(calendar, utc("20200101T000000Z"), utc("20290101T000000Z"), floating, budget);
        for (int j = 0; j < 12; ++j) {
            const UtcTime from =
                utc("20251115T000000Z") + std::chrono::hours{random.number(0, 24 * 600)};
            const UtcTime to = from + std::chrono::hours{random.number(1, 90)};
            CAPTURE(format_utc(from));
            CAPTURE(format_utc(to));
            std::size_t expected = 0;
            for (const Instance& instance : all)
                if (instance.start < to &&
                    (instance.end > from ||
                     (instance.start == instance.end && instance.start >= from)))
                    ++expected;
            CHECK(instances(calendar, from, to, floating, budget).size() == expected);
            CHECK(overlaps(made.text, from, to, floating, "VEVENT", budget) == (expected > 0));
            if (expected > 0) {
                const auto wide = made.floating ? digest_widening : std::chrono::hours{0};
                CHECK(made.first_start <= to + wide);
                CHECK(made.last_end >= from - wide);
            }
        }
    }
}
