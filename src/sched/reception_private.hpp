#pragma once
// What a message does to its recipient's calendar and inbox, and what it makes wait for others. RFC
// 6638 4, RFC 5546 3. For this room.

#include "itip/address.hpp"
#include "itip/message.hpp"
#include "sched/people.hpp"
#include "sched/schedule_changes.hpp"
#include "store/bookings.hpp"
#include "store/scheduling.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::sched {

using store::Hop;

/// Why a message in an inbox was not applied: a sentence.
inline constexpr xml::NameView not_applied_property{"urn:kalends", "not-applied"};

/// Rooms and things.
bool answers_by_itself(const store::Principal& principal);

/// One transaction of the recipient's home.
class Reception {
public:
    /// `sender`: who has sent what is applied; nullptr: somebody outside, whose mail it is.
    Reception(store::HomeTransaction& transaction, const Site& site, const store::HomePtr& sender,
              const store::HomePtr& home, const store::Booking& booking, const People& people)
        : transaction_(transaction), site_(site), sender_(sender), home_(home), booking_(booking),
          people_(people), me_(addresses_of(home->principal)), moment_(this_moment()) {}

    void apply(const store::Delivery& delivery);

    /// What is not applied is shown to the recipient in the inbox, with the reason.
    void keep(const store::Delivery& delivery, std::string_view why);

    std::vector<Hop> next;
    std::vector<std::string> unlearnt;  ///< addresses that must be known before it can be done
    bool applied = false;               ///< something has changed, or is told
    std::string refused;                ///< why something was dropped; empty: nothing was

private:
    void from_organizer(const store::Delivery& delivery,
                        const std::optional<store::Placed>& placed);

    /// What the organizer's object says now, whole: a room's answer to one instance depends on the
    /// others. Nobody reads what it is told, and what is cancelled is free again.
    void for_room(const store::Delivery& delivery, const std::optional<store::Placed>& placed);

    /// `present` without the components that the whole meeting has not: of a room that is in some
    /// instances only the others are free again. Empty where nothing is left.
    static std::string instances_in(std::string_view whole, const std::string& present);

    static std::optional<std::string_view> data_of(const std::optional<store::Placed>& placed);

    /// Whether it is the organizer of what is there who speaks.
    [[nodiscard]] bool is_of(const store::Delivery& delivery, const store::Placed& placed) const;

    [[nodiscard]] bool is_undecided(const std::string& data) const;

    /// Whether nobody reads what such a room is told.
    [[nodiscard]] bool is_automatic() const;

    /// A room says at once whether it can be had.
    void answer(const store::Delivery& delivery, std::string& data);

    void reply(const store::Delivery& to, const itip::Message& message, std::string& data);

    void from_attendee(const store::Delivery& delivery, const std::optional<store::Placed>& placed);

    /// Whom a reply has brought into the meeting knows nothing of it yet: RFC 5546 3.2.2.3 has the
    /// delegator tell, whose client can't where the server schedules.
    void invite_delegates(const store::Delivery& delivery, const std::string& before,
                          std::string& after);

    /// The status of the delivery. RFC 6638 3.2.9.
    std::string_view invite(const store::Delivery& reply, const Person& person,
                            const std::string& address, const std::string& object);

    /// Whoever asks what the meeting is like is told. RFC 5546 3.2.6.
    void resend(const store::Delivery& to, const std::string& object);

    void send_back(const store::Delivery& to, const itip::Message& message);

    /// Everybody's copy shows who comes; the sender knows, unless his was older than his answer.
    void tell_others(const store::Delivery& delivery, const std::string& object, bool sender_too);

    /// Only other people's answers: a change of the meeting itself comes as a message, which is on
    /// its way if it isn't here yet.
    void refresh(const store::Delivery& delivery, const std::optional<store::Placed>& placed);

    void put(const std::optional<store::Placed>& placed, const std::string& data,
             bool consequential);

    /// For an object with a UID that another has, which does not take part in scheduling. What its
    /// client stored from a mail perhaps is replaced; what is somebody's own is kept.
    void make_room(store::PutObject& object, const std::string& name);

    /// Gives an object another UID, and with it another name: a client takes it for a new one.
    void set_aside(store::CollectionId collection, const store::Object& object);

    void remove(const store::Placed& placed);

    void tell(const store::Delivery& delivery, Applied what);
    void put_in_inbox(const store::Delivery& delivery,
                      std::vector<store::StoredProperty> properties);

    /// All addresses of who has sent it.
    [[nodiscard]] itip::Addresses sender_of(const store::Delivery& delivery) const;

    void mail(const store::Delivery& to, const itip::Message& message, std::string_view reason);

    void dropped(const store::Delivery& delivery, std::string_view why);

    store::HomeTransaction& transaction_;
    const Site& site_;
    const store::HomePtr& sender_;
    const store::HomePtr& home_;
    const store::Booking& booking_;
    const People& people_;
    itip::Addresses me_;
    itip::Moment moment_;
};

}  // namespace kalends::sched
