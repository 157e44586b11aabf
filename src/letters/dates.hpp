#pragma once
// Dates and times as people of a language write them: CLDR, by ICU.

#include "ical/time.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::letters {

/// For the thread that has made it.
class Dates {
public:
    /// "de", "pt-BR" (RFC 5646); of one that ICU does not know the dates are English.
    explicit Dates(std::string_view language);
    ~Dates();
    Dates(const Dates&) = delete;
    Dates& operator=(const Dates&) = delete;

    [[nodiscard]] std::string day(ical::LocalTime at) const;          ///< "Tuesday, March 10, 2026"
    [[nodiscard]] std::string time(ical::LocalTime at) const;         ///< "10:00 AM"
    [[nodiscard]] std::string day_of_year(ical::LocalTime at) const;  ///< "March 10"
    /// 0 Sunday to 6 Saturday, as it stands in a sentence.
    [[nodiscard]] std::string weekday(unsigned number) const;
    /// "Monday, Tuesday, and Friday".
    [[nodiscard]] std::string list(const std::vector<std::string>& words) const;

private:
    struct Formats;
    static std::shared_ptr<const Formats> formats_of(std::string_view language);
    std::shared_ptr<const Formats> formats_;
};

}  // namespace kalends::letters
