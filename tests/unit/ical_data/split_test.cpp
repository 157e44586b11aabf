#include "ical/split.hpp"
#include "ical/validate.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace kalends;

namespace {

std::string entry(const std::string& uid, const std::string& lines) {
    return "BEGIN:VEVENT\r\nUID:" + uid + "\r\n" + lines + "END:VEVENT\r\n";
}

const std::string exported =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nMETHOD:PUBLISH\r\n"
    "X-WR-CALNAME:Home\\, sweet\r\n" +
    test::zone("A") + test::zone("B") +
    entry("1", "DTSTART;TZID=A:20260105T100000\r\nRRULE:FREQ=DAILY\r\nSUMMARY:o\r\n dd\r\n") +
    entry("2", "DTSTART:20260105T100000Z\r\n") +
    entry("1", "RECURRENCE-ID;TZID=A:20260106T100000\r\nDTSTART;TZID=B:20260106T120000\r\n") +
    "END:VCALENDAR\r\n";

}  // namespace

TEST_CASE("RFC 4791 4.1: an import makes one object per UID, overrides and time zones with it") {
    const auto file = ical::split(exported);
    CHECK(file.name == "Home, sweet");
    CHECK(file.skipped.empty());
    REQUIRE(file.objects.size() == 2);
    CHECK(file.objects[0].uid == "1");
    CHECK(file.objects[0].component == "VEVENT");
    CHECK(file.objects[0].lines == std::vector<std::size_t>{22, 33});
    CHECK(file.objects[0].data ==
          "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\n" + test::zone("A") +
              test::zone("B") +
              entry("1",
                    "DTSTART;TZID=A:20260105T100000\r\nRRULE:FREQ=DAILY\r\nSUMMARY:o\r\n dd\r\n") +
              entry("1",
                    "RECURRENCE-ID;TZID=A:20260106T100000\r\nDTSTART;TZID=B:20260106T120000\r\n") +
              "END:VCALENDAR\r\n");
    CHECK(file.objects[1].data == "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\n" +
                                      entry("2", "DTSTART:20260105T100000Z\r\n") +
                                      "END:VCALENDAR\r\n");
    for (const auto& object : file.objects) CHECK_NOTHROW(ical::accept(object.data));
}

TEST_CASE("an override in another VCALENDAR of the file joins its master") {
    const auto file = ical::split(
        test::calendar(test::zone("A") + entry("1", "DTSTART;TZID=A:20260105T100000\r\n")) +
        test::calendar(entry(
            "1", "RECURRENCE-ID;TZID=A:20260105T100000\r\nDTSTART;TZID=A:20260105T110000\r\n")));
    REQUIRE(file.objects.size() == 1);
    CHECK(file.objects[0].lines.size() == 2);
    CHECK(file.objects[0].data.find("TZID:A") != std::string::npos);
}

TEST_CASE("an entry without UID gets one from its content, the same at every import") {
    const auto file = [](const std::string& stamp, const std::string& summary) {
        return ical::split(test::calendar("BEGIN:VEVENT\r\nUID:\r\nDTSTAMP:" + stamp +
                                          "\r\nDTSTART:20260105T100000Z\r\nSUMMARY:" + summary +
                                          "\r\nEND:VEVENT\r\n"))
            .objects.at(0);
    };
    const auto object = file("20260101T000000Z", "x");
    CHECK(object.uid_made);
    CHECK(object.uid == file("20260102T000000Z", "x").uid);
    CHECK(object.uid != file("20260101T000000Z", "y").uid);
    CHECK(ical::accept(object.data).object.uid == object.uid);
}

TEST_CASE("of two versions of an entry the newer is imported and the other reported") {
    const auto file = ical::split(test::calendar(
        entry("1", "DTSTART:20260105T100000Z\r\nSEQUENCE:2\r\nSUMMARY:new\r\n") +
        entry("1", "DTSTART:20260105T100000Z\r\nSEQUENCE:1\r\nSUMMARY:old\r\n") +
        entry("1", "DTSTART:20260105T100000Z\r\nSEQUENCE:10\r\nSUMMARY:newest\r\n")));
    REQUIRE(file.objects.size() == 1);
    CHECK(file.objects[0].data.find("newest") != std::string::npos);
    CHECK(file.objects[0].lines == std::vector<std::size_t>{16});
    REQUIRE(file.skipped.size() == 2);
    CHECK(file.skipped[0].line == 4);
    CHECK(file.skipped[0].reason == "the same entry is in line 16");
    CHECK(file.skipped[1].reason == "the same entry is in line 4");
}

TEST_CASE("what is no entry is reported with its line") {
    const auto file = ical::split(test::calendar("BEGIN:X-THING\r\nEND:X-THING\r\n" +
                                                 entry("1", "DTSTART:20260105\r\n") +
                                                 "BEGIN:VTODO\r\nUID:1\r\nEND:VTODO\r\n") +
                                  "BEGIN:VEVENT\r\nEND:VEVENT\r\n");
    REQUIRE(file.skipped.size() == 3);
    CHECK(file.skipped[0].reason == "X-THING is not an entry of a calendar");
    CHECK(file.skipped[1].line == 10);
    CHECK(file.skipped[1].reason == "its UID is that of the VEVENT in line 6");
    CHECK(file.skipped[2].reason == "VEVENT is not in a VCALENDAR");
    CHECK_THROWS_AS(ical::split("nothing"), ical::ParseError);
}

TEST_CASE("a large file is split in time that grows with its size") {
    std::string many;
    for (int i = 0; i < 5000; ++i) {
        many += entry(std::to_string(i), "DTSTART;TZID=A:20260105T100000\r\n");
        many += entry("series", "RECURRENCE-ID:" + std::to_string(i) + "\r\nDTSTART:20260105\r\n");
    }
    const auto before = std::chrono::steady_clock::now();
    const auto file = ical::split(test::calendar(test::zone("A") + many));
    CHECK(file.objects.size() == 5001);
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
}

TEST_CASE("an export holds every time zone once, and imports to the same objects") {
    const auto file = ical::split(exported);
    ical::Joiner joiner{"Home, sweet"};
    for (const auto& object : file.objects) joiner.add(object.data);
    std::string text = joiner.take();
    joiner.add(test::calendar(test::zone("A") + entry("3", "DTSTART;TZID=A:20260105T100000\r\n")));
    text += joiner.finish();
    CHECK(text.find("TZID:A\r\n") == text.rfind("TZID:A\r\n"));

    const auto again = ical::split(text);
    CHECK(again.name == "Home, sweet");
    REQUIRE(again.objects.size() == 3);
    CHECK(ical::parse(again.objects[0].data).components.size() == 4);
    CHECK(again.objects[0].data.find("SUMMARY:o\r\n dd\r\n") != std::string::npos);
}

TEST_CASE("two time zones of one name stay two in an export") {
    std::string other = test::zone("A");
    for (auto at = other.find("+0100"); at != std::string::npos; at = other.find("+0100")) {
        other.replace(at, 5, "+0200");
    }
    ical::Joiner joiner;
    joiner.add(test::calendar(test::zone("A") + entry("1", "DTSTART;TZID=A:20260105T100000\r\n")));
    joiner.add(test::calendar(other + entry("2", "DTSTART;TZID=A:20260105T100000\r\n")));
    joiner.add(test::calendar(other + entry("3", "DTSTART;TZID=A:20260105T100000\r\n")));
    const auto file = ical::split(joiner.finish());
    REQUIRE(file.objects.size() == 3);
    CHECK(file.objects[0].data.find("DTSTART;TZID=A:") != std::string::npos);
    for (const std::size_t i : {1U, 2U}) {
        CHECK(file.objects[i].data.find("DTSTART;TZID=A-2:") != std::string::npos);
        CHECK(file.objects[i].data.find("TZID:A-2\r\n") != std::string::npos);
        CHECK(file.objects[i].data.find("+0200") != std::string::npos);
    }
}
