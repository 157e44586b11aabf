#pragma once
// Who is behind a calendar user address. RFC 6638 2.4.1, 3.2.9.

#include "itip/address.hpp"
#include "itip/message.hpp"
#include "store/database.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::sched {

struct Person {
    store::HomePtr home;         ///< of who is here; nullptr: nobody here has the address
    bool can_have_mail = false;  ///< it is a mail address that is not one of ours
};

/// The delivery status codes of RFC 6638 3.2.9.
namespace status {
inline constexpr std::string_view sent = "1.1";
inline constexpr std::string_view delivered = "1.2";
inline constexpr std::string_view invalid_user = "3.7";
inline constexpr std::string_view no_privileges = "3.8";
inline constexpr std::string_view rejected = "5.3";
}  // namespace status

/// Whether such a message goes to the organizer: then it takes the privileges of answers, else
/// those of invitations. RFC 6638 6.1, 6.2.
bool is_answer(itip::Method method);

/// What becomes of such a message: `sent` by mail, `delivered` here, or why it can't be.
std::string_view delivery_status(const store::Principal& from, const Person& to,
                                 itip::Method method);

/// "mailto:" and all other addresses of a principal.
itip::Addresses addresses_of(const store::Principal& principal);

/// The preferred one, as a server writes it: "mailto:jane@example.com"; of who has no mail address,
/// the urn of its uuid.
std::string address_of(const store::Principal& principal);

/// Looks addresses up, many at once, and remembers them as long as it lives. A mail address with a
/// tag ("jane+work@example.com") is that of who has it, or else of who has it without the tag.
class People {
public:
    /// `domains`: mail domains, lower case, in which nobody is who is not in the directory.
    People(store::Database& database, const std::vector<std::string>& domains)
        : database_(database), domains_(domains) {}

    void learn(const std::vector<std::string>& addresses);

    /// Whether one of those that have been learnt is a group.
    [[nodiscard]] bool have_groups() const;

    /// nullptr: it has not been learnt.
    [[nodiscard]] const Person* find(std::string_view address) const;

private:
    Person person_of(const std::string& canonical,
                     const std::map<std::string, store::PrincipalId>& known);

    store::Database& database_;
    const std::vector<std::string>& domains_;
    std::map<std::string, Person, std::less<>> people_;  // by canonical address
};

}  // namespace kalends::sched
