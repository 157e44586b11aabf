// What became of an object as a whole, without changing it.

#include "itip/component_private.hpp"
#include "itip/organize_private.hpp"

#include <algorithm>
#include <utility>

namespace kalends::itip {

long long highest_sequence(const Series& series) {
    long long highest = 0;
    for (const auto* each : series.components()) highest = std::max(highest, sequence_of(*each));
    return highest;
}

void note_instances(Revision& revision, ical::Budget& budget) {
    const Series& before = revision.before;
    const Series& after = revision.after;
    if (before.master() == nullptr || after.master() == nullptr) return;
    auto asked = after.excluded();
    for (const auto& key : before.excluded()) asked.erase(key);
    const auto excluded = asked;
    for (const auto& key : after.overrides())
        if (before.override_of(key) == nullptr) asked.insert(key);
    for (const auto& key : existing(before, asked, budget))
        (excluded.contains(key) ? revision.newly_excluded : revision.split).insert(key);
    for (const auto& key : excluded)
        if (before.override_of(key) != nullptr) revision.newly_excluded.insert(key);
    const auto changed =
        difference({before, *before.master()}, {after, *after.master()}, Detail::significant);
    for (const auto* name : {"DTSTART", "RRULE", "RDATE", "EXRULE"})
        revision.rules_changed |= changed.properties.contains(name);
}

std::optional<ical::Part> described(const Revision& revision, const Key& key) {
    if (const auto* part = revision.before.component_of(key)) return *part;
    if (key && revision.split.contains(*key)) return revision.before.derive(*key);
    return std::nullopt;
}

std::set<InstanceKey> vanished_overrides(const Revision& revision) {
    std::set<InstanceKey> vanished;
    for (const auto& key : revision.before.overrides())
        if (revision.after.override_of(key) == nullptr) vanished.insert(key);
    return vanished;
}

Revision compare(Series before, Series after, ical::Budget& budget) {
    Revision revision{.before = std::move(before), .after = std::move(after)};
    note_instances(revision, budget);
    for (const auto* component : std::as_const(revision.after).components()) {
        const auto key = revision.after.key_of(*component);
        const auto old = described(revision, key);
        if (!old) {
            revision.changed[key] = {};
            continue;
        }
        auto changed =
            difference({revision.before, *old}, {revision.after, *component}, Detail::asked);
        if (!changed.empty()) revision.changed[key] = std::move(changed);
    }
    if (revision.after.master() != nullptr)
        revision.reverted = existing(revision.after, vanished_overrides(revision), budget);
    revision.old_sequence = highest_sequence(revision.before);
    revision.new_sequence = highest_sequence(revision.after);
    return revision;
}

}  // namespace kalends::itip
