#pragma once
// Qualified names of XML elements, and the namespaces that DAV uses.

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace kalends::xml {

inline constexpr std::string_view dav = "DAV:";
inline constexpr std::string_view caldav = "urn:ietf:params:xml:ns:caldav";
inline constexpr std::string_view carddav = "urn:ietf:params:xml:ns:carddav";
inline constexpr std::string_view calendarserver = "http://calendarserver.org/ns/";
inline constexpr std::string_view apple_ical = "http://apple.com/ns/ical/";
inline constexpr std::string_view xml_itself = "http://www.w3.org/XML/1998/namespace";

/// A borrowed name: of a constant, or of a name that lives elsewhere.
struct NameView {
    std::string_view ns;
    std::string_view local;
    friend auto operator<=>(const NameView&, const NameView&) = default;
};

/// A name of its own.
struct Name {
    std::string ns;
    std::string local;
    operator NameView() const { return {ns, local}; }  // NOLINT(google-explicit-constructor)
    friend auto operator<=>(const Name&, const Name&) = default;
};

struct NameHash {
    std::size_t operator()(NameView name) const {
        return std::hash<std::string_view>{}(name.local) * 31 + name.ns.size();
    }
};

/// "{DAV:}href", for logs and messages.
std::string to_string(NameView name);

}  // namespace kalends::xml
