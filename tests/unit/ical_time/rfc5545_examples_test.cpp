// Every example of RFC 5545 3.8.5.3, with the dates it gives, through the whole way: tree, zone,
// rule, UNTIL in UTC.

#include "ical/instances.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

using namespace kalends::ical;
using namespace kalends::ical::testing;

namespace {

struct Example {
    const char* what;
    const char* start;  ///< in New York
    const char* rule;
    const char* dates;  ///< "1997 9/2-30 10/1,3": at the time of the start; or "1997 9/2@9:00,9:20"
    bool goes_on = false;
};

// clang-format off
const Example examples[] = {
    {"Daily for 10 occurrences", "19970902T090000", "FREQ=DAILY;COUNT=10", "1997 9/2-11"},
    {"Daily until December 24, 1997", "19970902T090000", "FREQ=DAILY;UNTIL=19971224T000000Z",
     "1997 9/2-30 10/1-31 11/1-30 12/1-23"},
    {"Every other day", "19970902T090000", "FREQ=DAILY;INTERVAL=2",
     "1997 9/2,4,6,8,10,12,14,16,18,20,22,24,26,28,30 10/2,4,6,8,10,12,14,16,18,20,22,24,26,28,30 "
     "11/1,3,5,7,9,11,13,15,17,19,21,23,25,27,29 12/1,3", true},
    {"Every 10 days, 5 occurrences", "19970902T090000", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997 9/2,12,22 10/2,12"},
    {"Every day in January, for 3 years", "19980101T090000",
     "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", "1998 1/1-31 1999 1/1-31 2000 1/1-31"},
    {"Every day in January, for 3 years", "19980101T090000", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
     "1998 1/1-31 1999 1/1-31 2000 1/1-31"},
    {"Weekly for 10 occurrences", "19970902T090000", "FREQ=WEEKLY;COUNT=10",
     "1997 9/2,9,16,23,30 10/7,14,21,28 11/4"},
    {"Weekly until December 24, 1997", "19970902T090000", "FREQ=WEEKLY;UNTIL=19971224T000000Z",
     "1997 9/2,9,16,23,30 10/7,14,21,28 11/4,11,18,25 12/2,9,16,23"},
    {"Every other week", "19970902T090000", "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
     "1997 9/2,16,30 10/14,28 11/11,25 12/9,23 1998 1/6,20 2/3,17", true},
    {"Tuesday and Thursday for five weeks", "19970902T090000", "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
     "1997 9/2,4,9,11,16,18,23,25,30 10/2"},
    {"Tuesday and Thursday for five weeks", "19970902T090000", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
     "1997 9/2,4,9,11,16,18,23,25,30 10/2"},
    {"Every other week on Monday, Wednesday, and Friday", "19970901T090000",
     "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
     "1997 9/1,3,5,15,17,19,29 10/1,3,13,15,17,27,29,31 11/10,12,14,24,26,28 12/8,10,12,22"},
    {"Every other week on Tuesday and Thursday", "19970902T090000",
     "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997 9/2,4,16,18,30 10/2,14,16"},
    {"First Friday, 10 occurrences", "19970905T090000", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
     "1997 9/5 10/3 11/7 12/5 1998 1/2 2/6 3/6 4/3 5/1 6/5"},
    {"First Friday until December 24, 1997", "19970905T090000", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
     "1997 9/5 10/3 11/7 12/5"},
    {"Every other month on the first and last Sunday", "19970907T090000",
     "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "1997 9/7,28 11/2,30 1998 1/4,25 3/1,29 5/3,31"},
    {"Second-to-last Monday", "19970922T090000", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
     "1997 9/22 10/20 11/17 12/22 1998 1/19 2/16"},
    {"Third-to-the-last day of the month", "19970928T090000", "FREQ=MONTHLY;BYMONTHDAY=-3",
     "1997 9/28 10/29 11/28 12/29 1998 1/29 2/26", true},
    {"2nd and 15th of the month", "19970902T090000", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
     "1997 9/2,15 10/2,15 11/2,15 12/2,15 1998 1/2,15"},
    {"First and last day of the month", "19970930T090000", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
     "1997 9/30 10/1,31 11/1,30 12/1,31 1998 1/1,31 2/1"},
    {"Every 18 months on the 10th thru 15th", "19970910T090000",
     "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15", "1997 9/10-15 1999 3/10-13"},
    {"Every Tuesday, every other month", "19970902T090000", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
     "1997 9/2,9,16,23,30 11/4,11,18,25 1998 1/6,13,20,27 3/3,10,17,24,31", true},
    {"Yearly in June and July", "19970610T090000", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
     "1997 6/10 7/10 1998 6/10 7/10 1999 6/10 7/10 2000 6/10 7/10 2001 6/10 7/10"},
    {"Every other year on January, February, and March", "19970310T090000",
     "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
     "1997 3/10 1999 1/10 2/10 3/10 2001 1/10 2/10 3/10 2003 1/10 2/10 3/10"},
    {"Every third year on the 1st, 100th, and 200th day", "19970101T090000",
     "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
     "1997 1/1 4/10 7/19 2000 1/1 4/9 7/18 2003 1/1 4/10 7/19 2006 1/1"},
    {"Every 20th Monday of the year", "19970519T090000", "FREQ=YEARLY;BYDAY=20MO", "1997 5/19 1998 5/18 1999 5/17",
     true},
    {"Monday of week number 20", "19970512T090000", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
     "1997 5/12 1998 5/11 1999 5/17", true},
    {"Every Thursday in March", "19970313T090000", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
     "1997 3/13,20,27 1998 3/5,12,19,26 1999 3/4,11,18,25", true},
    {"Every Thursday, only in June, July, and August", "19970605T090000", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
     "1997 6/5,12,19,26 7/3,10,17,24,31 8/7,14,21,28 1998 6/4,11,18,25 7/2,9,16,23,30 8/6,13,20,27 "
     "1999 6/3,10,17,24 7/1,8,15,22,29 8/5,12,19,26", true},
    {"Every Friday the 13th", "19970902T090000",
     "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13\nEXDATE;TZID=America/New_York:19970902T090000",
     "1998 2/13 3/13 11/13 1999 8/13 2000 10/13", true},
    {"First Saturday that follows the first Sunday", "19970913T090000",
     "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
     "1997 9/13 10/11 11/8 12/13 1998 1/10 2/7 3/7 4/11 5/9 6/13", true},
    {"U.S. Presidential Election day", "19961105T090000",
     "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996 11/5 2000 11/7 2004 11/2", true},
    {"Third instance of one of Tuesday, Wednesday, or Thursday", "19970904T090000",
     "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997 9/4 10/7 11/6"},
    {"Second-to-last weekday of the month", "19970929T090000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
     "1997 9/29 10/30 11/27 12/30 1998 1/29 2/26 3/30", true},
    // The RFC says UNTIL=19970902T170000Z here, which is 1 PM in New York; its erratum 3883 mends it.
    {"Every 3 hours from 9:00 AM to 5:00 PM", "19970902T090000", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z",
     "1997 9/2@9:00,12:00,15:00"},
    {"Every 15 minutes for 6 occurrences", "19970902T090000", "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
     "1997 9/2@9:00,9:15,9:30,9:45,10:00,10:15"},
    {"Every hour and a half for 4 occurrences", "19970902T090000", "FREQ=MINUTELY;INTERVAL=90;COUNT=4",
     "1997 9/2@9:00,10:30,12:00,13:30"},
    {"Every 20 minutes from 9:00 AM to 4:40 PM", "19970902T090000",
     "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
     "1997 9/2@9:00,9:20,9:40,10:00,10:20,10:40,11:00,11:20,11:40,12:00,12:20,12:40,13:00,13:20,13:40,14:00,14:20,"
     "14:40,15:00,15:20,15:40,16:00,16:20,16:40 9/3@9:00,9:20,9:40", true},
    {"Every 20 minutes from 9:00 AM to 4:40 PM", "19970902T090000",
     "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
     "1997 9/2@9:00,9:20,9:40,10:00,10:20,10:40,11:00,11:20,11:40,12:00,12:20,12:40,13:00,13:20,13:40,14:00,14:20,"
     "14:40,15:00,15:20,15:40,16:00,16:20,16:40 9/3@9:00,9:20,9:40", true},
    {"WKST=MO", "19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997 8/5,10,19,24"},
    {"WKST=SU", "19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997 8/5,17,19,31"},
    {"An invalid date is ignored", "20070115T090000", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
     "2007 1/15,30 2/15 3/15,30"},
};
// clang-format on

std::string two_digits(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

/// "9:20" as "092000"
std::string time_of(const std::string& text) {
    const auto colon = text.find(':');
    return two_digits(std::stoi(text.substr(0, colon))) + text.substr(colon + 1) + "00";
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
    return parts;
}

/// The notation of `Example::dates` as local date-times.
std::vector<std::string> expected(const Example& example) {
    std::vector<std::string> result;
    std::string year;
    for (const std::string& word : split(example.dates, ' ')) {
        const auto slash = word.find('/');
        if (slash == std::string::npos) {
            year = word;
            continue;
        }
        const std::string month = year + two_digits(std::stoi(word.substr(0, slash)));
        if (const auto at = word.find('@'); at != std::string::npos) {
            const std::string day = two_digits(std::stoi(word.substr(slash + 1, at - slash - 1)));
            for (const std::string& time : split(word.substr(at + 1), ','))
                result.push_back(month + day + "T" + time_of(time));
            continue;
        }
        for (const std::string& days : split(word.substr(slash + 1), ',')) {
            const auto dash = days.find('-');
            const int first = std::stoi(days);
            const int last = dash == std::string::npos ? first : std::stoi(days.substr(dash + 1));
            for (int day = first; day <= last; ++day)
                result.push_back(month + two_digits(day) + "T090000");
        }
    }
    return result;
}

}  // namespace

TEST_CASE("RFC 5545 3.8.5.3: every example gives the dates that the RFC gives") {
    for (const Example& example : examples) {
        CAPTURE(example.what);
        CAPTURE(example.rule);
        const Component calendar =
            parse(vevent(std::string("DTSTART;TZID=America/New_York:") + example.start +
                         "\nDURATION:PT1M\nRRULE:" + example.rule + "\n"));
        const auto want = expected(example);
        Budget budget;
        auto found = instances(calendar, utc("19960101T000000Z"), utc("20071231T000000Z"),
                               *Zone::utc(), budget);
        if (example.goes_on && found.size() > want.size()) found.resize(want.size());

        std::vector<std::string> got;
        for (const Instance& instance : found)
            got.push_back(format(
                DateOrTime{zone("America/New_York").to_local(instance.start), false, false}));
        CHECK(got == want);
    }
}
