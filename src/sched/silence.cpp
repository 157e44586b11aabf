#include "sched/silence.hpp"

#include "base/text.hpp"

namespace kalends::sched {

bool is_silent(const store::Collection& calendar) {
    const auto* said = calendar.property(silent_property.ns, silent_property.local);
    return said != nullptr && text::iequals(text::trim(said->text), "true");
}

}  // namespace kalends::sched
