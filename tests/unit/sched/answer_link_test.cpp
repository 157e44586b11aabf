// Links in mails by which people outside answer.

#include "sched/answer_link.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends;
using sched::AnswerLink;
using sched::read_token;
using sched::token_of;

namespace {

const AnswerLink evas{{17}, "uid with\tblanks, and \xc3\xa4", "mailto:eva@elsewhere.org"};

}  // namespace

TEST_CASE("a link says which attendee of which meeting of whom, and fits into a URL") {
    const auto token = token_of(evas, "secret");
    CHECK(read_token(token, "secret") == evas);
    CHECK(std::ranges::all_of(token, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    }));
}

TEST_CASE("a link that was changed, or made elsewhere, is none") {
    const auto token = token_of(evas, "secret");
    CHECK_FALSE(read_token(token, "another"));
    for (std::size_t i = 0; i < token.size(); ++i) {
        auto changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        const auto read = read_token(changed, "secret");
        CHECK_FALSE((read && *read != evas));
    }
    for (const auto* const none : {"", "A", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
        CHECK_FALSE(read_token(none, "secret"));
    CHECK_FALSE(read_token(token.substr(0, token.size() - 4), "secret"));
    CHECK_FALSE(read_token(token + "AAAA", "secret"));
    CHECK_FALSE(read_token(std::string(100'000, 'A'), "secret"));
}

TEST_CASE("links of two attendees, meetings or homes are different") {
    const auto token = token_of(evas, "secret");
    auto other = evas;
    other.attendee = "mailto:eve@elsewhere.org";
    CHECK(token_of(other, "secret") != token);
    other = evas;
    other.uid += "x";
    CHECK(token_of(other, "secret") != token);
    other = evas;
    other.home = {18};
    CHECK(token_of(other, "secret") != token);
}
