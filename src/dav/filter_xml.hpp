#pragma once
// What the filters of calendar-query and addressbook-query have in common, read from XML. RFC 4791
// 9.7, RFC 6352 10.5.

#include "base/text_match.hpp"
#include "xml/document.hpp"

namespace kalends::dav {

/// The elements of one of the two namespaces, and the preconditions for what can't be read.
struct FilterDialect {
    std::string_view ns;
    xml::NameView invalid;
    xml::NameView supported_collation;
    Collation collation;  ///< where none is asked for, or "default"
    bool any_of = false;  ///< what tests are where no attribute tells

    /// Throws DavError 403 with the precondition `invalid`.
    [[noreturn]] void refuse(const std::string& sentence) const;

    /// The attribute "name".
    [[nodiscard]] std::string name_of(const xml::Element& filter) const;

    /// Whether it holds is-not-defined, which stands alone.
    [[nodiscard]] bool not_defined(const xml::Element& filter) const;

    /// test="anyof|allof": whether one of its tests suffices. RFC 6352 10.5;
    /// calendar-query-extended.
    [[nodiscard]] bool any_of_in(const xml::Element& filter) const;

    [[nodiscard]] TextMatch text_match_of(const xml::Element& text_match) const;

    /// The first text-match in `filter`.
    [[nodiscard]] std::optional<TextMatch> text_in(const xml::Element& filter) const;
};

}  // namespace kalends::dav
