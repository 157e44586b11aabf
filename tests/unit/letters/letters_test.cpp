// What people outside read of a meeting.

#include "json/json.hpp"
#include "letters/answer_page.hpp"
#include "letters/facts.hpp"
#include "letters/recurrence.hpp"
#include "letters/writer.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>

using namespace kalends;
using letters::Dates;
using letters::Occasion;
using letters::Words;
using letters::Writer;

namespace {

std::string calendar(const std::string& method, const std::string& lines) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nMETHOD:" + method +
           "\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" + lines +
           "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

const std::string tuesday =
    "DTSTART;TZID=Europe/Berlin:20260310T100000\r\nDTEND;TZID=Europe/Berlin:20260310T113000\r\n";
const std::string wednesday =
    "DTSTART;TZID=Europe/Berlin:20260311T140000\r\nDTEND;TZID=Europe/Berlin:20260311T150000\r\n";
const std::string meeting = "SUMMARY:Plans\\, and <b>more</b>\r\nLOCATION:Room 5\r\n"
                            "ORGANIZER;CN=Anna Berg:mailto:anna@firma.test\r\n"
                            "ATTENDEE;CN=Anna Berg;PARTSTAT=ACCEPTED:mailto:anna@firma.test\r\n"
                            "ATTENDEE;CN=Dora;PARTSTAT=NEEDS-ACTION:mailto:dora@partner.test\r\n"
                            "DESCRIPTION:First line\\nsecond & last\r\n";

letters::Text written(const std::string& message, Occasion occasion = {}) {
    occasion.message = message;
    if (occasion.sender.empty()) occasion.sender = "Anna Berg";
    return Writer().write(occasion);
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

std::string rule_in(const std::string& language, const std::string& rule) {
    const Words words(language, "");
    const Dates dates(language);
    const auto start = ical::parse_date_time("20260310T100000")->local;  // a Tuesday
    return letters::in_words(ical::parse_rule(rule), start, words, dates).value_or("");
}

}  // namespace

TEST_CASE("an invitation says who invites, to what, when and where") {
    const auto text = written(calendar("REQUEST", tuesday + meeting));
    CHECK(text.subject == "Invitation: Plans, and <b>more</b>");
    CHECK(text.text.starts_with("Anna Berg invites you to this meeting.\n\nTitle: Plans"));
    CHECK(contains(text.text, "2026, 10:00 AM – 11:30 AM (Europe"));
    CHECK(text.text.ends_with("second & last\n"));
    CHECK_FALSE(contains(text.text, "\n\n\n"));
    CHECK(contains(text.text, "When: Tuesday, March 10, 2026, 10:00"));
    CHECK(contains(text.text, "(Europe/Berlin)\n"));
    CHECK(contains(text.text, "Where: Room 5\n"));
    CHECK(contains(text.text, "  Anna Berg (coming)\n  Dora\n"));
    CHECK(contains(text.text, "\nFirst line\nsecond & last\n"));
    CHECK_FALSE(contains(text.text, "What has changed"));
}

TEST_CASE("what people have written is text in HTML, and nothing else") {
    const auto text = written(calendar("REQUEST", tuesday + meeting));
    CHECK(contains(text.html, "Plans, and &lt;b&gt;more&lt;/b&gt;"));
    CHECK(contains(text.html, "second &amp; last"));
    CHECK_FALSE(contains(text.html, "<b>more"));
}

TEST_CASE("of a change the first thing is what has changed, from what to what") {
    const auto before = calendar("REQUEST", tuesday + meeting);
    const auto text = written(calendar("REQUEST", wednesday + meeting), {.known = before});
    CHECK(text.subject.starts_with("Changed: "));
    CHECK(text.text.starts_with("Anna Berg has changed this meeting.\n\nWhat has changed\n  When: "
                                "Tuesday, March 10, 2026"));
    CHECK(contains(text.text, " → Wednesday, March 11, 2026"));
    CHECK_FALSE(contains(text.text, "Where: Room 5 →"));
    CHECK(contains(text.html, "<del"));
}

TEST_CASE("what was not there, or is there no more, is called nothing") {
    const auto text = written(calendar("REQUEST", tuesday + "SUMMARY:Plans\r\nLOCATION:Hall\r\n"),
                              {.known = calendar("REQUEST", tuesday + "SUMMARY:Plans\r\n")});
    CHECK(contains(text.text, "  Where: (nothing) → Hall\n"));
}

TEST_CASE("a meeting that was cancelled and takes place after all is an invitation") {
    const auto before = calendar("CANCEL", tuesday + "SUMMARY:Plans\r\nSTATUS:CANCELLED\r\n");
    const auto text =
        written(calendar("REQUEST", tuesday + "SUMMARY:Plans\r\n"), {.known = before});
    CHECK(text.subject == "Invitation: Plans");
}

TEST_CASE("times are those of the reader's zone where it is known") {
    const auto* zone = ical::TzData::system().find("America/New_York");
    REQUIRE(zone != nullptr);
    const auto text = written(calendar("REQUEST", tuesday + meeting), {.zone = zone});
    CHECK(contains(text.text, "5:00"));  // New York has its summer time since 8 March
    CHECK(contains(text.text, "(America/New_York)"));
}

TEST_CASE("days have no times, and their last day is the one before the end") {
    const auto one = written(calendar("REQUEST", "DTSTART;VALUE=DATE:20260310\r\nSUMMARY:x\r\n"));
    CHECK(contains(one.text, "When: Tuesday, March 10, 2026\n"));
    const auto two = written(calendar(
        "REQUEST", "DTSTART;VALUE=DATE:20260310\r\nDTEND;VALUE=DATE:20260313\r\nSUMMARY:x\r\n"));
    CHECK(contains(two.text, "When: Tuesday, March 10, 2026 – Thursday, March 12, 2026\n"));
}

TEST_CASE("DURATION, a moment, several days and a floating time") {
    const auto told = [](const std::string& lines) {
        const auto text = written(calendar("REQUEST", lines + "SUMMARY:x\r\n")).text;
        const auto begin = text.find("When: ") + 6;
        return text.substr(begin, text.find('\n', begin) - begin);
    };
    CHECK(contains(told("DTSTART:20260310T090000Z\r\nDURATION:PT90M\r\n"), "10:30"));
    CHECK(contains(told("DTSTART:20260310T090000Z\r\nDURATION:PT90M\r\n"), "(UTC)"));
    CHECK_FALSE(contains(told("DTSTART:20260310T090000\r\n"), "–"));
    CHECK_FALSE(contains(told("DTSTART:20260310T090000\r\n"), "("));
    CHECK(contains(told("DTSTART:20260310T220000\r\nDTEND:20260311T020000\r\n"),
                   "Wednesday, March 11, 2026"));
}

TEST_CASE("what an answer says stands in its subject") {
    const auto reply = [](const std::string& partstat) {
        return written(calendar("REPLY", tuesday +
                                             "SUMMARY:Plans\r\nCOMMENT:Late\r\n"
                                             "ATTENDEE;PARTSTAT=" +
                                             partstat + ":mailto:dora@partner.test\r\n"),
                       {.sender = "Dora", .replier = "mailto:DORA@partner.test"});
    };
    CHECK(reply("ACCEPTED").subject == "Accepted: Plans");
    CHECK(reply("TENTATIVE").subject == "Maybe: Plans");
    CHECK(reply("DECLINED").subject == "Declined: Plans");
    CHECK(reply("DECLINED").text.starts_with("Dora will not come.\n"));
    CHECK(contains(reply("DECLINED").text, "Comment: Late"));
    CHECK(reply("X-ODD").subject == "Answer: Plans");
}

TEST_CASE("a cancellation, of all or of some dates") {
    CHECK(written(calendar("CANCEL", tuesday + "SUMMARY:Plans\r\n")).subject == "Cancelled: Plans");
    const auto some =
        written(calendar("CANCEL", "RECURRENCE-ID;TZID=Europe/Berlin:20260317T100000\r\n" +
                                       tuesday + "SUMMARY:Plans\r\n"));
    CHECK(some.subject == "Some dates cancelled: Plans");
    CHECK(contains(some.text, "Dates concerned: Tuesday, March 17, 2026\n"));
}

TEST_CASE("an answer without a calendar program goes by links") {
    const auto text = written(
        calendar("REQUEST", tuesday + meeting),
        {.links = letters::AnswerLinks{"https://x/a?b=1&c=2", "https://x/t", "https://x/d"}});
    CHECK(contains(text.text, "  Yes: https://x/a?b=1&c=2\n"));
    CHECK(contains(text.html, "href=\"https:&#x2F;&#x2F;x&#x2F;a?b=1&amp;c=2\"") !=
          contains(text.html, "href=\"https://x/a?b=1&amp;c=2\""));
    CHECK_FALSE(contains(written(calendar("REQUEST", tuesday)).html, "<a "));
}

TEST_CASE("every language has every sentence, with the same places") {
    const auto places = [](const std::string& sentence) {
        std::set<std::string> all;
        for (auto at = sentence.find("{{"); at != sentence.npos; at = sentence.find("{{", at + 2))
            all.insert(sentence.substr(at, sentence.find("}}", at) - at));
        return all;
    };
    const auto english = json::parse_object(letters::file("", "en.json")).value();
    for (const std::string language : {"de", "sv", "fr", "es"}) {
        CAPTURE(language);
        const auto table = json::parse_object(letters::file("", language + ".json")).value();
        CHECK(table.size() == english.size());
        for (const auto& [key, value] : english) {
            CAPTURE(std::string(key));
            CHECK(places(json::text_of(table, key)) == places(std::string(value.as_string())));
        }
    }
}

TEST_CASE("the language is the reader's, in words and dates") {
    const auto in = [](std::string_view language) {
        return written(calendar("REQUEST", tuesday + meeting), {.language = language});
    };
    CHECK(contains(in("de").text, "Wann: Dienstag, 10. März 2026, 10:00 – 11:30 Uhr"));
    CHECK(contains(in("de-AT").text, "Anna Berg lädt Sie zu diesem Termin ein."));
    CHECK(contains(in("sv").text, "tisdag 10 mars 2026 kl. 10:00–11:30"));
    CHECK(contains(in("fr").text, "mardi 10 mars 2026"));
    CHECK(contains(in("es").text, "martes, 10 de marzo de 2026"));
    // Nobody has words for it, and dates in another language than the words are no help.
    CHECK(contains(in("cy").text, "Tuesday, March 10, 2026"));
    CHECK(contains(in("../../etc/passwd").text, "invites you"));
    CHECK(contains(in("en-GB").text, "Tuesday, 10 March 2026"));
}

TEST_CASE("how often, in words") {
    CHECK(rule_in("en", "FREQ=DAILY") == "every day");
    CHECK(rule_in("en", "FREQ=DAILY;INTERVAL=3;COUNT=5") == "every 3 days, 5 times");
    CHECK(rule_in("en", "FREQ=WEEKLY") == "every week on Tuesday");
    CHECK(rule_in("en", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,MO,SU") ==
          "every 2 weeks on Monday, Friday, and Sunday");
    CHECK(rule_in("en", "FREQ=WEEKLY;UNTIL=20260512") ==
          "every week on Tuesday, until Tuesday, May 12, 2026");
    CHECK(rule_in("en", "FREQ=MONTHLY") == "every month on day 10");
    CHECK(rule_in("en", "FREQ=MONTHLY;BYMONTHDAY=15") == "every month on day 15");
    CHECK(rule_in("en", "FREQ=MONTHLY;BYDAY=2TU") == "every month on the second Tuesday");
    CHECK(rule_in("de", "FREQ=MONTHLY;BYDAY=-1FR") == "jeden Monat am letzten Freitag");
    CHECK(rule_in("sv", "FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO") ==
          "var 2:e månad den första måndagen");
    CHECK(rule_in("en", "FREQ=YEARLY") == "every year on March 10");
    // Not in a few words.
    for (const auto* rule :
         {"FREQ=HOURLY", "FREQ=MONTHLY;BYDAY=MO,TU", "FREQ=MONTHLY;BYMONTHDAY=-1",
          "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", "FREQ=YEARLY;BYMONTH=5", "FREQ=WEEKLY;BYMONTH=5",
          "FREQ=DAILY;BYHOUR=9", "FREQ=YEARLY;BYWEEKNO=20"})
        CHECK(rule_in("en", rule) == "");
}

TEST_CASE("a series tells its last day on the clock of its zone") {
    const auto text =
        written(calendar("REQUEST", "DTSTART;TZID=Asia/Tokyo:20260310T080000\r\nSUMMARY:x\r\n"
                                    "RRULE:FREQ=DAILY;UNTIL=20260311T230000Z\r\n"));
    CHECK(contains(text.text, "every day, until Thursday, March 12, 2026"));
    const auto listed = written(
        calendar("REQUEST", "DTSTART:20260310T080000Z\r\nSUMMARY:x\r\nRDATE:20260311T080000Z\r\n"));
    CHECK(contains(listed.text, "Repeats: on several dates"));
}

TEST_CASE("a title can't break out of the subject, nor a text grow without end") {
    const auto text =
        written(calendar("REQUEST", tuesday + "SUMMARY:a\\nBcc: x@y\\n\tb\r\nDESCRIPTION:" +
                                        std::string(100'000, 'x') + "\r\n"));
    CHECK(text.subject == "Invitation: a Bcc: x@y  b");
    CHECK(text.text.size() < 20'000);
    CHECK(contains(written(calendar("REQUEST", tuesday)).subject, "(no title)"));
}

TEST_CASE("an administrator's words and layouts take the place of ours, one by one") {
    const auto folder = std::filesystem::temp_directory_path() / "kalends-letters-test";
    std::filesystem::create_directories(folder);
    const auto write = [&](const char* name, const char* text) {
        std::ofstream(folder / name) << text;
    };
    write("de.json", R"({"lead_invitation": "Grüezi von {{sender}}, {{unknown}}"})");
    write("letter.txt", "{{lead}}|{{title}}");
    const auto message = calendar("REQUEST", tuesday + meeting);
    const auto text =
        Writer(folder).write({.message = message, .sender = "{{sender}}", .language = "de"});
    CHECK(text.text == "Grüezi von {{sender}}, |Plans, and <b>more</b>\n");
    CHECK(text.subject.starts_with("Einladung: "));
    write("letter.txt", "{{#open}}");
    CHECK_THROWS_AS(Writer(folder).write({.message = message}), std::runtime_error);
    write("letter.txt", "x");
    write("de.json", R"({"lead_invitation": 5})");
    CHECK_THROWS_AS(Writer(folder).write({.message = message, .language = "de"}),
                    std::runtime_error);
    std::filesystem::remove_all(folder);
}

// ---- the page on which an answer is given

namespace {

letters::AnswerForm form_for(const std::string& message) {
    return {.message = message, .sender = "Anna Berg", .is_open = true};
}

}  // namespace

TEST_CASE("the page shows what the mail says, and escapes what people have written") {
    const auto message = calendar("REQUEST", tuesday + meeting);
    const auto page = letters::answer_page(form_for(message), "");
    CHECK(contains(page, "<h1>Plans, and &lt;b&gt;more&lt;/b&gt;</h1>"));
    CHECK(contains(page, "Anna Berg invites you to this meeting."));
    CHECK(contains(page, "<td>Room 5</td>"));
    CHECK(contains(page, "second &amp; last"));
    CHECK_FALSE(contains(page, "Dora"));  // who else is invited is not for who has the link
    CHECK_FALSE(contains(page, "{{"));
    CHECK_FALSE(contains(page, "script"));
    CHECK_FALSE(contains(page, "Propose"));
}

TEST_CASE("what is typed in is filled in again, as text") {
    const auto message = calendar("REQUEST", tuesday + meeting);
    auto form = form_for(message);
    form.comment = "</textarea><b>";
    form.chosen = "DECLINED";
    form.notice = "answer_long";
    const auto page = letters::answer_page(form, "");
    CHECK(contains(page, "&lt;/textarea&gt;&lt;b&gt;</textarea>"));
    CHECK(contains(page, "value=\"DECLINED\" required=\"required\" checked=\"checked\""));
    CHECK(contains(page, "This comment is too long."));
}

TEST_CASE("another time is proposed on the clock of the meeting, days as days") {
    const auto timed = calendar("REQUEST", tuesday + meeting);
    auto form = form_for(timed);
    form.may_propose = true;
    const auto page = letters::answer_page(form, "");
    CHECK(contains(page, "type=\"datetime-local\" name=\"start\" value=\"2026-03-10T10:00\""));
    CHECK(contains(page, "type=\"datetime-local\" name=\"end\" value=\"2026-03-10T11:30\""));
    CHECK(contains(page, "Times are those of Europe/Berlin."));
    const auto days = calendar("REQUEST", "DTSTART;VALUE=DATE:20260310\r\n"
                                          "DTEND;VALUE=DATE:20260312\r\n" +
                                              meeting);
    form.message = days;
    const auto of_days = letters::answer_page(form, "");
    CHECK(contains(of_days, "type=\"date\" name=\"start\" value=\"2026-03-10\""));
    CHECK(contains(of_days, "type=\"date\" name=\"end\" value=\"2026-03-11\""));
    CHECK_FALSE(contains(of_days, "Times are those"));
}

TEST_CASE("the dates of a series can be chosen") {
    const auto message = calendar("REQUEST", tuesday + meeting);
    auto form = form_for(message);
    const auto at = ical::parse_date_time("20260317T100000")->local;
    form.dates = {{"20260317T090000Z", at, false}, {"20260318", at, true}};
    const auto page = letters::answer_page(form, "");
    CHECK(contains(page, "<option value=\"20260317T090000Z\">Tuesday, March 17, 2026, 10:00"));
    CHECK(contains(page, " AM (Europe/Berlin)</option>"));
    CHECK(contains(page, "<option value=\"20260318\">Tuesday, March 17, 2026</option>"));
    CHECK(contains(page, "<option value=\"\">All dates</option>"));
}

TEST_CASE("a page without a meeting says only why") {
    const auto page =
        letters::answer_page({.message = {}, .language = "de", .notice = "answer_gone"}, "");
    CHECK(contains(page, "lang=\"de\""));
    CHECK(contains(page, "<h1>Ihre Antwort</h1>"));
    CHECK(contains(page, "gibt es nicht mehr"));
    CHECK_FALSE(contains(page, "<form"));
    CHECK_FALSE(contains(page, "<table"));
}

TEST_CASE("there are words in a language, or in the one that it is a kind of") {
    CHECK(letters::has_language("de", ""));
    CHECK(letters::has_language("de-AT", ""));
    CHECK(letters::has_language("en-GB", ""));
    CHECK_FALSE(letters::has_language("xx", ""));
    CHECK_FALSE(letters::has_language("../de", ""));
}

TEST_CASE("dates are in the language that was asked for, however many there are") {
    const ical::LocalTime at{
        std::chrono::sys_days{std::chrono::March / 10 / 2026}.time_since_epoch()};
    const std::pair<const char*, const char*> days[] = {
        {"de", "Dienstag, 10. März 2026"}, {"en", "Tuesday, March 10, 2026"},
        {"fr", "mardi 10 mars 2026"},      {"es", "martes, 10 de marzo de 2026"},
        {"sv", "tisdag 10 mars 2026"},     {"it", "martedì 10 marzo 2026"},
        {"nl", "dinsdag 10 maart 2026"},
    };
    for (int round = 0; round < 2; ++round)
        for (const auto& [language, day] : days) {
            CHECK(Dates(language).day(at) == day);
            CHECK(Dates("de").day(at) == days[0].second);
        }
    const Dates kept("pt-BR");  // while others take its place
    for (const auto& [language, day] : days) CHECK(Dates(language).day(at) == day);
    CHECK(kept.day(at) == "terça-feira, 10 de março de 2026");
}

TEST_CASE("both ends of a meeting are told on the clock on which it begins") {
    const std::string begins = "DTSTART;TZID=Europe/Berlin:20260310T100000\r\n";
    for (const auto* const end :
         {"DTEND:20260310T103000Z\r\n", "DTEND;TZID=America/New_York:20260310T063000\r\n",
          "DTEND;TZID=Asia/Tokyo:20260310T193000\r\n"}) {
        const auto text = written(calendar("REQUEST", begins + end + meeting)).text;
        CAPTURE(end);
        CHECK(contains(text, "10:00 AM – 11:30 AM (Europe/Berlin)"));
    }
}
