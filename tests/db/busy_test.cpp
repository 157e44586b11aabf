// When somebody is busy, over all calendars of a home.

#include "db/fixture.hpp"
#include "ical/validate.hpp"
#include "sched/busy.hpp"

using namespace kalends;
using namespace kalends::test;
using ical::Busy;
using ical::BusyPeriod;
using ical::UtcTime;

namespace {

constexpr UtcTime midnight = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
UtcTime at(int hour) { return midnight + std::chrono::hours{hour}; }

std::string vcalendar(const std::string& lines) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + lines + "END:VCALENDAR\r\n";
}

/// An event of one hour.
void put_event(const Someone& who, const std::string& calendar, const std::string& uid,
               const std::string& start, const std::string& lines = "") {
    const auto data = vcalendar("BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTART:20260105T" + start +
                                "\r\nDURATION:PT1H\r\n" + lines + "END:VEVENT\r\n");
    ical::Budget budget;
    const auto digest = ical::digest(ical::parse(data), budget);
    const auto seconds = [](UtcTime moment) { return moment.time_since_epoch().count(); };
    const auto widening = std::chrono::seconds(ical::digest_widening).count();
    store::PutObject object;
    object.home = who.id;
    object.collection = who.collection(calendar)->id;
    object.acl_seq = who.collection(calendar)->acl_seq;
    object.name = uid + ".ics";
    object.uid = uid;
    object.component = "VEVENT";
    object.data = data;
    object.etag = uid;
    object.time = store::TimeBounds{seconds(digest.first_start) - widening,
                                    seconds(digest.last_end) + widening, digest.recurs};
    object.digest = digest.text;
    REQUIRE(store::put(who.db, object).wrote == store::Wrote::created);
}

void make_calendar(const Someone& who, const std::string& name,
                   const std::vector<store::StoredProperty>& properties) {
    REQUIRE(store::create_collection(who.db, {.home = who.id,
                                              .name = name,
                                              .components = store::all_components,
                                              .properties = properties}) == store::Changed::done);
}

store::StoredProperty transparency(const std::string& value) {
    const std::string name = "schedule-calendar-transp";
    return {.ns = "urn:ietf:params:xml:ns:caldav",
            .local = name,
            .xml = "<" + name + " xmlns=\"urn:ietf:params:xml:ns:caldav\"><" + value + "/></" +
                   name + ">",
            .text = ""};
}

std::vector<BusyPeriod> busy(const Someone& who, const sched::BusyOptions& options = {}) {
    ical::Budget budget;
    return sched::busy_of(who.db, *who.db.home(who.login), midnight, at(24), options, budget)
        .merged();
}

}  // namespace

TEST_CASE("one is busy by all of one's calendars, without the object that is masked") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    make_calendar(jane, "private", {});
    put_event(jane, "calendar", "1", "090000Z");
    put_event(jane, "calendar", "2", "120000Z", "STATUS:TENTATIVE\r\n");
    put_event(jane, "private", "3", "150000Z");
    CHECK(busy(jane) == std::vector<BusyPeriod>{{at(9), at(10), Busy::busy},
                                                {at(12), at(13), Busy::tentative},
                                                {at(15), at(16), Busy::busy}});
}

TEST_CASE("a mask hides the asker's own meeting, and tells nobody what else there is") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const std::string by_joe =
        "ORGANIZER:mailto:Joe@example.com\r\nATTENDEE:mailto:" + jane.login + "@example.com\r\n";
    put_event(jane, "calendar", "1", "090000Z");
    put_event(jane, "calendar", "2", "120000Z", by_joe);
    itip::Addresses joe;
    joe.add("mailto:joe@example.com");
    struct Row {
        sched::Mask mask;
        std::size_t busy;
    };
    const Row rows[] = {
        {{}, 2},
        {{.uid = "unknown", .organizer = joe}, 2},
        {{.uid = "2", .organizer = joe}, 1},
        {{.uid = "2"}, 2},                                 // somebody else's meeting
        {{.uid = "2", .own = true}, 2},                    // jane moves what joe organizes
        {{.uid = "1", .organizer = joe}, 2},               // nobody organizes it
        {{.uid = "1", .organizer = joe, .own = true}, 1},  // and it is the asker's
    };
    for (const Row& row : rows) {
        CAPTURE(row.mask.uid);
        CHECK(busy(jane, {.mask = row.mask}).size() == row.busy);
    }
}

TEST_CASE("RFC 6638 9.1: a transparent calendar makes nobody busy, an opaque one does") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    make_calendar(jane, "holidays", {transparency("transparent")});
    make_calendar(jane, "duties", {transparency("opaque")});
    put_event(jane, "holidays", "1", "090000Z");
    put_event(jane, "duties", "2", "120000Z");
    CHECK(busy(jane) == std::vector<BusyPeriod>{{at(12), at(13), Busy::busy}});
}

TEST_CASE("RFC 4791 7.3: floating times are in the calendar's zone, else the owner's") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    make_calendar(jane, "athens",
                  {{.ns = "urn:ietf:params:xml:ns:caldav",
                    .local = "calendar-timezone-id",
                    .xml = "<x/>",
                    .text = "Europe/Athens"}});
    put_event(jane, "athens", "1", "090000");
    put_event(jane, "calendar", "2", "120000");
    CHECK(busy(jane) ==
          std::vector<BusyPeriod>{{at(7), at(8), Busy::busy}, {at(12), at(13), Busy::busy}});
    CHECK(busy(jane, {.default_zone = "Europe/Berlin"}).at(1).start == at(11));
    store::change_principal(jane.db, jane.id, {.time_zone = "America/New_York"});
    CHECK(busy(jane, {.default_zone = "Europe/Berlin"}).at(1).start == at(17));
}

TEST_CASE("RFC 7953 7.2.5: the availability of the inbox counts, and a broken one does no harm") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    put_event(jane, "calendar", "1", "090000Z");
    const auto hours = vcalendar(
        "BEGIN:VAVAILABILITY\r\nUID:1\r\nBEGIN:AVAILABLE\r\nUID:2\r\nDTSTART:20260105T080000Z\r\n"
        "DTEND:20260105T170000Z\r\nRRULE:FREQ=DAILY\r\nEND:AVAILABLE\r\nEND:VAVAILABILITY\r\n");
    CHECK(busy(jane, {.availability = hours}) ==
          std::vector<BusyPeriod>{{midnight, at(8), Busy::unavailable},
                                  {at(9), at(10), Busy::busy},
                                  {at(17), at(24), Busy::unavailable}});
    CHECK(busy(jane, {.availability = "BEGIN:VCALENDAR"}).size() == 1);
}

TEST_CASE("everybody who has an account may ask when others are busy") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const Someone joe;
    const auto asker = joe.db.home(joe.login)->principal;
    CHECK(sched::may_query_free_busy(asker, *jane.db.home(jane.login)));
    CHECK_FALSE(sched::may_query_free_busy(store::Principal{}, *jane.db.home(jane.login)));
}
