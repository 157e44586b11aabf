#include "base/content_line.hpp"
#include "ical/lines.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using ical::parse;

namespace {

std::string calendar(const std::string& lines) {
    return "BEGIN:VCALENDAR\r\n" + lines + "END:VCALENDAR\r\n";
}

std::string message_of(const std::string& bytes, const ical::Limits& limits = {}) {
    try {
        parse(bytes, limits);
    } catch (const ical::ParseError& error) {
        return error.what();
    }
    return "accepted";
}

/// The value of the first property of a calendar with these lines.
std::string value_of(const std::string& lines) {
    return parse(calendar(lines)).properties.at(0).value;
}

}  // namespace

TEST_CASE("RFC 5545 3.1: a line is a name, parameters and a value") {
    const auto tree =
        parse(calendar("ATTENDEE;CN=\"Doe, Jane\";MEMBER=\"mailto:a@x\",\"mailto:b@x\";"
                       "RSVP=TRUE:mailto:jane@example.com\r\n"));
    const auto& attendee = tree.properties.at(0);
    CHECK(attendee.name == "ATTENDEE");
    CHECK(*attendee.parameter("CN") == "Doe, Jane");
    CHECK(*attendee.parameter("RSVP") == "TRUE");
    REQUIRE(attendee.parameters.at(1).values.size() == 2);
    CHECK(attendee.parameters[1].values[1] == "mailto:b@x");
    CHECK(attendee.value == "mailto:jane@example.com");
    CHECK(attendee.parameter("PARTSTAT") == nullptr);
}

TEST_CASE("names of properties, parameters and components have no case") {
    const auto tree = parse("begin:vcalendar\r\nsummary;Language=de:Hallo\r\nend:VCalendar\r\n");
    CHECK(tree.name == "VCALENDAR");
    CHECK(*tree.property("SUMMARY")->parameter("LANGUAGE") == "de");
}

TEST_CASE("RFC 5545 3.1: folds are undone, also with a tab and inside a UTF-8 character") {
    CHECK(value_of("SUMMARY:Long\r\n  text\r\n\there\r\n") == "Long texthere");
    CHECK(value_of("SUMMARY:caf\xC3\r\n \xA9\r\n") == "caf\xC3\xA9");
    CHECK(value_of("SUM\r\n MARY:x\r\n") == "x");
}

TEST_CASE("RFC 5545 3.1: lines with a fold inside a character are folded anew, and no others") {
    const std::string before = "\xEF\xBB\xBF"
                               "BEGIN:VCALENDAR\nX-A:b\n  c\r\n\r\n";
    const std::string after = "X-D:\r\n e\xC3\xBC\n\nEND:VCALENDAR\r\n \r\n";
    CHECK(ical::refolded(before + "\n \nSUMMARY:caf\xC3\r\n \xA9\n" + after) ==
          before + "\n \nSUMMARY:caf\xC3\xA9\r\n" + after);
    CHECK(ical::refolded(before + after) == before + after);
    std::string day;
    std::string as_sent = "SUMMARY:";
    for (int i = 0; i < 100; ++i) {
        day += "\xE6\x97\xA5";
        as_sent += i % 2 == 0 ? "\xE6\x97\r\n \xA5" : "\xE6\r\n \x97\r\n\t\xA5";
    }
    std::string folded;
    append_folded(folded, "SUMMARY:" + day);
    CHECK(ical::refolded(as_sent) == folded);
    CHECK_THROWS_AS(ical::refolded("SUMMARY:\xC3\r\nX:\xA9\r\n"), ical::ParseError);
}

TEST_CASE("what real clients send is read: LF, CR CR LF, a byte order mark, blank lines") {
    CHECK(parse("BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR").properties.at(0).value == "2.0");
    CHECK(parse("\xEF\xBB\xBF"
                "BEGIN:VCALENDAR\r\r\nVERSION:2.0\r\r\nEND:VCALENDAR\r\r\n")
              .properties.at(0)
              .value == "2.0");
    CHECK(value_of("\r\nVERSION:2.0\r\n\r\n") == "2.0");
    CHECK(parse(calendar("") + "\r\n \r\n\r\n").name == "VCALENDAR");
    CHECK(value_of("DESCRIPTION:one\r\n\r\n  two\r\n") == "one two");
}

TEST_CASE("small slips in parameters are read without loss") {
    CHECK(value_of("SUMMARY ; LANGUAGE = en:x\r\n") == "x");
    CHECK(value_of("DTSTART;:20260101\r\n") == "20260101");
    const auto tree = parse(calendar("ATTENDEE;RSVP;CN=:mailto:a@x\r\n"));
    CHECK(tree.properties.at(0).parameter("RSVP") == nullptr);
    CHECK(tree.properties.at(0).parameter("CN")->empty());
}

TEST_CASE("iOS writes parameters with backslashes, and they are read") {
    const auto tree =
        parse(calendar("X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=Main St 1\\; Linz;"
                       "X-APPLE-RADIUS=70:geo:48.3,14.2\r\n"));
    CHECK(*tree.properties.at(0).parameter("X-TITLE") == "Main St 1\\; Linz");
    CHECK(tree.properties.at(0).value == "geo:48.3,14.2");
    CHECK(*parse(calendar("A;B=C:\\;D=e:x\r\n")).properties.at(0).parameter("B") == "C");
}

TEST_CASE("RFC 6868: carets in parameter values stand for quotes, line breaks and carets") {
    const auto tree = parse(calendar("ATTENDEE;CN=George ^'Babe^' Ruth^nJr^^^x^:mailto:g@x\r\n"));
    CHECK(*tree.properties.at(0).parameter("CN") == "George \"Babe\" Ruth\nJr^^x^");
}

TEST_CASE("every byte is accounted for by the positions of lines and components") {
    const std::string bytes =
        calendar("VERSION:2.0\r\n"
                 "BEGIN:VEVENT\r\nSUMMARY:a\r\n b\r\n\r\nUID:1\r\n"
                 "BEGIN:VALARM\r\nACTION:AUDIO\r\nEND:VALARM\r\nEND:VEVENT\r\n");
    const auto tree = parse(bytes);
    const auto text = [&](std::size_t begin, std::size_t end) {
        return bytes.substr(begin, end - begin);
    };
    const auto& event = tree.components.at(0);
    CHECK(text(event.property("SUMMARY")->begin, event.property("SUMMARY")->end) ==
          "SUMMARY:a\r\n b\r\n");
    CHECK(text(event.property("UID")->begin, event.property("UID")->end) == "UID:1\r\n");
    CHECK(event.property("UID")->line == 7);
    CHECK(text(event.begin, event.body) == "BEGIN:VEVENT\r\n");
    CHECK(text(event.tail, event.end) == "END:VEVENT\r\n");
    CHECK(text(event.components.at(0).begin, event.components.at(0).end) ==
          "BEGIN:VALARM\r\nACTION:AUDIO\r\nEND:VALARM\r\n");
    CHECK(tree.begin == 0);
    CHECK(tree.end == bytes.size());
}

TEST_CASE("what is no iCalendar is refused with the line where it goes wrong") {
    CHECK(message_of("") == "the text has no BEGIN line");
    CHECK(message_of("hello") == "line 1: BEGIN should be here, not \"hello\"");
    CHECK(message_of(calendar("SUMMARY\r\n")) == "line 2: no colon after the name in \"SUMMARY\"");
    CHECK(message_of(calendar("=:x\r\n")) == "line 2: no property name in \"=:x\"");
    CHECK(message_of(calendar("A;=1:x\r\n")) == "line 2: a parameter without a name in \"A;=1:x\"");
    CHECK(message_of(calendar("A;B=\"1:x\r\n")) ==
          "line 2: a quote is not closed in \"A;B=\"1:x\"");
    CHECK(message_of("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n") ==
          "line 3: END:VCALENDAR where END:VEVENT should be (line 2)");
    CHECK(message_of("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") == "line 2: END:VCALENDAR is missing");
    CHECK(message_of("END:VCALENDAR\r\n") == "line 1: END without BEGIN");
    CHECK(message_of("BEGIN:\r\nEND:\r\n") == "line 1: no component name in \"BEGIN:\"");
    CHECK(message_of(calendar("") + calendar("")) ==
          "line 3: something follows the end of the calendar");
}

TEST_CASE("a file may hold several calendars") {
    const auto all = ical::parse_all(calendar("A:1\r\n") + "\r\n" + calendar("A:2\r\n"));
    REQUIRE(all.size() == 2);
    CHECK(all[1].properties.at(0).value == "2");
}

TEST_CASE("hostile input is bounded in depth, lines and parameters") {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "BEGIN:A\n";
    CHECK(message_of(deep) == "line 11: components are nested too deep");
    CHECK(message_of(calendar("A:1\r\nA:2\r\nA:3\r\n"), {10, 4, 10}) ==
          "line 5: there are more than 4 lines");
    CHECK(message_of(calendar("A;B=,,,,,,,,,,,,:1\r\n"), {10, 10, 10}) ==
          "line 2: there are too many parameters");
    CHECK(message_of(calendar("A:1\r\n" + std::string(100'000, '\n') + " x\r\n")) == "accepted");
    CHECK(message_of(calendar("A:1\r\n" + std::string(200'000, '\n'))) ==
          "line 200001: there are more than 200000 lines");
}

TEST_CASE("RFC 5545 3.3.11: text escapes are resolved and written") {
    CHECK(ical::unescape_text(R"(a\, b\; c\\n\nd\Ne\x\)") == "a, b; c\\n\nd\ne\\x\\");
    CHECK(ical::escape_text("a, b; c\\n\nd\r\n") == R"(a\, b\; c\\n\nd\n)");
    CHECK(ical::split_text_list(R"(Work,Home\, sweet,)") ==
          std::vector<std::string>{"Work", "Home, sweet", ""});
}

TEST_CASE("a property is written as it is read") {
    ical::Property property;
    property.name = "ATTENDEE";
    property.parameters = {{"CN", {"Doe, \"J\" ^"}}, {"MEMBER", {"mailto:a@x", "b"}}};
    property.value = "mailto:j@x";
    const std::string line = ical::to_line(property);
    CHECK(line == "ATTENDEE;CN=\"Doe, ^'J^' ^^\";MEMBER=\"mailto:a@x\",b:mailto:j@x");
    const auto again = ical::parse_line(line);
    CHECK(*again.parameter("CN") == "Doe, \"J\" ^");
    CHECK(again.parameters.at(1).values == property.parameters[1].values);
    CHECK(again.value == property.value);
}

TEST_CASE("RFC 5545 3.1: lines are folded at 75 octets and never inside a character") {
    std::string folded;
    std::string line = "SUMMARY:";
    for (int i = 0; i < 60; ++i) line += "\xC3\xA4\xE2\x82\xAC";
    append_folded(folded, line);
    std::size_t from = 0;
    for (std::size_t end = folded.find("\r\n"); end != std::string::npos;
         from = end + 2, end = folded.find("\r\n", from)) {
        CHECK(end - from <= 75);
        if (from > 0) CHECK(folded[from] == ' ');
        CHECK((static_cast<unsigned char>(folded[end - 1]) != 0xC3));
        CHECK((static_cast<unsigned char>(folded[end - 1]) != 0xE2));
    }
    CHECK(parse(calendar(folded)).properties.at(0).value == line.substr(8));

    std::string garbage;
    append_folded(garbage, "A:" + std::string(500, '\x80'));
    CHECK(value_of(garbage) == std::string(500, '\x80'));
}
