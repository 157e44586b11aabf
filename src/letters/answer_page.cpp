#include "letters/answer_page.hpp"

#include "letters/telling_private.hpp"

#include <array>
#include <chrono>

namespace kalends::letters {
namespace {

using data = Telling::Data;

struct Answer {
    std::string_view partstat;
    std::string_view label;
};
constexpr std::array offered{Answer{"ACCEPTED", "answer_accept"},
                             Answer{"TENTATIVE", "answer_tentative"},
                             Answer{"DECLINED", "answer_decline"}};

/// Sentences whose places in the layout have their names.
constexpr std::array<std::string_view, 9> labels{
    "answer_question", "answer_dates", "answer_all_dates", "answer_comment",     "answer_send",
    "answer_propose",  "answer_start", "answer_end",       "answer_propose_send"};

/// As HTML writes the value of a field: "2026-03-10T10:00".
std::string field_value(ical::LocalTime at, bool is_date) {
    auto digits = ical::format({.local = at, .is_date = is_date});  // 20260310T100000
    digits.insert(6, "-").insert(4, "-");
    if (is_date) return digits;
    constexpr std::size_t minutes = 13;
    return digits.insert(minutes, ":").substr(0, minutes + 3);
}

data choices(const AnswerForm& form, const Words& words) {
    data list{data::type::list};
    for (const auto& each : offered) {
        data row;
        row.set("value", std::string(each.partstat));
        row.set("label", words(each.label));
        row.set("checked", each.partstat == form.chosen);
        list.push_back(row);
    }
    return list;
}

/// With their zone: the mail may have told the times of its reader's.
std::string label_of(const DateChoice& choice, const Telling& telling) {
    auto day = telling.dates().day(choice.at);
    if (choice.is_date) return day;
    auto label = day + ", " + telling.dates().time(choice.at);
    const auto& when = telling.facts().when;
    if (!when || when->zone.empty()) return label;
    return telling.words()("in_zone", {{"when", label}, {"zone", when->zone}});
}

data dates(const AnswerForm& form, const Telling& telling) {
    data list{data::type::list};
    for (const auto& each : form.dates) {
        data row;
        row.set("value", each.id);
        row.set("label", label_of(each, telling));
        list.push_back(row);
    }
    return list;
}

void set_proposal(data& page, const When& when, bool on_readers_clock, const Words& words) {
    using std::chrono::days;
    const auto last = when.is_date ? std::max(when.start, when.end - days{1}) : when.end;
    page.set("field_type", when.is_date ? "date" : "datetime-local");
    page.set("start", field_value(when.start, when.is_date));
    page.set("end", field_value(last, when.is_date));
    page.set("zone", on_readers_clock ? when.zone : "");
    page.set("zone_hint", when.zone.empty() ? "" : words("answer_zone", {{"zone", when.zone}}));
}

/// What he has answered so far, in words.
std::string state(const AnswerForm& form, const Words& words) {
    const auto key = key_of_answer(form.partstat);
    if (key.empty()) return words("answer_none");
    return words("answer_so_far", {{"state", words("is_" + std::string(key))}});
}

void set_form(data& page, const AnswerForm& form, const Telling& telling) {
    const auto& words = telling.words();
    page.set("state", state(form, words));
    for (const auto label : labels) page.set(std::string(label), words(label));
    page.set("choices", choices(form, words));
    page.set("has_dates", !form.dates.empty());
    page.set("dates", dates(form, telling));
    page.set("filled_in", std::string(form.comment));
    page.set("longest_comment", std::to_string(longest_comment));
    const auto& when = telling.facts().when;
    page.set("may_propose", form.may_propose && when);
    if (form.may_propose && when) set_proposal(page, *when, form.zone != nullptr, words);
}

constexpr std::string_view nothing_to_tell = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-\r\n"
                                             "END:VCALENDAR\r\n";

}  // namespace

std::string answer_page(const AnswerForm& form, const std::string& folder) {
    const bool tells = !form.message.empty();
    const Occasion occasion{.message = tells ? form.message : nothing_to_tell,
                            .sender = form.sender,
                            .language = form.language,
                            .zone = form.zone};
    const Telling telling(occasion, folder);
    auto page = telling.layout();
    page.set("tells", tells);
    if (!tells) page.set("title", telling.words()("answer_heading"));
    page.set("notice", form.notice.empty() ? "" : telling.words()(form.notice));
    page.set("has_notice", !form.notice.empty());
    page.set("is_open", form.is_open);
    if (form.is_open) set_form(page, form, telling);
    return filled(folder, "answer.html", page, true);
}

bool has_language(std::string_view language, const std::string& folder) {
    return Words(language, folder).language() == language;
}

}  // namespace kalends::letters
