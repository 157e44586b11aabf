#include "sched/default_calendar.hpp"

#include "base/percent.hpp"
#include "base/text.hpp"

namespace kalends::sched {
namespace {

using store::CollectionKind;

constexpr std::string_view caldav = "urn:ietf:params:xml:ns:caldav";

}  // namespace

store::CollectionPtr chosen_calendar(const store::Home& home) {
    constexpr std::string_view homes = "/calendars/";
    const auto inbox = home.scheduling(CollectionKind::inbox);
    const auto* chosen = inbox ? inbox->property(caldav, default_calendar_property) : nullptr;
    if (chosen == nullptr) return nullptr;
    auto path = text::trim(chosen->text);
    const auto place = path.find(homes);
    if (place == std::string_view::npos) return nullptr;
    path.remove_prefix(place + homes.size());
    store::CollectionPtr at = home.root(CollectionKind::calendar_home);
    const auto segments = text::split(path, '/');
    for (std::size_t i = 1; at && i < segments.size(); ++i)  // behind the login
        if (!segments[i].empty())
            at = home.child(at->id, percent::decode(segments[i]).value_or(""));
    return at && at->kind == CollectionKind::calendar ? at : nullptr;
}

store::CollectionPtr default_calendar(const store::Home& home, unsigned component) {
    const auto takes = [&](const store::CollectionPtr& each) {
        return each && each->kind == CollectionKind::calendar &&
               (each->components & component) != 0;
    };
    const auto& top = home.root(CollectionKind::calendar_home)->id;
    if (auto chosen = chosen_calendar(home); takes(chosen)) return chosen;
    if (auto usual = home.child(top, "calendar"); takes(usual)) return usual;
    for (const auto& each : home.children(top))
        if (takes(each)) return each;
    return nullptr;
}

}  // namespace kalends::sched
