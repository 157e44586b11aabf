#pragma once
// The table of settings, for the files of config*.cpp only.

#include "base/config.hpp"

#include <optional>
#include <span>
#include <variant>

namespace kalends {

/// Where a setting's value is kept; the type of the field is the type of the setting.
template <class Owner> using Field =
    std::variant<bool& (*)(Owner&), int& (*)(Owner&), std::size_t& (*)(Owner&),
                 std::chrono::milliseconds& (*)(Owner&), std::string& (*)(Owner&),
                 std::vector<std::string>& (*)(Owner&)>;

template <class Owner> struct Setting {
    std::string_view name;      ///< as in the file, with its section: "http.max_body"
    Field<Owner> field;         ///< the value in Owner
    std::string_view standard;  ///< the default, written as in the file but without quotes
    std::string_view range;     ///< "1 .. 64", "debug | info", or empty: anything
    std::string_view sentence;  ///< what it does, for the manual
};

struct Section {
    std::string_view name;
    std::string_view sentence;
};

/// In the order in which the manual has them.
std::span<const Section> config_sections();
std::span<const Setting<Config>> config_settings();
std::span<const Setting<Listener>> listener_settings();

/// What the settings of logins, or those of one address, contradict each other in: a sentence each.
std::vector<std::string> contradictions_of_logins(const Config& config);
std::vector<std::string> contradictions_of(const Listener& listener);

/// What settings of [ldap] say against each other: sentences.
std::vector<std::string> contradictions(const LdapConfig& ldap);

/// "10 MB", "64 KB", "512 B", "1 GB" (powers of 1024); nothing if it is no size.
std::optional<std::size_t> parse_size(std::string_view text);

/// What kind of value belongs there, for the manual and for messages: "a size such as \"10 MB\"".
template <class Owner> std::string_view kind_of(const Setting<Owner>& setting);

/// Sets the value from its text. An error is the end of a sentence that begins with the setting's
/// name; empty if all is well. A list is split at commas.
template <class Owner>
std::string assign(Owner& owner, const Setting<Owner>& setting, std::string_view text);

}  // namespace kalends
