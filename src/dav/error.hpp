#pragma once
// How a request fails: a status, the precondition element if an RFC names one, and a sentence. RFC
// 4918 16.

#include "http/message.hpp"
#include "xml/name.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace kalends::dav {

/// Thrown anywhere in the protocol rooms; dispatch.cpp alone turns it into an answer.
class DavError : public std::runtime_error {
public:
    DavError(http::Status status, const std::string& sentence)
        : std::runtime_error(sentence), status_(status) {}

    /// `precondition` names an element, static storage. `content`: XML inside of it, such as an
    /// href; of a 207, the responses of the members that were in the way (RFC 4918 13).
    DavError(http::Status status, xml::NameView precondition, const std::string& sentence,
             std::string content = {})
        : std::runtime_error(sentence), status_(status), precondition_(precondition),
          content_(std::move(content)) {}

    /// Names a second element, for clients that know another name for the same.
    DavError also(xml::NameView precondition) && {
        also_ = precondition;
        return std::move(*this);
    }

    [[nodiscard]] http::Status status() const { return status_; }
    [[nodiscard]] xml::NameView precondition() const { return precondition_; }
    [[nodiscard]] xml::NameView second_precondition() const { return also_; }
    [[nodiscard]] const std::string& content() const { return content_; }

private:
    http::Status status_;
    xml::NameView precondition_;
    xml::NameView also_;
    std::string content_;
};

/// Thrown where a request that is tried on the network thread turns out to need the database.
struct NotInMemory {};

/// `<D:error><precondition>content</precondition><D:responsedescription>sentence…</D:error>`
http::Response error_response(const DavError& error);

/// Appends the D:error element alone, for a response in a multistatus.
void append_error(std::string& to, xml::NameView precondition, std::string_view content = {});

}  // namespace kalends::dav
