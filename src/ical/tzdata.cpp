// The system's time zones: TZif files (RFC 8536) and the rule for the future at their end (POSIX
// TZ).

#include "base/text.hpp"
#include "ical/zone.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
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

// ---- TZif

/// Big-endian numbers from the front of the bytes; nothing is read past the end.
class Bytes {
public:
    explicit Bytes(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] std::string_view rest() const { return rest_; }

    std::string_view take(std::size_t size) {
        if (size > rest_.size()) {
            good_ = false;
            return {};
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    std::int64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const char c : take(size)) value = value << 8U | static_cast<unsigned char>(c);
        if (size < 8 && (value >> (8 * size - 1) & 1U) != 0)
            value |= ~std::uint64_t{0} << (8 * size);
        return static_cast<std::int64_t>(value);
    }

private:
    std::string_view rest_;
    bool good_ = true;
};

struct Header {
    char version = 0;
    std::size_t utc_flags = 0, standard_flags = 0, leaps = 0, times = 0, types = 0, letters = 0;

    [[nodiscard]] std::size_t body_size(std::size_t time_size) const {
        return times * (time_size + 1) + types * 6 + letters + leaps * (time_size + 4) +
               standard_flags + utc_flags;
    }
};

std::optional<Header> take_header(Bytes& in) {
    if (in.take(4) != "TZif") return std::nullopt;
    Header header;
    const std::string_view version = in.take(16);
    if (!in.good()) return std::nullopt;
    header.version = version.front();
    for (std::size_t* count : {&header.utc_flags, &header.standard_flags, &header.leaps,
                               &header.times, &header.types, &header.letters}) {
        const std::int64_t value = in.number(4);
        if (value < 0 || value > static_cast<std::int64_t>(max_file_size)) return std::nullopt;
        *count = static_cast<std::size_t>(value);
    }
    if (!in.good()) return std::nullopt;
    return header;
}

// ---- the rule for the future, "CET-1CEST,M3.5.0,M10.5.0/3"

/// When in each year the clock changes: the local time before the change.
struct YearlyChange {
    enum class Kind { julian, zero_based, weekday } kind = Kind::weekday;
    int day = 0;
    int month = 0;
    int week = 0;
    seconds time = 2h;

    [[nodiscard]] LocalTime in(int y) const {
        const local_days january{year{y} / January / 1};
        if (kind == Kind::zero_based) return january + days{day} + time;
        if (kind == Kind::julian)
            return january + days{day - 1 + (year{y}.is_leap() && day > 59 ? 1 : 0)} + time;
        const auto m = year{y} / std::chrono::month{static_cast<unsigned>(month)};
        const weekday wanted{static_cast<unsigned>(day)};
        const auto index = static_cast<unsigned>(week);
        return (week == 5 ? local_days{m / wanted[last]} : local_days{m / wanted[index]}) + time;
    }
};

struct FutureRule {
    seconds standard{};
    seconds daylight{};
    bool changes = false;
    YearlyChange to_daylight, to_standard;
};

class FutureRuleReader {
public:
    explicit FutureRuleReader(std::string_view text) : rest_(text) {}

    std::optional<FutureRule> read() {
        FutureRule rule;
        if (!skip_name() || !take_time(rule.standard)) return std::nullopt;
        rule.standard = -rule.standard;  // POSIX counts to the west
        if (rest_.empty()) return rule;
        if (!skip_name()) return std::nullopt;
        rule.daylight = rule.standard + 1h;
        if (!rest_.empty() && rest_.front() != ',') {
            if (!take_time(rule.daylight)) return std::nullopt;
            rule.daylight = -rule.daylight;
        }
        if (!take_change(rule.to_daylight) || !take_change(rule.to_standard) || !rest_.empty())
            return std::nullopt;
        rule.changes = true;
        return rule;
    }

private:
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool skip_name() {
        if (take('<')) {
            const auto close = rest_.find('>');
            if (close == std::string_view::npos) return false;
            rest_.remove_prefix(close + 1);
            return true;
        }
        const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_letter);
        const auto size = static_cast<std::size_t>(end - rest_.begin());
        rest_.remove_prefix(size);
        return size > 0;
    }
    bool take_number(int& into, int most) {
        std::size_t digits = 0;
        into = 0;
        while (digits < 3 && digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9')
            into = into * 10 + (rest_[digits++] - '0');
        rest_.remove_prefix(digits);
        return digits > 0 && into <= most;
    }
    bool take_time(seconds& into) {
        const int sign = take('-') ? -1 : 1;
        if (sign > 0) take('+');
        int h = 0;
        int m = 0;
        int s = 0;
        if (!take_number(h, 167)) return false;
        if (take(':') && !take_number(m, 59)) return false;
        if (take(':') && !take_number(s, 59)) return false;
        into = sign * (hours{h} + minutes{m} + seconds{s});
        return true;
    }
    bool take_change(YearlyChange& into) {
        if (!take(',')) return false;
        if (take('M')) {
            if (!take_number(into.month, 12) || !take('.') || !take_number(into.week, 5) ||
                !take('.') || !take_number(into.day, 6) || into.month < 1 || into.week < 1)
                return false;
        } else {
            into.kind = take('J') ? YearlyChange::Kind::julian : YearlyChange::Kind::zero_based;
            if (!take_number(into.day, 365)) return false;
        }
        return !take('/') || take_time(into.time);
    }

    std::string_view rest_;
};

void append_future(std::vector<Zone::Transition>& to, const FutureRule& rule, UtcTime after) {
    const int first = static_cast<int>(year_month_day{floor<days>(after)}.year());
    for (int y = std::max(first, 0); y <= first + cycle_years; ++y) {
        const UtcTime daylight{rule.to_daylight.in(y).time_since_epoch() - rule.standard};
        const UtcTime standard{rule.to_standard.in(y).time_since_epoch() - rule.daylight};
        if (daylight > after) to.push_back({daylight, rule.daylight});
        if (standard > after) to.push_back({standard, rule.standard});
    }
}

/// The data block for 64 bits of a file of version 2 or later, and its footer. nullptr for anything
/// else.
ZonePtr parse_tzif(const std::string& name, std::string_view file) {
    Bytes in(file);
    const auto old = take_header(in);
    if (!old || old->version < '2') return nullptr;
    in.take(old->body_size(4));
    const auto header = take_header(in);
    if (!header || header->types == 0 || header->body_size(8) > in.rest().size()) return nullptr;

    std::vector<UtcTime> times;
    for (std::size_t i = 0; i < header->times; ++i)
        times.emplace_back(
            seconds{std::max(in.number(8), beginning_of_time.time_since_epoch().count())});
    const std::string_view type_of = in.take(header->times);
    std::vector<seconds> offsets;
    for (std::size_t i = 0; i < header->types; ++i) {
        offsets.emplace_back(in.number(4));
        in.take(2);  // whether it is daylight time, and its name
    }
    std::vector<Zone::Transition> transitions;
    for (std::size_t i = 0; i < times.size(); ++i) {
        const auto type = static_cast<unsigned char>(type_of[i]);
        if (type >= offsets.size()) return nullptr;
        transitions.push_back({times[i], offsets[type]});
    }
    in.take(header->letters + header->leaps * 12 + header->standard_flags + header->utc_flags);

    std::string_view footer = in.rest();
    if (footer.size() < 2 || footer.front() != '\n' || footer.back() != '\n') return nullptr;
    footer = footer.substr(1, footer.size() - 2);
    if (footer.empty())
        return std::make_shared<const Zone>(name, offsets.front(), std::move(transitions));
    const auto future = FutureRuleReader(footer).read();
    if (!future) return nullptr;
    if (future->changes)
        append_future(transitions, *future, times.empty() ? beginning_of_time : times.back());
    return std::make_shared<const Zone>(name, offsets.front(), std::move(transitions),
                                        future->changes);
}

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string bytes(max_file_size, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

}  // namespace

/// Zones stay for the life of the process: there are some 600 names, and only those with a file are
/// kept.
struct TzData::Cache {
    std::shared_mutex mutex;
    std::map<std::string, ZonePtr, std::less<>> zones;
};

TzData::TzData(std::string directory)
    : directory_(std::move(directory)), cache_(std::make_unique<Cache>()) {}
TzData::~TzData() = default;

const Zone* TzData::find(std::string_view name) const {
    {
        const std::shared_lock lock(cache_->mutex);
        if (const auto known = cache_->zones.find(name); known != cache_->zones.end())
            return known->second.get();
    }
    if (!is_zone_name(name)) return nullptr;
    std::string key(name);
    const ZonePtr zone = parse_tzif(key, read_file(directory_ + '/' + key));
    if (!zone) return nullptr;
    const std::unique_lock lock(cache_->mutex);
    return cache_->zones.emplace(std::move(key), zone).first->second.get();
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

const TzData& TzData::system() {
    static const TzData tzdata([] {
        const char* directory = std::getenv("TZDIR");  // NOLINT(concurrency-mt-unsafe): read once
        return std::string(directory != nullptr ? directory : "/usr/share/zoneinfo");
    }());
    return tzdata;
}

}  // namespace kalends::ical
