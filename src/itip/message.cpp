#include "itip/message.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kalends::itip {
namespace {

struct Named {
    Method method;
    std::string_view name;
};

/// RFC 5546 1.4.
constexpr std::array<Named, 8> methods{{{Method::publish, "PUBLISH"},
                                        {Method::request, "REQUEST"},
                                        {Method::reply, "REPLY"},
                                        {Method::add, "ADD"},
                                        {Method::cancel, "CANCEL"},
                                        {Method::refresh, "REFRESH"},
                                        {Method::counter, "COUNTER"},
                                        {Method::declinecounter, "DECLINECOUNTER"}}};

}  // namespace

std::string_view name_of(Method method) {
    return std::ranges::find(methods, method, &Named::method)->name;
}

std::optional<Method> method_named(std::string_view name) {
    const auto* const found = std::ranges::find_if(
        methods, [&](const Named& each) { return text::iequals(each.name, text::trim(name)); });
    if (found == methods.end()) return std::nullopt;
    return found->method;
}

}  // namespace kalends::itip
