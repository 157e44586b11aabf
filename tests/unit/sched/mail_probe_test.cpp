// Mails that doctor forges, and the addresses by which Kalends knows what comes to it.
#include "mail/authentication.hpp"
#include "mail/read.hpp"
#include "sched/bounce_address.hpp"
#include "sched/mail_probe.hpp"

#include <doctest/doctest.h>

using namespace kalends;

TEST_CASE("a tag goes into an address, and comes out of it in any case") {
    const std::string base = "Bounce@Example.com";
    CHECK(sched::with_tag(base, "17-ab") == "Bounce+17-ab@Example.com");
    CHECK(sched::tag_in("bounce+17-AB@example.COM", base) == "17-ab");
    for (const auto* other : {"bounce@example.com", "bounce+@example.com", "bounce+17@example.org",
                              "x+17@example.com", "", "@", "bounce+17"})
        CHECK_MESSAGE(sched::tag_in(other, base).empty(), other);
    CHECK(sched::tag_in("bounce+17@example.com", "").empty());
}

TEST_CASE("the tag of a forged mail can't be guessed, and is no report's") {
    const auto tag = sched::new_probe_tag();
    CHECK(sched::is_probe_tag(tag));
    CHECK(tag != sched::new_probe_tag());
    CHECK(tag.size() >= 32);
    constexpr std::size_t local_part = 64;  // RFC 5321 4.5.3.1.1
    CHECK(sched::with_tag("calendar-bounce@", tag).size() <= local_part);
    for (const auto& other : {std::string("17-1a2b3c4d"), std::string("probe-"), std::string(),
                              tag + "0", tag.substr(1), tag.substr(0, tag.size() - 1) + "x"})
        CHECK_MESSAGE(!sched::is_probe_tag(other), other);
}

TEST_CASE("RFC 8601 5: each forged mail is believed where nobody has removed the field") {
    const auto all = sched::forgeries("mx.example.com");
    CHECK(all.size() == 6);
    for (const auto& forgery : all) {
        CAPTURE(forgery.name);
        const auto text = sched::forged_mail(forgery, "bounce+probe-1@example.com", 1'800'000'000);
        const auto message = mail::read(
            "Received: from x by mx.example.com; Mon, 1 Jan 2027 00:00:00 +0000\r\n" + text);
        const mail::AuthenticationSettings settings{.authserv_id = "mx.example.com"};
        CHECK(mail::authenticate(message, settings).kind != mail::Verdict::Kind::none);
        CHECK(message.calendars.empty());  // nothing in it could be applied
        CHECK(message.from.at(0).address.ends_with(".invalid"));

        const auto end = text.find("\r\nFrom:");
        REQUIRE(end != std::string::npos);
        CHECK(mail::authenticate(mail::read(text.substr(end + 2)), settings).kind ==
              mail::Verdict::Kind::none);
    }
}
