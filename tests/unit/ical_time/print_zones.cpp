// Answers questions about time zones for a judge that asks them: tests/tools/compare_zones.py. A
// line is
//   U ZONE moments…           seconds since 1970; the offsets there
//   L ZONE local times…       seconds since 1970 on the clock of the zone; the moments
//   V ZONE FROM TO vtimezone  its lines with '|' between; whether it agrees with the zone from FROM
//   until TO

#include "ical/zone.hpp"
#include "support.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>

using namespace kalends::ical;
using namespace kalends::ical::testing;
using std::chrono::seconds;

namespace {

std::string answer(const std::string& line) {
    std::istringstream in(line);
    char question = 0;
    std::string name;
    in >> question >> name;
    const Zone& zone_asked = zone(name);
    std::ostringstream out;
    if (question == 'V') {
        std::int64_t from = 0;
        std::int64_t to = 0;
        std::string vtimezone;
        in >> from >> to;
        std::getline(in >> std::ws, vtimezone);
        std::replace(vtimezone.begin(), vtimezone.end(), '|', '\n');
        const ZonePtr own = zone_of_calendar_timezone(vcalendar(vtimezone));
        out << own->agrees_with(zone_asked, UtcTime{seconds{from}}, UtcTime{seconds{to}});
        return out.str();
    }
    for (std::int64_t time = 0; in >> time;) {
        if (question == 'U')
            out << zone_asked.offset_at(UtcTime{seconds{time}}).count() << ' ';
        else
            out << zone_asked.to_utc(LocalTime{seconds{time}}).time_since_epoch().count() << ' ';
    }
    return out.str();
}

}  // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        try {
            std::cout << answer(line) << '\n';
        } catch (const std::exception& error) {
            std::cout << "error: " << error.what() << '\n';
        }
    }
    return 0;
}
