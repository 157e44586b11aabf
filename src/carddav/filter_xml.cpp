#include "carddav/filter_xml.hpp"

#include "base/text.hpp"
#include "carddav/precondition.hpp"
#include "dav/error.hpp"

namespace kalends::carddav {
namespace {

using dav::DavError;
using http::Status;

constexpr xml::NameView prop_filter{xml::carddav, "prop-filter"};
constexpr xml::NameView param_filter{xml::carddav, "param-filter"};
constexpr xml::NameView is_not_defined{xml::carddav, "is-not-defined"};
constexpr xml::NameView text_match{xml::carddav, "text-match"};

[[noreturn]] void invalid(const std::string& sentence) {
    throw DavError(Status::forbidden, precondition::supported_filter, sentence);
}

std::string name_of(const xml::Element& element) {
    const auto* const name = element.attribute("name");
    if (name == nullptr || name->empty()) invalid("A " + element.name.local + " has no name.");
    return *name;
}

bool not_defined(const xml::Element& element) {
    if (element.child(is_not_defined) == nullptr) return false;
    if (element.children().size() != 1) invalid("is-not-defined must be alone in its filter.");
    return true;
}

/// test="anyof|allof". RFC 6352 10.5, 10.5.1.
bool all_of(const xml::Element& element) {
    const auto* const test = element.attribute("test");
    if (test == nullptr || *test == "anyof") return false;
    if (*test != "allof") invalid("A test is anyof or allof, not " + text::printable(*test) + ".");
    return true;
}

vcard::TextMatch text_match_of(const xml::Element& element) {
    vcard::TextMatch match;
    match.text = element.text();
    const auto* const negate = element.attribute("negate-condition");
    match.negate = negate != nullptr && *negate == "yes";
    if (const auto* const type = element.attribute("match-type")) {
        const auto known = vcard::match_type_named(*type);
        if (!known) invalid("There is no match-type " + text::printable(*type) + ".");
        match.type = *known;
    }
    if (const auto* const name = element.attribute("collation");
        name != nullptr && *name != "default") {
        const auto collation = collation_named(*name);
        if (!collation)
            throw DavError(Status::forbidden, precondition::supported_collation,
                           "The collation is not known here: " + text::printable(*name));
        match.collation = *collation;
    }
    return match;
}

vcard::ParamFilter param_filter_of(const xml::Element& element) {
    vcard::ParamFilter filter{name_of(element), not_defined(element), std::nullopt};
    if (const auto* const match = element.child(text_match)) filter.text = text_match_of(*match);
    return filter;
}

vcard::PropFilter prop_filter_of(const xml::Element& element) {
    vcard::PropFilter filter;
    filter.name = name_of(element);
    filter.is_not_defined = not_defined(element);
    filter.all_of = all_of(element);
    for (const auto* match : element.children(text_match))
        filter.texts.push_back(text_match_of(*match));
    for (const auto* param : element.children(param_filter))
        filter.params.push_back(param_filter_of(*param));
    return filter;
}

}  // namespace

vcard::Filter filter_in(const xml::Element& addressbook_query) {
    vcard::Filter filter;
    const auto* const element = addressbook_query.child({xml::carddav, "filter"});
    if (element == nullptr) return filter;  // some clients leave it out for everything
    filter.all_of = all_of(*element);
    for (const auto* prop : element->children(prop_filter))
        filter.props.push_back(prop_filter_of(*prop));
    return filter;
}

}  // namespace kalends::carddav
