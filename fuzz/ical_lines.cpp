// libFuzzer: any bytes through the line parser; what it accepts can be edited, split and joined.
#include "ical/split.hpp"

#include <cstdint>
#include <cstdlib>

using namespace kalends;

namespace {

void edit_everything(std::string_view bytes, const ical::Component& component, ical::Edit& edit) {
    for (const auto& property : component.properties) {
        edit.replace(property, ical::to_line(property));
    }
    for (const auto& child : component.components) edit_everything(bytes, child, edit);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    const ical::Limits limits{10, 20'000, 20'000};
    try {
        const auto tree = ical::parse(bytes, limits);
        ical::Edit edit{bytes};
        edit_everything(bytes, tree, edit);
        const auto again = ical::parse(edit.result());
        if (again.properties.size() != tree.properties.size()) std::abort();
    } catch (const ical::ParseError&) {
    }
    try {
        const auto file = ical::split(bytes, limits);
        ical::Joiner joiner;
        for (const auto& object : file.objects) joiner.add(object.data);
        ical::parse(joiner.finish());
    } catch (const ical::ParseError&) {
    }
    return 0;
}
