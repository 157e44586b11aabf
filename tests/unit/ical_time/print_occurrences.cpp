// Prints the occurrences of recurrence rules for a judge that reads them:
// tests/tools/compare_recurrence.py. Each input line is "DTSTART RRULE SKIP-TO MAX", SKIP-TO being
// "-" or a local date-time; each output line the occurrences with commas between, or "error: …".

#include "ical/recurrence.hpp"

#include <iostream>
#include <sstream>
#include <string>

using namespace kalends::ical;

namespace {

std::string occurrences(const std::string& line) {
    std::istringstream in(line);
    std::string start;
    std::string rule;
    std::string skip;
    int most = 0;
    in >> start >> rule >> skip >> most;

    Budget budget;
    Expansion expansion(parse_rule(rule), parse_date_or_time(start).value(), budget);
    if (skip != "-") expansion.skip_to(parse_date_time(skip).value().local);
    std::string result;
    for (int i = 0; i < most; ++i) {
        const auto next = expansion.next();
        if (!next) break;
        if (!result.empty()) result += ',';
        result += format(DateOrTime{*next, false, false});
    }
    return result;
}

}  // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        try {
            std::cout << occurrences(line) << '\n';
        } catch (const std::exception& error) {
            std::cout << "error: " << error.what() << '\n';
        }
    }
    return 0;
}
