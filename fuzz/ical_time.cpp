// Rules, digests and whole objects from anybody: read or refused, within the budget, and the digest
// of an object reads back and says what the object says.

#include "ical/digest.hpp"
#include "ical/freebusy.hpp"
#include "ical/instances.hpp"
#include "ical/recurrence.hpp"

#include <cstdint>
#include <cstdlib>

using namespace kalends::ical;

namespace {

const UtcTime from{std::chrono::seconds{1'767'225'600}};  // 2026
const UtcTime to = from + std::chrono::days{365};

template <class Action> void allow_refusal(Action action) {
    try {
        action();
    } catch (const ParseError&) {
    } catch (const ValueError&) {
    } catch (const TooExpensive&) {
    }
}

void try_rule(std::string_view text) {
    Budget budget{100'000};
    const Rule rule = parse_rule(text);
    if (parse_rule(format(rule)) != rule) std::abort();
    Expansion expansion(rule, {LocalTime{from.time_since_epoch()}, false, false}, budget);
    for (int i = 0; i < 100 && expansion.next(); ++i) continue;
}

void try_digest(std::string_view text) {
    Budget budget{100'000};
    FreeBusy busy(from, to);
    busy.add_digest(text, *Zone::utc(), budget);
    static_cast<void>(busy.merged());
}

void try_object(std::string_view text) {
    Budget budget{100'000};
    const Component calendar = parse(text);
    const TimeDigest made = digest(calendar, budget);
    const bool by_digest = overlaps(made.text, from, to, *Zone::utc(), "", budget);
    const bool by_tree = !instances(calendar, from, to, *Zone::utc(), budget).empty();
    if (by_tree && !by_digest) std::abort();
    if (by_digest && (made.first_start > to || made.last_end < from) && !made.floating)
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    allow_refusal([&] { try_rule(text); });
    allow_refusal([&] { try_digest(text); });
    allow_refusal([&] { try_object(text); });
    return 0;
}
