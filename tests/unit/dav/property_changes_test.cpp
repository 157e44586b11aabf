// The instructions of a PROPPATCH: RFC 4918 9.2, 14.19.

#include "dav/property_changes.hpp"
#include "xml/document.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using namespace kalends::dav;

namespace {

std::unique_ptr<xml::Element> update(const std::string& inner) {
    return xml::parse("<D:propertyupdate xmlns:D=\"DAV:\" xmlns:X=\"urn:x\">" + inner +
                      "</D:propertyupdate>");
}

}  // namespace

TEST_CASE("RFC 4918 9.2: instructions are read in document order") {
    const auto body = update("<D:set><D:prop><X:a>1</X:a><X:b/></D:prop></D:set>"
                             "<X:unknown><D:prop><X:z/></D:prop></X:unknown>"
                             "<D:remove><D:prop><X:a/></D:prop></D:remove>");
    const auto changes = changes_in(*body);
    REQUIRE(changes.size() == 3);
    CHECK(changes[0].name == xml::Name{"urn:x", "a"});
    REQUIRE(changes[0].value != nullptr);
    CHECK(changes[0].value->text() == "1");
    CHECK(changes[1].name == xml::Name{"urn:x", "b"});
    CHECK(changes[2].name == xml::Name{"urn:x", "a"});
    CHECK(changes[2].value == nullptr);
}

TEST_CASE("RFC 4918 9.2: the last instruction on a name counts") {
    const std::string set = "<D:set><D:prop><X:a>1</X:a></D:prop></D:set>";
    const std::string remove = "<D:remove><D:prop><X:a/></D:prop></D:remove>";
    const auto first = update(set + remove);
    const auto removed = for_store(changes_in(*first));
    CHECK(removed.set.empty());
    REQUIRE(removed.remove.size() == 1);
    CHECK(removed.remove.front() == std::pair<std::string, std::string>{"urn:x", "a"});

    const auto second = update(set + remove + "<D:set><D:prop><X:a>2</X:a></D:prop></D:set>");
    const auto stored = for_store(changes_in(*second));
    CHECK(stored.remove.empty());
    REQUIRE(stored.set.size() == 1);
    CHECK(stored.set.front().text == "2");
    CHECK(xml::parse(stored.set.front().xml)->is({"urn:x", "a"}));
}

TEST_CASE("RFC 7809 3.1.5: a property that says what another one says removes it") {
    const auto update_of = [](const std::string& inner) {
        const auto body = update(inner);
        auto changes = changes_in(*body);
        for (auto& change : changes) {
            if (change.name.local == "a") change.displaces = {"urn:x", "b"};
            if (change.name.local == "b") change.displaces = {"urn:x", "a"};
        }
        return for_store(changes);
    };
    const std::pair<std::string, std::string> a{"urn:x", "a"};
    const std::pair<std::string, std::string> b{"urn:x", "b"};

    const auto set = update_of("<D:set><D:prop><X:a>1</X:a></D:prop></D:set>");
    REQUIRE(set.set.size() == 1);
    CHECK(set.set.front().local == "a");
    CHECK(set.remove == std::vector{b});

    const auto both = update_of("<D:set><D:prop><X:a>1</X:a><X:b>2</X:b></D:prop></D:set>");
    REQUIRE(both.set.size() == 1);
    CHECK(both.set.front().local == "b");
    CHECK(both.remove == std::vector{a});

    const auto removed = update_of("<D:set><D:prop><X:a>1</X:a></D:prop></D:set>"
                                   "<D:remove><D:prop><X:b/></D:prop></D:remove>");
    CHECK(removed.set.empty());
    CHECK(removed.remove == std::vector{a, b});
}

TEST_CASE("RFC 4918 9.2.2: propstats are grouped by status") {
    const auto body = update("<D:set><D:prop><X:a/><X:b/><X:c/></D:prop></D:set>");
    auto changes = changes_in(*body);
    changes[1].status = http::Status::forbidden;
    changes[0].status = changes[2].status = http::Status::failed_dependency;
    std::string text = "<D:response xmlns:D=\"DAV:\">";
    append_propstats(text, changes);
    const auto response = xml::parse(text + "</D:response>");
    const auto propstats = response->children({xml::dav, "propstat"});
    REQUIRE(propstats.size() == 2);
    CHECK(propstats[0]->child({xml::dav, "prop"})->children().size() == 2);
    CHECK(propstats[0]->child({xml::dav, "status"})->text() == "HTTP/1.1 424 Failed Dependency");
    CHECK(propstats[1]->child({xml::dav, "prop"})->child({"urn:x", "b"}) != nullptr);
    CHECK(propstats[1]->child({xml::dav, "status"})->text() == "HTTP/1.1 403 Forbidden");
}
