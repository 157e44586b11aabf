// The If header: RFC 4918 10.4.

#include "dav/error.hpp"
#include "dav/if_header.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace kalends;
using namespace kalends::dav;

namespace {

const std::string first_lock = "urn:uuid:181d4fae-7d8c-11d0-a765-00a0c91e6bf2";
const std::string second_lock = "urn:uuid:58f202ac-22cf-11d1-b12d-002035b29092";
const std::string sync_token = "data:,e:1:2:3";
constexpr std::string_view request_uri = "/dav/here";

/// Resources by their URLs, and how often each was looked up.
struct World {
    std::map<std::string, ResourceState, std::less<>> resources;
    std::map<std::string, int, std::less<>> lookups;

    bool holds(const std::string& value) {
        const auto header = parse_if(value);
        REQUIRE(header);
        return evaluate(*header, request_uri, [this](std::string_view url) {
            ++lookups[std::string(url)];
            const auto found = resources.find(url);
            return found == resources.end() ? ResourceState{} : found->second;
        });
    }
};

bool holds(const ResourceState& here, const std::string& value) {
    World world;
    world.resources[std::string(request_uri)] = here;
    return world.holds(value);
}

std::string repeated(std::size_t count, const std::string& text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

}  // namespace

TEST_CASE("RFC 4918 10.4.6: lists without a tag are for the Request-URI, and one must hold") {
    const std::string value =
        "(<" + first_lock + ">\r\n  [\"I am an ETag\"])\r\n  ([\"I am another ETag\"])";
    const auto header = parse_if(value);
    REQUIRE(header);
    REQUIRE(header->lists.size() == 2);
    CHECK(header->lists[0].resource.empty());
    REQUIRE(header->lists[0].conditions.size() == 2);
    CHECK(header->lists[0].conditions[0].kind == IfCondition::Kind::state_token);
    CHECK(header->lists[0].conditions[0].value == first_lock);
    CHECK(header->lists[0].conditions[1].kind == IfCondition::Kind::entity_tag);
    CHECK(header->lists[0].conditions[1].value == "\"I am an ETag\"");

    CHECK(holds({"\"I am an ETag\"", {first_lock}}, value));
    CHECK(holds({"\"I am another ETag\"", {}}, value));
    CHECK_FALSE(holds({"\"I am an ETag\"", {}}, value));
    CHECK_FALSE(holds({"\"x\"", {first_lock}}, value));
}

TEST_CASE("RFC 4918 10.4.7: Not turns the condition behind it alone") {
    const std::string value = "(Not <" + first_lock + ">\t<" + second_lock + ">)";
    CHECK(holds({"", {second_lock}}, value));
    CHECK_FALSE(holds({"", {first_lock, second_lock}}, value));
    CHECK_FALSE(holds({"", {}}, value));
    CHECK(holds({"\"a\"", {}}, "(not[\"b\"])"));
}

TEST_CASE("RFC 4918 10.4.8: Not <DAV:no-lock> is always true, and the token is submitted") {
    const std::string value = "(<" + first_lock + ">) (Not <DAV:no-lock>)";
    CHECK(holds({"", {}}, value));
    CHECK(holds({"\"a\"", {second_lock}}, value));
    CHECK_FALSE(holds({"\"a\"", {second_lock}}, "(<DAV:no-lock>)"));
    const auto header = parse_if(value);
    REQUIRE(header);
    CHECK(submitted_tokens(*header) == std::vector<std::string_view>{first_lock, "DAV:no-lock"});
}

TEST_CASE("RFC 4918 10.4.9: a tag is for all lists up to the next") {
    const std::string value = "</resource1> (<" + first_lock +
                              "> [W/\"A weak ETag\"]) ([\"strong ETag\"])"
                              "<http://www.example.com/random> ([\"another\"])";
    const auto header = parse_if(value);
    REQUIRE(header);
    REQUIRE(header->lists.size() == 3);
    CHECK(header->lists[1].resource == "/resource1");
    CHECK(header->lists[2].resource == "http://www.example.com/random");

    World world;
    CHECK_FALSE(world.holds(value));
    CHECK(world.lookups ==
          decltype(world.lookups){{"/resource1", 1}, {"http://www.example.com/random", 1}});
    world.resources["/resource1"] = {"W/\"A weak ETag\"", {first_lock}};
    CHECK(world.holds(value));
    CHECK(world.lookups["http://www.example.com/random"] == 1);
    world.resources["/resource1"] = {"\"strong ETag\"", {}};
    CHECK(world.holds(value));
    world.resources["/resource1"] = {"\"another\"", {}};
    CHECK_FALSE(world.holds(value));
    world.resources["http://www.example.com/random"] = {"\"another\"", {}};
    CHECK(world.holds(value));
}

TEST_CASE(
    "RFC 4918 10.4.10: the token is compared with the resource of the tag, not the request's") {
    World world;
    const std::string value = "<http://www.example.com/specs/>\r\n (<" + first_lock + ">)";
    world.resources[std::string(request_uri)] = {"", {first_lock}};
    CHECK_FALSE(world.holds(value));
    world.resources["http://www.example.com/specs/"] = {"", {first_lock}};
    CHECK(world.holds(value));
}

TEST_CASE("RFC 4918 10.4.11: where nothing is, no state is, and Not any is true") {
    World world;
    CHECK_FALSE(world.holds("</specs/rfc2518.doc> ([\"4217\"])"));
    CHECK(world.holds("</specs/rfc2518.doc> (Not [\"4217\"])"));
    CHECK_FALSE(world.holds("</specs/rfc2518.doc> ([\"\"])"));
    CHECK(world.holds("</specs/rfc2518.doc> (Not <" + first_lock + ">)"));
}

TEST_CASE("RFC 6578 5: a sync-token is a state token of the collection that has it") {
    CHECK(holds({"", {sync_token}}, "(<" + sync_token + ">)"));
    CHECK_FALSE(holds({"", {"data:,e:1:3:3"}}, "(<" + sync_token + ">)"));
}

TEST_CASE("RFC 4918 10.4.4: entity tags are compared weakly, that of a variant by its state") {
    CHECK(holds({"\"a1\"", {}}, "([W/\"a1\"])"));
    CHECK(holds({"W/\"a1\"", {}}, "([\"a1\"])"));
    CHECK(holds({"\"a1\"", {}}, "([\"a1~tz0\"])"));
    CHECK_FALSE(holds({"\"a1\"", {}}, "([\"a\"])"));
    CHECK_FALSE(holds({"\"a1\"", {}}, "([\"A1\"])"));
    CHECK_FALSE(holds({"\"a1\"", {"a1"}}, "(<urn:a1>)"));
}

TEST_CASE("RFC 4918 10.4.1: a token is submitted once, wherever it stands") {
    const auto header = parse_if("</a> (Not <" + first_lock + ">) </b> (<" + first_lock +
                                 "> [\"x\"] <" + second_lock + ">)");
    REQUIRE(header);
    CHECK(submitted_tokens(*header) == std::vector<std::string_view>{first_lock, second_lock});
}

TEST_CASE("RFC 4918 10.4.2: what is malformed is not taken for a condition") {
    for (const std::string value : {
             "",
             "()",
             "(Not)",
             "[\"a\"]",
             "<urn:a>",
             "</a>",
             "(<urn:a>",
             "(<urn:a>))",
             "(<urn:a) >",
             "(<urn:a>) x",
             "(<urn:a>), (<urn:b>)",
             "(<urn:a>) </b> (<urn:a>)",
             "</b> (<urn:a>) </c>",
             "</b> </c> (<urn:a>)",
             "<b> (<urn:a>)",
             "<> (<urn:a>)",
             "</b c> (<urn:a>)",
             "(<>)",
             "(< urn:a>)",
             "(<urn: a>)",
             "(<urn:>)",
             "(<:a>)",
             "(<1urn:a>)",
             "(</path>)",
             "(<no-scheme>)",
             "(<u_n:a>)",
             "(<urn:<a>)",
             "([a])",
             "([ \"a\"])",
             "([\"a\" ])",
             "([\"a\")",
             "([\"a])",
             "([w/\"a\"])",
             "([W/a])",
             "([W/",
             "(Not Not <urn:a>)",
             "((<urn:a>))",
             "(\"a\")",
             "(*)",
         }) {
        CAPTURE(value);
        CHECK_FALSE(parse_if(value));
    }
}

TEST_CASE("a header that ends too early is malformed wherever it ends") {
    const std::string whole = "</a> (Not <urn:b> [W/\"c\"])";
    REQUIRE(parse_if(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        // A copy of its own, so that a sanitizer sees a step over the end.
        const std::vector<char> part(whole.begin(), whole.begin() + static_cast<long>(size));
        CHECK_FALSE(parse_if({part.data(), part.size()}));
    }
}

TEST_CASE("the If header is bounded in lists and in conditions of a list") {
    const std::string conditions = repeated(If::max_conditions, "<urn:a>");
    CHECK(parse_if("(" + conditions + ")"));
    CHECK_FALSE(parse_if("(" + conditions + "<urn:a>)"));
    const std::string lists = repeated(If::max_lists, "(<urn:a>)");
    CHECK(parse_if(lists));
    CHECK_FALSE(parse_if(lists + "(<urn:a>)"));
    const std::string tagged = repeated(If::max_lists, "</a>(<urn:a>)");
    CHECK(parse_if(tagged));
    CHECK_FALSE(parse_if(tagged + "</a>(<urn:a>)"));
}

TEST_CASE("RFC 4918 10.4.2: a request has one If header, and a broken one is a 400") {
    http::Headers headers;
    CHECK_FALSE(if_of(headers));
    headers.add("if", "(<urn:a>)");
    CHECK(if_of(headers)->lists.size() == 1);
    headers.add("If", "(<urn:b>)");
    try {
        if_of(headers);
        FAIL("two were taken for one");
    } catch (const DavError& error) {
        CHECK(error.status() == http::Status::bad_request);
    }
}
