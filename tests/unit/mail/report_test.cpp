#include "mail/read.hpp"
#include "mail/report.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using mail::parse_delivery_status;

namespace {

/// As Postfix writes it.
std::string bounce(const std::string& type = "message/delivery-status",
                   const std::string& recipient = "rfc822; nobody@bounce.test",
                   const std::string& top = "multipart/report; report-type=delivery-status") {
    return "Return-Path: <>\r\nFrom: MAILER-DAEMON@firma.test\r\nTo: "
           "calendar-bounce+1@firma.test\r\n"
           "Auto-Submitted: auto-replied\r\nContent-Type: " +
           top +
           ";\r\n boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\n"
           "Content-Type: " +
           type +
           "\r\n\r\nReporting-MTA: dns; mx.firma.test\r\nOriginal-Envelope-Id: kal-4711\r\n"
           "X-Postfix-Queue-ID: 123\r\n\r\nFinal-Recipient: " +
           recipient + "\r\nOriginal-Recipient: " + recipient +
           "\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.bounce.test\r\n"
           "Diagnostic-Code: smtp; 550 5.1.1\r\n    nobody here\r\n\r\n--b\r\n"
           "Content-Type: message/rfc822\r\n\r\nMessage-ID: <imip.1@firma.test>\r\n"
           "Content-Type: text/calendar\r\n\r\nx\r\n--b--\r\n";
}

}  // namespace

TEST_CASE("RFC 3464: a report says what became of which recipient of which message") {
    const auto message = mail::read(bounce());
    REQUIRE(message.report.has_value());
    CHECK(message.report->envelope_id == "kal-4711");
    CHECK(message.report->message_id == "imip.1@firma.test");
    REQUIRE(message.report->recipients.size() == 1);
    const auto& recipient = message.report->recipients[0];
    CHECK(recipient.final_recipient == "nobody@bounce.test");
    CHECK(recipient.original_recipient == "nobody@bounce.test");
    CHECK(recipient.action == "failed");
    CHECK(recipient.status == "5.1.1");
    CHECK(recipient.diagnostic_code == "smtp; 550 5.1.1    nobody here");
    CHECK(message.calendars.empty());  // what was sent comes back inside of message/rfc822
    CHECK(message.return_path == "");
}

TEST_CASE("RFC 6533: a report about internationalized mail") {
    const auto message =
        mail::read(bounce("message/global-delivery-status", "utf-8; d\\x{F6}rte@bounce.test"));
    REQUIRE(message.report.has_value());
    CHECK(message.report->recipients[0].final_recipient == "dörte@bounce.test");
    const auto raw = mail::read(bounce("message/global-delivery-status", "utf-8; dörte@b.test"));
    CHECK(raw.report->recipients[0].final_recipient == "dörte@b.test");
    // Not where it is no such type, and not what is no character.
    CHECK(mail::read(bounce("message/delivery-status", "rfc822; d\\x{F6}@b.test"))
              .report->recipients[0]
              .final_recipient == "d\\x{F6}@b.test");
    CHECK(
        mail::read(bounce("message/global-delivery-status", "utf-8; a\\x{D800}\\x{0A}\\x{@b.test"))
            .report->recipients[0]
            .final_recipient == "a\\x{D800}\\x{0A}\\x{@b.test");
}

TEST_CASE("only a report is a report") {
    CHECK_FALSE(mail::read(bounce("message/delivery-status", "rfc822; a@b", "multipart/mixed"))
                    .report.has_value());
    CHECK_FALSE(mail::read(bounce("text/plain")).report.has_value());
}

TEST_CASE("several recipients, other actions, and what is not as it should be") {
    const auto several = parse_delivery_status(
        "Reporting-MTA: dns; x\n\nFinal-Recipient: RFC822;<a@b.test>\nAction: Delayed (soon)\n"
        "Status: 4.4.7 (timeout)\n\n\nFinal-Recipient: rfc822;c@d.test\naction: DELIVERED\n"
        "Status: nonsense\n\nFinal-Recipient: rfc822;e@f.test\nAction: exploded\n",
        10);
    REQUIRE(several.has_value());
    REQUIRE(several->recipients.size() == 2);
    CHECK(several->recipients[0].final_recipient == "a@b.test");
    CHECK(several->recipients[0].action == "delayed");
    CHECK(several->recipients[0].status == "4.4.7");
    CHECK(several->recipients[1].action == "delivered");
    CHECK(several->recipients[1].status.empty());
    CHECK(several->envelope_id.empty());

    const auto together = parse_delivery_status(
        "Original-Envelope-Id: k\nFinal-Recipient: rfc822;a@b.test\nAction: failed\n", 10);
    REQUIRE(together.has_value());
    CHECK(together->envelope_id == "k");
    CHECK(together->recipients.size() == 1);

    std::string many = "X: y\n\n";
    for (int i = 0; i < 11; ++i) many += "Action: failed\n\n";
    CHECK_FALSE(parse_delivery_status(many, 10).has_value());
    for (const auto* none : {"", "\n\n\n", "garbage\n", "A: b\n\ngarbage\nAction: failed\n",
                             "A: b\n", "A: b\n\nFinal-Recipient: no type\nStatus: 5.1.1\n"})
        CHECK_MESSAGE(!parse_delivery_status(none, 10).has_value(), none);
}
