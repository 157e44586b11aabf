#pragma once
// Live properties as rows of tables, and the registry that joins the tables of all protocol rooms:
// PROPFIND, the 403 for protected ones in PROPPATCH, MKCALENDAR, and docs/properties.md all come
// from these rows.

#include "dav/resource.hpp"
#include "http/message.hpp"
#include "xml/document.hpp"
#include "xml/writer.hpp"

#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kalends::dav {

class CollectionType;

/// What a property that a client sets changes in another collection of the same home.
struct Spread;

/// How a property comes about and who may set it.
enum class Source {
    computed,  ///< by `get`; protected
    stored,  ///< as the client set it, with its xml:lang, after `check`; `get` gives the default if
             ///< it is not set
    spread,  ///< by `get` from other collections of the home: there `spread` puts what a client
             ///< sets, and it can't be removed
    recorded,  ///< as the server has stored it, with `get` for what has none; protected, and not
               ///< copied with the resource
    report,  ///< by `get`, where a report has read the object's data; no property for PROPFIND (RFC
             ///< 4791 9.6)
};

struct LiveProperty {
    xml::NameView name;
    unsigned on = 0;  ///< bits of Kind
    Source source = Source::computed;
    bool in_allprop = false;

    /// Writes the content of the element (not the element itself) and returns true; false: 404
    /// propstat. nullptr for a stored one without a default.
    bool (*get)(const View& view, const Resource& resource, const xml::Element* asked,
                xml::Writer& writer) = nullptr;

    /// Throws DavError if the value that a client wants to set is not one. `target`: nullptr where
    /// it is being made.
    void (*check)(const View& view, const Resource* target, const xml::Element& value) = nullptr;

    std::string_view section;

    /// A stored property that says the same in another way: setting or removing this one removes
    /// it, and its `get` tells it by this one. RFC 7809 3.1.5.
    xml::NameView displaces = {};

    /// What it takes to see it, beside read. RFC 3744 Appendix B.
    access::Privileges needs = access::none;

    /// Throws DavError if the value is not one.
    std::vector<Spread> (*spread)(const View& view, const Resource& target,
                                  const xml::Element& value) = nullptr;
};

/// A parsed body, shared with the streamed answer that outlives its handler.
using Body = std::shared_ptr<const xml::Element>;

/// A report: the root element of its body, where it works, and what it does. RFC 3253 3.6.
struct Report {
    xml::NameView name;
    unsigned on = 0;
    http::Response (*run)(const View& view, const http::Request& request, const Resource& resource,
                          const Body& body) = nullptr;
    access::Privileges needs = access::read;
    std::string_view section;
};

/// A method that a room above dav brings, such as MKCALENDAR, and the kinds below or at which it
/// makes sense.
struct Method {
    std::string_view name;
    unsigned on = everything;
    http::Response (*run)(const View& view, const http::Request& request) = nullptr;
};

/// A token of the `DAV:` header. RFC 4918 10.1.
using Capability = std::string_view;

struct Tables {
    std::span<const LiveProperty> properties;
    std::span<const Report> reports;
    std::span<const Method> methods;
    std::span<const Capability> capabilities;
    std::span<const CollectionType* const> types;
};

class Registry {
public:
    /// Throws std::logic_error for two rows of one name on one kind.
    explicit Registry(std::span<const Tables> rooms);

    /// nullptr if there is no such live property on that kind.
    [[nodiscard]] const LiveProperty* property(xml::NameView name, Kind kind) const;

    /// Whether the name is that of live properties which no kind of resource lets a client set:
    /// what has none such (a calendar has no getcontentlength) must not get a dead one that looks
    /// like it.
    [[nodiscard]] bool is_computed(xml::NameView name) const;

    [[nodiscard]] const std::vector<const LiveProperty*>& properties() const { return properties_; }
    [[nodiscard]] const std::vector<const Report*>& reports() const { return reports_; }
    [[nodiscard]] const std::vector<const Method*>& methods() const { return methods_; }
    [[nodiscard]] const std::vector<const CollectionType*>& types() const { return types_; }

    /// The value of the `DAV:` header.
    [[nodiscard]] const std::string& capabilities() const { return capabilities_; }

private:
    std::vector<const LiveProperty*> properties_;
    std::unordered_multimap<xml::NameView, const LiveProperty*, xml::NameHash> by_name_;
    std::vector<const Report*> reports_;
    std::vector<const Method*> methods_;
    std::vector<const CollectionType*> types_;
    std::string capabilities_;
};

/// The rows of this room.
Tables dav_tables();

/// What a client set under that name; nullptr if nothing is.
const store::StoredProperty* stored_property(const Resource& resource, xml::NameView name);

/// What people call a collection. What somebody else shares has the owner's name behind its own
/// until its reader names it: everybody has a "Calendar".
std::string shown_name(const Resource& collection);

/// Appends the whole property element: ok. Nothing is appended for not_found, where the resource
/// has it not, and forbidden, where the user may not see it.
http::Status append_property(const View& view, const Resource& resource, xml::NameView name,
                             const xml::Element* asked, std::string& to);

}  // namespace kalends::dav
