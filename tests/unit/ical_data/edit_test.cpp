#include "ical/lines.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;

namespace {

const std::string odd_event = "BEGIN:VCALENDAR\r\n"
                              "version:2.0\n"
                              "BEGIN:VEVENT\r\n"
                              "UID:1\r\n"
                              "SUMMARY:fo\r\n lded\r\n"
                              "X-ODD ; A=\"b\":kept  \r\n"
                              "BEGIN:VALARM\r\n"
                              "ACTION:AUDIO\r\n"
                              "END:VALARM\r\n"
                              "END:VEVENT\r\n"
                              "END:VCALENDAR";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    return text.replace(text.find(what), what.size(), with);
}

}  // namespace

TEST_CASE("an edit changes its line and leaves every other byte as it came") {
    const auto tree = ical::parse(odd_event);
    const auto& event = tree.components.at(0);
    ical::Edit edit{odd_event};

    SUBCASE("nothing") { CHECK(edit.result() == odd_event); }
    SUBCASE("replace takes the folds with it") {
        edit.replace(*event.property("SUMMARY"), "SUMMARY:new");
        CHECK(edit.result() == replaced(odd_event, "SUMMARY:fo\r\n lded\r\n", "SUMMARY:new\r\n"));
    }
    SUBCASE("remove") {
        edit.remove(*event.property("UID"));
        CHECK(edit.result() == replaced(odd_event, "UID:1\r\n", ""));
    }
    SUBCASE("append goes behind the last property, before the alarm") {
        edit.append(event, "STATUS:CONFIRMED");
        CHECK(edit.result() == replaced(odd_event, "kept  \r\n", "kept  \r\nSTATUS:CONFIRMED\r\n"));
    }
    SUBCASE("components") {
        edit.remove(event.components.at(0));
        edit.append_component(tree, "BEGIN:VTODO\r\nEND:VTODO\r\n");
        const auto without =
            replaced(odd_event, "BEGIN:VALARM\r\nACTION:AUDIO\r\nEND:VALARM\r\n", "");
        CHECK(edit.result() ==
              replaced(without, "END:VCALENDAR", "BEGIN:VTODO\r\nEND:VTODO\r\nEND:VCALENDAR"));
    }
    SUBCASE("several at one place, in the order of the calls, whatever else changes there") {
        edit.remove(*event.property("SUMMARY"));
        edit.insert_after(*event.property("UID"), "A:1");
        edit.insert_before(*event.property("SUMMARY"), "A:2");
        CHECK(edit.result() == replaced(odd_event, "SUMMARY:fo\r\n lded\r\n", "A:1\r\nA:2\r\n"));
    }
    SUBCASE("new lines are folded") {
        edit.append(event, "DESCRIPTION:" + std::string(100, 'x'));
        CHECK(edit.result().find("DESCRIPTION:" + std::string(63, 'x') + "\r\n " +
                                 std::string(37, 'x') + "\r\n") != std::string::npos);
    }
}

TEST_CASE("two edits of the same bytes are an error of the program, not a broken event") {
    const auto tree = ical::parse(odd_event);
    const auto& event = tree.components.at(0);
    ical::Edit edit{odd_event};
    edit.remove(event);
    edit.replace(*event.property("UID"), "UID:2");
    CHECK_THROWS_AS((void)edit.result(), std::logic_error);
}
