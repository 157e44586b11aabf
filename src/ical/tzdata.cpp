// The system's time zones, by the names that clients have for them.

#include "base/content_line.hpp"
#include "base/text.hpp"
#include "ical/tzif_private.hpp"
#include "ical/zone.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <shared_mutex>

namespace kalends::ical {
namespace {

using namespace std::chrono;

constexpr std::size_t max_file_size = 200'000;
constexpr std::size_t max_name_size = 64;
constexpr int cycle_years =
    401;  // the 400 years that Zone repeats, and the one that the last transition is in

// ---- names

constexpr bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+';
}

/// "Europe/Berlin": parts of harmless characters, so that no name leaves the directory or means one
/// of its own files
/// ("zone.tab" has a dot; "right/" counts leap seconds).
bool is_zone_name(std::string_view name) {
    if (name.empty() || name.size() > max_name_size) return false;
    for (const std::string_view part : text::split(name, '/')) {
        if (part.empty() || !std::all_of(part.begin(), part.end(), is_name_character)) return false;
    }
    for (const std::string_view not_a_zone :
         {"right/", "posix/", "localtime", "posixrules", "leapseconds"})
        if (name.starts_with(not_a_zone)) return false;
    return true;
}

ZonePtr zone_of(const std::string& name, Tzif tzif) {
    const seconds initial = tzif.phases.front().offset;
    const bool repeats = tzif.future && tzif.future->changes;
    if (repeats) {
        const UtcTime last = tzif.changes.empty() ? beginning_of_time : tzif.changes.back().at;
        const int first = static_cast<int>(year_month_day{floor<days>(last)}.year());
        unroll(tzif, std::max(first, 0), first + cycle_years);
    }
    std::vector<Zone::Transition> transitions;
    transitions.reserve(tzif.changes.size());
    for (const auto& change : tzif.changes)
        transitions.push_back({change.at, tzif.phases[change.to].offset});
    return std::make_shared<const Zone>(name, initial, std::move(transitions), repeats);
}

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return {};
    std::string bytes(max_file_size, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

/// The first line of tzdata.zi is "# version 2025b".
std::string version_in(const std::string& directory) {
    std::ifstream in(directory + "/tzdata.zi");
    std::string mark, word, version;
    in >> mark >> word >> version;
    const bool plain = std::all_of(version.begin(), version.end(),
                                   [](unsigned char c) { return std::isalnum(c) != 0; });
    return word == "version" && plain && version.size() < 20 ? version : std::string{};
}

}  // namespace

/// Zones stay for the life of the process: there are some 600 names, and only those with a file are
/// kept.
struct TzData::Cache {
    struct Entry {
        ZonePtr zone;
        std::string observances;  ///< of its VTIMEZONE
    };
    std::shared_mutex mutex;
    std::map<std::string, Entry, std::less<>> zones;
};

TzData::TzData(std::string directory)
    : directory_(std::move(directory)), version_(version_in(directory_)),
      cache_(std::make_unique<Cache>()) {}
TzData::~TzData() = default;

const Zone* TzData::find(std::string_view name) const {
    {
        const std::shared_lock lock(cache_->mutex);
        if (const auto known = cache_->zones.find(name); known != cache_->zones.end())
            return known->second.zone.get();
    }
    if (!is_zone_name(name)) return nullptr;
    std::string key(name);
    auto tzif = parse_tzif(read_file(directory_ + '/' + key));
    if (!tzif) return nullptr;
    std::string observances = observances_of(*tzif);
    Cache::Entry entry{zone_of(key, std::move(*tzif)), std::move(observances)};
    const std::unique_lock lock(cache_->mutex);
    return cache_->zones.emplace(std::move(key), std::move(entry)).first->second.zone.get();
}

const Zone* TzData::resolve(std::string_view tzid) const {
    tzid = text::trim(tzid);
    if (tzid.empty() || tzid.size() > 200) return nullptr;
    if (const Zone* zone = find(tzid)) return zone;
    for (const std::string_view utc : {"Z", "UTC", "GMT", "Etc/UTC", "tzone://Microsoft/Utc"})
        if (text::iequals(tzid, utc)) return Zone::utc().get();
    if (const auto iana = iana_name_of_windows_zone(tzid); !iana.empty()) return find(iana);

    // A vendor's prefix: "/mozilla.org/20050126_1/Europe/Berlin". The name is the longest end that
    // is one, of three parts at most.
    const auto parts = text::split(tzid, '/');
    if (parts.size() < 3 || !parts.front().empty()) return nullptr;
    for (std::size_t kept = std::min<std::size_t>(3, parts.size() - 2); kept >= 1; --kept) {
        std::string name;
        for (std::size_t i = parts.size() - kept; i < parts.size(); ++i)
            (name += name.empty() ? "" : "/") += parts[i];
        if (const Zone* zone = find(name)) return zone;
    }
    return nullptr;
}

std::string TzData::vtimezone(std::string_view tzid) const {
    tzid = text::trim(tzid);
    const Zone* zone = resolve(tzid);
    if (zone == nullptr) return {};
    std::string result = "BEGIN:VTIMEZONE\r\n";
    append_folded(result, "TZID:" + escape_text(tzid));
    {
        const std::shared_lock lock(cache_->mutex);
        const auto known = cache_->zones.find(zone->name());
        result += known != cache_->zones.end() ? known->second.observances
                                               : observances_of({{{0s, false, "UTC"}}, {}, {}});
    }
    return result + "END:VTIMEZONE\r\n";
}

const TzData& TzData::system() {
    static const TzData tzdata([] {
        const char* directory = std::getenv("TZDIR");  // NOLINT(concurrency-mt-unsafe): read once
        return std::string(directory != nullptr ? directory : "/usr/share/zoneinfo");
    }());
    return tzdata;
}

ZonePtr system_zone(std::string_view tzid) {
    const Zone* zone = TzData::system().resolve(tzid);
    if (zone == nullptr) return nullptr;
    return {zone, [](const Zone* /*tzdata's, which lives as long as the process*/) {}};
}

}  // namespace kalends::ical
