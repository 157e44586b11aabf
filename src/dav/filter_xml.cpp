#include "dav/filter_xml.hpp"

#include "base/text.hpp"
#include "dav/error.hpp"

namespace kalends::dav {

using http::Status;

void FilterDialect::refuse(const std::string& sentence) const {
    throw DavError(Status::forbidden, invalid, sentence);
}

std::string FilterDialect::name_of(const xml::Element& filter) const {
    const auto* const name = filter.attribute("name");
    if (name == nullptr || name->empty()) refuse("A " + filter.name.local + " has no name.");
    return *name;
}

bool FilterDialect::not_defined(const xml::Element& filter) const {
    if (filter.child({ns, "is-not-defined"}) == nullptr) return false;
    if (filter.children().size() != 1) refuse("is-not-defined must be alone in its filter.");
    return true;
}

bool FilterDialect::any_of_in(const xml::Element& filter) const {
    const auto* const test = filter.attribute("test");
    if (test == nullptr) return any_of;
    if (*test != "anyof" && *test != "allof")
        refuse("A test is anyof or allof, not " + text::printable(*test) + ".");
    return *test == "anyof";
}

TextMatch FilterDialect::text_match_of(const xml::Element& text_match) const {
    TextMatch match;
    match.collation = collation;
    const auto* const negate = text_match.attribute("negate-condition");
    match.negate = negate != nullptr && *negate == "yes";
    if (const auto* const type = text_match.attribute("match-type")) {
        const auto known = match_type_named(*type);
        if (!known) refuse("There is no match-type " + text::printable(*type) + ".");
        match.type = *known;
    }
    if (const auto* const name = text_match.attribute("collation");
        name != nullptr && *name != "default") {
        const auto known = collation_named(*name);
        if (!known)
            throw DavError(Status::forbidden, supported_collation,
                           "The collation is not known here: " + text::printable(*name));
        match.collation = *known;
    }
    match.text = collation_key(match.collation, text_match.text());
    return match;
}

std::optional<TextMatch> FilterDialect::text_in(const xml::Element& filter) const {
    const auto* const element = filter.child({ns, "text-match"});
    if (element == nullptr) return std::nullopt;
    return text_match_of(*element);
}

}  // namespace kalends::dav
