#include "mail/lmtp_dialogue_private.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using mail::LmtpDialogue;
using Kind = mail::LmtpStep::Kind;
using Words = std::vector<std::string>;

namespace {

const mail::Reply well{.code = 250, .lines = {"2.0.0 ok"}};
const mail::Reply no{.code = 550, .lines = {"5.1.1 nobody"}};

mail::Extensions offers(const Words& lines = {"8BITMIME", "SIZE 1000"}) {
    mail::Reply reply{.code = 250, .lines = {"next"}};
    reply.lines.insert(reply.lines.end(), lines.begin(), lines.end());
    return mail::Extensions(reply);
}

/// After LHLO.
LmtpDialogue greeted(const mail::LmtpRules& rules = {}, const Words& lines = {"8BITMIME"}) {
    LmtpDialogue dialogue{rules};
    REQUIRE(dialogue.take("LHLO mx.firma.test").kind == Kind::hello);
    dialogue.greeted(offers(lines));
    return dialogue;
}

/// After MAIL.
LmtpDialogue in_mail(const mail::LmtpRules& rules = {}) {
    auto dialogue = greeted(rules);
    REQUIRE(dialogue.take("MAIL FROM:<dora@partner.test>").kind == Kind::begin);
    dialogue.answered(well);
    return dialogue;
}

int code(LmtpDialogue& dialogue, const std::string& line) {
    const auto step = dialogue.take(line);
    return step.kind == Kind::answer || step.kind == Kind::quit ? step.reply.code : 0;
}

}  // namespace

TEST_CASE("RFC 2033: a transaction, from LHLO to the message") {
    auto dialogue = in_mail();
    CHECK(dialogue.client() == "mx.firma.test");
    CHECK(dialogue.take("RCPT TO:<anna@firma.test>").kind == Kind::forward);
    dialogue.answered(well);
    CHECK(dialogue.take("rcpt to:<nobody@firma.test>").kind == Kind::forward);
    dialogue.answered(no);
    CHECK(dialogue.take("RCPT TO: <\"a>b\\\"c\"@firma.test>").kind == Kind::forward);
    dialogue.answered(well);
    CHECK(dialogue.take("DATA").kind == Kind::data);
    dialogue.answered({.code = 354, .lines = {}});
    CHECK(dialogue.sender() == "dora@partner.test");
    CHECK(dialogue.recipients() == Words{"anna@firma.test", "\"a>b\\\"c\"@firma.test"});
    dialogue.finish();
    CHECK(dialogue.recipients().empty());
    CHECK(dialogue.take("MAIL FROM:<>").kind == Kind::begin);
    CHECK(code(dialogue, "QUIT") == 221);
}

TEST_CASE("commands that do not come in their order are refused, and change nothing") {
    struct Row {
        const char* line;
        int fresh, ready, in_mail;  ///< the code; 0: it is done
    };
    constexpr Row rows[] = {
        {"LHLO mx", 0, 0, 0},
        {"MAIL FROM:<a@b.test>", 503, 0, 503},
        {"RCPT TO:<a@b.test>", 503, 503, 0},
        {"DATA", 503, 503, 503},  // RFC 2033 4.2: without a recipient
        {"RSET", 250, 250, 0},
        {"NOOP", 250, 250, 250},
        {"NOOP with words", 250, 250, 250},
        {"VRFY anna", 252, 252, 252},
        {"QUIT", 221, 221, 221},
        {"HELO mx", 500, 500, 500},  // RFC 2033 4.1
        {"EHLO mx", 500, 500, 500},
        {"BDAT 3 LAST", 500, 500, 500},
        {"STARTTLS", 500, 500, 500},
        {"", 500, 500, 500},
    };
    for (const auto& row : rows) {
        CAPTURE(row.line);
        LmtpDialogue fresh{{}};
        auto ready = greeted();
        auto begun = in_mail();
        CHECK(code(fresh, row.line) == row.fresh);
        CHECK(code(ready, row.line) == row.ready);
        CHECK(code(begun, row.line) == row.in_mail);
    }
}

TEST_CASE("what is no command, or no address, is refused") {
    for (const auto* line :
         {"LHLO", "LHLO a b", "MAIL", "MAIL TO:<a@b.test>", "MAIL FROM:a@b.test",
          "MAIL FROM:<a@b.test", "MAIL FROM:<a@b.test>SIZE=1", "MAIL FROM:<\"a@b.test>",
          "MAIL FROM:<a@b.test> SIZE=x", "MAIL FROM:<a@b.test> SIZE=-1",
          "MAIL FROM:<a@b.test> BODY=BINARYMIME", "QUIT now", "RSET now"}) {
        CAPTURE(line);
        auto dialogue = greeted({}, {"8BITMIME", "SIZE"});
        CHECK(code(dialogue, line) == 501);
    }
    auto dialogue = in_mail();
    CHECK(code(dialogue, "RCPT TO:<>") == 501);
    CHECK(code(dialogue, "RCPT FROM:<a@b.test>") == 501);
    CHECK(code(dialogue, std::string("RCPT TO:<a\0@b.test>", 19)) == 500);
    CHECK(code(dialogue, "RCPT TO:<a@b.test>\rDATA") == 500);
    CHECK(code(dialogue, "DATA now") == 501);
}

TEST_CASE("parameters are passed on where the next server offers them") {
    auto few = greeted({}, {"8BITMIME"});
    CHECK(code(few, "MAIL FROM:<a@b.test> SMTPUTF8") == 555);
    CHECK(code(few, "MAIL FROM:<a@b.test> SIZE=5") == 555);
    CHECK(code(few, "MAIL FROM:<a@b.test> RET=HDRS") == 555);
    CHECK(code(few, "MAIL FROM:<a@b.test> NOTIFY=NEVER") == 555);
    CHECK(code(few, "MAIL FROM:<a@b.test> BODY=8BITMIME") == 0);
    auto many = greeted({}, {"8BITMIME", "SMTPUTF8", "SIZE 10", "DSN"});
    CHECK(code(many, "MAIL FROM:<a@b.test> size=50 body=7bit SMTPUTF8 RET=HDRS ENVID=x") == 0);
    many.answered(well);
    CHECK(code(many, "RCPT TO:<a@b.test> NOTIFY=NEVER ORCPT=rfc822;a@b.test") == 0);
    CHECK(code(many, "RCPT TO:<a@b.test> SIZE=5") == 555);
}

TEST_CASE("the answer to LHLO has what the next server offers and can be passed on") {
    const auto reply = mail::hello_reply(
        "kal", offers({"8BITMIME", "CHUNKING", "VRFY", "size 99", "STARTTLS", "XCLIENT TTL"}));
    CHECK(reply.lines == Words{"kal", "PIPELINING", "8BITMIME", "SIZE 99"});
    CHECK(reply.on_wire() == "250-kal\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 99\r\n");
}

TEST_CASE("limits: recipients, errors, and the size that is declared") {
    auto dialogue = in_mail({.recipients = 2});
    for (const int expected : {0, 0, 452}) {
        CHECK(code(dialogue, "RCPT TO:<a@b.test>") == expected);
        if (expected == 0) dialogue.answered(well);
    }
    auto clumsy = greeted({.errors = 3});
    CHECK(code(clumsy, "x") == 500);
    CHECK(code(clumsy, "NOOP") == 250);
    CHECK(code(clumsy, "RCPT") == 503);
    const auto last = clumsy.take("x");
    CHECK(last.kind == Kind::quit);
    CHECK(last.reply.code == 421);
    auto small = greeted({.message_bytes = 100}, {"SIZE 100"});
    CHECK(code(small, "MAIL FROM:<a@b.test> SIZE=101") == 552);
    CHECK(code(small, "MAIL FROM:<a@b.test> SIZE=100") == 0);
}

TEST_CASE("RSET and LHLO end a transaction; a sender that was refused begins none") {
    for (const auto* line : {"RSET", "LHLO mx"}) {
        CAPTURE(line);
        auto dialogue = in_mail();
        dialogue.take("RCPT TO:<a@b.test>");
        dialogue.answered(well);
        dialogue.take(line);
        dialogue.greeted(offers());
        CHECK(dialogue.recipients().empty());
        CHECK(code(dialogue, "DATA") == 503);
        CHECK(code(dialogue, "MAIL FROM:<c@d.test>") == 0);
    }
    auto dialogue = greeted();
    dialogue.take("MAIL FROM:<a@b.test>");
    dialogue.answered(no);
    CHECK(code(dialogue, "RCPT TO:<a@b.test>") == 503);
    CHECK(code(dialogue, "MAIL FROM:<@c.test,@d.test:a@b.test>") == 0);
    dialogue.answered(well);
    CHECK(dialogue.sender() == "a@b.test");
}
