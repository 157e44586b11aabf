#pragma once
// Reading XML from the network: a tree of elements, bounded in size, depth and time. RFC
// 4918 8.2, 20.6.

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
    std::size_t max_nodes = 100'000;   ///< elements and attributes together
    std::size_t max_attributes = 256;  ///< on one element
    std::size_t max_namespaces = 256;  ///< declared at once: by an element and those around it
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
    std::string prefix;  ///< as sent; only for serialize()
};

/// An element with its children in order. Text is kept as child nodes of their own, so that mixed
/// content of a dead property survives.
struct Element {
    Name name;
    std::string prefix;  ///< as sent: some clients compare it in a dead property
    std::vector<Attribute>
        attributes;    ///< without namespace declarations, with xml:lang where it is set
    std::string lang;  ///< xml:lang in force here, inherited; empty if none

    struct Node {
        std::unique_ptr<Element> element;  ///< empty: then `text` counts
        std::string text;
    };
    std::vector<Node> nodes;

    [[nodiscard]] bool is(NameView other) const { return NameView(name) == other; }

    /// The first child element of that name; nullptr if there is none.
    [[nodiscard]] const Element* child(NameView wanted) const;

    /// All child elements, in order.
    [[nodiscard]] std::vector<const Element*> children() const;

    /// All child elements of that name, in order.
    [[nodiscard]] std::vector<const Element*> children(NameView wanted) const;

    /// The value of an attribute without namespace; nullptr if there is none.
    [[nodiscard]] const std::string* attribute(std::string_view local) const;

    /// All text in it and below, concatenated.
    [[nodiscard]] std::string text() const;
};

/// The root element. Refuses any DOCTYPE, expands no entities but the five of XML, never touches a
/// file or the network. Reads UTF-8, UTF-16 and ISO-8859-1. Comments and processing instructions
/// are left out. What follows an error is not read. Throws ParseError, TooLarge; both name the
/// line.
std::unique_ptr<Element> parse(std::string_view bytes, const Limits& limits = {});

/// The element as XML that stands on its own: every namespace it uses is declared in it, prefixes
/// are kept where they can be, xml:lang in force is an attribute of the root. Parsing this and
/// serializing again gives the same bytes. For dead properties, RFC 4918 4.3.
std::string serialize(const Element& element);

}  // namespace kalends::xml
