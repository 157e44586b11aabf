#include "itip/address.hpp"
#include "letters/recurrence.hpp"
#include "letters/telling_private.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace kalends::letters {
namespace {

using itip::Method;
using data = Telling::Data;

constexpr std::size_t most_people = 50;
constexpr std::size_t most_instances = 20;
constexpr std::size_t longest_text = 8000;

struct Kind {
    Method method;
    std::string_view key;
};
constexpr std::array kinds{
    Kind{Method::request, "invitation"}, Kind{Method::add, "update"},
    Kind{Method::cancel, "cancelled"},   Kind{Method::reply, "reply"},
    Kind{Method::counter, "counter"},    Kind{Method::refresh, "refresh"},
    Kind{Method::publish, "published"},  Kind{Method::declinecounter, "counter_declined"}};

struct Answer {
    std::string_view partstat;
    std::string_view key;
};
constexpr std::array answers{Answer{"ACCEPTED", "accepted"},   Answer{"TENTATIVE", "tentative"},
                             Answer{"DECLINED", "declined"},   Answer{"DELEGATED", "delegated"},
                             Answer{"COMPLETED", "completed"}, Answer{"IN-PROCESS", "in_process"}};

std::string shortened(std::string text) {
    if (text.size() <= longest_text) return text;
    auto end = longest_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    return text + " …";
}

std::string one_line(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
    return text;
}

}  // namespace

std::string_view key_of_answer(std::string_view partstat) {
    const auto* found = std::ranges::find(answers, partstat, &Answer::partstat);
    return found == answers.end() ? std::string_view{} : found->key;
}

Telling::Telling(const Occasion& occasion, const std::string& folder)
    : occasion_(occasion), words_(occasion.language, folder), dates_(words_.language()),
      now_(facts_of(occasion.message, occasion.zone)) {
    if (occasion.known) known_ = facts_of(*occasion.known, occasion.zone);
}

std::string Telling::subject() const {
    return one_line(words_("subject_" + kind(), {{"title", title(now_)}}));
}

Telling::Data Telling::layout() const {
    data all;
    all.set("language", words_.language());
    all.set("subject", subject());
    all.set("title", title(now_));
    all.set("lead", words_("lead_" + kind(), {{"sender", occasion_.sender}}));
    all.set("changes", changes());
    all.set("has_changes", is_update() && !differences().empty());
    all.set("changes_label", words_("changes"));
    all.set("lines", lines());
    all.set("comment", shortened(now_.comment));
    all.set("has_comment", !now_.comment.empty());
    all.set("comment_label", words_("comment"));
    all.set("description", shortened(now_.description));
    all.set("has_description", !now_.description.empty() && now_.method != Method::reply);
    all.set("people", people());
    all.set("has_people", now_.attendees.size() > 1 && now_.method != Method::reply);
    all.set("people_label", words_("attendees"));
    if (occasion_.links) {
        data links;
        links.set("hint", words_("answer_hint"));
        links.set("accept", occasion_.links->accept);
        links.set("accept_label", words_("answer_accept"));
        links.set("tentative", occasion_.links->tentative);
        links.set("tentative_label", words_("answer_tentative"));
        links.set("decline", occasion_.links->decline);
        links.set("decline_label", words_("answer_decline"));
        all.set("answer", links);
    }
    return all;
}

bool Telling::is_update() const { return now_.method == Method::request && known_; }

std::string Telling::kind() const {
    if (now_.method == Method::reply) return std::string(answer());
    if (is_update()) return known_->is_cancelled ? "invitation" : "update";
    const auto* found = std::ranges::find(kinds, now_.method, &Kind::method);
    std::string key(found->key);
    if (now_.method == Method::cancel && !now_.instances.empty()) key += "_instances";
    return key;
}

std::string_view Telling::answer() const {
    const auto who = itip::canonical(occasion_.replier);
    for (const auto& attendee : now_.attendees) {
        if (!who.empty() && itip::canonical(attendee.address) != who &&
            itip::canonical("mailto:" + attendee.address) != who)
            continue;
        if (const auto key = key_of_answer(attendee.partstat); !key.empty()) return key;
    }
    return "reply";
}

std::string Telling::title(const Facts& facts) const {
    return facts.title.empty() ? words_("untitled") : one_line(facts.title);
}

std::string Telling::told(const When& when) const {
    if (when.is_date) {
        const auto last = std::max(when.start, when.end - std::chrono::days{1});
        if (last == when.start) return dates_.day(when.start);
        return words_("days", {{"first", dates_.day(when.start)}, {"last", dates_.day(last)}});
    }
    const auto same_day = std::chrono::floor<std::chrono::days>(when.start) ==
                          std::chrono::floor<std::chrono::days>(when.end);
    const auto from = dates_.time(when.start);
    const auto to = dates_.time(when.end);
    std::string text;
    if (when.start == when.end)
        text = words_("moment", {{"day", dates_.day(when.start)}, {"time", from}});
    else if (same_day)
        text = words_("hours", {{"day", dates_.day(when.start)}, {"from", from}, {"to", to}});
    else
        text = words_("over_days", {{"first", dates_.day(when.start)},
                                    {"from", from},
                                    {"last", dates_.day(when.end)},
                                    {"to", to}});
    return when.zone.empty() ? text : words_("in_zone", {{"when", text}, {"zone", when.zone}});
}

std::string Telling::repetition(const Facts& facts) const {
    if (facts.rule && facts.when)
        if (auto text = in_words(*facts.rule, facts.when->start, words_, dates_)) return *text;
    return facts.rule || facts.recurs_otherwise ? words_("recurs_otherwise") : "";
}

std::string Telling::instances(const Facts& facts) const {
    std::vector<std::string> days;
    for (const auto& each : facts.instances) {
        if (days.size() == most_instances) {
            days.emplace_back("…");
            break;
        }
        days.push_back(dates_.day(each.start));
    }
    return dates_.list(days);
}

std::vector<Telling::Line> Telling::facts_in_lines(const Facts& facts) const {
    return {{"title", title(facts)},
            {"when", facts.when ? told(*facts.when) : ""},
            {"repeats", repetition(facts)},
            {"where", one_line(facts.place)}};
}

std::vector<Telling::Difference> Telling::differences() const {
    std::vector<Difference> found;
    if (!known_ || known_->instances != now_.instances) return found;
    const auto before = facts_in_lines(*known_);
    const auto after = facts_in_lines(now_);
    for (std::size_t i = 0; i < after.size(); ++i)
        if (before[i].text != after[i].text)
            found.push_back({after[i].label, before[i].text, after[i].text});
    return found;
}

Telling::Data Telling::changes() const {
    data list{data::type::list};
    const auto nothing = words_("nothing");
    for (const auto& each : differences()) {
        data row;
        row.set("label", words_(each.label));
        row.set("before", each.before.empty() ? nothing : each.before);
        row.set("after", each.after.empty() ? nothing : each.after);
        list.push_back(row);
    }
    return list;
}

Telling::Data Telling::lines() const {
    data list{data::type::list};
    const auto add = [&](std::string_view label, const std::string& text) {
        if (text.empty()) return;
        data row;
        row.set("label", words_(label));
        row.set("text", text);
        list.push_back(row);
    };
    for (const auto& line : facts_in_lines(now_)) add(line.label, line.text);
    if (!now_.instances.empty()) add("instances", instances(now_));
    if (now_.organizer) add("organizer", one_line(now_.organizer->name));
    return list;
}

Telling::Data Telling::people() const {
    data list{data::type::list};
    for (std::size_t i = 0; i < now_.attendees.size() && i < most_people; ++i) {
        const auto& person = now_.attendees[i];
        data row;
        row.set("name", one_line(person.name));
        const auto key = key_of_answer(person.partstat);
        const auto state = key.empty() ? "" : words_("is_" + std::string(key));
        row.set("state", state);
        row.set("has_state", !state.empty());
        list.push_back(row);
    }
    return list;
}

std::string filled(const std::string& folder, std::string_view name, const data& facts,
                   bool escapes) {
    kainjow::mustache::mustache layout(file(folder, name));
    if (!layout.is_valid())
        throw std::runtime_error(std::string(name) + " of the letters: " + layout.error_message());
    if (!escapes) layout.set_custom_escape([](const std::string& text) { return text; });
    return layout.render(facts);
}

}  // namespace kalends::letters
