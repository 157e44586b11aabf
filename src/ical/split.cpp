// Import: the components of a file are grouped by UID, across all its VCALENDARs (some programs
// write one for each component), and written again line by line.
#include "ical/split.hpp"

#include "base/content_line.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <unordered_map>

namespace kalends::ical {

namespace {

/// Of the lines of a VCALENDAR, those that an object keeps; the others (METHOD, X-WR-CALNAME …) are
/// about the file or the calendar.
constexpr std::array<std::string_view, 3> kept_properties = {"VERSION", "PRODID", "CALSCALE"};

struct Entry {
    const Component* calendar = nullptr;
    const Component* component = nullptr;
};

struct Group {
    std::string uid;
    bool uid_made = false;
    std::vector<Entry> entries;
};

std::string value_of(const Component& component, std::string_view name) {
    const Property* property = component.property(name);
    return property == nullptr ? std::string{} : std::string{text::trim(property->value)};
}

/// What makes two components the same entry: all lines but the time of the export.
void append_content(std::string& to, const Component& component) {
    to += component.name + '\n';
    for (const Property& property : component.properties) {
        if (property.name != "DTSTAMP") to += to_line(property) + '\n';
    }
    for (const Component& child : component.components) append_content(to, child);
}

std::string make_uid(const Component& component) {
    std::string content;
    append_content(content, component);
    return "import-" + hash::fingerprint(content);
}

/// Newer is greater. RFC 5546 2.1.5.
std::tuple<long long, std::string> revision(const Component& component) {
    return {text::to_number(value_of(component, "SEQUENCE")).value_or(0),
            value_of(component, "DTSTAMP")};
}

class Splitter {
public:
    Splitter(std::string_view file, const Limits& limits)
        : file_{file}, calendars_{parse_all(file, limits)} {}

    SplitFile run() {
        for (const Component& calendar : calendars_) {
            if (calendar.name != "VCALENDAR") {
                skip(calendar, calendar.name + " is not in a VCALENDAR");
                continue;
            }
            note_calendar(calendar);
            for (const Component& component : calendar.components) take(calendar, component);
        }
        for (const Group& group : groups_) result_.objects.push_back(written(group));
        std::stable_sort(result_.skipped.begin(), result_.skipped.end(),
                         [](const Skipped& a, const Skipped& b) { return a.line < b.line; });
        return std::move(result_);
    }

private:
    void skip(const Component& component, std::string reason) {
        result_.skipped.push_back({component.line, std::move(reason)});
    }

    void note_calendar(const Component& calendar) {
        for (const std::string_view name : {"NAME", "X-WR-CALNAME"}) {
            if (result_.name.empty()) result_.name = unescape_text(value_of(calendar, name));
        }
        for (const Component& each : calendar.components) {
            if (each.name != "VTIMEZONE") continue;
            const std::string tzid = unescape_text(value_of(each, "TZID"));
            zones_.emplace(std::pair{&calendar, tzid}, &each);
            zones_.emplace(std::pair{nullptr, tzid}, &each);
        }
    }

    void take(const Component& calendar, const Component& component) {
        if (component.name == "VTIMEZONE") return;
        if (component.name.starts_with("X-")) {
            return skip(component, component.name + " is not an entry of a calendar");
        }
        std::string uid = unescape_text(value_of(component, "UID"));
        const bool made = uid.empty();
        if (made) uid = make_uid(component);
        const auto [group, is_new] = by_uid_.emplace(uid, groups_.size());
        if (!is_new) return join(group->second, {&calendar, &component});
        places_.emplace(std::pair{groups_.size(), instance_of(component)}, 0);
        groups_.push_back({std::move(uid), made, {{&calendar, &component}}});
    }

    /// Adds to a group, unless its place is taken.
    void join(std::size_t index, Entry entry) {
        Group& group = groups_[index];
        const Component& first = *group.entries.front().component;
        if (entry.component->name != first.name) {
            return skip(*entry.component, "its UID is that of the " + first.name + " in line " +
                                              std::to_string(first.line));
        }
        const auto [place, is_new] =
            places_.emplace(std::pair{index, instance_of(*entry.component)}, group.entries.size());
        if (is_new) {
            group.entries.push_back(entry);
            return;
        }
        Entry& other = group.entries[place->second];
        if (revision(*entry.component) > revision(*other.component)) std::swap(other, entry);
        skip(*entry.component,
             "the same entry is in line " + std::to_string(other.component->line));
    }

    static std::string instance_of(const Component& component) {
        const Property* id = component.property("RECURRENCE-ID");
        if (id == nullptr) return {};
        const std::string* tzid = id->parameter("TZID");
        return value_of(component, "RECURRENCE-ID") + ' ' + (tzid == nullptr ? "" : *tzid);
    }

    // ---- writing ----

    SplitObject written(const Group& group) const {
        SplitObject object;
        object.uid = group.uid;
        object.uid_made = group.uid_made;
        object.component = group.entries.front().component->name;
        object.data = head(*group.entries.front().calendar);
        append_zones(object.data, group);
        for (const Entry& entry : group.entries) {
            const Component& component = *entry.component;
            object.lines.push_back(component.line);
            if (group.uid_made)
                append_with_uid(object.data, component, group.uid);
            else
                append_lines(object.data, component.begin, component.end);
        }
        object.data += "END:VCALENDAR\r\n";
        return object;
    }

    void append_lines(std::string& to, std::size_t begin, std::size_t end) const {
        to += file_.substr(begin, end - begin);
    }

    std::string head(const Component& calendar) const {
        std::string text = "BEGIN:VCALENDAR\r\n";
        if (calendar.property("VERSION") == nullptr) text += "VERSION:2.0\r\n";
        for (const Property& property : calendar.properties) {
            const bool kept = std::find(kept_properties.begin(), kept_properties.end(),
                                        property.name) != kept_properties.end();
            if (kept) append_lines(text, property.begin, property.end);
        }
        return text;
    }

    void append_with_uid(std::string& to, const Component& component,
                         const std::string& uid) const {
        append_lines(to, component.begin, component.body);
        append_folded(to, "UID:" + uid);
        std::size_t from = component.body;
        for (const Property& property : component.properties) {
            if (property.name != "UID") continue;  // an empty one
            append_lines(to, from, property.begin);
            from = property.end;
        }
        append_lines(to, from, component.end);
    }

    static void collect_zones(std::vector<std::string>& to, const Component& component) {
        for (const Property& property : component.properties) {
            const std::string* tzid = property.parameter("TZID");
            if (tzid == nullptr || std::find(to.begin(), to.end(), *tzid) != to.end()) continue;
            to.push_back(*tzid);
        }
        for (const Component& child : component.components) collect_zones(to, child);
    }

    void append_zones(std::string& to, const Group& group) const {
        std::vector<std::string> used;
        for (const Entry& entry : group.entries) collect_zones(used, *entry.component);
        for (const std::string& tzid : used) {
            const Component* zone = zone_named(tzid, *group.entries.front().calendar);
            if (zone != nullptr) append_lines(to, zone->begin, zone->end);
        }
    }

    /// Of the calendar that the entry is in; failing that, of any.
    const Component* zone_named(const std::string& tzid, const Component& calendar) const {
        auto found = zones_.find({&calendar, tzid});
        if (found == zones_.end()) found = zones_.find({nullptr, tzid});
        return found == zones_.end() ? nullptr : found->second;
    }

    std::string_view file_;
    std::vector<Component> calendars_;
    std::vector<Group> groups_;
    std::unordered_map<std::string, std::size_t> by_uid_;
    std::map<std::pair<std::size_t, std::string>, std::size_t> places_;  // of instances in groups
    std::map<std::pair<const Component*, std::string>, const Component*> zones_;
    SplitFile result_;
};

}  // namespace

SplitFile split(std::string_view file, const Limits& limits) {
    return Splitter{file, limits}.run();
}

}  // namespace kalends::ical
