#pragma once
// Reading XML from the network: a tree of elements, bounded in size, depth and time. RFC 4918 8.2, 20.6.

#include "xml/name.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::xml {

struct Limits {
    std::size_t max_bytes = 1024 * 1024;
    std::size_t max_depth = 64;
    std::size_t max_nodes = 100'000;  ///< elements and attributes together
};

/// Not well-formed, a DOCTYPE, or over a limit; what() is a sentence for the client.
class ParseError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Over a limit of Limits.
class TooLarge : public ParseError {
    using ParseError::ParseError;
};

struct Attribute {
    Name name;
    std::string value;
};

/// An element with its children in order. Text is kept as child nodes of their own, so that mixed content of
/// a dead property survives.
struct Element {
    Name name;
    std::string prefix;                 ///< as sent: some clients compare it in a dead property
    std::vector<Attribute> attributes;  ///< without namespace declarations
    std::string lang;                   ///< xml:lang in force here, inherited; empty if none

    struct Node {
        std::unique_ptr<Element> element;  ///< empty: then `text` counts
        std::string text;
    };
    std::vector<Node> nodes;

    [[nodiscard]] bool is(NameView other) const { return NameView(name) == other; }

    /// The first child element of that name; nullptr if there is none.
    [[nodiscard]] const Element* child(NameView name) const;

    /// All child elements, in order.
    [[nodiscard]] std::vector<const Element*> children() const;

    /// All child elements of that name, in order.
    [[nodiscard]] std::vector<const Element*> children(NameView name) const;

    /// The value of an attribute without namespace; nullptr if there is none.
    [[nodiscard]] const std::string* attribute(std::string_view local) const;

    /// All text in it and below, concatenated.
    [[nodiscard]] std::string text() const;
};

/// The root element. Refuses any DOCTYPE, expands no entities but the five of XML, never touches a file or the
/// network. Throws ParseError, TooLarge.
std::unique_ptr<Element> parse(std::string_view bytes, const Limits& limits = {});

/// The element as XML that stands on its own: every namespace it uses is declared in it, xml:lang in force is
/// kept. Parsing this gives an equal element. For dead properties.
std::string serialize(const Element& element);

}  // namespace kalends::xml
