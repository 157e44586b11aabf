#include "directory/ldap/entry.hpp"

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "directory/directory.hpp"

#include <algorithm>
#include <limits>

namespace kalends::directory::ldap {
namespace {

using std::chrono::system_clock;
using Kind = store::PrincipalKind;
using When = DisabledRule::When;

constexpr std::size_t max_name = 500;        // bytes
constexpr std::size_t max_addresses = 200;   // of one principal
constexpr std::size_t max_short_text = 100;  // of a locale, a time zone, a date

bool is_text(std::string_view value) {
    return text::is_utf8(value) && value.find('\0') == std::string_view::npos;
}

/// Groups and rooms are called as people like it: "Blue Room" is blue-room.
std::optional<std::string> login_of_thing(std::string_view name) {
    std::string tried(text::trim(name));
    for (auto& c : tried)
        if (c == ' ' || c == '/' || c == ':') c = '-';
    return canonical_login(tried);
}

std::optional<std::string> login_from(const Entry& entry, const Mapping& mapping, Kind kind) {
    const auto own = entry.first(mapping.login_attributes.front());
    if (kind == Kind::user) return canonical_login(own);
    const bool has_own = kind != Kind::group && !own.empty();
    return login_of_thing(has_own ? own : entry.first(mapping.group_login_attribute));
}

/// The first that is there.
std::string name_from(const Entry& entry, const Mapping& mapping) {
    for (const auto& attribute : mapping.name_attributes) {
        const auto value = text::trim(entry.first(attribute));
        if (!value.empty() && value.size() <= max_name && is_text(value)) return std::string(value);
    }
    return {};
}

std::string short_text(const Entry& entry, const std::string& attribute) {
    const auto value = attribute.empty() ? std::string_view{} : entry.first(attribute);
    // Of "de-CH, de;q=0.8, en" (RFC 2798 2.7) the first.
    const auto one = text::trim(value.substr(0, value.find_first_of(",;")));
    return one.size() <= max_short_text && is_text(one) ? std::string(one) : "";
}

/// Whether Exchange's "SMTP:a@b" is an address, and the main one.
struct Typed {
    std::string_view address;
    bool is_main = false;
};
std::optional<Typed> mail_address(std::string_view attribute, std::string_view value) {
    if (!text::iequals(attribute, "proxyAddresses")) return Typed{value, false};
    constexpr std::string_view type = "smtp:";
    if (!text::iequals(value.substr(0, type.size()), type)) return std::nullopt;
    return Typed{value.substr(type.size()), value.starts_with("SMTP:")};
}

void add_addresses(const Entry& entry, const Mapping& mapping, Found& found) {
    auto& all = found.addresses;
    for (const auto& attribute : mapping.mail_attributes)
        for (const auto& value : entry.values(attribute)) {
            const auto typed = mail_address(attribute, value);
            if (!typed) continue;
            const auto address = canonical_address(typed->address);
            if (!address) {
                found.remarks.push_back('"' + text::printable(typed->address) + "\" of " +
                                        found.login + " is not a mail address");
                continue;
            }
            const auto known = std::ranges::find(all, *address);
            if (known == all.end() && all.size() < max_addresses) all.push_back(*address);
            if (typed->is_main)
                if (const auto place = std::ranges::find(all, *address); place != all.end())
                    std::rotate(all.begin(), place, place + 1);
        }
}

void add_members(const Entry& entry, const Mapping& mapping, Found& found) {
    for (const auto& attribute : mapping.member_attributes) {
        const bool are_logins = text::iequals(attribute, "memberUid");
        auto& into = are_logins ? found.member_logins : found.member_dns;
        const auto& values = entry.values(attribute);
        into.reserve(into.size() + values.size());
        for (const auto& value : values) {
            if (!are_logins)
                into.push_back(value);
            else if (auto login = canonical_login(value))
                into.push_back(std::move(*login));
        }
    }
}

std::optional<long long> signed_number(std::string_view digits) {
    if (!digits.starts_with('-')) return text::to_number(digits);
    const auto number = text::to_number(digits.substr(1));
    return number ? std::optional(-*number) : std::nullopt;
}

long long seconds_since_1970(system_clock::time_point moment) {
    return std::chrono::floor<std::chrono::seconds>(moment).time_since_epoch().count();
}

/// "20261121204907Z" comes before another such text as it comes before it in time. RFC 4517 3.3.13.
std::string generalized_time(system_clock::time_point moment) {
    std::string digits;
    for (const char c : clock::iso_date(std::chrono::floor<std::chrono::seconds>(moment)))
        if (c >= '0' && c <= '9') digits += c;
    return digits + 'Z';
}

bool holds(const DisabledRule& rule, std::string_view value, system_clock::time_point now) {
    constexpr long long seconds_a_day = 86'400;
    constexpr long long from_1601_to_1970 = 11'644'473'600;  // seconds
    constexpr long long ticks_a_second = 10'000'000;
    const auto number = signed_number(value);
    switch (rule.when) {
    case When::is_true:
        return text::iequals(value, "TRUE");
    case When::locked_for_good:
        return value == "000001010000Z";
    case When::bit_two:
        return number && (static_cast<unsigned long long>(*number) & 2U) != 0;
    case When::day_is_past:
        return number && *number >= 0 && *number * seconds_a_day <= seconds_since_1970(now);
    case When::time_is_past:
        return !value.empty() && value <= generalized_time(now);
    case When::filetime_is_past:
        return number && *number > 0 && *number != std::numeric_limits<long long>::max() &&
               *number / ticks_a_second - from_1601_to_1970 <= seconds_since_1970(now);
    }
    return false;
}

std::string why_disabled(const Entry& entry, const Mapping& mapping, system_clock::time_point now) {
    for (const auto& rule : mapping.disabled)
        if (const auto value = entry.first(rule.attribute); holds(rule, value, now))
            return rule.attribute + " is " + text::printable(value);
    return {};
}

/// The hexadecimal digits in it.
std::string hex_digits(std::string_view value) {
    std::string digits;
    for (const char c : text::lower_ascii(value))
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) digits += c;
    return digits;
}

}  // namespace

const std::vector<std::string>& Entry::values(std::string_view name) const {
    static const std::vector<std::string> none;
    for (const auto& [attribute, values] : attributes)
        if (text::iequals(attribute, name)) return values;
    return none;
}

std::string_view Entry::first(std::string_view name) const {
    const auto& all = values(name);
    return all.empty() ? std::string_view{} : std::string_view{all.front()};
}

std::string uuid_from(std::string_view attribute, const std::string& value) {
    if (value.empty()) return {};
    if (text::iequals(attribute, "objectGUID") && value.size() == 16) {
        std::string bytes = value;
        std::reverse(bytes.begin(), bytes.begin() + 4);
        std::reverse(bytes.begin() + 4, bytes.begin() + 6);
        std::reverse(bytes.begin() + 6, bytes.begin() + 8);
        return hash::as_uuid(text::to_hex(bytes));
    }
    constexpr std::size_t digits_of_uuid = 32;
    const auto digits = hex_digits(value);
    const auto dashes = static_cast<std::size_t>(std::ranges::count(value, '-'));
    if (digits.size() == digits_of_uuid && digits.size() + dashes == value.size())
        return hash::as_uuid(digits);
    return hash::as_uuid(hash::fingerprint(value));
}

Reading read_entry(const Entry& entry, const Mapping& mapping, Kind kind,
                   system_clock::time_point now) {
    Reading reading;
    auto& found = reading.found;
    const auto refuse = [&](const std::string& why) {
        reading.why_not = text::printable(entry.dn) + ": " + why;
        return reading;
    };
    found.kind = kind;
    found.dn = entry.dn;
    if (kind == Kind::user) found.disabled = why_disabled(entry, mapping, now);
    found.uuid =
        uuid_from(mapping.uuid_attribute, std::string(entry.first(mapping.uuid_attribute)));
    if (found.uuid.empty())
        return refuse("it has no " + mapping.uuid_attribute +
                      ", or we may not read it: set ldap.uuid_attribute, or allow it");
    const auto login = login_from(entry, mapping, kind);
    if (!login)
        return refuse(
            "its name \"" +
            text::printable(entry.first(kind == Kind::group ? mapping.group_login_attribute
                                                            : mapping.login_attributes.front())) +
            "\" cannot be a login: it is missing, or has spaces, '/' or ':'");
    found.login = *login;
    found.display_name = name_from(entry, mapping);
    found.locale = short_text(entry, mapping.locale_attribute);
    found.time_zone = short_text(entry, mapping.time_zone_attribute);
    found.changed = short_text(entry, mapping.changed_attribute);
    add_addresses(entry, mapping, found);
    if (kind == Kind::group) add_members(entry, mapping, found);
    reading.usable = true;
    return reading;
}

}  // namespace kalends::directory::ldap
