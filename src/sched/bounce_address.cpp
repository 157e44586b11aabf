#include "sched/bounce_address.hpp"

#include "base/text.hpp"

namespace kalends::sched {

std::string with_tag(std::string_view bounces, std::string_view tag) {
    const auto at = bounces.rfind('@');
    auto address = std::string(bounces.substr(0, at)) + '+' + std::string(tag);
    return at == std::string_view::npos ? address : address.append(bounces.substr(at));
}

std::string tag_in(std::string_view address, std::string_view bounces) {
    const auto at = bounces.rfind('@');
    if (at == std::string_view::npos) return {};
    const auto given = text::lower_ascii(address);
    const auto before = text::lower_ascii(bounces.substr(0, at)) + '+';
    const auto behind = text::lower_ascii(bounces.substr(at));
    if (given.size() <= before.size() + behind.size() || !given.starts_with(before) ||
        !given.ends_with(behind))
        return {};
    return given.substr(before.size(), given.size() - before.size() - behind.size());
}

}  // namespace kalends::sched
