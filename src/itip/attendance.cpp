#include "ical/budget.hpp"
#include "itip/address.hpp"
#include "itip/attendance_private.hpp"

#include <algorithm>
#include <utility>

namespace kalends::itip {
namespace {

/// As the memory of a server allows, some 100 MB.
constexpr std::size_t max_new_lines = 500'000;

bool is_mail_of(const ical::Line& line, std::string_view address) {
    const auto mail = line.parameter("EMAIL");
    return !mail.empty() && canonical(mail) == canonical(address);
}

}  // namespace

bool is_public_extension(std::string_view name) { return name.starts_with("X-TEST-ALL-"); }

bool is_same_user(const ical::Line& a, const ical::Line& b) {
    return canonical(a.value()) == canonical(b.value()) || is_mail_of(a, b.value()) ||
           is_mail_of(b, a.value());
}

std::vector<std::string> parameter_values(const ical::Line& line, std::string_view name) {
    const auto& all = line.property().parameters;
    const auto found = std::ranges::find(all, name, &ical::Parameter::name);
    return found == all.end() ? std::vector<std::string>{} : found->values;
}

void copy_parameter(const ical::Line& from, std::string_view name, ical::Line& to) {
    auto values = parameter_values(from, name);
    if (values == parameter_values(to, name)) return;
    if (values.empty()) return to.remove_parameter(name);
    auto property = to.property();
    std::erase_if(property.parameters,
                  [&](const ical::Parameter& each) { return each.name == name; });
    property.parameters.push_back({std::string(name), std::move(values)});
    to = ical::Line(ical::to_line(property));
}

std::string spelled(const ical::Line& line) { return ical::to_line(line.property()); }

void Growth::add(const ical::Part& component) {
    lines_ += component.lines.size();
    if (lines_ > max_new_lines)
        throw ical::TooExpensive("so many single instances with so many attendees are too much");
}

}  // namespace kalends::itip
