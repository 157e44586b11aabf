// The body of an ACL request, and DAV:ace as it is written: RFC 3744 5.5, 8.1.

#include "dav/acl_body.hpp"
#include "dav/error.hpp"
#include "dav/precondition.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using namespace kalends::dav;
using access::Place;
using access::Who;

namespace {

constexpr std::size_t max_aces = 4;

std::vector<AceElement> read(const std::string& inner, Place place = Place::collection) {
    const auto acl = xml::parse(
        "<D:acl xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">" + inner + "</D:acl>");
    return aces_in(*acl, place, max_aces);
}

/// What the client is told: the status, and the name of the precondition.
struct Refusal {
    http::Status status = http::Status::ok;
    std::string_view precondition;
    bool operator==(const Refusal&) const = default;
};

Refusal refusal(const std::string& inner, Place place = Place::collection) {
    try {
        read(inner, place);
        return {};
    } catch (const DavError& error) {
        return {error.status(), error.precondition().local};
    }
}

const Refusal malformed{http::Status::bad_request, ""};
Refusal forbidden(std::string_view precondition) { return {http::Status::forbidden, precondition}; }

std::string ace(const std::string& principal, const std::string& privilege,
                const std::string& verdict = "grant") {
    return "<D:ace><D:principal>" + principal + "</D:principal><D:" + verdict + "><D:privilege>" +
           privilege + "</D:privilege></D:" + verdict + "></D:ace>";
}

std::string written(const AceElement& element, Place place = Place::collection) {
    std::string to;
    xml::Writer writer{to};
    append_ace(writer, element, place);
    return to;
}

const std::string jane = "<D:href>/dav/principals/users/jane/</D:href>";
const std::string read_privilege = "<D:read/>";

}  // namespace

TEST_CASE("RFC 3744 8.1.2: an ACL request is read in its order") {
    const auto aces =
        read("<D:ace><D:principal><D:href> http://www.example.com/users/esedlar\n</D:href>"
             "</D:principal><D:grant><D:privilege><D:read/></D:privilege><D:privilege><D:write/>"
             "</D:privilege></D:grant></D:ace>" +
             ace("<D:property><D:owner/></D:property>", "<D:read-acl/>") +
             ace("<D:all/>", read_privilege, "deny"));
    REQUIRE(aces.size() == 3);
    CHECK(aces[0].who == Who::principal);
    CHECK(aces[0].href == "http://www.example.com/users/esedlar");
    CHECK(aces[0].privileges == (access::read | access::read_free_busy | access::write));
    CHECK_FALSE(aces[0].deny);
    CHECK_FALSE(aces[0].inverted);
    CHECK(aces[1].who == Who::owner);
    CHECK(aces[1].privileges == access::read_acl);
    CHECK(aces[2].who == Who::everybody);
    CHECK(aces[2].deny);
}

TEST_CASE("RFC 3744 8.1: an ACL without entries takes all of them away") {
    CHECK(read("").empty());
}

TEST_CASE("RFC 3744 5.5.1: a principal may be a word, and may be inverted") {
    CHECK(read(ace("<D:authenticated/>", read_privilege)).front().who == Who::authenticated);
    CHECK(read(ace("<D:unauthenticated/>", read_privilege)).front().who == Who::unauthenticated);
    CHECK(read(ace("<D:self/>", read_privilege)).front().who == Who::self);
    const auto all_but_jane =
        read("<D:ace><D:invert><D:principal>" + jane +
             "</D:principal></D:invert><D:deny><D:privilege><D:bind/></D:privilege></D:deny>"
             "</D:ace>");
    CHECK(all_but_jane.front().inverted);
    CHECK(all_but_jane.front().href == "/dav/principals/users/jane/");
}

TEST_CASE("RFC 3744 8.1.5: an entry with two principals, or with grant and deny, is refused") {
    const std::string principal = "<D:principal>" + jane + "</D:principal>";
    const std::string invert = "<D:invert>" + principal + "</D:invert>";
    const std::string grant = "<D:grant><D:privilege><D:read/></D:privilege></D:grant>";
    const std::string deny = "<D:deny><D:privilege><D:bind/></D:privilege></D:deny>";
    const auto entry = [](const std::string& inner) { return "<D:ace>" + inner + "</D:ace>"; };
    CHECK(refusal(entry(principal + grant)) == Refusal{});
    CHECK(refusal(entry(principal + grant + "<D:unknown/>")) == Refusal{});
    CHECK(refusal(entry(principal + grant + principal)) == malformed);
    CHECK(refusal(entry(principal + invert + grant)) == malformed);
    CHECK(refusal(entry(principal + grant + deny)) == malformed);
    CHECK(refusal(entry(grant)) == malformed);
    CHECK(refusal(entry(principal)) == malformed);
    CHECK(refusal(entry("<D:invert/>" + grant)) == malformed);
    CHECK(refusal(entry(principal + "<D:grant/>")) == malformed);
    CHECK(refusal(entry(principal + "<D:grant><D:read/></D:grant>")) == malformed);
    CHECK(refusal(ace("", read_privilege)) == malformed);
    CHECK(refusal(ace(jane + "<D:all/>", read_privilege)) == malformed);
    CHECK(refusal(ace("<D:href> </D:href>", read_privilege)) == malformed);
    CHECK(refusal(ace("<D:everybody/>", read_privilege)) == malformed);
    CHECK(refusal(ace(jane, "")) == malformed);
}

TEST_CASE("RFC 3744 8.1.1: limited-number-of-aces") {
    std::string inner;
    for (std::size_t i = 0; i < max_aces; ++i) inner += ace("<D:all/>", read_privilege);
    CHECK(refusal(inner) == Refusal{});
    CHECK(refusal(inner + ace("<D:all/>", read_privilege)) == forbidden("limited-number-of-aces"));
}

TEST_CASE("RFC 3744 8.1.1: not-supported-privilege") {
    CHECK(refusal(ace(jane, "<D:fly/>")) == forbidden("not-supported-privilege"));
    CHECK(refusal(ace(jane, "<C:read/>")) == forbidden("not-supported-privilege"));
    CHECK(refusal(ace(jane, "<C:schedule-send/>")) == forbidden("not-supported-privilege"));
    CHECK(refusal(ace(jane, "<C:schedule-send/>"), Place::outbox) == Refusal{});
    CHECK(refusal(ace(jane, "<C:schedule-send/>"), Place::inbox) ==
          forbidden("not-supported-privilege"));
    CHECK(read(ace(jane, "<D:all/>")).front().privileges == access::all);
}

TEST_CASE("RFC 3744 8.1.1: allowed-principal, where a property is not the owner") {
    CHECK(refusal(ace("<D:property><D:group/></D:property>", read_privilege)) ==
          forbidden("allowed-principal"));
    CHECK(refusal(ace("<D:property/>", read_privilege)) == forbidden("allowed-principal"));
    CHECK(refusal(ace("<D:property><D:owner/><D:group/></D:property>", read_privilege)) ==
          forbidden("allowed-principal"));
}

TEST_CASE("RFC 3744 8.1.3: nothing is taken from the owner, nor protected by a client") {
    const std::string owner = "<D:property><D:owner/></D:property>";
    CHECK(refusal(ace(owner, "<D:write/>", "deny")) == forbidden("no-protected-ace-conflict"));
    CHECK(refusal("<D:ace><D:invert><D:principal>" + owner +
                  "</D:principal></D:invert><D:deny><D:privilege><D:write/></D:privilege></D:deny>"
                  "</D:ace>") == Refusal{});
    CHECK(refusal("<D:ace><D:principal>" + jane +
                  "</D:principal><D:grant><D:privilege><D:read/></D:privilege></D:grant>"
                  "<D:protected/></D:ace>") == forbidden("no-ace-conflict"));
}

TEST_CASE("RFC 3744 8.1.4: an inherited entry is not set by a client") {
    CHECK(refusal("<D:ace><D:principal>" + jane +
                  "</D:principal><D:grant><D:privilege><D:read/></D:privilege></D:grant>"
                  "<D:inherited><D:href>/dav/</D:href></D:inherited></D:ace>") ==
          forbidden("no-ace-conflict"));
}

TEST_CASE("RFC 3744 8.1.1: no-ace-conflict, where an entry could never count") {
    const auto conflict = forbidden("no-ace-conflict");
    const std::string same = "<D:href>https://example.com/dav/principals/users/jane/</D:href>";
    CHECK(refusal(ace(jane, "<D:read/>") + ace(jane, "<D:read/>", "deny")) == conflict);
    CHECK(refusal(ace(jane, "<D:all/>", "deny") + ace(same, "<D:bind/>")) == conflict);
    CHECK(refusal(ace(jane, "<D:bind/>", "deny") + ace(jane, "<D:unbind/>", "deny") +
                  ace(jane, "<D:bind/><D:unbind/>")) == conflict);

    CHECK(refusal(ace(jane, "<D:write/>", "deny") + ace(jane, "<D:all/>")) == Refusal{});
    CHECK(refusal(ace(jane, "<D:read/>") + ace("<D:all/>", "<D:read/>", "deny")) == Refusal{});
    CHECK(refusal(ace(jane, "<D:read/>") + ace(jane, "<D:read/>")) == Refusal{});
}

TEST_CASE("RFC 3744 5.5: an entry is written with whom it names and what it says") {
    AceElement entry{.href = "/dav/principals/users/a&b/", .privileges = access::read};
    CHECK(written(entry) == "<D:ace><D:principal><D:href>/dav/principals/users/a&amp;b/</D:href>"
                            "</D:principal><D:grant><D:privilege><D:read/></D:privilege></D:grant>"
                            "</D:ace>");
    entry.inverted = true;
    entry.deny = true;
    entry.who = Who::authenticated;
    CHECK(written(entry) == "<D:ace><D:invert><D:principal><D:authenticated/></D:principal>"
                            "</D:invert><D:deny><D:privilege><D:read/></D:privilege></D:deny>"
                            "</D:ace>");
    CHECK(written({.who = Who::owner,
                   .privileges = access::all,
                   .is_protected = true,
                   .inherited_from = "/dav/calendars/users/jane/"}) ==
          "<D:ace><D:principal><D:property><D:owner/></D:property></D:principal><D:grant>"
          "<D:privilege><D:all/></D:privilege></D:grant><D:protected/><D:inherited>"
          "<D:href>/dav/calendars/users/jane/</D:href></D:inherited></D:ace>");
}

TEST_CASE("RFC 3744 5.5.2: an entry is written with privileges of the resource only") {
    const AceElement entry{.who = Who::everybody,
                           .privileges = access::write | access::schedule_deliver};
    CHECK(written(entry, Place::inbox).find("<C:schedule-deliver/>") != std::string::npos);
    const auto of_calendar = written(entry);
    CHECK(of_calendar.find("schedule") == std::string::npos);
    CHECK(of_calendar.find("<D:grant><D:privilege><D:write/></D:privilege></D:grant>") !=
          std::string::npos);
    CHECK(written({.who = Who::everybody, .privileges = access::schedule_send}).empty());
}

TEST_CASE("what is written of an entry is read as the same") {
    for (const auto who : {Who::principal, Who::owner, Who::everybody, Who::authenticated,
                           Who::unauthenticated, Who::self})
        for (const bool inverted : {false, true})
            for (const auto& row : access::privilege_tree()) {
                if (!row.is_on(Place::outbox)) continue;
                const AceElement entry{.who = who,
                                       .href = who == Who::principal ? "/p/" : "",
                                       .inverted = inverted,
                                       .privileges = row.bits};
                const auto again = read(written(entry, Place::outbox), Place::outbox);
                REQUIRE(again.size() == 1);
                CHECK(again.front().who == who);
                CHECK(again.front().href == entry.href);
                CHECK(again.front().inverted == inverted);
                CHECK(again.front().privileges == row.bits);
            }
}
