// libFuzzer: any bytes through all that a PUT and the reports after it do with an object.
#include "ical/filter.hpp"
#include "ical/retrieve.hpp"
#include "ical/validate.hpp"

#include <chrono>
#include <cstdint>

using namespace kalends;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    const ical::TimeRange year{ical::UtcTime{std::chrono::seconds{1'767'225'600}},
                               ical::UtcTime{std::chrono::seconds{1'798'761'600}}};
    try {
        const auto accepted = ical::accept(bytes, {10, 5'000, 5'000});
        ical::Budget budget{200'000};
        const ical::FilterContext context{*ical::Zone::utc(), budget};
        const ical::CompFilter filter{
            .name = "VCALENDAR",
            .comps = {{.name = accepted.object.component,
                       .time_range = year,
                       .comps = {{.name = "VALARM", .time_range = year}}}}};
        ical::matches(accepted.calendar, filter, context);
        ical::retrieve(bytes, accepted.calendar, {.expand = year}, context, 100);
        ical::retrieve(bytes, accepted.calendar, {.limit_recurrence_set = year}, context);
    } catch (const ical::ObjectError&) {
    } catch (const ical::ParseError&) {
    } catch (const ical::ValueError&) {
    } catch (const ical::TooExpensive&) {
    }
    return 0;
}
