// Address books: RFC 6352.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;

namespace {

using Names = std::vector<std::string>;

/// The names of the cards that a query finds in "contacts/", without ".vcf", sorted.
Names found(TestServer& server, const std::string& filter, const std::string& more = "") {
    const auto answer = server.report(server.books("contacts/"), "CR:addressbook-query",
                                      "<D:prop><D:getetag/></D:prop>" + filter + more);
    REQUIRE(answer.status() == 207);
    Names names;
    const auto prefix = server.books("contacts/").size();
    for (const auto& href : answer.hrefs())
        if (href.size() > prefix) names.push_back(href.substr(prefix, href.size() - prefix - 4));
    return names;
}

std::string filter(const std::string& inner, const std::string& test = "anyof") {
    return "<CR:filter test=\"" + test + "\">" + inner + "</CR:filter>";
}

std::string prop(const std::string& name, const std::string& inner,
                 const std::string& test = "anyof") {
    return "<CR:prop-filter name=\"" + name + "\" test=\"" + test + "\">" + inner +
           "</CR:prop-filter>";
}

std::string text(const std::string& value, const std::string& attributes = "") {
    return "<CR:text-match" + attributes + ">" + value + "</CR:text-match>";
}

void put(TestServer& server, const std::string& name, const std::string& body) {
    const auto reply = server.put(server.books("contacts/" + name + ".vcf"), body);
    CAPTURE(reply.body);
    REQUIRE(reply.status == 201);
}

std::string refusal(TestServer& server, const std::string& body, const Fields& headers = {}) {
    const auto path = server.books("contacts/refused.vcf");
    const auto reply = server.put(path, body, headers);
    CHECK(server.get(path).status == 404);
    return std::to_string(reply.status) + " " + precondition(reply);
}

}  // namespace

TEST_CASE("RFC 6352 6.3.2.1: supported-address-data: only vCard 3.0 and 4.0 are stored") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const std::string expected = "403 CR:supported-address-data";
    CHECK(refusal(server, card("A"), {{"Content-Type", "application/json"}}) == expected);
    CHECK(refusal(server, event("A"), {{"Content-Type", "text/calendar"}}) == expected);
    CHECK(refusal(server, event("A"), {{"Content-Type", "text/vcard"}}) == expected);
    CHECK(refusal(server, crlf("BEGIN:VCARD\nVERSION:2.1\nUID:a\nFN:A\nN:A\nEND:VCARD\n")) ==
          expected);
    put(server, "three", card("Three"));
    put(server, "four", card4("Four"));
}

TEST_CASE("RFC 6352 6.3.2.1: valid-address-data: one card with a name and a UID") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const std::string expected = "403 CR:valid-address-data";
    CHECK(refusal(server, "BEGIN:VCARD\r\nVERSION:3.0\r\n") == expected);
    CHECK(refusal(server, crlf("BEGIN:VCARD\nVERSION:3.0\nUID:a\nN:A;;;;\nEND:VCARD\n")) ==
          expected);
    CHECK(refusal(server, crlf("BEGIN:VCARD\nVERSION:3.0\nFN:A\nN:A;;;;\nEND:VCARD\n")) ==
          expected);
    CHECK(refusal(server, card("A") + card("B")) == expected);
    CHECK(refusal(server, "BEGIN:VCARD\r\nnonsense\r\nEND:VCARD\r\n").starts_with("403 CR:"));
}

TEST_CASE("RFC 6352 6.3.2.1: no-uid-conflict: the answer names the card that has the UID") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "first", card("A", "", "same"));
    const auto reply = server.put(server.books("contacts/second.vcf"), card("B", "", "same"));
    CHECK(reply.status == 403);
    CHECK(precondition(reply) == "CR:no-uid-conflict");
    CHECK(precondition_href(reply) == server.books("contacts/first.vcf"));
    const auto changed = server.put(server.books("contacts/first.vcf"), card("A", "", "other"));
    CHECK(changed.status == 403);
    CHECK(precondition(changed) == "CR:no-uid-conflict");
}

TEST_CASE("RFC 6352 8.7: a multiget gives cards as they were stored, and 404 for what is missing") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto ann = card("Ann & \"Co\" <日本>", "TEL;TYPE=HOME:+1 555\n", "ann");
    put(server, "a", ann);
    const auto answer = server.report(
        server.books("contacts/"), "CR:addressbook-multiget",
        "<D:prop><D:getetag/><CR:address-data/></D:prop><D:href>" + server.books("contacts/a.vcf") +
            "</D:href><D:href>http://x" + server.books("contacts/%61%2evcf") + "</D:href><D:href>" +
            server.books("contacts/none.vcf") + "</D:href>");
    CHECK(answer.size() == 3);
    CHECK(answer.at(server.books("contacts/a.vcf")).raw_text("CR:address-data") == ann);
    CHECK(answer.at("http://x" + server.books("contacts/%61%2evcf")).raw_text("CR:address-data") ==
          ann);
    CHECK(answer.at(server.books("contacts/none.vcf")).status == 404);
}

TEST_CASE("RFC 6350 3.2: a fold inside a character is stored as sent, found, and no fold in XML") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto split = card("J\xC3\r\n \xBCrgen", "NOTE:x\n  y\n", "a");
    put(server, "a", split);
    put(server, "b", card("Bob"));
    const auto path = server.books("contacts/a.vcf");
    CHECK(server.get(path).body == split);
    const auto answer = server.report(server.books("contacts/"), "CR:addressbook-query",
                                      "<D:prop><CR:address-data/></D:prop>" +
                                          filter(prop("FN", text("j\xC3\xBCrg"))));
    CHECK(answer.only().href == path);
    CHECK(answer.only().raw_text("CR:address-data") == card("J\xC3\xBCrgen", "NOTE:x\n  y\n", "a"));
    const auto four = server.report(
        server.books("contacts/"), "CR:addressbook-multiget",
        "<D:prop><CR:address-data content-type=\"text/vcard\" version=\"4.0\"/></D:prop><D:href>" +
            path + "</D:href>");
    CHECK(four.only().raw_text("CR:address-data").find("FN:J\xC3\xBCrgen\r\n") !=
          std::string::npos);
    CHECK(refusal(server, card("J\xC3\r\n rgen")) == "403 CR:valid-address-data");
    CHECK(refusal(server, card("J\xFCrgen")) == "403 CR:valid-address-data");
}

TEST_CASE("RFC 6352 10.5: prop-filters with anyof and allof, presence, absence and parameters") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "ann", card("Ann Archer", "EMAIL;TYPE=WORK:ann@example.com\nTEL;TYPE=HOME:111\n"));
    put(server, "bob",
        card("Bob Builder", "EMAIL;TYPE=HOME:bob@example.org\nNICKNAME:Ann's friend\n"));
    put(server, "cid", card4("Cid Archer", "TEL;TYPE=work:222\n"));
    CHECK(found(server, "") == Names{"ann", "bob", "cid"});
    CHECK(found(server, filter("")) == Names{"ann", "bob", "cid"});
    CHECK(found(server, filter(prop("FN", text("archer")))) == Names{"ann", "cid"});
    CHECK(found(server, filter(prop("FN", text("ann")) + prop("NICKNAME", text("ann")))) ==
          Names{"ann", "bob"});
    CHECK(found(server, filter(prop("FN", text("archer")) + prop("EMAIL", ""), "allof")) ==
          Names{"ann"});
    CHECK(found(server, filter(prop("EMAIL", "<CR:is-not-defined/>"))) == Names{"cid"});
    CHECK(found(server, filter(prop("FN", text("a") + text("cid"), "allof"))) == Names{"cid"});
    CHECK(found(server, filter(prop("EMAIL", "<CR:param-filter name=\"TYPE\">" + text("home") +
                                                 "</CR:param-filter>"))) == Names{"bob"});
    CHECK(found(server, filter(prop("FN", text("archer", " negate-condition=\"yes\"")))) ==
          Names{"bob"});
}

TEST_CASE("RFC 6352 10.5.4: equals, contains, starts-with, ends-with, in each collation") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "a", card("Zoë Žižka"));
    put(server, "b", card("Zoe"));
    const auto fn = [&](const std::string& value, const std::string& type,
                        const std::string& more = "") {
        return found(server,
                     filter(prop("FN", text(value, " match-type=\"" + type + "\"" + more))));
    };
    CHECK(fn("zoe", "equals") == Names{"b"});
    CHECK(fn("zo", "starts-with") == Names{"a", "b"});
    CHECK(fn("ŽIŽKA", "ends-with") == Names{"a"});
    CHECK(fn("Ë ž", "contains") == Names{"a"});
    CHECK(fn("ŽIŽKA", "contains", " collation=\"i;ascii-casemap\"").empty());
    CHECK(fn("zoe", "equals", " collation=\"i;octet\"").empty());
    CHECK(fn("Zoe", "equals", " collation=\"i;octet\"") == Names{"b"});
    CHECK(fn("oe", "starts-with").empty());
}

TEST_CASE("RFC 6352 8.6.2: a limited query ends with 507 for the address book") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (int i = 0; i < 5; ++i) put(server, std::to_string(i), card("Person " + std::to_string(i)));
    const auto ask = [&](int limit) {
        return server.report(server.books("contacts/"), "CR:addressbook-query",
                             "<D:prop><D:getetag/></D:prop>" + filter(prop("FN", text("person"))) +
                                 "<CR:limit><CR:nresults>" + std::to_string(limit) +
                                 "</CR:nresults></CR:limit>");
    };
    const auto two = ask(2);
    CHECK(two.size() == 3);
    CHECK(two.at(server.books("contacts/")).status == 507);
    CHECK(two.at(server.books("contacts/")).error == "D:number-of-matches-within-limits");
    CHECK(ask(5).size() == 5);
    CHECK(ask(100).size() == 5);
    CHECK(ask(0).status() == 400);
}

TEST_CASE("RFC 6352 8.6: filters that are none are refused with their precondition") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto refused = [&](const std::string& inner) {
        const auto reply =
            server.report(server.books("contacts/"), "CR:addressbook-query", "<D:prop/>" + inner)
                .reply();
        CHECK(reply.status == 403);
        return precondition(reply);
    };
    CHECK(refused(filter("<CR:prop-filter/>")) == "CR:supported-filter");
    CHECK(refused(filter(prop("FN", text("x", " match-type=\"sounds-like\"")))) ==
          "CR:supported-filter");
    CHECK(refused(filter(prop("FN", ""), "someof")) == "CR:supported-filter");
    CHECK(refused(filter(prop("FN", text("x", " collation=\"i;klingon\"")))) ==
          "CR:supported-collation");
}

TEST_CASE("RFC 6352 10.4: chosen properties of a card, and its version as asked") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    put(server, "a", card4("Ann", "TEL;TYPE=cell;VALUE=uri:tel:+1-555\nNOTE:private\n"));
    const auto ask = [&](const std::string& data) {
        return server
            .report(server.books("contacts/"), "CR:addressbook-multiget",
                    "<D:prop>" + data + "</D:prop><D:href>" + server.books("contacts/a.vcf") +
                        "</D:href>")
            .only()
            .raw_text("CR:address-data");
    };
    const auto part =
        ask("<CR:address-data><CR:prop name=\"FN\"/><CR:prop name=\"NOTE\" novalue=\"yes\"/>"
            "</CR:address-data>");
    CHECK(part == crlf("BEGIN:VCARD\nVERSION:4.0\nFN:Ann\nNOTE:\nEND:VCARD\n"));
    CHECK(
        ask("<CR:address-data content-type=\"text/vcard\" version=\"3.0\"/>").find("VERSION:3.0") !=
        std::string::npos);
    CHECK(ask("<CR:address-data content-type=\"text/vcard\" version=\"4.0\"/>") ==
          card4("Ann", "TEL;TYPE=cell;VALUE=uri:tel:+1-555\nNOTE:private\n"));
    const auto refused =
        server
            .report(server.books("contacts/"), "CR:addressbook-multiget",
                    "<D:prop><CR:address-data version=\"2.1\" content-type=\"text/vcard\"/>"
                    "</D:prop><D:href>" +
                        server.books("contacts/a.vcf") + "</D:href>")
            .reply();
    CHECK(refused.status == 403);
    CHECK(precondition(refused) == "CR:supported-address-data");
}

TEST_CASE("a stored vCard 4.0 is given as 3.0 to a client that asks for it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto stored = card4("Ann", "KIND:individual\nTEL;TYPE=cell:555\n");
    put(server, "a", stored);
    const auto path = server.books("contacts/a.vcf");
    CHECK(server.get(path).body == stored);
    CHECK(server.get(path, {{"Accept", "text/vcard"}}).body == stored);
    CHECK(server.get(path, {{"Accept", "*/*"}}).body == stored);
    CHECK(server.get(path, {{"Accept", "text/vcard; version=4.0"}}).body == stored);
    const auto three = server.get(path, {{"Accept", "text/vcard; version=\"3.0\", */*;q=0.1"}});
    CHECK(three.status == 200);
    CHECK(three.body.find("VERSION:3.0\r\n") != std::string::npos);
    CHECK(three.body.find("FN:Ann\r\n") != std::string::npos);
    CHECK(three.content_type().find("version=3.0") != std::string::npos);
    // RFC 9110 8.8.3: other bytes, another ETag.
    const auto etag = server.get(path).etag();
    CHECK(three.etag() == etag.substr(0, etag.size() - 1) + "~3.0\"");
    CHECK(server.get(path, {{"Accept", "text/vcard; version=4.0"}}).etag() == etag);
    CHECK(server.get(path, {{"Accept", "text/vcard; version=3.0"}, {"If-None-Match", three.etag()}})
              .status == 304);

    // Who was given 3.0 may store over the state that it shows, and only over that.
    const auto changed = card4("Ann", "NOTE:Changed\n");
    CHECK(server.put(path, changed, {{"If-Match", three.etag()}}).status == 204);
    CHECK(server.put(path, stored, {{"If-Match", three.etag()}}).status == 412);
}

TEST_CASE("a query over thousands of cards comes whole") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    constexpr int many = 1200;
    for (int i = 0; i < many; ++i)
        put(server, std::to_string(i), card("Person " + std::to_string(i)));
    CHECK(found(server, filter(prop("FN", text("person")))).size() == many);
    CHECK(found(server, filter(prop("FN", text("person 119")))).size() == 11);
}
