#include "xml/document.hpp"

namespace kalends::xml {
namespace {

void append_text(const Element& element, std::string& to) {
    for (const auto& node : element.nodes) {
        if (node.element)
            append_text(*node.element, to);
        else
            to += node.text;
    }
}

}  // namespace

const Element* Element::child(NameView wanted) const {
    for (const auto& node : nodes)
        if (node.element && node.element->is(wanted)) return node.element.get();
    return nullptr;
}

std::vector<const Element*> Element::children() const {
    std::vector<const Element*> found;
    for (const auto& node : nodes)
        if (node.element) found.push_back(node.element.get());
    return found;
}

std::vector<const Element*> Element::children(NameView wanted) const {
    std::vector<const Element*> found;
    for (const auto& node : nodes)
        if (node.element && node.element->is(wanted)) found.push_back(node.element.get());
    return found;
}

const std::string* Element::attribute(std::string_view local) const {
    for (const auto& attribute : attributes)
        if (attribute.name.ns.empty() && attribute.name.local == local) return &attribute.value;
    return nullptr;
}

std::string Element::text() const {
    std::string result;
    append_text(*this, result);
    return result;
}

}  // namespace kalends::xml
