#include "unit/vcard/cards.hpp"
#include "vcard/retrieve.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using vcard_test::card;
using vcard_test::card3;
using vcard_test::card4;

namespace {

std::string retrieved(const std::string& bytes, std::vector<vcard::PropSelection> props) {
    return vcard::retrieve(bytes, {std::move(props), {}});
}

}  // namespace

TEST_CASE("RFC 6352 10.4: without a selection the stored bytes are returned") {
    const std::string odd = "\nBEGIN:VCARD\nVERSION:3.0\n\nFN:x\n y\nUID:u\nEND:VCARD";
    CHECK(vcard::retrieve(odd, {}) == odd);
    CHECK(vcard::retrieve(odd, {{}, vcard::Version::v3_0}) == odd);
}

TEST_CASE("RFC 6352 10.4.2: chosen properties come as they stand in the card, with VERSION") {
    const std::string bytes = card3("item1.TEL;TYPE=home:1\n 2\nhome.TEL:3\nNOTE:n\n");
    CHECK(retrieved(bytes, {{"tel"}, {"FN"}}) ==
          card("VERSION:3.0\nFN:Jane Doe\nitem1.TEL;TYPE=home:1\n 2\nhome.TEL:3\n"));
    CHECK(retrieved(bytes, {{"HOME.tel"}}) == card("VERSION:3.0\nhome.TEL:3\n"));
    CHECK(retrieved(bytes, {{"NICKNAME"}}) == card("VERSION:3.0\n"));
    CHECK(retrieved(bytes, {}) == card("VERSION:3.0\n"));
}

TEST_CASE("RFC 6352 10.4.2: novalue leaves name and parameters") {
    const std::string bytes =
        card3("item1.TEL;X=\"a:b\";TYPE=home:1\nX-Q;A=b\"c:d\nLONG;TYPE=\n w:x\n");
    CHECK(retrieved(bytes, {{"TEL", true}, {"X-Q", true}, {"LONG", true}}) ==
          card("VERSION:3.0\nitem1.TEL;X=\"a:b\";TYPE=home:\nX-Q;A=b\"c:\nLONG;TYPE=\n w:\n"));
}

TEST_CASE("a selection from another version is made after the conversion") {
    const std::string bytes = card4("KIND:group\nMEMBER:urn:uuid:x\nNOTE:n\n");
    CHECK(vcard::retrieve(bytes, {{{{"X-ADDRESSBOOKSERVER-MEMBER"}}}, vcard::Version::v3_0}) ==
          card("VERSION:3.0\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:x\n"));
}
