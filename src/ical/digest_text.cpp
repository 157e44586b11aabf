#include "base/text.hpp"
#include "ical/digest_text_private.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace kalends::ical {
namespace {

using namespace std::chrono;

struct Kind {
    char letter;
    std::string_view component;
};
constexpr std::array<Kind, 4> kinds{
    {{'E', "VEVENT"}, {'T', "VTODO"}, {'J', "VJOURNAL"}, {'F', "VFREEBUSY"}}};
constexpr std::string_view busy_letters = "fbtu";  // in the order of Busy
constexpr std::string_view rows = "ipduocmrwyn";
constexpr std::size_t max_zones = 26;
constexpr char version_letter = '0' + digest_version;

// ---- writing

class Writer {
public:
    explicit Writer(const ZoneNamer& name_zone) : name_zone_(name_zone) {}

    std::string write(const Series& series) {
        text_ += version_letter;
        const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& k) {
            return k.component == series.component;
        });
        text_ += kind == kinds.end() ? '-' : kind->letter;
        if (series.master)
            item(*series.master);
        else
            text_ += '-';
        flush_zones();
        for (const Rule& rule : series.rules) part('R') += format(rule);
        for (const Rule& rule : series.exception_rules) part('X') += format(rule);
        list('A', series.dates, [&](const ExtraDate& date) {
            time(date.start);
            if (date.length) length(*date.length);
        });
        list('N', series.excluded, [&](LocalTime at) { time(at); });
        list('K', series.excluded_days, [&](LocalTime at) { time(at); });
        for (const Override& override : series.overrides) write_override(override);
        for (const BusyPeriod& period : series.periods) {
            part('P') += busy_letters[static_cast<std::size_t>(period.kind)];
            time(LocalTime{period.start.time_since_epoch()});
            length({true, {days{0}, period.end - period.start}});
        }
        return std::move(text_);
    }

private:
    std::string& part(char letter) {
        text_ += ' ';
        text_ += letter;
        return text_;
    }
    void number(std::int64_t n) { text_ += std::to_string(n); }
    void time(LocalTime at) { number(at.time_since_epoch().count()); }

    void length(const Length& length) {
        if (!length.exact && length.amount.days.count() != 0) {
            text_ += '~';
            number(length.amount.days.count());
            if (length.amount.time.count() == 0) return;
        }
        if (length.amount.time.count() == 0) return;
        if (length.amount.time.count() > 0) text_ += '+';
        number(length.amount.time.count());
    }

    void item(const Item& item) {
        text_ += static_cast<char>(item.match);
        text_ += busy_letters[static_cast<std::size_t>(item.busy)];
        LocalTime start = item.start;
        switch (item.form) {
        case Form::utc:
            text_ += 'Z';
            break;
        case Form::floating:
            text_ += 'L';
            break;
        case Form::date:
            text_ += 'D';
            break;
        case Form::zoned:
            zoned(*item.zone, start);
            break;
        }
        time(start);
        length(item.length);
    }

    void zoned(const Zone& zone, LocalTime& start) {
        const auto known = std::find(zones_.begin(), zones_.end(), &zone);
        if (known == zones_.end() && zones_.size() == max_zones) {
            text_ += 'Z';
            start = LocalTime{zone.to_utc(start).time_since_epoch()};
            return;
        }
        text_ += static_cast<char>('a' + (known - zones_.begin()));
        if (known == zones_.end()) zones_.push_back(&zone);
    }

    void flush_zones() {
        for (; written_ < zones_.size(); ++written_) {
            text_ += ' ';
            text_ += name_zone_(*zones_[written_]);
        }
    }

    /// An override may name a zone that was not needed before, which then has to stand before it.
    void write_override(const Override& override) {
        std::string before = std::move(text_);
        text_.clear();
        item(override.item);
        const std::string item_text = std::move(text_);
        text_ = std::move(before);
        flush_zones();
        part('O');
        time(override.recurrence_id);
        if (override.this_and_future) text_ += '>';
        text_ += ':';
        text_ += item_text;
    }

    template <class List, class Write> void list(char letter, const List& list, Write write) {
        if (list.empty()) return;
        part(letter);
        bool first = true;
        for (const auto& entry : list) {
            if (!first) text_ += ',';
            first = false;
            write(entry);
        }
    }

    const ZoneNamer& name_zone_;
    std::string text_;
    std::vector<const Zone*> zones_;
    std::size_t written_ = 0;
};

// ---- reading

class Reader {
public:
    Reader(std::string_view text, const TzData& tzdata) : rest_(text), tzdata_(tzdata) {}

    ParsedDigest read() {
        if (!take(version_letter)) fail();
        const char letter = character();
        if (letter != '-') {
            const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                           [&](const Kind& k) { return k.letter == letter; });
            if (kind == kinds.end()) fail();
            series_.component = kind->component;
        }
        // The zone of the master comes after it.
        char master_form = 0;
        if (!take('-')) series_.master = item(master_form);
        while (take(' ')) part(master_form);
        if (!rest_.empty() || (master_form != 0 && series_.master->zone == nullptr)) fail();
        return {std::move(series_), std::move(kept_)};
    }

private:
    [[noreturn]] static void fail() { throw ValueError("not a time digest of this version"); }

    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    char character() {
        if (rest_.empty()) fail();
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    std::int64_t number() {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (error != std::errc{}) fail();
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }
    /// Nothing outside of iCalendar's years, so that sums cannot overflow.
    LocalTime time() {
        const LocalTime at{seconds{number()}};
        if (at.time_since_epoch() < beginning_of_time.time_since_epoch() - days{2} ||
            at.time_since_epoch() > end_of_time.time_since_epoch() + days{2})
            fail();
        return at;
    }
    std::int64_t bounded(std::int64_t most) {
        const std::int64_t value = number();
        if (value > most || value < -most) fail();
        return value;
    }
    std::int64_t seconds_number() { return bounded((end_of_time - beginning_of_time).count()); }

    std::string_view word() {
        const auto end = std::min(rest_.find(' '), rest_.size());
        const std::string_view taken = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return taken;
    }

    Length length() {
        constexpr std::int64_t most_days = 4'000'000;
        Length result;
        if (take('~')) {
            result.exact = false;
            result.amount.days = days{bounded(most_days)};
        }
        if (take('+') || rest_.starts_with('-')) result.amount.time = seconds{seconds_number()};
        return result;
    }

    Busy busy() {
        const auto at = busy_letters.find(character());
        if (at == std::string_view::npos) fail();
        return static_cast<Busy>(at);
    }

    /// `pending` becomes the letter of a zone that is not known yet.
    Item item(char& pending) {
        Item result;
        const char row = character();
        if (rows.find(row) == std::string_view::npos) fail();
        result.match = static_cast<Match>(row);
        result.busy = busy();
        const char form = character();
        switch (form) {
        case 'Z':
            result.form = Form::utc;
            break;
        case 'L':
            result.form = Form::floating;
            break;
        case 'D':
            result.form = Form::date;
            break;
        default:
            if (form < 'a' || form > 'z') fail();
            result.form = Form::zoned;
            if (const auto index = static_cast<std::size_t>(form - 'a'); index < zone_count_)
                result.zone = zones_[index];
            else
                pending = form;
        }
        result.start = time();
        result.length = length();
        return result;
    }

    void zone(const Zone* zone, char master_form) {
        if (zone == nullptr || zone_count_ == max_zones) fail();
        zones_[zone_count_++] = zone;
        if (master_form != 0 && zone_count_ == 1) series_.master->zone = zone;
    }

    template <class Read> void list(Read read) {
        do read();
        while (take(','));
    }

    void part(char master_form) {
        switch (character()) {
        case '@':
            zone(tzdata_.find(word()), master_form);
            break;
        case '!':
            kept_.push_back(zone_of_text(word()));
            zone(kept_.back().get(), master_form);
            break;
        case 'R':
            series_.rules.push_back(parse_rule(word()));
            break;
        case 'X':
            series_.exception_rules.push_back(parse_rule(word()));
            break;
        case 'A':
            list([&] {
                const LocalTime start = time();
                const bool has_length =
                    !rest_.empty() && (rest_.front() == '~' || rest_.front() == '+');
                series_.dates.push_back(
                    {start, has_length ? std::optional(length()) : std::nullopt});
            });
            break;
        case 'N':
            list([&] { series_.excluded.push_back(time()); });
            break;
        case 'K':
            list([&] { series_.excluded_days.push_back(time()); });
            break;
        case 'O':
            read_override();
            break;
        case 'P': {
            const Busy kind = busy();
            const UtcTime start{time().time_since_epoch()};
            series_.periods.push_back({start, start + length().amount.time, kind});
            break;
        }
        case 'V':
            (void)character();
            break;
        default:
            fail();
        }
    }

    void read_override() {
        Override override;
        override.recurrence_id = time();
        override.this_and_future = take('>');
        if (!take(':')) fail();
        char pending = 0;
        override.item = item(pending);
        if (pending != 0) fail();
        series_.overrides.push_back(override);
    }

    std::string_view rest_;
    const TzData& tzdata_;
    Series series_;
    std::array<const Zone*, max_zones> zones_{};
    std::size_t zone_count_ = 0;
    std::vector<ZonePtr> kept_;
};

}  // namespace

std::string text_of(const Series& series, const ZoneNamer& name_zone) {
    return Writer(name_zone).write(series);
}

ParsedDigest parse_digest(std::string_view text, const TzData& tzdata) {
    return Reader(text, tzdata).read();
}

}  // namespace kalends::ical
