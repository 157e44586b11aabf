#pragma once
// What clients read in answers: multistatus bodies, error bodies. Names are written with the
// prefixes D, C, CR, CS and A of the five namespaces that DAV clients use: "C:calendar-data".

#include "support/http_client.hpp"
#include "xml/document.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::test {

/// "C:calendar-data" as a qualified name; a name without prefix is in no namespace.
xml::Name qualified(std::string_view name);

/// The way back; an unknown namespace is written as {namespace}local.
std::string prefixed(xml::NameView name);

/// One D:response.
struct Member {
    struct Property {
        int status = 0;  ///< of its propstat
        const xml::Element* element = nullptr;
    };
    std::string href;
    int status = 0;     ///< of the response itself; 0 where it has propstats
    std::string error;  ///< the precondition in the response's D:error, "" if none
    std::map<std::string, Property> properties;
    std::map<int, std::string> propstat_errors;  ///< precondition by status

    /// The status of a property; 0 if it is not mentioned.
    [[nodiscard]] int status_of(const std::string& property) const;
    /// The text of a property with status 200, white space around it trimmed; "" if there is none.
    [[nodiscard]] std::string text(const std::string& property) const;
    /// The same, untrimmed.
    [[nodiscard]] std::string raw_text(const std::string& property) const;
    /// nullptr if it has not status 200.
    [[nodiscard]] const xml::Element* element(const std::string& property) const;
    /// The names of the child elements of a property, in order.
    [[nodiscard]] std::vector<std::string> children(const std::string& property) const;
    /// All D:href in a property.
    [[nodiscard]] std::vector<std::string> hrefs(const std::string& property) const;
};

/// A 207. Any other answer has no members.
class Multistatus {
public:
    explicit Multistatus(Reply reply);

    [[nodiscard]] int status() const { return reply_.status; }
    [[nodiscard]] const Reply& reply() const { return reply_; }
    [[nodiscard]] const std::vector<Member>& members() const { return members_; }
    [[nodiscard]] std::size_t size() const { return members_.size(); }
    [[nodiscard]] std::vector<std::string> hrefs() const;  ///< sorted
    [[nodiscard]] const std::string& sync_token() const { return sync_token_; }

    /// nullptr if there is none.
    [[nodiscard]] const Member* find(std::string_view href) const;
    /// Throws std::runtime_error with what came if there is none.
    [[nodiscard]] const Member& at(std::string_view href) const;
    /// The only one. Throws likewise.
    [[nodiscard]] const Member& only() const;

private:
    Reply reply_;
    std::unique_ptr<xml::Element> document_;
    std::vector<Member> members_;
    std::string sync_token_;
};

/// The precondition element in the D:error body of an answer: "C:no-uid-conflict"; "" if none.
std::string precondition(const Reply& reply);

/// The D:href inside of that element; "" if none.
std::string precondition_href(const Reply& reply);

/// The body of an answer as XML. Throws xml::ParseError.
std::unique_ptr<xml::Element> document(const Reply& reply);

}  // namespace kalends::test
