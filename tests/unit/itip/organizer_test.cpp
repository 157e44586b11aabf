// What an organizer's change means for whom.
#include "itip/organizer.hpp"
#include "itip/series.hpp"
#include "unit/itip/sample.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace kalends;
using namespace kalends::itip::sample;

namespace {

using Summary = std::vector<std::string>;

itip::Addresses me() {
    itip::Addresses addresses;
    addresses.add("mailto:o@x.org");
    return addresses;
}

itip::Organized create(const std::string& object) {
    return itip::organize(std::nullopt, object, me(), moment());
}

itip::Organized change(const std::string& before, const std::string& after) {
    return itip::organize(before, after, me(), moment());
}

std::vector<itip::Message> news(const std::optional<std::string>& known, const std::string& now) {
    return itip::news(known, now, me(), moment());
}

const std::string at_ten = "DTSTART:20270101T100000Z|DURATION:PT1H|";
const std::string at_noon = "DTSTART:20270101T120000Z|DURATION:PT1H|";
const std::string daily = at_ten + "RRULE:FREQ=DAILY;COUNT=10|";
const std::string second = "RECURRENCE-ID:20270102T100000Z|DTSTART:20270102T100000Z|DURATION:PT1H|";
const std::string second_moved =
    "RECURRENCE-ID:20270102T100000Z|DTSTART:20270102T150000Z|DURATION:PT1H|";

itip::InstanceKey key(const char* text) {
    return {ical::UtcTime{ical::parse_date_time(text)->local.time_since_epoch()}, false, false};
}

/// "ACCEPTED" of a@x.org in the master or in an instance of what is stored.
std::string partstat(const std::string& data, const char* name, const char* instance = nullptr) {
    const itip::Series series(data);
    const auto* part = instance == nullptr ? series.master() : series.override_of(key(instance));
    if (part == nullptr) return "no component";
    for (const auto& line : part->lines)
        if (line.name() == "ATTENDEE" && contains(line.value(), std::string(name) + "@"))
            return std::string(line.parameter("PARTSTAT"));
    return "not named";
}

std::string sequence(const std::string& data) {
    return std::string(itip::Series(data).master()->value("SEQUENCE"));
}

}  // namespace

TEST_CASE("RFC 6638 3.2.1.1: a new meeting invites all attendees but those of others' agents") {
    const auto result =
        create(calendar(event(at_ten + organizer + attendee("a") +
                              attendee("b", "NEEDS-ACTION", ";SCHEDULE-AGENT=CLIENT") +
                              attendee("c", "NEEDS-ACTION", ";SCHEDULE-AGENT=NONE") +
                              attendee("d", "NEEDS-ACTION", ";SCHEDULE-AGENT=SERVER"))));
    CHECK(summary_of(result.messages) == Summary{"REQUEST a", "REQUEST d"});
    CHECK(result.messages[0].changes.size() == 1);
    CHECK(result.messages[0].changes[0].added);
}

TEST_CASE("RFC 6638 3.2.1.2: who is told what, by what changed") {
    const std::string both = organizer + attendee("a") + attendee("b");
    const struct {
        const char* what;
        std::string before, after;
        Summary messages;
    } cases[] = {
        {"nothing", event(at_ten + both), event(at_ten + both), {}},
        {"order and spelling",
         event("SUMMARY:x|" + at_ten + both),
         event(both + at_ten + "SUMMARY:x|"),
         {}},
        {"an alarm",
         event(at_ten + both),
         event(at_ten + both + "BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT5M|END:VALARM"),
         {}},
        {"TRANSP", event(at_ten + both), event(at_ten + both + "TRANSP:TRANSPARENT"), {}},
        {"a private X-", event(at_ten + both), event(at_ten + both + "X-FOO:bar"), {}},
        {"a shared X-",
         event(at_ten + both),
         event(at_ten + both + "X-APPLE-STRUCTURED-LOCATION:geo:1,2"),
         {"REQUEST a", "REQUEST b"}},
        {"the summary",
         event(at_ten + both),
         event(at_ten + both + "SUMMARY:x"),
         {"REQUEST a", "REQUEST b"}},
        {"the time", event(at_ten + both), event(at_noon + both), {"REQUEST a", "REQUEST b"}},
        {"forced to one",
         event(at_ten + both),
         event(at_ten + organizer + attendee("a") +
               attendee("b", "NEEDS-ACTION", ";SCHEDULE-FORCE-SEND=REQUEST")),
         {"REQUEST b"}},
        {"one more",
         event(at_ten + organizer + attendee("a")),
         event(at_ten + both),
         {"REQUEST a", "REQUEST b"}},
        {"one less",
         event(at_ten + both),
         event(at_ten + organizer + attendee("a")),
         {"REQUEST a", "CANCEL b"}},
        {"none left", event(at_ten + both), event(at_ten + organizer), {"CANCEL a", "CANCEL b"}},
        {"agent is not the server any more",
         event(at_ten + organizer + attendee("a")),
         event(at_ten + organizer + attendee("a", "NEEDS-ACTION", ";SCHEDULE-AGENT=NONE")),
         {"CANCEL a"}},
        {"agent becomes the server",
         event(at_ten + organizer + attendee("a", "NEEDS-ACTION", ";SCHEDULE-AGENT=NONE")),
         event(at_ten + organizer + attendee("a")),
         {"REQUEST a"}},
        {"cancelled",
         event(at_ten + organizer + attendee("a")),
         event(at_ten + organizer + attendee("a") + "STATUS:CANCELLED"),
         {"CANCEL a"}},
        {"cancelled before",
         event(at_ten + organizer + attendee("a") + "STATUS:CANCELLED"),
         event(at_ten + organizer + attendee("a") + "STATUS:CANCELLED"),
         {}},
        {"cancelled with another summary",
         event(at_ten + organizer + attendee("a")),
         event(at_ten + organizer + attendee("a") + "SUMMARY:x|STATUS:CANCELLED"),
         {"CANCEL a", "REQUEST a"}},
        {"an EXDATE",
         event(daily + organizer + attendee("a")),
         event(daily + organizer + attendee("a") + "EXDATE:20270103T100000Z"),
         {"CANCEL a", "REQUEST a"}},
        {"EXDATEs in another order",
         event(daily + organizer + attendee("a") + "EXDATE:20270103T100000Z,20270104T100000Z"),
         event(daily + organizer + attendee("a") +
               "EXDATE:20270104T100000Z|EXDATE:20270103T100000Z"),
         {}},
        {"a longer rule with an EXDATE that never was",
         event(daily + organizer + attendee("a")),
         event(at_ten + "RRULE:FREQ=DAILY;COUNT=20|EXDATE:20270115T100000Z|" + organizer +
               attendee("a")),
         {"REQUEST a"}},
        {"one instance moved",
         event(daily + organizer + attendee("a")),
         event(daily + organizer + attendee("a")) + event(second_moved + organizer + attendee("a")),
         {"REQUEST a"}},
        {"not in one instance any more",
         event(daily + organizer + attendee("a")),
         event(daily + organizer + attendee("a")) + event(second + organizer),
         {"CANCEL a"}},
        {"one instance for another",
         event(daily + organizer + attendee("a")),
         event(daily + organizer + attendee("a")) +
             event(second + organizer + attendee("a") + attendee("b")),
         {"REQUEST a", "REQUEST b"}},
        {"the only instance goes",
         event(daily + organizer) + event(second + organizer + attendee("a")),
         event(daily + organizer + "EXDATE:20270102T100000Z"),
         {"CANCEL a"}},
    };
    for (const auto& each : cases) {
        CAPTURE(each.what);
        const auto result = change(calendar(each.before), calendar(each.after));
        CHECK(summary_of(result.messages) == each.messages);
        if (std::string_view(each.what) == "forced to one") continue;  // stored without that
        CHECK(summary_of(news(calendar(each.before), result.data)) == each.messages);
    }
}

TEST_CASE("who is told later is told the difference between what he knows and what is stored") {
    const auto at = [](const std::string& when, const char* a, const char* sequence) {
        return calendar(
            event(when + organizer + attendee("a", a) + attendee("b") + "SEQUENCE:" + sequence));
    };
    SUBCASE("nothing was known") {
        const auto told = news(std::nullopt, at(at_ten, "NEEDS-ACTION", "3"));
        CHECK(summary_of(told) == Summary{"REQUEST a", "REQUEST b"});
        CHECK(contains(told[1].data.str(), "SEQUENCE:3"));
    }
    SUBCASE("answers are no news") {
        CHECK(news(at(at_ten, "NEEDS-ACTION", "0"), at(at_ten, "ACCEPTED", "0")).empty());
    }
    SUBCASE("answers that came meanwhile are told with other news, and are not asked again") {
        const auto told = news(at(at_ten, "NEEDS-ACTION", "0"), at(at_noon, "ACCEPTED", "1"));
        REQUIRE(summary_of(told) == Summary{"REQUEST a", "REQUEST b"});
        CHECK(contains(told[1].data.str(), "PARTSTAT=ACCEPTED"));
        CHECK(contains(told[1].data.str(), "SEQUENCE:1"));
    }
    SUBCASE("there and back is nothing") {
        CHECK(news(at(at_ten, "NEEDS-ACTION", "0"), at(at_ten, "NEEDS-ACTION", "2")).empty());
    }
    SUBCASE("nobody is invited any more") {
        const auto told = news(at(at_ten, "ACCEPTED", "0"), calendar(event(at_ten)));
        CHECK(summary_of(told) == Summary{"CANCEL a", "CANCEL b"});
    }
    SUBCASE("it was nobody's meeting before") {
        const auto told = news(calendar(event(at_ten)), at(at_ten, "NEEDS-ACTION", "0"));
        CHECK(summary_of(told) == Summary{"REQUEST a", "REQUEST b"});
    }
}

TEST_CASE("RFC 6638 3.2.9: whom the last message has not reached is told the whole") {
    const auto series = [](const std::string& status, const std::string& instance) {
        const auto people =
            organizer + attendee("b") + "ATTENDEE;SCHEDULE-STATUS=" + status + ":mailto:a@x.org|";
        return calendar(event(daily + people) +
                        (instance.empty() ? instance : event(instance + people)));
    };
    const auto is_whole = [](const itip::Message& message) {
        return contains(message.data.str(), "RRULE");
    };
    for (const auto* status : {"3.7", "5.1", "5.2;Refused"}) {
        CAPTURE(status);
        const auto told = news(series(status, ""), series(status, second_moved));
        REQUIRE(summary_of(told) == Summary{"REQUEST b", "REQUEST a"});
        CHECK_FALSE(is_whole(told.front()));
        CHECK(is_whole(told.back()));
        CHECK(contains(told.back().data.str(), "20270102T150000Z"));
        CHECK(news(series(status, ""), series(status, "")).empty());
    }
    for (const auto* status : {"1.1", "1.2", "2.0"}) {
        CAPTURE(status);
        const auto told = news(series(status, ""), series(status, second_moved));
        REQUIRE(told.size() == 2);
        CHECK_FALSE(is_whole(told.back()));
    }
    SUBCASE("that all of it is cancelled is told as it is") {
        auto now = series("5.1", "");
        now.insert(now.find("END:VEVENT"), "STATUS:CANCELLED\r\n");
        CHECK(summary_of(news(series("5.1", ""), now)) == Summary{"CANCEL b", "CANCEL a"});
    }
    SUBCASE("who has left the series, and stays in one instance, is told both") {
        const auto before = series("5.1", second_moved);
        auto now = before;
        const auto line = now.find("ATTENDEE;SCHEDULE-STATUS");
        now.erase(line, now.find('\n', line) + 1 - line);  // of the series
        CHECK(std::ranges::count(summary_of(news(before, now)), "CANCEL a") == 1);
        CHECK(std::ranges::count(summary_of(news(before, now)), "REQUEST a") == 1);
    }
    SUBCASE("who may have it after all is told that it is cancelled") {
        const auto told =
            news(series("5.1", ""), calendar(event(daily + organizer + attendee("b"))));
        CHECK(std::ranges::count(summary_of(told), "CANCEL a") == 1);
    }
}

TEST_CASE("RFC 5546 2.1.4: SEQUENCE rises with what attendees see, if the client did not") {
    const std::string both = organizer + attendee("a");
    const struct {
        std::string before, after, sequence;
    } cases[] = {
        {at_ten + both, at_ten + both, ""},
        {at_ten + both + "SEQUENCE:3", at_ten + both, "3"},
        {at_ten + both + "SEQUENCE:3", at_ten + both + "TRANSP:OPAQUE|SEQUENCE:1", "3"},
        {at_ten + both, at_noon + both, "1"},
        {at_ten + both + "SEQUENCE:3", at_noon + both + "SEQUENCE:3", "4"},
        {at_ten + both + "SEQUENCE:3", at_noon + both + "SEQUENCE:5", "5"},
        {at_ten + both, at_ten + both + "LOCATION:here", "1"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.after);
        CHECK(sequence(change(calendar(event(each.before)), calendar(event(each.after))).data) ==
              each.sequence);
    }
    CHECK(sequence(create(calendar(event(at_ten + both))).data).empty());
    // Deleted and stored again: attendees may have kept a CANCEL with a higher one.
    CHECK(sequence(create(calendar(event(at_ten + both + "SEQUENCE:2"))).data) == "1002");
}

TEST_CASE("RFC 6638 3.2.8: PARTSTAT is asked for again where the meeting moved") {
    const auto before = organizer + attendee("a", "ACCEPTED");
    const struct {
        const char* what;
        std::string before, after, partstat;
    } cases[] = {
        {"DTSTART", at_ten, at_noon, "NEEDS-ACTION"},
        {"DURATION", at_ten, "DTSTART:20270101T100000Z|DURATION:PT2H|", "NEEDS-ACTION"},
        {"the same end as DTEND", at_ten, "DTSTART:20270101T100000Z|DTEND:20270101T110000Z|",
         "ACCEPTED"},
        {"LOCATION", at_ten, at_ten + "LOCATION:there|", "ACCEPTED"},
        {"a rule", at_ten, daily, "NEEDS-ACTION"},
        {"no rule", daily, at_ten, "NEEDS-ACTION"},
        {"more instances", daily, at_ten + "RRULE:FREQ=DAILY;COUNT=11|", "NEEDS-ACTION"},
        {"fewer instances", daily, at_ten + "RRULE:FREQ=DAILY;COUNT=9|", "ACCEPTED"},
        {"the same rule", daily, at_ten + "RRULE:COUNT=10;INTERVAL=1;FREQ=DAILY|", "ACCEPTED"},
        {"other instances", daily, at_ten + "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=10|",
         "NEEDS-ACTION"},
        {"some of the instances", daily, at_ten + "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=5|",
         "ACCEPTED"},
        {"for ever", daily, at_ten + "RRULE:FREQ=DAILY|", "NEEDS-ACTION"},
        {"an RDATE", daily, daily + "RDATE:20270103T150000Z|", "NEEDS-ACTION"},
        {"an EXDATE", daily, daily + "EXDATE:20270103T100000Z|", "ACCEPTED"},
        {"an EXDATE less", daily + "EXDATE:20270103T100000Z|", daily, "NEEDS-ACTION"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.what);
        const auto result =
            change(calendar(event(each.before + before)), calendar(event(each.after + before)));
        CHECK(partstat(result.data, "a") == each.partstat);
        CHECK(partstat(result.data, "o") == "ACCEPTED");
        CHECK(contains(result.data, "RSVP=TRUE") == (each.partstat == "NEEDS-ACTION"));
    }
}

TEST_CASE("RFC 6638 3.2.8: only the component that moved asks again") {
    const auto people = organizer + attendee("a", "ACCEPTED");
    const auto result = change(calendar(event(daily + people)),
                               calendar(event(daily + people) + event(second_moved + people)));
    CHECK(partstat(result.data, "a") == "ACCEPTED");
    CHECK(partstat(result.data, "a", "20270102T100000Z") == "NEEDS-ACTION");
    REQUIRE(result.messages.size() == 1);
    CHECK_FALSE(contains(result.messages[0].data, "RRULE"));
    CHECK(contains(result.messages[0].data, "RECURRENCE-ID:20270102T100000Z"));
    CHECK(result.messages[0].changes[0].recurrence_id == "20270102T100000Z");
    CHECK(result.messages[0].changes[0].properties == Summary{"ATTENDEE", "DTEND", "DTSTART"});
}

TEST_CASE("RFC 6638 3.2.8: an answer is kept against what the organizer's client saw before") {
    const struct {
        const char* what;
        std::string stored, sent, summary, partstat;
    } cases[] = {
        {"an organizer does not answer for others", attendee("a", "ACCEPTED"),
         attendee("a", "DECLINED"), "SUMMARY:x|", "ACCEPTED"},
        {"nor invite somebody who has accepted", attendee("b"),
         attendee("b") + attendee("a", "ACCEPTED"), "SUMMARY:x|", "NEEDS-ACTION"},
        {"but may ask again", attendee("a", "ACCEPTED"), attendee("a"), "SUMMARY:x|",
         "NEEDS-ACTION"},
        {"not by a change that nobody sees", attendee("a", "ACCEPTED"), attendee("a"),
         "TRANSP:TRANSPARENT|", "ACCEPTED"},
        {"nor with data from before the answer", attendee("a", "ACCEPTED", ";SCHEDULE-STATUS=2.0"),
         attendee("a", "NEEDS-ACTION", ";SCHEDULE-STATUS=1.2"), "SUMMARY:x|", "ACCEPTED"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.what);
        const auto result = change(calendar(event(at_ten + organizer + each.stored)),
                                   calendar(event(at_ten + organizer + each.summary + each.sent)));
        CHECK(partstat(result.data, "a") == each.partstat);
    }
}

TEST_CASE("RFC 6638 3.2.10.1: who has read everything asks again, whatever status he sends back") {
    const auto before =
        calendar(event(at_ten + organizer + attendee("a", "ACCEPTED", ";SCHEDULE-STATUS=2.0")));
    const auto sent = [](const char* lines) {
        return calendar(event(at_ten + organizer + lines +
                              attendee("a", "NEEDS-ACTION", ";SCHEDULE-STATUS=1.2")));
    };
    const struct {
        const char* lines;
        itip::Copy copy;
        std::string partstat;
    } cases[] = {
        {"SUMMARY:x|", itip::Copy::is_current, "NEEDS-ACTION"},
        {"SUMMARY:x|", itip::Copy::may_be_stale, "ACCEPTED"},
        {"TRANSP:OPAQUE|", itip::Copy::is_current, "ACCEPTED"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.lines);
        const auto result = itip::organize(before, sent(each.lines), me(), moment(), each.copy);
        CHECK(partstat(result.data, "a") == each.partstat);
    }
}

TEST_CASE("who is named twice in a component is named once") {
    const auto twice = attendee("a") + "ATTENDEE;CN=A:MAILTO:A@x.org|" + attendee("b");
    const auto result = create(calendar(event(at_ten + organizer + twice)));
    CHECK(summary_of(result.messages) == Summary{"REQUEST a", "REQUEST b"});
    CHECK_FALSE(contains(result.data, "MAILTO:A@x.org"));
    const auto again = change(result.data, calendar(event(at_ten + organizer + twice)));
    CHECK(again.messages.empty());
    CHECK_FALSE(contains(again.data, "MAILTO:A@x.org"));
}

TEST_CASE("an answer to one instance survives a client that has not seen it") {
    const auto accepted = organizer + attendee("a", "ACCEPTED");
    const auto declined = organizer + attendee("a", "DECLINED");
    const auto before = calendar(event(daily + accepted) + event(second + declined));
    const auto result = change(before, calendar(event(daily + accepted + "SUMMARY:x|")));
    CHECK(partstat(result.data, "a", "20270102T100000Z") == "DECLINED");
    CHECK(itip::Series(result.data).override_of(key("20270102T100000Z"))->value("SUMMARY") == "x");
    // What differs only in what everybody sees goes.
    const auto plain =
        change(calendar(event(daily + accepted) + event(second + accepted + "SUMMARY:other")),
               calendar(event(daily + accepted)));
    CHECK(partstat(plain.data, "a", "20270102T100000Z") == "no component");
    CHECK(summary_of(plain.messages) == Summary{"REQUEST a"});
}

TEST_CASE("RFC 6638 3.2.4.2, 3.2.4.3: what an organizer may not change") {
    const auto plain = calendar(event(at_ten + organizer + attendee("a")));
    const struct {
        std::string after;
        itip::Rule rule;
    } cases[] = {
        {event(at_ten + "ORGANIZER:mailto:p@x.org|" + attendee("a")),
         itip::Rule::allowed_organizer_change},
        {event(at_ten + attendee("a")), itip::Rule::allowed_organizer_change},
        {event(second + organizer + attendee("a")), itip::Rule::allowed_organizer_change},
        {event(daily + organizer + attendee("a")) +
             event(second + "ORGANIZER:mailto:p@x.org|" + attendee("a")),
         itip::Rule::same_organizer},
    };
    for (const auto& each : cases) {
        CAPTURE(each.after);
        try {
            change(plain, calendar(each.after));
            FAIL("not refused");
        } catch (const itip::Refused& refused) {
            CHECK(refused.rule() == each.rule);
        }
    }
    CHECK_THROWS_AS(create(calendar(event(second + organizer + attendee("a")))), itip::Refused);
}

TEST_CASE("a meeting that becomes a plain event is cancelled") {
    const auto result =
        change(calendar(event(at_ten + organizer + attendee("a"))), calendar(event(at_ten)));
    CHECK(summary_of(result.messages) == Summary{"CANCEL a"});
    CHECK_FALSE(contains(result.data, "ORGANIZER"));
    CHECK(create(calendar(event(at_ten))).messages.empty());
}

TEST_CASE("a task that loses its people when it is done gets them back") {
    const std::string people = organizer + attendee("a");
    const auto result =
        change(calendar(component("VTODO", "SUMMARY:x|" + people)),
               calendar(component("VTODO", "SUMMARY:x|COMPLETED:20270101T000000Z")));
    CHECK(partstat(result.data, "a") == "NEEDS-ACTION");
    CHECK(partstat(result.data, "o") == "COMPLETED");
    REQUIRE(summary_of(result.messages) == Summary{"REQUEST a"});
    CHECK_FALSE(contains(result.messages[0].data, "\nCOMPLETED:"));
}

TEST_CASE("ORGANIZER is put into components that a client left it out of") {
    const auto result = create(
        calendar(event(daily + organizer + attendee("a")) + event(second_moved + attendee("a"))));
    const itip::Series series(result.data);
    CHECK(series.override_of(key("20270102T100000Z"))->value("ORGANIZER") == "mailto:o@x.org");
}

TEST_CASE("RFC 6638 3.2.6: an attendee sees the instances that name him") {
    const auto result = create(calendar(event(daily + organizer + attendee("a")) +
                                        event(second + organizer + attendee("b"))));
    REQUIRE(summary_of(result.messages) == Summary{"REQUEST a", "REQUEST b"});
    const std::string a = result.messages[0].data;
    CHECK(contains(a, "EXDATE:20270102T100000Z"));
    CHECK_FALSE(contains(a, "RECURRENCE-ID"));
    const auto all_day = create(calendar(
        event("DTSTART;VALUE=DATE:20270101|RRULE:FREQ=DAILY;COUNT=3|" + organizer + attendee("a")) +
        event("RECURRENCE-ID;VALUE=DATE:20270102|DTSTART;VALUE=DATE:20270102|" + organizer)));
    CHECK(contains(all_day.messages.at(0).data, "EXDATE;VALUE=DATE:20270102"));
    const std::string b = result.messages[1].data;
    CHECK_FALSE(contains(b, "RRULE"));
    CHECK(contains(b, "RECURRENCE-ID:20270102T100000Z"));
}

TEST_CASE("RFC 5546 3.2.2: what is in a message, and what is not") {
    const std::string zone =
        "BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
    std::string other = zone;
    other.replace(other.find("Mine"), 4, "Else");
    const auto result =
        create(calendar(zone + other +
                            event("DTSTART;TZID=Mine:20270101T100000|X-FOO:private|" + organizer +
                                  attendee("a", "NEEDS-ACTION",
                                           ";SCHEDULE-AGENT=SERVER;SCHEDULE-STATUS=1.2;X-P=1") +
                                  "BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT5M|END:VALARM"),
                        "CALSCALE:GREGORIAN\r\nX-CALENDARSERVER-ACCESS:PRIVATE\r\n"));
    REQUIRE(result.messages.size() == 1);
    const std::string data = result.messages[0].data;
    for (const auto* there :
         {"METHOD:REQUEST\r\n", "VERSION:2.0\r\n", "CALSCALE:GREGORIAN\r\n",
          "PRODID:-//Kalends//Kalends//EN\r\n", "TZID:Mine\r\n", "DTSTAMP:20260528T202640Z\r\n"})
        CHECK_MESSAGE(contains(data, there), there);
    for (const auto* gone :
         {"VALARM", "SCHEDULE-", "X-FOO", "X-P", "X-CALENDARSERVER-ACCESS", "TZID:Else"})
        CHECK_MESSAGE(!contains(data, gone), gone);
    CHECK(contains(result.data, "X-FOO:private"));
}

TEST_CASE("RFC 5546 3.2.5: a CANCEL of instances names them, one of all does not") {
    const auto before = calendar(event(daily + organizer + attendee("a")));
    const auto some = change(before, calendar(event(daily + organizer + attendee("a") +
                                                    "EXDATE:20270103T100000Z,20270104T100000Z")));
    const std::string data = some.messages.at(0).data;
    CHECK(contains(data, "RECURRENCE-ID:20270103T100000Z"));
    CHECK(contains(data, "RECURRENCE-ID:20270104T100000Z"));
    CHECK(contains(data, "STATUS:CANCELLED"));
    CHECK(contains(data, "SEQUENCE:1"));
    CHECK(some.messages[0].changes.size() == 2);
    CHECK(some.messages[0].changes[0].removed);
    const auto all = itip::cancel_all(
        calendar(event(daily + organizer) + event(second + organizer + attendee("b"))), me(),
        moment());
    REQUIRE(summary_of(all) == Summary{"CANCEL b"});
    CHECK_FALSE(contains(all[0].data, "RECURRENCE-ID"));
    CHECK(contains(all[0].data, "SEQUENCE:2"));
}

TEST_CASE("who leaves the series but stays in one instance is told both") {
    const auto before = calendar(event(daily + organizer + attendee("a")) +
                                 event(second + organizer + attendee("a")));
    const auto result = change(
        before, calendar(event(daily + organizer) + event(second + organizer + attendee("a"))));
    REQUIRE(summary_of(result.messages) == Summary{"CANCEL a", "REQUEST a"});
    CHECK_FALSE(contains(result.messages[0].data, "RECURRENCE-ID"));
    CHECK(contains(result.messages[1].data, "RECURRENCE-ID:20270102T100000Z"));
}

TEST_CASE("RFC 6638 3.2.6: a copy for one attendee has the answers of the others") {
    const auto object = calendar(event(at_ten + organizer + attendee("a", "ACCEPTED") +
                                       attendee("b", "DECLINED", ";SCHEDULE-STATUS=2.0")));
    const auto copy = itip::request_for(object, "MAILTO:A@x.org", moment());
    REQUIRE(copy);
    CHECK(copy->recipient == "mailto:a@x.org");
    CHECK(partstat(copy->data, "b") == "DECLINED");
    CHECK_FALSE(contains(copy->data, "SCHEDULE-STATUS"));
    CHECK_FALSE(itip::request_for(object, "mailto:nobody@x.org", moment()));
}

TEST_CASE("RFC 6638 7.2, 7.3: statuses are written, a forced message is forced once") {
    const auto object = calendar(
        event(at_ten + organizer + attendee("a", "NEEDS-ACTION", ";SCHEDULE-FORCE-SEND=REQUEST")));
    const auto data =
        itip::with_statuses(object, itip::Role::organizer, {{"mailto:a@x.org", "1.2"}});
    CHECK(contains(data, "ATTENDEE;PARTSTAT=NEEDS-ACTION;SCHEDULE-STATUS=1.2:mailto:a@x.org"));
    CHECK(contains(data, "ORGANIZER:mailto:o@x.org\r\n"));
}

TEST_CASE("RFC 6638 7.3: the status of the latest message stands in all components") {
    const auto both =
        calendar(event(daily + organizer + attendee("a", "ACCEPTED", ";SCHEDULE-STATUS=2.0")) +
                 event(second + organizer + attendee("a", "ACCEPTED")));
    const auto data = itip::with_statuses(both, itip::Role::organizer, {{"mailto:a@x.org", "1.2"}});
    const itip::Series told(data);
    for (const auto* part : told.components())
        for (const auto& line : part->lines)
            if (line.value() == "mailto:a@x.org") CHECK(line.parameter("SCHEDULE-STATUS") == "1.2");
}

TEST_CASE("RFC 6638 7.1: whom the server does not tell any more has no status of it") {
    const auto object =
        calendar(event(at_ten + organizer + attendee("a", "ACCEPTED", ";SCHEDULE-AGENT=NONE")));
    const auto data =
        itip::with_statuses(object, itip::Role::organizer, {{"mailto:a@x.org", "1.2"}});
    CHECK_FALSE(contains(data, "SCHEDULE-STATUS"));
}

TEST_CASE("what the server wrote about a delivery stays as long as the client shows it") {
    const auto before =
        calendar(event(at_ten + organizer + attendee("a", "ACCEPTED", ";SCHEDULE-STATUS=2.0")));
    const auto same = change(before, before);
    CHECK(contains(same.data, "SCHEDULE-STATUS=2.0"));
    const auto without = calendar(event(at_ten + organizer + attendee("a", "ACCEPTED")));
    const auto current = itip::organize(before, without, me(), moment(), itip::Copy::is_current);
    CHECK_FALSE(contains(current.data, "SCHEDULE-STATUS"));
    CHECK(contains(change(before, without).data, "SCHEDULE-STATUS=2.0"));
    const auto claimed =
        create(calendar(event(at_ten + organizer + attendee("a", "X", ";SCHEDULE-STATUS=2.0"))));
    CHECK_FALSE(contains(claimed.data, "SCHEDULE-STATUS"));
}

TEST_CASE("5,000 attendees share one text") {
    std::string people = organizer;
    for (int i = 0; i < 5000; ++i) people += attendee("a" + std::to_string(i));
    const auto result = change(calendar(event(at_ten + people)), calendar(event(at_noon + people)));
    REQUIRE(result.messages.size() == 5000);
    CHECK(&result.messages.front().data.str() == &result.messages.back().data.str());
}

TEST_CASE("thousands of instances are no thousands of series") {
    std::string overrides;
    const itip::Series series(calendar(event(at_ten + "RRULE:FREQ=DAILY|")));
    ical::Budget budget;
    const auto from = series.start()->start;
    for (const auto& each :
         series.instances(from, from + std::chrono::hours{24 * 3000}, budget, 10'000))
        overrides += event("RECURRENCE-ID" + series.written(each) + "|DTSTART" +
                           series.written(each) + "|DURATION:PT2H|" + organizer + attendee("a"));
    const auto master = event(at_ten + "RRULE:FREQ=DAILY|" + organizer + attendee("a"));
    const auto result = change(calendar(master), calendar(master + overrides));
    REQUIRE(summary_of(result.messages) == Summary{"REQUEST a"});
    CHECK(result.messages[0].changes.size() == 3000);
    const auto back = change(result.data, calendar(master));
    CHECK(summary_of(back.messages) == Summary{"REQUEST a"});
}

TEST_CASE("whoever hides the attendees from each other shows each only himself and the organizer") {
    const auto people = organizer + attendee("a") + attendee("b", "ACCEPTED") + attendee("c");
    const std::string hidden = "X-KALENDS-HIDE-ATTENDEES:TRUE|";
    const auto before = calendar(event(at_ten + hidden + people));
    const auto sees_alone = [](const itip::Message& message) {
        const auto& text = message.data.str();
        const auto name = message.recipient.substr(message.recipient.find(':') + 1, 1);
        int others = 0;
        for (const std::string each : {"a", "b", "c"})
            if (each != name) others += contains(text, "mailto:" + each + "@x.org") ? 1 : 0;
        return contains(text, "mailto:" + name + "@x.org") &&
               contains(text, "PARTSTAT=ACCEPTED:mailto:o@x.org") && others == 0 &&
               !contains(text, "X-KALENDS");
    };
    const auto invited = create(before);
    CHECK(std::ranges::all_of(invited.messages, sees_alone));
    CHECK(contains(invited.data, hidden.substr(0, hidden.size() - 1)));
    const auto moved = change(invited.data, calendar(event(at_noon + hidden + people)));
    REQUIRE(moved.messages.size() == 3);
    CHECK(std::ranges::all_of(moved.messages, sees_alone));
    const auto cancelled = itip::cancel_all(moved.data, me(), moment());
    REQUIRE(cancelled.size() == 3);
    CHECK(std::ranges::all_of(cancelled, sees_alone));
    CHECK(sees_alone(itip::request_for(moved.data, "mailto:a@x.org", moment()).value()));

    const auto shown = create(calendar(event(at_ten + people)));
    CHECK_FALSE(sees_alone(shown.messages.front()));
}

TEST_CASE("2,000 attendees who do not see each other are written to as fast as others") {
    std::string people = organizer;
    for (int i = 0; i < 2000; ++i) people += attendee("a" + std::to_string(i));
    const auto hidden = "X-KALENDS-HIDE-ATTENDEES:TRUE|" + people;
    const auto result = create(calendar(event(at_ten + hidden)));
    REQUIRE(result.messages.size() == 2000);
    std::size_t bytes = 0;  // of 2,000 lists of 2,000 it would be a hundred times as much
    for (const auto& each : result.messages) bytes += each.data.str().size();
    CHECK(bytes < 2'000'000);
    CHECK(contains(result.messages.back().data.str(), "mailto:a1999@x.org"));
}
