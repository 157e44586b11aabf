#include "mail/address.hpp"

#include <doctest/doctest.h>

using namespace kalends;

TEST_CASE("what is a mail address, and what would end a header or an argument early") {
    for (const auto* good : {"a@b.test", "a.b+c@b.test", "dörte@partner.test", "a@bücher.test",
                             R"("a b"@b.test)", R"("a\"b"@b.test)", "a@localhost", "-f@b.test"})
        CHECK_MESSAGE(mail::is_address(good), good);
    for (const auto* bad : {"",
                            "a",
                            "@b.test",
                            "a@",
                            "a b@b.test",
                            "a@b test",
                            "a@b.test\r\nBcc: c@d.test",
                            "a\n@b.test",
                            "<a@b.test>",
                            "a@b@c.test",
                            "a..b@c.test",
                            ".a@c.test",
                            "a@b..test",
                            "a@-b.test",
                            R"("a"b"@c.test)",
                            R"("a\\"b"@c.test)",
                            R"("a@c.test)",
                            "\xff@b.test",
                            "a@[127.0.0.1]",
                            "a,b@c.test",
                            "a@b.test>",
                            "a@xn--\xff.test"})
        CHECK_MESSAGE(!mail::is_address(bad), bad);
    CHECK_FALSE(mail::is_address(std::string(65, 'a') + "@b.test"));
    CHECK_FALSE(mail::is_address(std::string("a\0b@c.test", 10)));
}

TEST_CASE(
    "RFC 6531: only a local part that is not ASCII needs SMTPUTF8; a domain has another form") {
    CHECK(mail::needs_smtputf8("dörte@partner.test"));
    CHECK_FALSE(mail::needs_smtputf8("doerte@bücher.test"));
    CHECK(mail::with_ascii_domain("Dörte@Bücher.Test") == "Dörte@xn--bcher-kva.test");
    CHECK(mail::domain_of("a@BÜCHER.test") == "xn--bcher-kva.test");
    CHECK(mail::domain_of("no address").empty());
    CHECK(mail::ascii_domain("a b").empty());
    CHECK_THROWS_AS(mail::with_ascii_domain("a@b\r\nc"), mail::Malformed);
}

TEST_CASE("an address is in a domain, however the two are written") {
    const std::vector<std::string> domains{"firma.test", "Bücher.test", "xn--mller-kva.test"};
    for (const auto* each :
         {"a@firma.test", "a@FIRMA.test", "a@bücher.test", "a@BÜCHER.test", "a@xn--bcher-kva.test",
          "a@müller.test", "a@XN--mller-KVA.test", "a..b@firma.test"})
        CHECK_MESSAGE(mail::is_in_domains(each, domains), each);
    for (const auto* each : {"a@partner.test", "a@sub.firma.test", "a@buecher.test", "a@", "", "a"})
        CHECK_MESSAGE(!mail::is_in_domains(each, domains), each);
    CHECK_FALSE(mail::is_in_domains("a@", {""}));
}
