#include "unit/vcard/cards.hpp"
#include "vcard/convert.hpp"
#include "vcard/validate.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using vcard::Version;
using vcard_test::card;
using vcard_test::card3;
using vcard_test::card4;

namespace {

std::string convert(const std::string& bytes, Version version) {
    return vcard::to_version(bytes, vcard::parse(bytes), version);
}

/// `lines` of a 4.0 card as 3.0, and the other way round.
void check_both_ways(std::string_view v4, std::string_view v3) {
    CAPTURE(v4);
    const auto head3 =
        card("VERSION:3.0\nUID:urn:uuid:u1\nFN:Jane Doe\nN:Doe;Jane;;;\n" + std::string(v3));
    CHECK(convert(card4(v4), Version::v3_0) == head3);
    CHECK(convert(head3, Version::v4_0) == card4(v4));
}

std::string to_v3(std::string_view v4) {
    const auto head =
        card3("").size() + std::string("urn:uuid:").size() - std::string("END:VCARD\r\n").size();
    const auto result = convert(card4(v4), Version::v3_0);
    return result.substr(head, result.size() - head - std::string("\r\nEND:VCARD\r\n").size());
}

std::string to_v4(std::string_view v3) {
    const auto result = convert(card("VERSION:3.0\n" + std::string(v3)), Version::v4_0);
    const auto head = card("VERSION:4.0\n").size() - std::string("END:VCARD\r\n").size();
    return result.substr(head, result.size() - head - std::string("\r\nEND:VCARD\r\n").size());
}

}  // namespace

TEST_CASE("a card in the version asked for is given as it is") {
    const auto bytes = "BEGIN:VCARD\nVERSION:3.0\n\nFN:x\nEND:VCARD";
    CHECK(convert(bytes, Version::v3_0) == bytes);
}

TEST_CASE("lines that mean the same in both versions are copied byte for byte") {
    check_both_ways("NICKNAME:J\nitem1.Email;type=work:j@x.example\nADR:;;1 Main St\n "
                    ".;Town;;1;X\nX-Other;a=b:c\n",
                    "NICKNAME:J\nitem1.Email;type=work:j@x.example\nADR:;;1 Main St\n "
                    ".;Town;;1;X\nX-Other;a=b:c\n");
}

TEST_CASE("groups are those of Apple's in 3.0") {
    check_both_ways("KIND:group\nMEMBER:urn:uuid:a\nMEMBER:mailto:b@x.example\n",
                    "X-ADDRESSBOOKSERVER-KIND:group\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:a\n"
                    "X-ADDRESSBOOKSERVER-MEMBER:mailto:b@x.example\n");
    check_both_ways("KIND:org\n", "X-ABSHOWAS:COMPANY\n");
    check_both_ways("KIND:location\n", "X-KIND:location\n");
    CHECK(to_v3("KIND:individual\nTITLE:t\n") == "TITLE:t");
}

TEST_CASE("pictures and keys are data: URIs in 4.0 and base64 in 3.0") {
    check_both_ways("PHOTO:data:image/jpeg;base64,QUJD\n", "PHOTO;ENCODING=b;TYPE=JPEG:QUJD\n");
    check_both_ways("KEY:data:application/pgp-keys;base64,QUJD\n",
                    "KEY;ENCODING=b;TYPE=PGP:QUJD\n");
    CHECK(to_v3("PHOTO;MEDIATYPE=image/gif:http://x/y.gif\n") ==
          "PHOTO;TYPE=GIF;VALUE=uri:http://x/y.gif");
    CHECK(to_v4("PHOTO;VALUE=uri:http://x/y.gif\n") == "PHOTO:http://x/y.gif");
    CHECK(to_v4("PHOTO;BASE64:\n  /9j/QU\n  JD\n") == "PHOTO:data:image/jpeg;base64,/9j/QUJD");
    CHECK(to_v4("LOGO;ENCODING=b:AAAA\n") == "LOGO:data:application/octet-stream;base64,AAAA");
}

TEST_CASE("dates are basic in 4.0, extended and complete in 3.0") {
    check_both_ways("BDAY:19850412\n", "BDAY:1985-04-12\n");
    check_both_ways("BDAY:--0412\n", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12\n");
    check_both_ways("ANNIVERSARY:20090808\n", "X-ANNIVERSARY:2009-08-08\n");
    check_both_ways("BDAY;VALUE=text:circa 1800\n", "X-BDAY;VALUE=text:circa 1800\n");
    check_both_ways("BDAY:1985-04\n", "X-BDAY:1985-04\n");
    check_both_ways("BDAY:---12\n", "X-BDAY:---12\n");
    CHECK(to_v3("BDAY;VALUE=date-and-or-time:19531015T231000Z\n") ==
          "BDAY;VALUE=date-time:1953-10-15T23:10:00Z");
    CHECK(to_v4("BDAY;VALUE=date-time:1953-10-15T23:10:00Z\n") == "BDAY:19531015T231000Z");
    CHECK(to_v4("REV:1995-10-31T22:27:10Z\n") == "REV:19951031T222710Z");
}

TEST_CASE("the most preferred line has TYPE=pref in 3.0 and PREF=1 in 4.0") {
    check_both_ways("TEL;TYPE=home;PREF=1:1\n", "TEL;TYPE=home,pref:1\n");
    CHECK(to_v3("EMAIL;PREF=50:a\nEMAIL;PREF=2:b\nTEL;PREF=100:c\n") ==
          "EMAIL:a\r\nEMAIL;TYPE=pref:b\r\nTEL;TYPE=pref:c");
}

TEST_CASE("telephone numbers are text in 3.0") {
    CHECK(to_v3("TEL;VALUE=uri;TYPE=\"voice,home\":tel:+1-555-555-5555;ext=5555\n") ==
          "TEL;TYPE=voice,home:+1-555-555-5555 ext. 5555");
    CHECK(to_v3("TEL;VALUE=text:123\n") == "TEL:123");
}

TEST_CASE("places and time zones have their own forms") {
    check_both_ways("GEO:geo:37.386013,-122.082932\n", "GEO:37.386013;-122.082932\n");
    check_both_ways("TZ;VALUE=utc-offset:-0500\n", "TZ:-05:00\n");
    check_both_ways("TZ:Europe/Berlin\n", "TZ;VALUE=text:Europe/Berlin\n");
}

TEST_CASE("labels and sorting are parameters in 4.0, properties in 3.0") {
    CHECK(to_v3("ADR;TYPE=home;LABEL=\"1 Main St^nTown\":;;1 Main St;Town;;;\n") ==
          "ADR;TYPE=home:;;1 Main St;Town;;;\r\nLABEL;TYPE=home:1 Main St\\nTown");
    CHECK(to_v4("ADR;TYPE=home:;;1 Main St;Town;;;\nLABEL;TYPE=home:1 Main St\\nTown\n") ==
          "ADR;TYPE=home;LABEL=1 Main St^nTown:;;1 Main St;Town;;;");
    CHECK(to_v4("ADR;TYPE=home:;;x\nLABEL;TYPE=work:alone\n") ==
          "ADR;TYPE=home:;;x\r\nX-LABEL;TYPE=work:alone");
    CHECK(to_v4("LABEL;TYPE=work:alone\n") == "X-LABEL;TYPE=work:alone");
    CHECK(to_v4("N:van Dam;Jan;;;\nSORT-STRING:Dam\n") == "N;SORT-AS=Dam:van Dam;Jan;;;");
    const auto back =
        convert(card("VERSION:4.0\nFN:x\nN;SORT-AS=Dam:van Dam;Jan;;;\n"), Version::v3_0);
    CHECK(back == card("VERSION:3.0\nFN:x\nN:van Dam;Jan;;;\nSORT-STRING:Dam\n"));
}

TEST_CASE("what one version lacks is kept under an X- name") {
    check_both_ways(
        "GENDER:F\nLANG:fr\nRELATED;TYPE=friend:urn:uuid:x\nX-CLASS:PUBLIC\nX-MAILER:m\n",
        "X-GENDER:F\nX-LANG:fr\nX-RELATED;TYPE=friend:urn:uuid:x\nCLASS:PUBLIC\nMAILER:m\n");
}

TEST_CASE("a UID keeps its text, by which groups refer to it") {
    CHECK(to_v4("UID:0123-45\n") == "UID;VALUE=text:0123-45");
    CHECK(to_v4("UID:urn:uuid:0123\n") == "UID:urn:uuid:0123");
    const auto back =
        convert(card("VERSION:4.0\nFN:x\nN:x;;;;\nUID;VALUE=text:0123-45\n"), Version::v3_0);
    CHECK(back == card("VERSION:3.0\nFN:x\nN:x;;;;\nUID:0123-45\n"));
}

TEST_CASE("RFC 2426 3.1.2: a card without N gets one, since 3.0 requires it") {
    const auto name = [](std::string_view lines) {
        const auto result =
            convert(card("VERSION:4.0\nUID:urn:x\n" + std::string(lines)), Version::v3_0);
        return vcard::parse(result).property("N")->value;
    };
    CHECK(name("FN:Jane Mary Doe\n") == "Doe;Jane Mary;;;");
    CHECK(name("FN:Plato\n") == "Plato;;;;");
    CHECK(name("KIND:org\nFN:Acme\\, Ltd\n") == "Acme\\, Ltd;;;;");
}

TEST_CASE("4.0 parameters that 3.0 does not know are left out, others stay") {
    CHECK(to_v3("EMAIL;PID=1.1;ALTID=2;LANGUAGE=de;X-A=b:c\n") == "EMAIL;LANGUAGE=de;X-A=b:c");
    CHECK(to_v3("EMAIL;PID=1.1;X-A=\"b,c:d\",e^nf^^:g\n") == "EMAIL;X-A=\"b,c:d\",e^nf^^:g");
}

TEST_CASE("a card of 2.1 becomes one of 3.0 that is accepted") {
    const auto old =
        card("VERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;Dr.\n"
             "TEL;HOME;VOICE:+49, 30\nNOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0Atwo, =\nthree;\n"
             "PHOTO;JPEG;BASE64:\n /9j/\n AAAA\n\nADR;DOM;HOME:;;Main, 1;a\\;b;;1;\nAGENT:\n"
             "BEGIN:VCARD\nFN:inner\nEND:VCARD\nUID:u\n");
    const auto result = convert(old, Version::v3_0);
    CHECK(
        result ==
        card("VERSION:3.0\nN:Müller;Jörg;;Dr.\nTEL;TYPE=HOME,VOICE:+49\\, 30\nNOTE:one\\ntwo\\, "
             "three\\;\n"
             "PHOTO;TYPE=JPEG;ENCODING=b:/9j/AAAA\nADR;TYPE=DOM,HOME:;;Main\\, 1;a\\;b;;1;\nUID:u\n"
             "FN:Dr. Jörg Müller\n"));
    CHECK_NOTHROW(vcard::accept(result));
    CHECK(convert(old, Version::v4_0).find("PHOTO:data:image/jpeg;base64,/9j/AAAA\r\n") !=
          std::string::npos);
}

TEST_CASE("what is converted is accepted, and twice converted is the same as once and back") {
    const auto rich = card4(
        "KIND:individual\nBDAY:--0412\nTEL;VALUE=uri;PREF=1:tel:+1;ext=2\nPHOTO:data:image/"
        "png;base64,AAAA\n"
        "LANG;PREF=1:fr\nANNIVERSARY:20090808\nX-A;B=\"c^'d,e\":f\nORG;SORT-AS=\"A\":An Org\n");
    const auto once = convert(rich, Version::v3_0);
    CHECK_NOTHROW(vcard::accept(once));
    const auto back = convert(once, Version::v4_0);
    CHECK_NOTHROW(vcard::accept(back));
    CHECK(convert(back, Version::v3_0) == once);
}
