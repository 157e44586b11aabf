#include "carddav/filter_xml.hpp"

#include "carddav/precondition.hpp"
#include "dav/filter_xml.hpp"

namespace kalends::carddav {
namespace {

constexpr xml::NameView prop_filter{xml::carddav, "prop-filter"};
constexpr xml::NameView param_filter{xml::carddav, "param-filter"};
constexpr xml::NameView text_match{xml::carddav, "text-match"};

constexpr dav::FilterDialect dialect{.ns = xml::carddav,
                                     .invalid = precondition::supported_filter,
                                     .supported_collation = precondition::supported_collation,
                                     .collation = Collation::unicode_casemap,
                                     .any_of = true};

vcard::ParamFilter param_filter_of(const xml::Element& element) {
    return {dialect.name_of(element), dialect.not_defined(element), dialect.text_in(element)};
}

vcard::PropFilter prop_filter_of(const xml::Element& element) {
    vcard::PropFilter filter;
    filter.name = dialect.name_of(element);
    filter.is_not_defined = dialect.not_defined(element);
    filter.all_of = !dialect.any_of_in(element);
    for (const auto* match : element.children(text_match))
        filter.texts.push_back(dialect.text_match_of(*match));
    for (const auto* param : element.children(param_filter))
        filter.params.push_back(param_filter_of(*param));
    return filter;
}

}  // namespace

vcard::Filter filter_in(const xml::Element& addressbook_query) {
    vcard::Filter filter;
    const auto* const element = addressbook_query.child({xml::carddav, "filter"});
    if (element == nullptr) return filter;  // some clients leave it out for everything
    filter.all_of = !dialect.any_of_in(*element);
    for (const auto* prop : element->children(prop_filter))
        filter.props.push_back(prop_filter_of(*prop));
    if (vcard::count_tests(filter) > vcard::max_tests)
        dialect.refuse("A filter may hold " + std::to_string(vcard::max_tests) + " tests.");
    return filter;
}

}  // namespace kalends::carddav
