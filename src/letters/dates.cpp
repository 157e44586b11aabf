#include "letters/dates.hpp"

#include <stdexcept>
#include <unicode/dtfmtsym.h>
#include <unicode/dtptngen.h>
#include <unicode/listformatter.h>
#include <unicode/locid.h>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>
#include <utility>

namespace kalends::letters {
namespace {

void require(UErrorCode status, const char* what) {
    if (U_FAILURE(status)) throw std::runtime_error(std::string(what) + ": " + u_errorName(status));
}

std::string utf8(const icu::UnicodeString& text) {
    std::string result;
    text.toUTF8String(result);
    return result;
}

icu::Locale locale_of(std::string_view language) {
    UErrorCode status = U_ZERO_ERROR;
    auto locale = icu::Locale::forLanguageTag(
        icu::StringPiece(language.data(), static_cast<std::int32_t>(language.size())), status);
    if (U_FAILURE(status) || locale.isBogus() || language.empty()) return icu::Locale::getEnglish();
    return locale;
}

}  // namespace

/// Of local times as if they were UTC: zones are ours to know.
struct Dates::Formats {
    explicit Formats(std::string_view language) : locale(locale_of(language)) {
        UErrorCode status = U_ZERO_ERROR;
        const std::unique_ptr<icu::DateTimePatternGenerator> generator(
            icu::DateTimePatternGenerator::createInstance(locale, status));
        require(status, "patterns of a language");
        day = format(*generator, "yMMMMEEEEd");
        time = format(*generator, "jm");
        day_of_year = format(*generator, "MMMMd");
        list.reset(icu::ListFormatter::createInstance(locale, status));
        require(status, "lists of a language");
        symbols = std::make_unique<icu::DateFormatSymbols>(locale, status);
        require(status, "names of days");
    }

    [[nodiscard]] std::unique_ptr<icu::SimpleDateFormat>
    format(icu::DateTimePatternGenerator& generator, const char* skeleton) const {
        UErrorCode status = U_ZERO_ERROR;
        const auto pattern = generator.getBestPattern(icu::UnicodeString(skeleton), status);
        auto result = std::make_unique<icu::SimpleDateFormat>(pattern, locale, status);
        require(status, "dates of a language");
        result->setTimeZone(*icu::TimeZone::getGMT());
        return result;
    }

    [[nodiscard]] static std::string text(const icu::SimpleDateFormat& format, ical::LocalTime at) {
        constexpr double milliseconds = 1000;
        icu::UnicodeString result;
        format.format(static_cast<double>(at.time_since_epoch().count()) * milliseconds, result);
        // Spaces that do not break are no help in a mail, and some programs show them as boxes.
        result.findAndReplace(icu::UnicodeString(UChar{0x202F}), icu::UnicodeString(' '));
        result.findAndReplace(icu::UnicodeString(UChar{0x00A0}), icu::UnicodeString(' '));
        return utf8(result);
    }

    icu::Locale locale;
    std::unique_ptr<icu::SimpleDateFormat> day;
    std::unique_ptr<icu::SimpleDateFormat> time;
    std::unique_ptr<icu::SimpleDateFormat> day_of_year;
    std::unique_ptr<icu::ListFormatter> list;
    std::unique_ptr<icu::DateFormatSymbols> symbols;
};

/// Making them is a third of the work of a letter. ICU's must not be used by two threads at once.
std::shared_ptr<const Dates::Formats> Dates::formats_of(std::string_view language) {
    constexpr std::size_t most = 4;
    thread_local std::vector<std::pair<std::string, std::shared_ptr<const Formats>>> known;
    for (const auto& [name, formats] : known)
        if (name == language) return formats;
    if (known.size() == most) known.erase(known.begin());
    known.emplace_back(language, std::make_shared<const Formats>(language));
    return known.back().second;
}

Dates::Dates(std::string_view language) : formats_(formats_of(language)) {}
Dates::~Dates() = default;

std::string Dates::day(ical::LocalTime at) const { return Formats::text(*formats_->day, at); }

std::string Dates::time(ical::LocalTime at) const { return Formats::text(*formats_->time, at); }

std::string Dates::weekday(unsigned number) const {
    std::int32_t count = 0;
    // ICU counts from 1, Sunday.
    const auto* names = formats_->symbols->getWeekdays(count, icu::DateFormatSymbols::FORMAT,
                                                       icu::DateFormatSymbols::WIDE);
    return number + 1 < static_cast<unsigned>(count) ? utf8(names[number + 1]) : "";
}

std::string Dates::day_of_year(ical::LocalTime at) const {
    return Formats::text(*formats_->day_of_year, at);
}

std::string Dates::list(const std::vector<std::string>& words) const {
    std::vector<icu::UnicodeString> items;
    items.reserve(words.size());
    for (const auto& word : words) items.push_back(icu::UnicodeString::fromUTF8(word));
    icu::UnicodeString result;
    UErrorCode status = U_ZERO_ERROR;
    formats_->list->format(items.data(), static_cast<std::int32_t>(items.size()), result, status);
    require(status, "a list of words");
    return utf8(result);
}

}  // namespace kalends::letters
