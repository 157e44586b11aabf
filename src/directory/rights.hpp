#pragma once
// What somebody may do in a collection, from all that bears on it: its access control, what it
// inherits, those who act for its owner, and what holds for inboxes and outboxes where nobody has
// set anything else. Scheduling asks the same question as WebDAV does, of the same function.

#include "access/share.hpp"
#include "store/home.hpp"

#include <span>

namespace kalends::directory {

/// What those may do with all calendars who act for their owner. calendarserver caldav-proxy 3.1.
inline constexpr access::Level proxies_read = access::Level::reader;
inline constexpr access::Level proxies_write = access::Level::writer;

/// What colleagues may do with an inbox unless its owner says otherwise: invite, answer, and ask
/// when he is free. RFC 6638 6.1.
inline constexpr access::Privileges open_inbox = access::schedule_deliver;

/// What those may do with an outbox who write for its owner. RFC 6638 6.2.
inline constexpr access::Privileges proxies_send = access::schedule_send;

/// `who` asks (nullptr: nobody has logged in); `own` are entries of an object in the collection,
/// which come first.
access::Privileges rights_of(const store::Principal* who, const store::Home& home,
                             const store::Collection& collection,
                             std::span<const access::Ace> own = {});

}  // namespace kalends::directory
