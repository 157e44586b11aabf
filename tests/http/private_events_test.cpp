// Events that are not for all who may read a calendar: calendarserver caldav-privateevents. Alice
// owns it, rita may read it, wim may write it, pia acts for alice and rob may look for her.

#include "acl_support.hpp"
#include "base/text.hpp"
#include "store/groups.hpp"
#include "store/principals.hpp"
#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;
namespace text = kalends::text;

namespace {

/// What nobody else may learn, whatever the class.
const std::string description = "the takeover of Initech";

std::string with_access(const std::string& access, std::string object) {
    const std::string version = "VERSION:2.0\r\n";
    return object.insert(object.find(version) + version.size(),
                         "X-CALENDARSERVER-ACCESS:" + access + "\r\n");
}

std::string talk(const std::string& name) {
    return event(name, std::string(one_hour) + "LOCATION:Room of " + name +
                           "\nDESCRIPTION:" + description +
                           "\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT10M\n"
                           "END:VALARM\n");
}

struct Firm : TestServer {
    Firm() : TestServer{"alice", "rita", "wim", "pia", "rob", "admin"} { furnish(); }
    explicit Firm(const kalends::Config& config)
        : TestServer({"alice", "rita", "wim", "pia", "rob", "admin"}, config) {
        furnish();
    }

    [[nodiscard]] std::string path(const std::string& name) const {
        return calendars("calendar/" + name + ".ics");
    }

private:
    void furnish() {
        REQUIRE(set_acl(*this, "calendar/",
                        ace("/dav/principals/users/rita/", "D:read") +
                            ace("/dav/principals/users/wim/",
                                "D:read D:write D:read-current-user-privilege-set"))
                    .status == 200);
        using kalends::store::PrincipalKind;
        act_for_alice("pia", PrincipalKind::proxy_write);
        act_for_alice("rob", PrincipalKind::proxy_read);
        store("open", talk("Open"));
        store("public", with_access("PUBLIC", talk("Public")));
        store("restricted", with_access("RESTRICTED", talk("Restricted")));
        store("confidential", with_access("CONFIDENTIAL", talk("Confidential")));
        store("private", with_access("PRIVATE", talk("Private")));
    }

    void act_for_alice(const std::string& login, kalends::store::PrincipalKind which) {
        auto& db = database();
        const auto group =
            kalends::store::proxy_group(db, db.home("alice")->principal.id, which).value();
        kalends::store::set_members(db, group, {db.home(login)->principal.id});
    }

    void store(const std::string& name, const std::string& data) {
        REQUIRE(put("calendar/" + name + ".ics", data).status == 201);
    }
};

constexpr auto those_who_see_all = {"alice", "pia", "admin"};
constexpr auto others = {"rita", "wim", "rob"};

bool has(std::string_view where, std::string_view what) {
    return where.find(what) != std::string_view::npos;
}

/// What is left for others of an event of this class is what it should be.
void check_part(const std::string& name, const std::string& data) {
    CAPTURE(name);
    CAPTURE(data);
    const bool restricted = name == "restricted";
    CHECK(has(data, "DTSTART:20260710T100000Z\r\n"));
    CHECK(has(data, "UID:uid-of-"));
    CHECK(has(data, "X-CALENDARSERVER-ACCESS:"));
    CHECK(has(data, "SUMMARY:") == restricted);
    CHECK(has(data, "LOCATION:") == restricted);
    CHECK_FALSE(has(data, "DESCRIPTION"));
    CHECK_FALSE(has(data, "VALARM"));
}

const std::string with_data = "<D:prop><D:getetag/><C:calendar-data/></D:prop>";

std::string hrefs(const std::vector<std::string>& all) {
    std::string result;
    for (const auto& href : all) result += "<D:href>" + href + "</D:href>";
    return result;
}

std::string in_events(const std::string& filter) {
    return "<C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">" + filter +
           "</C:comp-filter></C:comp-filter></C:filter>";
}

std::string text_in(const std::string& property, const std::string& words) {
    return in_events("<C:prop-filter name=\"" + property + "\"><C:text-match>" + words +
                     "</C:text-match></C:prop-filter>");
}

std::vector<std::string> names_in(const Multistatus& answer) {
    std::vector<std::string> names;
    for (const auto& href : answer.hrefs()) {
        const auto from = href.rfind('/') + 1;
        if (from < href.size()) names.push_back(href.substr(from, href.find('.', from) - from));
    }
    return names;
}

using Names = std::vector<std::string>;
const Names all_names{"confidential", "open", "private", "public", "restricted"};
const Names names_for_others{"confidential", "open", "public", "restricted"};

}  // namespace

TEST_CASE("caldav-privateevents 4.2.1: OPTIONS tells of it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK(has(server.request("OPTIONS", server.calendars("calendar/")).header("DAV").value_or(""),
              "calendarserver-private-events"));
}

TEST_CASE("caldav-privateevents 4.2.4: owner, administrators and who acts for the owner see all") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    for (const std::string login : those_who_see_all)
        for (const auto& name : all_names) {
            CAPTURE(login);
            CAPTURE(name);
            const auto reply = firm.as(login).get(firm.path(name));
            CHECK(reply.status == 200);
            CHECK(has(reply.body, description));
            CHECK(reply.etag() == firm.get(firm.path(name)).etag());
        }
}

TEST_CASE("caldav-privateevents 4.2.4: GET and HEAD give others what the class leaves") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    for (const std::string login : others) {
        CAPTURE(login);
        auto& user = firm.as(login);
        for (const std::string name : {"open", "public"}) {
            CHECK(user.get(firm.path(name)).body == firm.get(firm.path(name)).body);
            CHECK(user.get(firm.path(name)).etag() == firm.get(firm.path(name)).etag());
        }
        for (const std::string name : {"restricted", "confidential"}) {
            const auto reply = user.get(firm.path(name));
            CHECK(reply.status == 200);
            check_part(name, reply.body);
            CHECK(reply.etag() != firm.get(firm.path(name)).etag());
            const auto head = user.head(firm.path(name));
            CHECK(head.status == 200);
            CHECK(head.header("Content-Length") == std::to_string(reply.body.size()));
            CHECK(head.etag() == reply.etag());
        }
        for (const auto& reply :
             {user.get(firm.path("private")), user.head(firm.path("private"))}) {
            CHECK(reply.status == 403);
            CHECK_FALSE(has(reply.body, "Private"));
            CHECK(reply.etag().empty());
        }
    }
    CHECK(firm.nobody().get(firm.path("open")).status == 401);
}

TEST_CASE("a range, a condition and a choice of time zones are of the part that is shown") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto& rita = firm.as("rita");
    const auto path = firm.path("confidential");
    const auto shown = rita.get(path);
    const auto stored = firm.get(path);
    const auto range = rita.get(path, {{"Range", "bytes=20-"}});
    CHECK(range.status == 206);
    CHECK(range.body == shown.body.substr(20));
    const auto beyond =
        rita.get(path, {{"Range", "bytes=" + std::to_string(shown.body.size()) + "-"}});
    CHECK(beyond.status == 416);
    CHECK(rita.get(path, {{"Range", "bytes=20-"}, {"If-Range", stored.etag()}}).body == shown.body);
    CHECK(rita.get(path, {{"If-None-Match", shown.etag()}}).status == 304);
    CHECK(rita.get(path, {{"If-None-Match", stored.etag()}}).status == 200);
    CHECK(rita.get(path, {{"If-Match", stored.etag()}}).status == 412);
    CHECK(firm.get(path, {{"If-None-Match", shown.etag()}}).status == 200);

    const auto zoned =
        with_access("CONFIDENTIAL", event("Zoned", "DTSTART;TZID=Europe/Berlin:20260710T100000\n"
                                                   "DESCRIPTION:" +
                                                       description + "\n"));
    REQUIRE(firm.put("calendar/zoned.ics", zoned).status == 201);
    const auto plain = rita.get(firm.path("zoned"));
    const auto complete = rita.get(firm.path("zoned"), {{"CalDAV-Timezones", "T"}});
    CHECK(has(complete.body, "BEGIN:VTIMEZONE"));
    CHECK_FALSE(has(complete.body, description));
    CHECK(has(complete.etag(), "~tz1"));
    CHECK(has(complete.etag(), plain.etag().substr(1, plain.etag().size() - 2)));
}

TEST_CASE("an ETag for others changes with the event, and tells nothing of what is hidden") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto& rita = firm.as("rita");
    const auto path = firm.path("confidential");
    const auto first = rita.get(path).etag();
    CHECK(rita.get(path).etag() == first);
    CHECK(rita.propfind(path, "D:getetag").only().text("D:getetag") == first);
    auto changed = with_access("CONFIDENTIAL", talk("Confidential"));
    changed.replace(changed.find("Initech"), 7, "Initrex");
    REQUIRE(firm.put(path, changed).status == 204);
    CHECK(rita.get(path).etag() != first);
    CHECK_FALSE(has(rita.get(path).etag(), text::trim(firm.get(path).etag()).substr(1, 16)));
}

TEST_CASE("caldav-privateevents 4.2.4: PROPFIND tells size and ETag of what is shown") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    for (const std::string login : others) {
        CAPTURE(login);
        auto& user = firm.as(login);
        const auto listing = user.propfind(firm.calendars("calendar/"),
                                           "D:getetag D:getcontentlength C:schedule-tag", "1");
        for (const std::string name : {"restricted", "confidential"}) {
            const auto shown = user.get(firm.path(name));
            const auto alone = user.propfind(firm.path(name), "D:getetag D:getcontentlength");
            for (const auto* member : {&listing.at(firm.path(name)), &alone.only()}) {
                CHECK(member->text("D:getetag") == shown.etag());
                CHECK(member->text("D:getcontentlength") == std::to_string(shown.body.size()));
            }
        }
        CHECK(listing.at(firm.path("private")).status == 403);
        CHECK(listing.at(firm.path("private")).properties.empty());
        CHECK(user.propfind(firm.path("private"), "D:getetag").status() == 403);
    }
    const auto own = firm.propfind("calendar/", "D:getetag D:getcontentlength", "1");
    for (const auto& name : all_names)
        CHECK(own.at(firm.path(name)).text("D:getetag") == firm.get(firm.path(name)).etag());
}

TEST_CASE("caldav-privateevents 4.2.3: what others may do is in current-user-privilege-set") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    const auto may = [&](const std::string& login, const std::string& name) {
        const auto answer =
            firm.as(login).propfind(firm.path(name), "D:current-user-privilege-set");
        const auto& body = answer.reply().body;
        return std::string(has(body, "<D:read/>") ? "r" : "") +
               (has(body, "<D:write-content/>") || has(body, "<D:write/>") ? "w" : "");
    };
    CHECK(may("wim", "open") == "rw");
    CHECK(may("wim", "public") == "rw");
    CHECK(may("wim", "restricted") == "r");
    CHECK(may("wim", "confidential") == "r");
    CHECK(may("pia", "confidential") == "rw");
    CHECK(may("pia", "private") == "rw");
    CHECK(may("alice", "private") == "rw");
}

TEST_CASE("caldav-privateevents 4.2.4: calendar-multiget gives what GET gives") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    std::vector<std::string> all;
    for (const auto& name : all_names) all.push_back(firm.path(name));
    for (const std::string login : others) {
        CAPTURE(login);
        auto& user = firm.as(login);
        const auto answer =
            user.report(firm.calendars("calendar/"), "C:calendar-multiget", with_data + hrefs(all));
        for (const auto& name : names_for_others) {
            const auto shown = user.get(firm.path(name));
            CHECK(answer.at(firm.path(name)).raw_text("C:calendar-data") == shown.body);
            CHECK(answer.at(firm.path(name)).text("D:getetag") == shown.etag());
        }
        CHECK(answer.at(firm.path("private")).status == 404);
        CHECK_FALSE(has(answer.reply().body, "Private"));
    }
    for (const std::string login : those_who_see_all) {
        const auto answer = firm.as(login).report(firm.calendars("calendar/"),
                                                  "C:calendar-multiget", with_data + hrefs(all));
        for (const auto& name : all_names)
            CHECK(has(answer.at(firm.path(name)).raw_text("C:calendar-data"), description));
    }
}

TEST_CASE(
    "caldav-privateevents 4.2.4: what is asked for of the data, or expanded, is of the part") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto series = with_access("CONFIDENTIAL", event("Daily", "DTSTART:20260710T100000Z\n"
                                                             "DURATION:PT1H\n"
                                                             "RRULE:FREQ=DAILY;COUNT=3\n"
                                                             "DESCRIPTION:" +
                                                                 description + "\n"));
    REQUIRE(firm.put("calendar/daily.ics", series).status == 201);
    const auto ask = [&](const std::string& login, const std::string& how) {
        return firm.as(login)
            .report(firm.calendars("calendar/"), "C:calendar-multiget",
                    "<D:prop><C:calendar-data>" + how + "</C:calendar-data></D:prop>" +
                        hrefs({firm.path("daily")}))
            .only()
            .raw_text("C:calendar-data");
    };
    const std::string range = " start=\"20260711T000000Z\" end=\"20260712T000000Z\"/>";
    const std::string expand = "<C:expand" + range;
    CHECK(has(ask("alice", expand), description));
    CHECK(has(ask("rita", expand), "RECURRENCE-ID:20260711T100000Z"));
    CHECK_FALSE(has(ask("rita", expand), "DESCRIPTION"));
    CHECK_FALSE(has(ask("rita", expand), "SUMMARY"));
    CHECK_FALSE(has(ask("rita", "<C:limit-recurrence-set" + range), "SUMMARY"));
    const std::string props = "<C:comp name=\"VCALENDAR\"><C:comp name=\"VEVENT\">"
                              "<C:prop name=\"SUMMARY\"/><C:prop name=\"UID\"/>"
                              "</C:comp></C:comp>";
    CHECK(has(ask("alice", props), "SUMMARY:Daily"));
    CHECK(has(ask("rita", props), "UID:"));
    CHECK_FALSE(has(ask("rita", props), "SUMMARY"));
}

TEST_CASE("caldav-privateevents 4.2.2.4: a query matches only what is shown") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    const auto found = [&](const std::string& login, const std::string& filter) {
        return names_in(firm.as(login).report(firm.calendars("calendar/"), "C:calendar-query",
                                              "<D:prop><D:getetag/></D:prop>" + filter));
    };
    const auto alarm = in_events("<C:comp-filter name=\"VALARM\"/>");
    const auto no_text = in_events("<C:prop-filter name=\"DESCRIPTION\"><C:is-not-defined/>"
                                   "</C:prop-filter>");
    const auto in_range = in_events("<C:time-range start=\"20260710T000000Z\" "
                                    "end=\"20260711T000000Z\"/>");
    const auto in_range_with_text =
        in_events("<C:time-range start=\"20260710T000000Z\" end=\"20260711T000000Z\"/>"
                  "<C:prop-filter name=\"DESCRIPTION\"><C:text-match>Initech</C:text-match>"
                  "</C:prop-filter>");
    const Names open{"open", "public"};
    for (const std::string login : those_who_see_all) {
        CHECK(found(login, text_in("DESCRIPTION", "Initech")) == all_names);
        CHECK(found(login, alarm) == all_names);
        CHECK(found(login, no_text).empty());
        CHECK(found(login, in_range) == all_names);
    }
    for (const std::string login : others) {
        CAPTURE(login);
        CHECK(found(login, text_in("DESCRIPTION", "Initech")) == open);
        CHECK(found(login, text_in("SUMMARY", "i")) == Names{"public", "restricted"});
        CHECK(found(login, text_in("LOCATION", "Room")) == Names{"open", "public", "restricted"});
        CHECK(found(login, alarm) == open);
        CHECK(found(login, no_text) == Names{"confidential", "restricted"});
        CHECK(found(login, in_range) == names_for_others);
        CHECK(found(login, in_range_with_text) == open);
        CHECK(found(login, text_in("UID", "uid-of-")) == names_for_others);
    }
    // A single event that is asked is no other matter.
    const auto one = [&](const std::string& login, const std::string& name) {
        return firm.as(login)
            .report(firm.path(name), "C:calendar-query",
                    with_data + text_in("DESCRIPTION", "Initech"))
            .size();
    };
    CHECK(one("rita", "open") == 1);
    CHECK(one("rita", "confidential") == 0);
    CHECK(one("alice", "confidential") == 1);
    CHECK(firm.as("rita")
              .report(firm.path("private"), "C:calendar-query", with_data + in_range)
              .status() == 403);
}

TEST_CASE(
    "caldav-privateevents 4.2.4: a query gives data as GET does, and a limit counts no private") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto& rita = firm.as("rita");
    const auto in_range = in_events("<C:time-range start=\"20260710T000000Z\" "
                                    "end=\"20260711T000000Z\"/>");
    const auto answer =
        rita.report(firm.calendars("calendar/"), "C:calendar-query", with_data + in_range);
    for (const auto& name : names_for_others) {
        CHECK(answer.at(firm.path(name)).raw_text("C:calendar-data") ==
              rita.get(firm.path(name)).body);
    }
    const auto limited =
        rita.report(firm.calendars("calendar/"), "C:calendar-query",
                    with_data + in_range + "<D:limit><D:nresults>4</D:nresults></D:limit>");
    CHECK(names_in(limited) == names_for_others);
    CHECK(limited.find(firm.calendars("calendar/")) == nullptr);  // 507
}

TEST_CASE("caldav-privateevents 4.2.4: sync-collection gives others the part, and its ETag") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto& rita = firm.as("rita");
    const auto calendar = firm.calendars("calendar/");
    const auto sync = [&](const std::string& token, const std::string& prop) {
        return rita.report(calendar, "D:sync-collection",
                           "<D:sync-token>" + token +
                               "</D:sync-token><D:sync-level>1</D:sync-level>" + prop);
    };
    const std::string etags = "<D:prop><D:getetag/></D:prop>";
    const auto first = sync("", etags);
    for (const auto& name : names_for_others) {
        CHECK(first.at(firm.path(name)).text("D:getetag") == rita.get(firm.path(name)).etag());
    }
    CHECK((first.find(firm.path("private")) == nullptr ||
           first.at(firm.path("private")).status == 404));
    const auto data = sync("", with_data);
    for (const auto& name : names_for_others)
        CHECK(data.at(firm.path(name)).raw_text("C:calendar-data") ==
              rita.get(firm.path(name)).body);
    CHECK_FALSE(has(data.reply().body, "Private"));

    REQUIRE(firm.put("calendar/open.ics", with_access("PRIVATE", talk("Open"))).status == 204);
    REQUIRE(firm.put("calendar/private.ics", with_access("CONFIDENTIAL", talk("Private"))).status ==
            204);
    const auto token = first.sync_token();
    for (const auto& then : {sync(token, etags), sync(token, with_data)}) {
        CHECK(then.at(firm.path("open")).status == 404);  // it is gone for her
        CHECK(then.at(firm.path("private")).text("D:getetag") ==
              rita.get(firm.path("private")).etag());
    }
    check_part("private",
               sync(token, with_data).at(firm.path("private")).raw_text("C:calendar-data"));
}

TEST_CASE("caldav-privateevents 4.2.2.4: a calendar as one file has of each event what is shown") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    const auto file = [&](const std::string& login) {
        return firm.as(login).get(firm.calendars("calendar/"), {{"Accept", "text/calendar"}});
    };
    const auto count = [](const std::string& where, std::string_view what) {
        std::size_t n = 0;
        for (auto at = where.find(what); at != std::string::npos; at = where.find(what, at + 1))
            ++n;
        return n;
    };
    for (const std::string login : those_who_see_all) {
        CHECK(count(file(login).body, "BEGIN:VEVENT") == 5);
        CHECK(count(file(login).body, description) == 5);
    }
    for (const std::string login : others) {
        CAPTURE(login);
        const auto body = file(login).body;
        CHECK(count(body, "BEGIN:VEVENT") == 4);
        CHECK(count(body, description) == 2);
        CHECK(count(body, "BEGIN:VALARM") == 2);
        CHECK(count(body, "SUMMARY:") == 3);
        CHECK(file(login).etag() != file("alice").etag());
        CHECK(file(login).etag() == file(login).etag());
    }
}

TEST_CASE("caldav-privateevents 4.2.4: the page of a calendar tells no sizes of what is hidden") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    const auto page = [&](const std::string& login) {
        return firm.as(login).get(firm.calendars("calendar/"), {{"Accept", "text/html"}}).body;
    };
    const auto size = std::to_string(firm.get(firm.path("confidential")).body.size());
    CHECK(has(page("alice"), size));
    CHECK_FALSE(has(page("rita"), size));
    CHECK(has(page("rita"), "confidential.ics"));
    CHECK_FALSE(has(page("rita"), "private.ics"));
}

TEST_CASE("caldav-privateevents 4.2.4: free-busy times are all there") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "rita"};
    REQUIRE(set_acl(server, "calendar/", ace("/dav/principals/users/rita/", "D:read")).status ==
            200);
    int hour = 10;
    for (const std::string access : {"RESTRICTED", "CONFIDENTIAL", "PRIVATE"}) {
        const auto at = std::to_string(hour++);
        REQUIRE(server
                    .put("calendar/" + at + ".ics",
                         with_access(access, event("At " + at, "DTSTART:20260710T" + at +
                                                                   "0000Z\nDURATION:PT30M\n")))
                    .status == 201);
    }
    const auto body = xml_body("C:free-busy-query", "<C:time-range start=\"20260710T000000Z\" "
                                                    "end=\"20260711T000000Z\"/>");
    const auto reply =
        server.as("rita").request("REPORT", server.calendars("calendar/"), body,
                                  {{"Depth", "1"}, {"Content-Type", "application/xml"}});
    auto unfolded = reply.body;
    for (auto at = unfolded.find("\r\n "); at != std::string::npos; at = unfolded.find("\r\n "))
        unfolded.erase(at, 3);
    for (const std::string at : {"10", "11", "12"}) {
        CAPTURE(at);
        CHECK(has(unfolded, "20260710T" + at + "0000Z"));
    }
    CHECK_FALSE(has(reply.body, "At 10"));
}

TEST_CASE("caldav-privateevents 4.2.2.1, 4.2.6: only the owner stores what is not for all") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto& wim = firm.as("wim");
    for (const std::string access : {"RESTRICTED", "CONFIDENTIAL", "PRIVATE"}) {
        const auto data = with_access(access, talk("New " + access));
        const auto refused = wim.put(firm.calendars("calendar/" + access + ".ics"), data);
        CHECK(refused.status == 403);
        CHECK(precondition(refused) == "CS:valid-access-restriction-change");
        const auto change = wim.put(firm.path("open"), with_access(access, talk("Open")));
        CHECK(precondition(change) == "CS:valid-access-restriction-change");
        CHECK(firm.as("pia").put(firm.calendars("calendar/" + access + ".ics"), data).status ==
              201);
    }
    CHECK(wim.put(firm.calendars("calendar/p.ics"), with_access("PUBLIC", talk("P"))).status ==
          201);
    for (const std::string value : {"X-MINE", "", "SECRET"}) {
        const auto refused = firm.put("calendar/u.ics", with_access(value, talk("U")));
        CHECK(refused.status == 403);
        CHECK(precondition(refused) == "CS:valid-access-restriction");
    }
    const auto twice =
        firm.put("calendar/t.ics", with_access("PUBLIC", with_access("PRIVATE", talk("T"))));
    CHECK(precondition(twice) == "C:valid-calendar-data");
}

TEST_CASE("caldav-privateevents 4.2.3: others change nothing of what is not for all") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto& wim = firm.as("wim");
    for (const std::string name : {"restricted", "confidential", "private"}) {
        CAPTURE(name);
        const auto path = firm.path(name);
        const auto stored = firm.get(path);
        auto title = name;
        title[0] = static_cast<char>(title[0] - 'a' + 'A');
        const auto shown = wim.get(path);
        for (const auto& body : {talk(title), with_access("PUBLIC", talk(title))})
            for (const Fields& fields :
                 {Fields{}, Fields{{"If-Match", shown.etag().empty() ? "*" : shown.etag()}},
                  Fields{{"If-Match", "*"}}, Fields{{"If-Match", stored.etag()}}})
                CHECK(wim.put(path, body, fields).status == 403);
        const auto patch = wim.proppatch(path, "<D:displayname>x</D:displayname>");
        CHECK(patch.status() == 403);
        const auto moved = wim.request("MOVE", path, {}, {{"Destination", firm.path("elsewhere")}});
        CHECK(moved.status == 403);
        const auto over = wim.request("COPY", firm.path("open"), {}, {{"Destination", path}});
        CHECK(over.status == 403);
        CHECK(firm.get(path).body == stored.body);
        CHECK(firm.get(path).etag() == stored.etag());
    }
    CHECK(wim.put(firm.path("open"), talk("Open")).status == 204);
    CHECK(wim.put(firm.path("public"), talk("Public")).status == 204);
}

TEST_CASE("a PUT that says nothing of access leaves it as it was") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    for (const std::string login : those_who_see_all)
        for (const std::string name : {"Restricted", "Confidential", "Private"}) {
            CAPTURE(name);
            const auto path = firm.path(text::lower_ascii(name));
            auto& user = firm.as(login);
            const auto before = user.get(path);
            auto data = talk(name);
            data.replace(data.find("takeover"), 8, "purchase");
            const auto reply = user.put(path, data, {{"If-Match", before.etag()}});
            CHECK(reply.status == 204);
            CHECK(reply.etag().empty());  // RFC 4791 5.3.4: not what was sent
            const auto after = user.get(path);
            CHECK(has(after.body, "X-CALENDARSERVER-ACCESS:" + text::upper_ascii(name)));
            CHECK(has(after.body, "purchase"));
            CHECK(user.put(path, data, {{"If-Match", before.etag()}}).status == 412);
            CHECK(firm.as("rita").get(path).body.find("purchase") == std::string::npos);
            REQUIRE(user.put(path, before.body).status == 204);
        }
    const auto path = firm.path("private");
    CHECK(firm.put(path, with_access("PUBLIC", talk("Private"))).status == 204);
    CHECK(firm.as("rita").get(path).status == 200);
    CHECK(firm.put(path, talk("Private")).status == 204);
    CHECK(has(firm.get(path).body, "X-CALENDARSERVER-ACCESS:PUBLIC"));
    CHECK(firm.as("wim").put(firm.path("open"), talk("Open")).status == 204);
    CHECK_FALSE(has(firm.get(firm.path("open")).body, "X-CALENDARSERVER-ACCESS"));
}

TEST_CASE(
    "caldav-privateevents 4.2.4: who may write may delete what he sees, and nothing private") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto& wim = firm.as("wim");
    CHECK(wim.erase(firm.path("private")).status == 403);
    CHECK(firm.as("rita").erase(firm.path("confidential")).status == 403);
    const auto path = firm.path("confidential");
    const auto stored = firm.get(path).etag();
    CHECK(wim.erase(path, {{"If-Match", stored}}).status == 412);  // no way to guess
    CHECK(wim.erase(path, {{"If", "([" + stored + "])"}}).status == 412);
    CHECK(wim.erase(path, {{"If-Match", wim.get(path).etag()}}).status == 204);
    CHECK(wim.erase(firm.path("restricted")).status == 204);
    CHECK(firm.get(firm.path("private")).status == 200);
}

TEST_CASE("caldav-privateevents 4.2.2.4: a copy shows no more than was shown to who makes it") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    for (const std::string login : {"rita", "wim"}) {
        CAPTURE(login);
        auto& user = firm.as(login);
        const auto to = [&](const std::string& name) { return user.calendars("calendar/" + name); };
        for (const std::string name : {"restricted", "confidential"}) {
            CHECK(user.request("COPY", firm.path(name), {}, {{"Destination", to(name + ".ics")}})
                      .status == 201);
            CHECK(user.get(to(name + ".ics")).body == user.get(firm.path(name)).body);
            check_part(name, user.get(to(name + ".ics")).body);
            CHECK(user.request("COPY", firm.path(name), {},
                               {{"Destination", user.files(name + ".ics")}})
                      .status == 201);
            check_part(name, user.get(user.files(name + ".ics")).body);
        }
        CHECK(
            user.request("COPY", firm.path("private"), {}, {{"Destination", to("p.ics")}}).status ==
            403);
        CHECK(user.request("COPY", firm.calendars("calendar/"), {},
                           {{"Destination", user.calendars("all/")}})
                  .status == 403);
        CHECK(user.request("MOVE", firm.path("confidential"), {}, {{"Destination", to("m.ics")}})
                  .status == 403);
    }
    CHECK(has(firm.get(firm.path("confidential")).body, description));
    auto& pia = firm.as("pia");
    CHECK(pia.request("COPY", firm.path("private"), {},
                      {{"Destination", pia.calendars("calendar/p.ics")}})
              .status == 201);
    CHECK(has(pia.get("calendar/p.ics").body, description));
    REQUIRE(pia.request("COPY", firm.calendars("calendar/"), {},
                        {{"Destination", pia.calendars("all/")}})
                .status == 201);
    CHECK(has(pia.get("all/private.ics").body, description));
}

TEST_CASE("caldav-privateevents 4.2.2: copies and moves by the owner keep the class") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto& rita = firm.as("rita");
    REQUIRE(firm.request("MKCALENDAR", firm.calendars("other/")).status == 201);
    REQUIRE(set_acl(firm, "other/", ace("/dav/principals/users/rita/", "D:read")).status == 200);
    const auto to = [&](const std::string& name) {
        return Fields{{"Destination", firm.calendars("other/" + name + ".ics")}};
    };
    REQUIRE(firm.request("COPY", firm.path("confidential"), {}, to("c")).status == 201);
    REQUIRE(firm.request("MOVE", firm.path("private"), {}, to("p")).status == 201);
    check_part("confidential", rita.get(firm.calendars("other/c.ics")).body);
    CHECK(rita.get(firm.calendars("other/p.ics")).status == 403);
    REQUIRE(firm.request("COPY", firm.calendars("other/"), {},
                         {{"Destination", firm.calendars("third/")}})
                .status == 201);
    REQUIRE(set_acl(firm, "third/", ace("/dav/principals/users/rita/", "D:read")).status == 200);
    check_part("confidential", rita.get(firm.calendars("third/c.ics")).body);
    CHECK(rita.get(firm.calendars("third/p.ics")).status == 403);
}

TEST_CASE("Prefer: return=representation gives what GET gives") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto& wim = firm.as("wim");
    const Fields prefer{{"Prefer", "return=representation"}, {"If-Match", "\"0\""}};
    for (const std::string name : {"restricted", "confidential", "private"}) {
        const auto reply = wim.put(firm.path(name), talk(name), prefer);
        CAPTURE(reply.body);
        CHECK((reply.status == 403 || reply.status == 412));
        CHECK_FALSE(has(reply.body, "Initech"));
    }
    const auto own =
        firm.put(firm.path("private"), talk("Private"), {{"Prefer", "return=representation"}});
    CHECK(own.status == 200);
    CHECK(has(own.body, "X-CALENDARSERVER-ACCESS:PRIVATE"));
}

TEST_CASE("through a binding others see what they see at the owner's address") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto& rita = firm.as("rita");
    const auto shared = rita.calendars("alice.calendar/");
    check_part("confidential", rita.get(shared + "confidential.ics").body);
    CHECK(rita.get(shared + "private.ics").status == 403);
    CHECK(names_in(rita.report(shared, "C:calendar-query",
                               "<D:prop><D:getetag/></D:prop>" +
                                   text_in("DESCRIPTION", "Initech"))) == Names{"open", "public"});
}

TEST_CASE("properties of others' hidden events are not told by expand-property") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    auto& rita = firm.as("rita");
    const auto expand = [&](const std::string& name) {
        return rita.report(firm.path(name), "D:expand-property",
                           "<D:property name=\"getetag\"/><D:property name=\"getcontentlength\"/>",
                           "0");
    };
    CHECK(expand("confidential").only().text("D:getetag") ==
          rita.get(firm.path("confidential")).etag());
    CHECK(expand("private").status() == 403);
}

TEST_CASE("caldav-privateevents 4.2.7: a POST to an outbox must not say for whom it is") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "rita"};
    const auto busy = calendar("METHOD:REQUEST\nBEGIN:VFREEBUSY\nUID:f\nDTSTAMP:20260710T000000Z\n"
                               "DTSTART:20260710T000000Z\nDTEND:20260711T000000Z\n"
                               "ORGANIZER:mailto:alice@example.com\n"
                               "ATTENDEE:mailto:rita@example.com\nEND:VFREEBUSY\n");
    for (const std::string access : {"PUBLIC", "PRIVATE", "X-MINE"}) {
        const auto refused =
            server.request("POST", server.calendars("outbox/"), with_access(access, busy),
                           {{"Content-Type", "text/calendar"}});
        CHECK(refused.status == 403);
        CHECK(precondition(refused) == "CS:no-access-restrictions");
    }
    CHECK(precondition(server.request("POST", server.calendars("outbox/"), busy,
                                      {{"Content-Type", "text/calendar"}})) !=
          "CS:no-access-restrictions");
}

TEST_CASE("without memory for members and contents others see no more") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.cache.members = 0;
    config.cache.contents = 0;
    Firm firm{config};
    for (const std::string login : others) {
        auto& user = firm.as(login);
        const auto calendar = firm.calendars("calendar/");
        check_part("confidential", user.get(firm.path("confidential")).body);
        CHECK(user.get(firm.path("private")).status == 403);
        const auto listing = user.propfind(calendar, "D:getetag D:getcontentlength", "1");
        CHECK(listing.at(firm.path("private")).status == 403);
        const auto shown = user.get(firm.path("restricted"));
        const auto& member = listing.at(firm.path("restricted"));
        CHECK(member.text("D:getetag") == shown.etag());
        CHECK(member.text("D:getcontentlength") == std::to_string(shown.body.size()));
        CHECK(user.sync(calendar, "").at(firm.path("restricted")).text("D:getetag") ==
              shown.etag());
        CHECK(names_in(user.report(calendar, "C:calendar-query",
                                   "<D:prop><D:getetag/></D:prop>" +
                                       text_in("DESCRIPTION", "Initech"))) ==
              Names{"open", "public"});
        CHECK(user.put(firm.path("confidential"), talk("Confidential")).status == 403);
    }
    CHECK(firm.put(firm.path("private"), talk("Private")).status == 204);
    CHECK(has(firm.get(firm.path("private")).body, "X-CALENDARSERVER-ACCESS:PRIVATE"));
}

TEST_CASE("RFC 5545 3.8.1.3: CLASS alone hides nothing") {
    REQUIRE_POSTGRESQL();
    Firm firm;
    for (const std::string value : {"PRIVATE", "CONFIDENTIAL"}) {
        const auto data = event("Class " + value, std::string(one_hour) + "CLASS:" + value + "\n");
        REQUIRE(firm.as("wim").put(firm.path(value), data).status == 201);
        CHECK(firm.as("rita").get(firm.path(value)).body == data);
    }
}
