// An element as a document of its own. Prefixes are declared where they are first needed; an
// element found under a prefix keeps it, since some values name prefixes in their text (RFC
// 4918 4.3).

#include "xml/document.hpp"
#include "xml/writer.hpp"

#include <algorithm>

namespace kalends::xml {
namespace {

struct Binding {
    std::string prefix;
    std::string ns;
};

class Serializer {
public:
    explicit Serializer(std::string& to) : to_(to) {}

    void write(const Element& element, bool root);

private:
    [[nodiscard]] const std::string* bound(std::string_view prefix) const;
    void declare(std::string_view prefix, std::string_view ns);
    std::string element_prefix(const Element& element);
    std::string attribute_prefix(const Attribute& attribute, std::size_t declared_before);
    [[nodiscard]] bool declared_since(std::string_view prefix, std::size_t before) const;
    void write_attribute(std::string_view prefix, std::string_view local, std::string_view value);

    std::string& to_;
    std::vector<Binding> bindings_;  ///< in force, innermost last
    std::string declarations_;       ///< of the start tag being written
};

void append_name(std::string& to, std::string_view prefix, std::string_view local) {
    if (!prefix.empty()) {
        to += prefix;
        to += ':';
    }
    to += local;
}

bool sets_lang(const Element& element) {
    return std::any_of(element.attributes.begin(), element.attributes.end(),
                       [](const Attribute& a) {
                           return NameView(a.name) == NameView{xml_itself, "lang"};
                       });
}

/// The namespace of a prefix here; nullptr if it has none. The empty prefix has the empty one at
/// first.
const std::string* Serializer::bound(std::string_view prefix) const {
    const auto found = std::find_if(bindings_.rbegin(), bindings_.rend(),
                                    [&](const Binding& b) { return b.prefix == prefix; });
    if (found != bindings_.rend()) return &found->ns;
    static const std::string none;
    return prefix.empty() ? &none : nullptr;
}

bool Serializer::declared_since(std::string_view prefix, std::size_t before) const {
    return std::any_of(bindings_.begin() + static_cast<std::ptrdiff_t>(before), bindings_.end(),
                       [&](const Binding& b) { return b.prefix == prefix; });
}

void Serializer::declare(std::string_view prefix, std::string_view ns) {
    bindings_.push_back({std::string(prefix), std::string(ns)});
    declarations_ += prefix.empty() ? " xmlns" : " xmlns:";
    declarations_ += prefix;
    declarations_ += "=\"";
    append_escaped_attribute(declarations_, ns);
    declarations_ += '"';
}

std::string Serializer::element_prefix(const Element& element) {
    if (element.name.ns == xml_itself) return "xml";
    const bool usable =
        !element.name.ns.empty() && element.prefix != "xml" && element.prefix != "xmlns";
    std::string prefix = usable ? element.prefix : std::string();
    const std::string* ns = bound(prefix);
    if (ns == nullptr || *ns != element.name.ns) declare(prefix, element.name.ns);
    return prefix;
}

/// A prefix for an attribute in a namespace: its own one if that is free or means the same, else
/// "ns1" and so on.
std::string Serializer::attribute_prefix(const Attribute& attribute, std::size_t declared_before) {
    if (attribute.name.ns.empty()) return {};
    if (attribute.name.ns == xml_itself) return "xml";
    std::string prefix = attribute.prefix;
    for (int number = 0;; prefix = "ns" + std::to_string(++number)) {
        if (prefix.empty() || prefix == "xml" || prefix == "xmlns") continue;
        const std::string* ns = bound(prefix);
        if (ns != nullptr && *ns == attribute.name.ns) return prefix;
        if (declared_since(prefix, declared_before)) continue;
        declare(prefix, attribute.name.ns);
        return prefix;
    }
}

void Serializer::write_attribute(std::string_view prefix, std::string_view local,
                                 std::string_view value) {
    to_ += ' ';
    append_name(to_, prefix, local);
    to_ += "=\"";
    append_escaped_attribute(to_, value);
    to_ += '"';
}

void Serializer::write(const Element& element, bool root) {
    const std::size_t before = bindings_.size();
    declarations_.clear();
    const std::string prefix = element_prefix(element);
    // The element's prefix must keep its meaning in its own tag, even when it was declared further
    // out.
    const bool inherited = !declared_since(prefix, before);
    if (inherited && prefix != "xml") bindings_.push_back({prefix, element.name.ns});

    std::vector<std::string> prefixes;
    prefixes.reserve(element.attributes.size());
    for (const auto& attribute : element.attributes)
        prefixes.push_back(attribute_prefix(attribute, before));

    to_ += '<';
    append_name(to_, prefix, element.name.local);
    to_ += declarations_;
    if (root && !element.lang.empty() && !sets_lang(element))
        write_attribute("xml", "lang", element.lang);
    for (std::size_t i = 0; i < element.attributes.size(); ++i)
        write_attribute(prefixes[i], element.attributes[i].name.local, element.attributes[i].value);

    if (element.nodes.empty()) {
        to_ += "/>";
    } else {
        to_ += '>';
        for (const auto& node : element.nodes) {
            if (node.element)
                write(*node.element, false);
            else
                append_escaped(to_, node.text);
        }
        to_ += "</";
        append_name(to_, prefix, element.name.local);
        to_ += '>';
    }
    bindings_.resize(before);
}

}  // namespace

std::string serialize(const Element& element) {
    std::string result;
    Serializer(result).write(element, true);
    return result;
}

}  // namespace kalends::xml
