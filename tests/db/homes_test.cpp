#include "db/fixture.hpp"

using namespace kalends;
using namespace kalends::test;

TEST_CASE("a new user has a calendar, a task list and an address book") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto home = jane.db.home(jane.login);
    REQUIRE(home);
    CHECK(home->principal.addresses == std::vector<std::string>{jane.login + "@example.com"});
    REQUIRE(home->collections.size() == 3);
    const auto calendar = home->find(store::CollectionKind::calendar, "calendar");
    REQUIRE(calendar);
    CHECK(calendar->components == (store::vevent | store::vtodo | store::vjournal));
    CHECK(calendar->property("DAV:", "displayname")->text == "Calendar");
    CHECK(home->find(store::CollectionKind::calendar, "tasks")->components == store::vtodo);
    CHECK(home->find(store::CollectionKind::addressbook, "contacts"));
    CHECK_FALSE(home->find(store::CollectionKind::calendar, "contacts"));
}
