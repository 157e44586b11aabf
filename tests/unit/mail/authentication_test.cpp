#include "mail/authentication.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using mail::authenticate;
using mail::parse_authentication_results;
using Kind = mail::Verdict::Kind;

namespace {

const std::string outside = "Received: from mail.partner.test (unknown [192.0.2.1])\r\n"
                            "\tby mx.firma.test (Postfix) with ESMTPS id 1; Sat, 21 Nov 2026\r\n";
const std::string further =
    "Received: from x by mail.partner.test with ESMTP; Sat, 21 Nov 2026\r\n";
const std::string lmtp = "Received: from mx.firma.test\r\n\tby imap.firma.test with LMTP id 2\r\n";

std::string results(const std::string& said, const std::string& id = "mx.firma.test") {
    return "Authentication-Results: " + id + "; " + said + "\r\n";
}

mail::AuthenticationSettings settings(bool allow_spf = false) {
    return {.authserv_id = "mx.firma.test",
            .our_hosts = {"mx.firma.test", "imap.firma.test"},
            .allow_spf = allow_spf};
}

mail::Verdict verdict(const std::string& header, bool allow_spf = false,
                      const std::string& from = "From: Dora <dora@partner.test>\r\n") {
    return authenticate(mail::read(header + from + "\r\n"), settings(allow_spf));
}

Kind kind(const std::string& said, const std::string& from = "dora@partner.test",
          bool allow_spf = false) {
    return verdict(lmtp + outside + results(said) + further, allow_spf, "From: " + from + "\r\n")
        .kind;
}

}  // namespace

TEST_CASE("RFC 8601: Authentication-Results as servers write them") {
    const auto parsed = parse_authentication_results(
        R"( mx.firma.test (our (own) server \) ) 1 ; dkim/1 = pass (good) reason = "all \"well\"" )"
        R"(header . d = partner.test header.b=a+b/c= ;spf=Pass smtp.mailfrom="a b"@partner.test;)"
        R"( auth=pass (plain) smtp.auth=anna; iprev=fail policy.iprev=192.0.2.1)");
    REQUIRE(parsed.has_value());
    CHECK(parsed->authserv_id == "mx.firma.test");
    CHECK(parsed->version == "1");
    REQUIRE(parsed->results.size() == 4);
    CHECK(parsed->results[0].method == "dkim");
    CHECK(parsed->results[0].result == "pass");
    CHECK(parsed->results[0].reason == "all \"well\"");
    CHECK(parsed->results[0].property("header", "d") == "partner.test");
    CHECK(parsed->results[0].property("header", "b") == "a+b/c=");
    CHECK(parsed->results[1].result == "pass");
    CHECK(parsed->results[1].property("smtp", "mailfrom") == "a b@partner.test");
    CHECK(parsed->results[2].property("smtp", "auth") == "anna");
    CHECK(parsed->results[3].property("policy", "iprev") == "192.0.2.1");
    CHECK(parsed->results[3].property("header", "d").empty());

    const auto microsoft = parse_authentication_results(
        "x; spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=partner.test; dmarc=pass "
        "action=none header.from=partner.test;compauth=pass reason=100");
    REQUIRE(microsoft.has_value());
    CHECK(microsoft->results.at(1).property("", "action") == "none");
    CHECK(microsoft->results.at(2).reason == "100");

    for (const auto* nothing : {"x; none", "x;none (really)", "x", "x ;", "\"x\" 1; none"})
        CHECK_MESSAGE((parse_authentication_results(nothing) &&
                       parse_authentication_results(nothing)->authserv_id == "x" &&
                       parse_authentication_results(nothing)->results.empty()),
                      nothing);
    for (const auto* bad : {"", ";", "x; dkim", "x; =pass", "x dkim=pass", "x; dkim=pass (open",
                            "x; dkim=pass reason=\"open", "x 1 2; none", "x; dkim=pass header.d",
                            "(x", "x; none; dkim=pass", "x; a.b=c"})
        CHECK_MESSAGE(!parse_authentication_results(bad).has_value(), bad);
}

TEST_CASE("a comment or a quoted string can't say that something has passed") {
    CHECK(kind("dmarc=fail (x; dmarc=pass header.from=partner.test)") == Kind::none);
    CHECK(kind("dkim=fail reason=\"; dmarc=pass header.from=partner.test\"") == Kind::none);
    CHECK(kind("spf=none smtp.helo=\"dmarc=pass header.from=partner.test\"") == Kind::none);
    CHECK(kind("spf=none smtp.mailfrom=\"; dkim=pass header.d=partner.test;\"@evil.test") ==
          Kind::none);
    CHECK(kind("x-dmarc=pass header.from=partner.test") == Kind::none);
}

TEST_CASE("the domain of From must have vouched: by DMARC, or by a signature that is aligned") {
    CHECK(kind("dmarc=pass (p=none) header.from=partner.test") == Kind::dmarc);
    CHECK(kind("dmarc=pass header.from=PARTNER.test") == Kind::dmarc);
    CHECK(kind("dmarc=pass header.from=other.test") == Kind::none);
    CHECK(kind("dmarc=pass") == Kind::none);
    CHECK(kind("dmarc=none header.from=partner.test") == Kind::none);
    CHECK(kind("dkim=pass header.d=partner.test") == Kind::dkim);
    CHECK(kind("dkim=pass header.i=@partner.test") == Kind::dkim);
    CHECK(kind("dkim=pass header.d=evil.test header.i=@partner.test") == Kind::none);
    CHECK(kind("dkim=neutral header.d=partner.test") == Kind::none);
    CHECK(kind("dkim=pass") == Kind::none);
    CHECK(kind("dkim=fail header.d=partner.test; dkim=pass header.d=partner.test") == Kind::dkim);
    CHECK(kind("dkim=pass header.d=partner.test; dmarc=fail header.from=partner.test") ==
          Kind::none);
    CHECK(kind("dkim=pass header.d=partner.test; dmarc=pass header.from=partner.test") ==
          Kind::dmarc);
    CHECK(kind("dkim=pass header.d=xn--bcher-kva.test", "a@bücher.test") == Kind::dkim);
}

TEST_CASE("alignment: below one registered domain; a mailing list and a neighbour are not") {
    CHECK(kind("dkim=pass header.d=partner.test", "a@mail.partner.test") == Kind::dkim);
    CHECK(kind("dkim=pass header.d=a.partner.test", "a@b.partner.test") == Kind::dkim);
    CHECK(kind("dkim=pass header.d=lists.example.org") == Kind::none);
    CHECK(kind("dkim=pass header.d=evilpartner.test") == Kind::none);
    CHECK(kind("dkim=pass header.d=test") == Kind::none);
    CHECK(kind("dkim=pass header.d=evil.co.uk", "a@bank.co.uk") == Kind::none);
    CHECK(kind("dkim=pass header.d=co.uk", "a@bank.co.uk") == Kind::none);
    CHECK(kind("dkim=pass header.d=evil.github.io", "a@good.github.io") == Kind::none);
    CHECK(kind("dkim=pass header.d=mail.bank.co.uk", "a@bank.co.uk") == Kind::dkim);
    CHECK_FALSE(mail::are_aligned("", ""));
    const auto list = verdict(outside + results("dkim=pass header.d=lists.example.org"));
    CHECK(list.why == "dkim is for lists.example.org, not for partner.test");
}

TEST_CASE("SPF counts only where the site says so, and for the envelope's domain") {
    CHECK(kind("spf=pass smtp.mailfrom=dora@partner.test") == Kind::none);
    CHECK(kind("spf=pass smtp.mailfrom=dora@partner.test", "dora@partner.test", true) == Kind::spf);
    CHECK(kind("spf=pass smtp.mailfrom=b.partner.test", "dora@partner.test", true) == Kind::spf);
    CHECK(kind("spf=pass smtp.mailfrom=x@evil.test", "dora@partner.test", true) == Kind::none);
    CHECK(kind("spf=pass smtp.helo=partner.test", "dora@partner.test", true) == Kind::none);
    CHECK(kind("spf=softfail smtp.mailfrom=partner.test", "dora@partner.test", true) == Kind::none);
}

TEST_CASE("who has logged in is one of our users") {
    const auto found = verdict(outside + results("auth=pass (plain) smtp.auth=anna"), false,
                               "From: anna@firma.test\r\n");
    CHECK(found.kind == Kind::smtp_auth);
    CHECK(found.login == "anna");
    CHECK(found.domain == "firma.test");
    CHECK(kind("auth=fail smtp.auth=anna") == Kind::none);
    CHECK(kind("auth=pass") == Kind::none);
}

TEST_CASE("only our own servers are believed, and only what stands above the mail from outside") {
    const auto good = results("dmarc=pass header.from=partner.test");
    const auto bad = results("dmarc=fail header.from=partner.test");
    const auto other = results("dmarc=pass header.from=partner.test", "mx.evil.test");
    // Below our Received, or above it: servers differ.
    CHECK(verdict(lmtp + outside + good + further).kind == Kind::dmarc);
    CHECK(verdict(lmtp + good + outside + further).kind == Kind::dmarc);
    CHECK(verdict(good).kind == Kind::dmarc);
    // Forged: below what a stranger has received.
    CHECK(verdict(lmtp + outside + further + good).kind == Kind::none);
    CHECK(verdict(further + good).kind == Kind::none);
    CHECK(verdict("Received: nonsense\r\n" + good).kind == Kind::none);
    CHECK(verdict("Received: from mx.firma.test (by mx.firma.test)\r\n" + good).kind == Kind::none);
    CHECK(verdict("Received: from by by evil.test (by mx.firma.test)\r\n" + good).kind ==
          Kind::none);
    // Forged, beside the real one, which is above.
    CHECK(verdict(lmtp + outside + bad + good).kind == Kind::none);
    CHECK(verdict(lmtp + bad + outside + good).kind == Kind::none);
    CHECK(verdict(lmtp + outside + results("none") + good).kind == Kind::none);
    // Somebody else's, and one that can't be read or is of another version.
    CHECK(verdict(lmtp + outside + other).kind == Kind::none);
    CHECK(verdict(lmtp + outside + other + good).kind == Kind::dmarc);
    CHECK(verdict(outside + "Authentication-Results: mx.firma.test; x (\r\n" + good).kind ==
          Kind::none);
    CHECK(
        verdict(outside + results("dmarc=pass header.from=partner.test", "mx.firma.test 2")).kind ==
        Kind::none);
    CHECK(
        verdict(outside + results("dmarc=pass header.from=partner.test", "MX.Firma.Test 1")).kind ==
        Kind::dmarc);
    CHECK(
        verdict(outside + results("dmarc=pass header.from=partner.test", "mx.firma.test.evil.test"))
            .kind == Kind::none);
    CHECK(verdict(outside).why == "there is no Authentication-Results of mx.firma.test");
    CHECK(verdict(further + good).why ==
          "our servers have written no Authentication-Results for mx.firma.test");
}

TEST_CASE("without settings nobody is believed; without hosts it is the authserv-id") {
    const auto message =
        mail::read(lmtp + outside + results("dmarc=pass header.from=partner.test") +
                   "From: dora@partner.test\r\n\r\n");
    CHECK(authenticate(message, {}).kind == Kind::none);
    CHECK(authenticate(message, {.authserv_id = "mx.firma.test"}).kind == Kind::none);
    const auto direct = mail::read(outside + results("dmarc=pass header.from=partner.test") +
                                   "From: dora@partner.test\r\n\r\n");
    CHECK(authenticate(direct, {.authserv_id = "mx.firma.test"}).kind == Kind::dmarc);
    CHECK(
        authenticate(mail::read("Authentication-Results: ; dmarc=pass header.from=partner.test\r\n"
                                "From: dora@partner.test\r\n\r\n"),
                     {})
            .kind == Kind::none);
}

TEST_CASE("a message that is from nobody, or from two, is believed by nobody") {
    const auto good = outside + results("dmarc=pass header.from=partner.test");
    for (const auto* from :
         {"", "From:\r\n", "From: dora\r\n", "From: dora@partner.test, anna@firma.test\r\n",
          "From: dora@partner.test\r\nFrom: anna@firma.test\r\n",
          "From: dora@partner.test\r\nFrom: \r\n", "From: x: dora@partner.test, a@b.test;\r\n"})
        CHECK_MESSAGE(verdict(good, false, from).kind == Kind::none, from);
    // A name that holds an address is a name.
    CHECK(verdict(good, false, "From: \"dora@partner.test\" <mallory@evil.test>\r\n").kind ==
          Kind::none);
    CHECK(verdict(good, false, "From: a@b.test\r\nFrom: c@d.test\r\n").why ==
          "the message has 2 From fields");
}
