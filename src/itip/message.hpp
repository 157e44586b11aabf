#pragma once
// iTIP messages. RFC 5546.

#include "ical/time.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kalends::itip {

enum class Method { publish, request, reply, add, cancel, refresh, counter, declinecounter };

/// "REQUEST".
std::string_view name_of(Method method);
/// In any case; nothing for what is none.
std::optional<Method> method_named(std::string_view name);

/// When something is done, and in whose words the server writes: what DTSTAMP and PRODID become.
struct Moment {
    ical::UtcTime now{};
    std::string product_id = "-//Kalends//Kalends//EN";
};

/// What became of one instance, or of all that no other entry tells of.
struct Change {
    std::string recurrence_id;  ///< as written, in UTC where it has a zone; empty: the master
    std::vector<std::string> properties;  ///< names of those that changed, sorted: "DTSTART"; of
                                          ///< attendees "ATTENDEE"
    std::vector<std::string> parameters;  ///< the same of parameters: "DTSTART;TZID", sorted
    bool added = false;
    bool removed = false;  ///< cancelled
};

/// A text that many share: what 5,000 attendees are sent is mostly the same, and holds them all.
class SharedText {
public:
    SharedText() : SharedText(std::string{}) {}
    SharedText(std::string text) : text_(std::make_shared<const std::string>(std::move(text))) {}
    operator const std::string&() const { return *text_; }
    [[nodiscard]] const std::string& str() const { return *text_; }
    friend bool operator==(const SharedText& a, const SharedText& b) {
        return *a.text_ == *b.text_;
    }

private:
    std::shared_ptr<const std::string> text_;
};

struct Message {
    Method method = Method::request;
    std::string recipient;  ///< the address as the object has it
    SharedText data;        ///< a VCALENDAR with METHOD
    std::vector<Change> changes = {};
};

/// A change that the RFC does not allow whoever made it: what() is a sentence.
enum class Rule {
    allowed_organizer_change,  ///< RFC 6638 3.2.4.3
    allowed_organizer,         ///< the same: who may organize something at all
    allowed_attendee_change,   ///< RFC 6638 3.2.4.4
    allowed_attendee,          ///< the same: who is not invited
    same_organizer,            ///< RFC 6638 3.2.4.2
    duplicate_comment,         ///< Apple's draft on private comments 4.1.5
    valid_message,             ///< not a message that RFC 5546 knows, or not for this object
};
class Refused : public std::runtime_error {
public:
    Refused(Rule rule, const std::string& sentence) : std::runtime_error{sentence}, rule_{rule} {}
    [[nodiscard]] Rule rule() const { return rule_; }

private:
    Rule rule_;
};

}  // namespace kalends::itip
