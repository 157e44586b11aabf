#include "dav/acl_body.hpp"

#include "base/text.hpp"
#include "dav/error.hpp"
#include "dav/path.hpp"
#include "dav/precondition.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace kalends::dav {
namespace {

using access::Who;
using http::Status;
using xml::Element;
using xml::NameView;

constexpr NameView href_name{xml::dav, "href"};
constexpr NameView property{xml::dav, "property"};
constexpr NameView owner{xml::dav, "owner"};
constexpr NameView principal{xml::dav, "principal"};
constexpr NameView invert{xml::dav, "invert"};
constexpr NameView grant{xml::dav, "grant"};
constexpr NameView deny{xml::dav, "deny"};
constexpr NameView privilege{xml::dav, "privilege"};
constexpr NameView ace_name{xml::dav, "ace"};
constexpr NameView protected_name{xml::dav, "protected"};
constexpr NameView inherited{xml::dav, "inherited"};

/// Principals that an element stands for by itself. RFC 3744 5.5.1.
struct Word {
    NameView name;
    Who who;
};
constexpr std::array words{
    Word{{xml::dav, "all"}, Who::everybody},
    Word{{xml::dav, "authenticated"}, Who::authenticated},
    Word{{xml::dav, "unauthenticated"}, Who::unauthenticated},
    Word{{xml::dav, "self"}, Who::self},
};

[[noreturn]] void malformed(const std::string& sentence) {
    throw DavError(Status::bad_request, sentence);
}

[[noreturn]] void refuse(NameView precondition, const std::string& sentence) {
    throw DavError(Status::forbidden, precondition, sentence);
}

/// The only child of these names; others are ignored (RFC 4918 17).
const Element& only_child(const Element& parent, std::initializer_list<NameView> names) {
    const Element* found = nullptr;
    for (const auto* child : parent.children()) {
        if (std::ranges::find(names, NameView(child->name)) == names.end()) continue;
        if (found != nullptr) malformed("There is too much in a " + parent.name.local + ".");
        found = child;
    }
    if (found == nullptr) malformed("There is too little in a " + parent.name.local + ".");
    return *found;
}

void read_principal(const Element& element, AceElement& ace) {
    const auto children = element.children();
    if (children.size() != 1) malformed("A principal is one element.");
    const Element& named = *children.front();
    if (named.is(href_name)) {
        ace.href = text::trim(named.text());
        if (ace.href.empty()) malformed("The href of a principal is empty.");
        return;
    }
    if (named.is(property)) {
        if (named.children().size() != 1 || named.child(owner) == nullptr)
            refuse(precondition::allowed_principal, "The only property here is DAV:owner.");
        ace.who = Who::owner;
        return;
    }
    const auto word = std::ranges::find(words, NameView(named.name), &Word::name);
    if (word == words.end())
        malformed("There is no such principal: " + text::printable(named.name.local));
    ace.who = word->who;
}

access::Privileges privileges_in(const Element& grant_or_deny, access::Place place) {
    access::Privileges found = access::none;
    for (const auto* element : grant_or_deny.children(privilege))
        for (const auto* named : element->children()) {
            const auto* row = access::privilege_named(named->name.ns, named->name.local);
            if (row == nullptr || !row->is_on(place))
                refuse(precondition::not_supported_privilege,
                       "There is no such privilege here: " +
                           text::printable(xml::to_string(named->name)));
            found |= row->bits;
        }
    if (found == access::none) malformed("An entry has no privilege.");
    return found;
}

AceElement read_ace(const Element& element, access::Place place) {
    // It conflicts with no entry that is there, of which the other two preconditions speak.
    if (element.child(protected_name) != nullptr)
        refuse(precondition::no_ace_conflict, "An entry is protected by the server only.");
    if (element.child(inherited) != nullptr)
        refuse(precondition::no_ace_conflict,
               "An entry that is inherited is changed where it comes from.");
    AceElement ace;
    const Element& whom = only_child(element, {principal, invert});
    ace.inverted = whom.is(invert);
    read_principal(ace.inverted ? only_child(whom, {principal}) : whom, ace);
    const Element& what = only_child(element, {grant, deny});
    ace.deny = what.is(deny);
    ace.privileges = privileges_in(what, place);
    if (ace.deny && ace.who == Who::owner && !ace.inverted)
        refuse(precondition::no_protected_ace_conflict, "The owner may always do everything.");
    return ace;
}

bool same_principal(const AceElement& a, const AceElement& b) {
    return a.who == b.who && a.inverted == b.inverted &&
           path_of_href(a.href) == path_of_href(b.href);
}

/// An entry that could never decide anything: those before it say the opposite to the same
/// principal. Where something of it is left, as in "deny write, grant all", the order is what the
/// client means.
bool contradicted(const AceElement& ace, std::span<const AceElement> before) {
    access::Privileges opposite = access::none;
    for (const auto& other : before)
        if (other.deny != ace.deny && same_principal(other, ace)) opposite |= other.privileges;
    return (ace.privileges & ~opposite) == 0;
}

void append_principal(xml::Writer& writer, const AceElement& ace) {
    writer.open(principal);
    if (ace.who == Who::principal) {
        writer.element(href_name, ace.href);
    } else if (ace.who == Who::owner) {
        writer.open(property);
        writer.empty(owner);
        writer.close(property);
    } else {
        writer.empty(std::ranges::find(words, ace.who, &Word::who)->name);
    }
    writer.close(principal);
}

/// The fewest rows that are these privileges.
std::vector<const access::PrivilegeRow*> rows_of(access::Privileges privileges,
                                                 access::Place place) {
    if ((privileges & access::read) != 0) privileges |= access::read_free_busy;
    std::vector<const access::PrivilegeRow*> rows;
    for (const auto& row : access::privilege_tree()) {
        if (!row.is_on(place) || (row.bits & ~privileges) != 0) continue;
        privileges &= ~row.bits;
        rows.push_back(&row);
    }
    return rows;
}

}  // namespace

std::vector<AceElement> aces_in(const Element& acl, access::Place place, std::size_t max_aces) {
    const auto elements = acl.children(ace_name);
    if (elements.size() > max_aces)
        refuse(precondition::limited_number_of_aces,
               "There may be " + std::to_string(max_aces) + " entries.");
    std::vector<AceElement> aces;
    aces.reserve(elements.size());
    for (const auto* element : elements) {
        auto ace = read_ace(*element, place);
        if (contradicted(ace, aces))
            refuse(precondition::no_ace_conflict,
                   "Entries grant and deny the same to the same principal.");
        aces.push_back(std::move(ace));
    }
    return aces;
}

void append_ace(xml::Writer& writer, const AceElement& ace, access::Place place) {
    const auto rows = rows_of(ace.privileges, place);
    if (rows.empty()) return;
    writer.open(ace_name);
    if (ace.inverted) writer.open(invert);
    append_principal(writer, ace);
    if (ace.inverted) writer.close(invert);
    const NameView verdict = ace.deny ? deny : grant;
    writer.open(verdict);
    for (const auto* row : rows) {
        writer.open(privilege);
        writer.empty({row->ns, row->name});
        writer.close(privilege);
    }
    writer.close(verdict);
    if (ace.is_protected) writer.empty(protected_name);
    if (!ace.inherited_from.empty()) {
        writer.open(inherited);
        writer.element(href_name, ace.inherited_from);
        writer.close(inherited);
    }
    writer.close(ace_name);
}

}  // namespace kalends::dav
