#include "directory/ldap/filter.hpp"

#include "base/text.hpp"

namespace kalends::directory::ldap {
namespace {

std::string equals(const std::string& attribute, std::string_view value) {
    return '(' + attribute + '=' + escaped(value) + ')';
}

/// One is left as it is.
std::string any_of(const std::vector<std::string>& filters) {
    if (filters.size() == 1) return filters.front();
    std::string all = "(|";
    for (const auto& each : filters) all += each;
    return all + ')';
}

std::string both(const std::string& one, const std::string& other) {
    return "(&" + one + other + ')';
}

/// People, without the rooms and resources that look like them.
std::string people(const Mapping& mapping) {
    std::string others;
    for (const auto* each : {&mapping.room_filter, &mapping.resource_filter})
        if (!each->empty()) others += "(!" + *each + ')';
    return others.empty() ? mapping.user_filter : both(mapping.user_filter, others);
}

}  // namespace

std::string escaped(std::string_view value) {
    std::string result;
    result.reserve(value.size());
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        const bool special = c == '*' || c == '(' || c == ')' || c == '\\';
        if (special || byte < 0x20 || byte >= 0x7f)
            result += '\\' + text::to_hex({&c, 1});
        else
            result += c;
    }
    return result;
}

std::string filter_for_login(const Mapping& mapping, std::string_view login) {
    std::vector<std::string> ways;
    ways.reserve(mapping.login_attributes.size());
    for (const auto& attribute : mapping.login_attributes) ways.push_back(equals(attribute, login));
    return both(people(mapping), any_of(ways));
}

std::string filter_for_address(const Mapping& mapping, std::string_view address) {
    std::vector<std::string> ways;
    ways.reserve(mapping.mail_attributes.size());
    for (const auto& attribute : mapping.mail_attributes) {
        // Exchange: "smtp:" or, before the main one, "SMTP:"; compared without case.
        const bool typed = text::iequals(attribute, "proxyAddresses");
        ways.push_back(equals(attribute, (typed ? "smtp:" : "") + std::string(address)));
    }
    return both(people(mapping), any_of(ways));
}

std::string filter_for_all(const Mapping& mapping) {
    std::vector<std::string> filters;
    for (const auto* each : {&mapping.user_filter, &mapping.group_filter, &mapping.room_filter,
                             &mapping.resource_filter})
        if (!each->empty()) filters.push_back(*each);
    return any_of(filters);
}

}  // namespace kalends::directory::ldap
