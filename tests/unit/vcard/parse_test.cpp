#include "base/content_line.hpp"
#include "unit/vcard/cards.hpp"
#include "vcard/card.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using vcard_test::card;
using vcard_test::card3;

namespace {

std::string message_of(std::string_view bytes) {
    try {
        vcard::parse(bytes);
    } catch (const vcard::ParseError& error) {
        return error.what();
    }
    return {};
}

/// The text of the first property of that name in a 3.0 card of these lines.
std::string text_in(std::string_view lines, std::string_view name) {
    const auto parsed = vcard::parse(card3(lines));
    const auto* property = parsed.property(name);
    return property == nullptr ? "(none)" : vcard::text_of(*property);
}

}  // namespace

TEST_CASE("RFC 6350 3.3: a line has a group, a name, parameters and a value, and knows its place") {
    const std::string bytes = card3("item1.Tel;TYPE=home,voice;PREF=1;X-A=\"b;c:d\":+1 2\n");
    const auto parsed = vcard::parse(bytes);
    const auto* tel = parsed.property("TEL");
    REQUIRE(tel != nullptr);
    CHECK(tel->group == "item1");
    CHECK(tel->value == "+1 2");
    CHECK(tel->has("TYPE", "HOME"));
    CHECK(tel->has("TYPE", "voice"));
    CHECK_FALSE(tel->has("TYPE", "work"));
    REQUIRE(tel->parameter("X-A") != nullptr);
    CHECK(tel->parameter("X-A")->values.front() == "b;c:d");
    CHECK(tel->line == 6);
    CHECK(bytes.substr(tel->begin, tel->end - tel->begin) ==
          "item1.Tel;TYPE=home,voice;PREF=1;X-A=\"b;c:d\":+1 2\r\n");
    CHECK(parsed.version == vcard::Version::v3_0);
}

TEST_CASE("RFC 6350 3.2: folded lines are one, whatever their line ends") {
    const std::string bytes =
        "BEGIN:VCARD\nVERSION:4.0\r\nNOTE:one\r\n  two\n\tthree\r\nFN:x\nEND:VCARD";
    const auto parsed = vcard::parse(bytes);
    const auto* note = parsed.property("NOTE");
    CHECK(note->value == "one twothree");
    CHECK(bytes.substr(note->begin, note->end - note->begin) == "NOTE:one\r\n  two\n\tthree\r\n");
    CHECK(parsed.property("FN")->line == 6);
    CHECK(parsed.end == bytes.size());
}

TEST_CASE("a byte order mark and blank lines around and inside a card do no harm") {
    const auto parsed = vcard::parse(
        "\xEF\xBB\xBF\r\n\nBEGIN:vcard\r\n\r\nVERSION:3.0\r\n\r\nFN:x\r\nend:VCard\r\n\r\n \n");
    CHECK(parsed.properties.size() == 2);
    CHECK(parsed.line == 3);
}

TEST_CASE("RFC 6350 3.2: lines with a fold inside a character are folded anew, and no others") {
    const std::string before = "\xEF\xBB\xBF\r\nBEGIN:VCARD\nX-A:b\n  c\r\n\r\n";
    const std::string after = "X-D:\r\n e\xC3\xBC\n\nEND:VCARD\r\n\r\n";
    CHECK(vcard::refolded(before + "NOTE:caf\xC3\n \xA9\r\n" + after) ==
          before + "NOTE:caf\xC3\xA9\r\n" + after);
    CHECK(vcard::refolded(before + after) == before + after);
    std::string day;
    std::string as_sent = "NOTE:";
    for (int i = 0; i < 100; ++i) {
        day += "\xE6\x97\xA5";
        as_sent += "\xE6\r\n \x97\r\n\t\xA5";
    }
    std::string folded;
    append_folded(folded, "NOTE:" + day);
    CHECK(vcard::refolded(as_sent) == folded);
    CHECK_THROWS_AS(vcard::refolded("NOTE:\xC3\r\nX:\xA9\r\n"), vcard::ParseError);
}

TEST_CASE("bare parameters of 2.1 are types or encodings") {
    const auto parsed = vcard::parse(
        card3("TEL;HOME;VOICE:1\nPHOTO;BASE64:AAAA\nNOTE;QUOTED-PRINTABLE;CHARSET=UTF-8:=41\n"
              "ADR;DOM,PARCEL:;;x\nPHOTO;VALUE=uri;GIF:http://x\n"));
    CHECK(parsed.property("TEL")->has("TYPE", "home"));
    CHECK(parsed.property("TEL")->has("TYPE", "voice"));
    CHECK(parsed.property("PHOTO")->has("ENCODING", "base64"));
    CHECK(parsed.property("NOTE")->has("ENCODING", "quoted-printable"));
    CHECK(parsed.property("ADR")->has("TYPE", "parcel"));
    CHECK(parsed.properties.back().has("TYPE", "gif"));
    CHECK(parsed.properties.back().value == "http://x");
}

TEST_CASE("types given in several ways are all types") {
    const auto parsed = vcard::parse(card3("EMAIL;type=INTERNET;type=WORK;TYPE=\"a, b\":x@y\n"));
    const auto* types = parsed.property("EMAIL")->parameter("TYPE");
    REQUIRE(types != nullptr);
    CHECK(types->values == std::vector<std::string>{"INTERNET", "WORK", "a", "b"});
}

TEST_CASE("RFC 6868 3.1: carets in parameters stand for quotes, line ends and themselves") {
    const auto parsed = vcard::parse(card3("X-Test;CN=Hello^'World^' want^na ^? ^^n:test\n"));
    CHECK(parsed.property("X-TEST")->parameter("CN")->values.front() ==
          "Hello\"World\" want\na ^? ^n");
}

TEST_CASE("a parameter may be empty, and a quote that never closes is a character") {
    const auto parsed =
        vcard::parse(card3("TEL;;TYPE=;X=:1\nX-A;B=\"c:d\nX-E;F=g\"h;I=\"j\"k:l\n"));
    CHECK(parsed.property("TEL")->value == "1");
    CHECK(parsed.property("X-A")->parameter("B")->values.front() == "\"c");
    CHECK(parsed.property("X-A")->value == "d");
    CHECK(parsed.property("X-E")->parameter("F")->values.front() == "g\"h");
    CHECK(parsed.property("X-E")->parameter("I")->values.front() == "j");
    CHECK(parsed.property("X-E")->value == "l");
}

TEST_CASE("RFC 6350 3.4: escapes in text are resolved, and what is none stays") {
    CHECK(text_in("NOTE:a\\, b\\; c\\nd\\Ne\\\\n \\x \\\n", "NOTE") == "a, b; c\nd\ne\\n \\x \\");
    CHECK(vcard::escape_text("a,b;c\\d\r\ne") == "a\\,b\\;c\\\\d\\ne");
    CHECK(vcard::unescape_text(vcard::escape_text("a,b;c\\d\ne\\n")) == "a,b;c\\d\ne\\n");
}

TEST_CASE("QUOTED-PRINTABLE is text, also over soft line breaks and in windows-1252") {
    CHECK(text_in("NOTE;ENCODING=QUOTED-PRINTABLE:=C3=A4 a=\n=62=\nc =XY =\nFN:y\n", "NOTE") ==
          "\xC3\xA4 abc =XY FN:y");
    CHECK(text_in("NOTE;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:=80 =E4\n", "NOTE") ==
          "\xE2\x82\xAC \xC3\xA4");
    CHECK(text_in("NOTE;X=y:ends with =\nTITLE:t\n", "NOTE") == "ends with =");
}

TEST_CASE("base64 is no text") {
    CHECK(text_in("PHOTO;ENCODING=b:QUFB\n", "PHOTO").empty());
    CHECK(text_in("PHOTO;BASE64:\n  QUFB\n", "PHOTO").empty());
}

TEST_CASE("RFC 6352 10.5.1: a name means any group, a name with a group that one alone") {
    const auto parsed = vcard::parse(card3("X-ABC.TEL:1\n"));
    const auto& tel = *parsed.property("TEL");
    CHECK(vcard::is_named(tel, "tel"));
    CHECK(vcard::is_named(tel, "x-abc.Tel"));
    CHECK_FALSE(vcard::is_named(tel, "X-ABC-1.TEL"));
    CHECK_FALSE(vcard::is_named(tel, "X-ABC.FN"));
    CHECK_FALSE(vcard::is_named(tel, "TE"));
}

TEST_CASE("what is no vCard is refused with the line") {
    CHECK(message_of("").find("line 1: ") == 0);
    CHECK(message_of("FN:x\n").find("line 1: ") == 0);
    CHECK(message_of("BEGIN:VCALENDAR\nEND:VCALENDAR\n").find("line 1: ") == 0);
    CHECK(message_of("BEGIN:VCARD\nVERSION:3.0\n").find("no END:VCARD") != std::string::npos);
    CHECK(message_of(card("FN:x\nno colon\n")).find("line 3: there is no colon") == 0);
    CHECK(message_of(card("FN:x\n:y\n")).find("line 3: ") == 0);
    CHECK(message_of(card("FN:x\n\xC3\xA4:y\n")).find("line 3: ") == 0);
    CHECK(message_of(card("FN;=x:y\n")).find("line 2: a parameter without a name") == 0);
    CHECK(message_of(card("FN:x\n") + "FN:y\n").find("line 4: there is something after") == 0);
    CHECK(message_of(card("FN:x\n") + card("FN:y\n")).find("line 4: there is something after") ==
          0);
    CHECK(message_of(card("END:VEVENT\n")).find("line 2: ") == 0);
    CHECK(message_of("BEGIN:VCARD\nBEGIN:VCARD\nFN:x\n").find("does not end") != std::string::npos);
}

TEST_CASE("a vCard inside a vCard is noticed and not mixed into it") {
    const auto parsed =
        vcard::parse(card("VERSION:2.1\nAGENT:\nBEGIN:VCARD\nFN:inner\nEND:VCARD\nFN:outer\n"));
    CHECK(parsed.nested);
    CHECK(parsed.property("FN")->value == "outer");
}

TEST_CASE("lines are folded at 75 octets, never inside a character") {
    std::string line = "NOTE:";
    for (int i = 0; i < 60; ++i) line += "\xE2\x82\xAC";
    std::string folded;
    append_folded(folded, line);
    std::size_t begin = 0;
    while (begin < folded.size()) {
        const auto end = folded.find("\r\n", begin);
        CHECK(end - begin <= 75);
        const char first = folded[begin == 0 ? 0 : begin + 1];  // behind the space of the fold
        CHECK((static_cast<unsigned char>(first) & 0xC0U) != 0x80U);
        begin = end + 2;
    }
    CHECK(vcard::parse("BEGIN:VCARD\r\n" + folded + "END:VCARD\r\n").properties[0].value ==
          line.substr(5));
}
