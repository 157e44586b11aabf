#pragma once
// What the conversions share: a line on its way, and the small translations of values.

#include "vcard/card.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::vcard {

/// A line on its way to another version.
struct Line {
    Property property;
    bool changed = false;  ///< else its bytes are copied
    bool dropped = false;

    void rename(std::string_view name);
    void set_value(std::string value);
    /// Removes a parameter; its values, none if it was not there.
    std::vector<std::string> take(std::string_view parameter);
    /// Removes one value of TYPE, without a case; whether it was there.
    bool take_type(std::string_view type);
    void add(std::string_view parameter, std::string value);
};

/// How one property changes; `from` is the name before, `to` the one after (empty: the same).
struct Rule {
    std::string_view from;
    std::string_view to;
    void (*change)(Line& line);
};

/// Properties that one version has and the other knows only by an X- name, or not at all.
struct Renamed {
    std::string_view v4;
    std::string_view v3;
};
extern const std::vector<Renamed> renamed;

/// All lines of the card in the other version; VERSION is one of them.
std::vector<Line> lines_to_v3(const Card& card);
std::vector<Line> lines_to_v4(const Card& card);
std::vector<Line> lines_from_v2(const Card& card);

/// Applies the first rule for the line's name.
void apply(const std::vector<Rule>& rules, Line& line);

/// A line that was not in the card; `raw_value` is escaped already.
Line new_line(std::string_view group, std::string_view name, std::string raw_value);

/// Whether the value is base64.
bool is_binary(const Property& property);

/// The value with QUOTED-PRINTABLE decoded; backslash escapes stay.
std::string decoded_value(const Property& property);

/// "19850412" and "1985-04-12" -> "1985-04-12"; with a time too. Nothing if it is no complete date.
std::optional<std::string> extended_date(std::string_view date);
/// "1985-04-12T10:20:30Z" -> "19850412T102030Z"; what is not in that form stays.
std::string basic_date(std::string_view date);

/// "data:image/png;base64,AAAA".
struct DataUri {
    std::string_view media_type;
    std::string_view base64;
};
std::optional<DataUri> read_data_uri(std::string_view uri);

/// The media type that a property with base64 has: by its TYPE, else by its first bytes.
std::string media_type_of(const Property& property);

std::string without_white_space(std::string_view text);

/// Splits at semicolons that are not escaped; escapes stay.
std::vector<std::string_view> components(std::string_view value);

}  // namespace kalends::vcard
