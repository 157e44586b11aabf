#pragma once
// Writing XML: an appender on a string. It trusts its caller for nesting and escapes all text.

#include "xml/name.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace kalends::xml {

/// Appends `text` with `&`, `<`, `>` (and `"` too) escaped, and CR as a character reference, so
/// that it survives the reader's line-end normalisation (XML 1.0 2.11). Characters that XML cannot
/// carry are left out.
void append_escaped(std::string& to, std::string_view text);

/// The same for the value of an attribute, where tabs and line ends are references too
/// (XML 1.0 3.3.3).
void append_escaped_attribute(std::string& to, std::string_view value);

/// The prefix under which Writer's root declares a namespace: "D", "C", "CR", "CS", "A"; empty if
/// it does not.
std::string_view known_prefix(std::string_view ns);

/// An attribute without namespace, to be written.
struct WrittenAttribute {
    std::string_view local;
    std::string_view value;
};
using WrittenAttributes = std::initializer_list<WrittenAttribute>;

/// Elements go straight into the string given; nothing else is kept but the names that are open.
class Writer {
public:
    explicit Writer(std::string& to) : to_(to) {}

    /// `<?xml …?>` and the root, which declares all known namespaces; ends with close(root).
    void begin_document(NameView root);

    /// `<name>`; a name in a namespace that is not known declares it on the element itself.
    void open(NameView name, WrittenAttributes attributes = {});
    void close(NameView name);
    void empty(NameView name, WrittenAttributes attributes = {});

    /// `<name>escaped text</name>`
    void element(NameView name, std::string_view text, WrittenAttributes attributes = {});

    void text(std::string_view text) { append_escaped(to_, text); }

    /// XML that is already well-formed by itself.
    void raw(std::string_view xml) { to_ += xml; }

    [[nodiscard]] std::string& target() { return to_; }

private:
    void start(NameView name, WrittenAttributes attributes, std::string_view end);

    std::string& to_;
};

}  // namespace kalends::xml
