#pragma once
// Access control entries as XML: read from the body of an ACL request, and written into DAV:acl.
// RFC 3744 5.5, 8.1.

#include "access/decide.hpp"
#include "xml/document.hpp"
#include "xml/writer.hpp"

#include <string>
#include <vector>

namespace kalends::dav {

/// One DAV:ace.
struct AceElement {
    access::Who who = access::Who::principal;
    std::string href;  ///< of a principal, as the client sent it
    bool inverted = false;
    bool deny = false;
    access::Privileges privileges = access::none;
    bool is_protected = false;   ///< only written
    std::string inherited_from;  ///< only written: the href of the resource that has it
};

/// The entries of `acl`, the root of an ACL request, in their order, for a resource of that place.
/// Throws DavError: 400, and 403 with the precondition of RFC 3744 8.1.1 that the body violates by
/// itself: limited-number-of-aces, not-supported-privilege, allowed-principal, no-ace-conflict,
/// no-protected-ace-conflict and no-inherited-ace-conflict. Which principal an href is, is not
/// known here.
std::vector<AceElement> aces_in(const xml::Element& acl, access::Place place, std::size_t max_aces);

/// Writes the DAV:ace, with the privileges that are on resources of that place, aggregates for
/// their parts; nothing where there is no such privilege.
void append_ace(xml::Writer& writer, const AceElement& ace, access::Place place);

}  // namespace kalends::dav
