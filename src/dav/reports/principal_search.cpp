// Searches for principals: principal-property-search and what can be searched for (RFC 3744 9.4,
// 9.5), with the attributes that calendarserver added, and its own calendarserver-principal-search.
#include "base/text.hpp"
#include "dav/error.hpp"
#include "dav/precondition.hpp"
#include "dav/principal.hpp"
#include "dav/reports/principal_reports.hpp"
#include "dav/reports/report_body.hpp"
#include "dav/reports/sync_changes.hpp"
#include "store/principals.hpp"

#include <algorithm>
#include <array>

namespace kalends::dav {
namespace {

using http::Status;
using store::PrincipalKind;
using store::PrincipalTerm;
using xml::Element;
using xml::NameView;

constexpr auto cs = xml::calendarserver;

struct Searchable {
    NameView name;
    PrincipalTerm::In in;
    std::string_view description;
};
constexpr std::array searchable{
    Searchable{{xml::dav, "displayname"}, PrincipalTerm::In::name, "Display Name"},
    Searchable{{cs, "email-address-set"}, PrincipalTerm::In::address, "Email Addresses"},
    Searchable{{xml::caldav, "calendar-user-address-set"},
               PrincipalTerm::In::address,
               "Calendar User Address Set"},
    Searchable{{xml::caldav, "calendar-user-type"},
               PrincipalTerm::In::calendar_user_type,
               "Calendar User Type"},
};

/// A word that a request uses, and what it stands for.
template <class Value> struct Word {
    std::string_view word;
    Value value;
};
template <class Value, std::size_t size> using Words = std::array<Word<Value>, size>;

constexpr Words<PrincipalTerm::How, 4> match_types{{
    {"contains", PrincipalTerm::How::contains},
    {"starts-with", PrincipalTerm::How::starts_with},
    {"ends-with", PrincipalTerm::How::ends_with},
    {"equals", PrincipalTerm::How::equals},
}};
constexpr Words<bool, 2> tests{{{"allof", false}, {"anyof", true}}};
constexpr Words<bool, 2> cases{{{"yes", true}, {"no", false}}};

/// RFC 5545 3.2.3.
constexpr Words<PrincipalKind, 4> types{{
    {"INDIVIDUAL", PrincipalKind::user},
    {"GROUP", PrincipalKind::group},
    {"RESOURCE", PrincipalKind::resource},
    {"ROOM", PrincipalKind::location},
}};
constexpr auto all_kinds = store::directory_kinds;

/// What calendarserver-principal-search is asked for; an attendee may be anything.
constexpr Words<PrincipalKind, 4> contexts{{
    {"user", PrincipalKind::user},
    {"group", PrincipalKind::group},
    {"resource", PrincipalKind::resource},
    {"location", PrincipalKind::location},
}};
constexpr std::string_view anything = "attendee";

[[noreturn]] void malformed(const std::string& sentence) {
    throw DavError(Status::bad_request, sentence);
}

/// What the attribute says; nothing if there is none. Throws 400 for any other word.
template <class Value, std::size_t size> std::optional<Value>
attribute(const Element& element, std::string_view name, const Words<Value, size>& words) {
    const auto* given = element.attribute(name);
    if (given == nullptr) return std::nullopt;
    const auto word = std::ranges::find(words, *given, &Word<Value>::word);
    if (word == words.end())
        malformed(std::string(name) + " can't be \"" + text::printable(*given) + "\".");
    return word->value;
}

/// Not less than the setting asks for, in characters.
std::string require_text(const View& view, std::string text) {
    const auto least = view.settings().min_search;
    if (text::code_points(text) < least)
        malformed("A search must have " + std::to_string(least) +
                  (least == 1 ? " character." : " characters."));
    return text;
}

/// An address as it is kept, of what stands in a calendar-user-address-set.
void read_address(PrincipalTerm& term) {
    constexpr std::string_view mailto = "mailto:";
    if (text::iequals(std::string_view(term.text).substr(0, mailto.size()), mailto))
        term.text.erase(0, mailto.size());
    const auto path = parse_path(path_of_href(term.text));
    if (!path || path->kind != principal) return;
    term.in = PrincipalTerm::In::login;
    term.how = PrincipalTerm::How::equals;
    term.text = path->login;
}

PrincipalTerm term_of(NameView property, PrincipalTerm::How how, const std::string& text) {
    const auto found = std::ranges::find(searchable, property, &Searchable::name);
    PrincipalTerm term{found == searchable.end() ? PrincipalTerm::In::nowhere : found->in, how,
                       text};
    if (term.in == PrincipalTerm::In::address) read_address(term);
    return term;
}

void read_property_search(const View& view, const Element& search,
                          std::vector<PrincipalTerm>& terms) {
    const auto* prop = search.child({xml::dav, "prop"});
    const auto* match = search.child({xml::dav, "match"});
    if (prop == nullptr || match == nullptr || prop->children().empty())
        malformed("A property-search has a prop and a match.");
    const auto how =
        attribute(*match, "match-type", match_types).value_or(PrincipalTerm::How::contains);
    (void)attribute(*match, "caseless", cases);  // it always is
    const auto text = require_text(view, match->text());
    for (const auto* property : prop->children())
        terms.push_back(term_of(property->name, how, text));
}

/// Whose members are searched: those of the target, or all.
std::vector<PrincipalKind> kinds_in(const Resource& target, bool in_all) {
    if (in_all || target.is(root) || (target.is(principal_set) && !target.one_kind))
        return {all_kinds.begin(), all_kinds.end()};
    if (target.is(principal_set)) return {target.principal_kind};
    return {};
}

/// The client's limit, if that is below ours.
std::size_t limit_in(const View& view, const Element& body) {
    const auto most = view.settings().max_found;
    return std::min(limit_of(body, cs).value_or(most), most);
}

http::Response found(const View& view, const Resource& target, const store::PrincipalSearch& search,
                     const Body& body) {
    if (search.terms.empty()) malformed("There is nothing to be searched for.");
    if (search.terms.size() > max_terms)
        malformed("A search may be for " + std::to_string(max_terms) + " things.");
    const auto asked = asked_in(body);
    const auto limit = limit_in(view, *body);
    auto principals = store::search_principals(view.database(), search, limit + 1);
    const bool truncated = principals.size() > limit;
    if (truncated) principals.pop_back();
    std::string inside;
    for (const auto& row : principals) {
        auto home = std::make_shared<store::Home>();
        home->principal = row;
        append_found(view, principal_resource(view, home), asked, inside);
    }
    if (truncated) append_truncated(target, inside);
    return multistatus_of(std::move(inside));
}

}  // namespace

http::Response principal_property_search(const View& view, const http::Request& request,
                                         const Resource& target, const Body& body) {
    require_depth_zero(request);
    store::PrincipalSearch search;
    search.any_of = attribute(*body, "test", tests).value_or(false);
    search.kinds =
        kinds_in(target, body->child({xml::dav, "apply-to-principal-collection-set"}) != nullptr);
    if (const auto type = attribute(*body, "type", types))
        std::erase_if(search.kinds, [&](PrincipalKind kind) { return kind != *type; });
    for (const auto* property_search : body->children({xml::dav, "property-search"}))
        read_property_search(view, *property_search, search.terms);
    return found(view, target, search, body);
}

http::Response principal_search_property_set(const View& /*view*/, const http::Request& request,
                                             const Resource& /*target*/, const Body& /*body*/) {
    require_depth_zero(request);
    constexpr NameView root_name{xml::dav, "principal-search-property-set"};
    constexpr NameView property_name{xml::dav, "principal-search-property"};
    http::Response response;
    response.headers.add("Content-Type", "application/xml; charset=utf-8");
    xml::Writer writer{response.body};
    writer.begin_document(root_name);
    for (const auto& each : searchable) {
        writer.open(property_name);
        writer.open({xml::dav, "prop"});
        writer.empty(each.name);
        writer.close({xml::dav, "prop"});
        writer.element({xml::dav, "description"}, each.description, {{"xml:lang", "en"}});
        writer.close(property_name);
    }
    writer.close(root_name);
    return response;
}

http::Response calendarserver_principal_search(const View& view, const http::Request& request,
                                               const Resource& target, const Body& body) {
    require_depth_zero(request);
    store::PrincipalSearch search;
    search.kinds = {all_kinds.begin(), all_kinds.end()};
    const auto* context = body->attribute("context");
    if (context != nullptr && *context != anything)
        search.kinds = {attribute(*body, "context", contexts).value()};
    for (const auto* token : body->children({cs, "search-token"}))
        search.terms.push_back({PrincipalTerm::In::anywhere, PrincipalTerm::How::contains,
                                require_text(view, token->text())});
    return found(view, target, search, body);
}

}  // namespace kalends::dav
