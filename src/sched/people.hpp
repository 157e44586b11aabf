#pragma once
// Who is behind a calendar user address. RFC 6638 2.4.1, 3.2.9.

#include "itip/address.hpp"
#include "itip/message.hpp"
#include "store/database.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::sched {

struct Person {
    store::HomePtr home;         ///< of who is here; nullptr: nobody here has the address
    bool can_have_mail = false;  ///< it is a mail address that is not one of ours
};

/// What this server is to people who are not in the directory.
struct Site {
    std::vector<std::string> domains;  ///< of mail, in any form: nobody is in them who is not in
                                       ///< the directory
    bool sends_mail = false;           ///< others are told by mail
    std::int64_t hold = 0;             ///< when nothing has changed for so many seconds
    std::int64_t hold_at_most = 0;     ///< but not later after the first change
};

/// The delivery status codes of RFC 6638 3.2.9.
namespace status {
inline constexpr std::string_view pending = "1.0";
inline constexpr std::string_view sent = "1.1";
inline constexpr std::string_view delivered = "1.2";
inline constexpr std::string_view invalid_user = "3.7";
inline constexpr std::string_view no_privileges = "3.8";
inline constexpr std::string_view not_completed = "5.1";
inline constexpr std::string_view no_way = "5.2";
inline constexpr std::string_view rejected = "5.3";
}  // namespace status

/// Whether such a message goes to the organizer: then it takes the privileges of answers, else
/// those of invitations. RFC 6638 6.1, 6.2.
bool is_answer(itip::Method method);

/// What becomes of such a message: `pending` where it goes by mail, `delivered` here, or why it
/// can't be.
std::string_view delivery_status(const Site& site, const store::Principal& from, const Person& to,
                                 itip::Method method);

/// "jane@example.com" of "jane+work@example.com"; an address without a tag as it is. RFC 5233.
std::string without_tag(std::string_view mail);

/// "mailto:" and all other addresses of a principal.
itip::Addresses addresses_of(const store::Principal& principal);

/// The preferred one, as a server writes it: "mailto:jane@example.com"; of who has no mail address,
/// the urn of its uuid.
std::string address_of(const store::Principal& principal);

/// Looks addresses up, many at once, and remembers them as long as it lives. A mail address with a
/// tag ("jane+work@example.com") is that of who has it, or else of who has it without the tag.
class People {
public:
    People(store::Database& database, const Site& site) : database_(database), site_(site) {}

    void learn(const std::vector<std::string>& addresses);

    /// Whether one of those that have been learnt is a group.
    [[nodiscard]] bool have_groups() const;

    /// nullptr: it has not been learnt.
    [[nodiscard]] const Person* find(std::string_view address) const;

private:
    Person person_of(const std::string& canonical,
                     const std::map<std::string, store::PrincipalId>& known);

    store::Database& database_;
    const Site& site_;
    std::map<std::string, Person, std::less<>> people_;  // by canonical address
};

}  // namespace kalends::sched
