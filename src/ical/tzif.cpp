// Compiled time zones: TZif files (RFC 8536) and the rule for the future at their end (POSIX TZ).

#include "ical/tzif_private.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace kalends::ical {
namespace {

using namespace std::chrono;

constexpr std::size_t max_count = 200'000;  // of anything in a file

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
        if (value < 0 || value > static_cast<std::int64_t>(max_count)) return std::nullopt;
        *count = static_cast<std::size_t>(value);
    }
    if (!in.good()) return std::nullopt;
    return header;
}

// ---- the rule for the future, "CET-1CEST,M3.5.0,M10.5.0/3"

class FutureRuleReader {
public:
    explicit FutureRuleReader(std::string_view text) : rest_(text) {}

    std::optional<FutureRule> read() {
        FutureRule rule;
        if (!take_name(rule.standard.name) || !take_offset(rule.standard.offset))
            return std::nullopt;
        if (rest_.empty()) return rule;
        rule.daylight.daylight = true;
        if (!take_name(rule.daylight.name)) return std::nullopt;
        rule.daylight.offset = rule.standard.offset + 1h;
        if (!rest_.empty() && rest_.front() != ',' && !take_offset(rule.daylight.offset))
            return std::nullopt;
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
    bool take_name(std::string& into) {
        if (take('<')) {
            const auto close = rest_.find('>');
            if (close == std::string_view::npos) return false;
            into = rest_.substr(0, close);
            rest_.remove_prefix(close + 1);
            return true;
        }
        const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_letter);
        into = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(into.size());
        return !into.empty();
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
    bool take_offset(seconds& into) {
        if (!take_time(into)) return false;
        into = -into;  // POSIX counts to the west
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

/// The types of a data block, whose names are in `letters`.
std::vector<ZonePhase> phases_in(Bytes types, std::size_t count, std::string_view letters) {
    std::vector<ZonePhase> phases;
    for (std::size_t i = 0; i < count; ++i) {
        ZonePhase phase;
        phase.offset = seconds{types.number(4)};
        phase.daylight = types.number(1) != 0;
        const auto name = letters.substr(
            std::min(letters.size(), static_cast<std::size_t>(types.number(1) & 0xFF)));
        phase.name = name.substr(0, name.find('\0'));
        phases.push_back(std::move(phase));
    }
    return phases;
}

}  // namespace

LocalTime YearlyChange::in(int y) const {
    const local_days january{year{y} / January / 1};
    if (kind == Kind::zero_based) return january + days{day} + time;
    if (kind == Kind::julian)
        return january + days{day - 1 + (year{y}.is_leap() && day > 59 ? 1 : 0)} + time;
    const auto m = year{y} / std::chrono::month{static_cast<unsigned>(month)};
    const weekday wanted{static_cast<unsigned>(day)};
    const auto index = static_cast<unsigned>(week);
    return (week == 5 ? local_days{m / wanted[last]} : local_days{m / wanted[index]}) + time;
}

std::optional<Tzif> parse_tzif(std::string_view file) {
    Bytes in(file);
    const auto old = take_header(in);
    if (!old || old->version < '2') return std::nullopt;
    in.take(old->body_size(4));
    const auto header = take_header(in);
    if (!header || header->types == 0 || header->body_size(8) > in.rest().size())
        return std::nullopt;

    Tzif tzif;
    Bytes times(in.take(header->times * 8));
    const std::string_view type_of = in.take(header->times);
    const Bytes types(in.take(header->types * 6));
    tzif.phases = phases_in(types, header->types, in.take(header->letters));
    for (const char type : type_of) {
        const auto to = static_cast<unsigned char>(type);
        if (to >= tzif.phases.size()) return std::nullopt;
        const auto at = std::max(times.number(8), beginning_of_time.time_since_epoch().count());
        tzif.changes.push_back({UtcTime{seconds{at}}, to});
    }
    in.take(header->leaps * 12 + header->standard_flags + header->utc_flags);

    std::string_view footer = in.rest();
    if (footer.size() < 2 || footer.front() != '\n' || footer.back() != '\n') return std::nullopt;
    footer = footer.substr(1, footer.size() - 2);
    if (footer.empty()) return tzif;
    tzif.future = FutureRuleReader(footer).read();
    if (!tzif.future) return std::nullopt;
    return tzif;
}

void unroll(Tzif& tzif, int first_year, int last_year) {
    const FutureRule& rule = *tzif.future;
    const UtcTime after = tzif.changes.empty() ? beginning_of_time : tzif.changes.back().at;
    const std::size_t standard = tzif.phases.size();
    const std::size_t daylight = standard + 1;
    tzif.phases.insert(tzif.phases.end(), {rule.standard, rule.daylight});
    const auto add = [&](LocalTime local, const ZonePhase& from, std::size_t to) {
        const UtcTime at{local.time_since_epoch() - from.offset};
        if (at > after) tzif.changes.push_back({at, to});
    };
    for (int y = first_year; y <= last_year; ++y) {
        add(rule.to_daylight.in(y), rule.standard, daylight);
        add(rule.to_standard.in(y), rule.daylight, standard);
    }
    std::ranges::stable_sort(tzif.changes, {}, &Tzif::Change::at);
}

}  // namespace kalends::ical
