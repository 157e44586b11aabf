#include "ical/budget.hpp"

#include <string>

namespace kalends::ical {

void Budget::exhausted() {
    left_ = 0;
    throw TooExpensive("expanding the recurrence needs more than " + std::to_string(all_) +
                       " steps");
}

}  // namespace kalends::ical
