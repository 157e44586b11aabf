#pragma once
// Rows of outgoing mail that are written in a transaction of a home.

#include "store/connection_private.hpp"
#include "store/outgoing.hpp"

namespace kalends::store {

/// Puts the moment off at which people are told, or begins to hold. `latest`: seconds after the
/// first change beyond which it is not put off.
void hold_mail(Connection& connection, const MailHold& hold, std::int64_t latest);

/// Takes it, where it is due by `time`.
std::optional<MailHold> take_hold(Connection& connection, PrincipalId home, std::string_view uid,
                                  std::int64_t time);

/// Somebody outside has written about a meeting: what he is told is an answer to that.
void begin_thread(Connection& connection, PrincipalId home, std::string_view uid,
                  std::string_view recipient, std::string_view message_id, std::int64_t time);

/// A message to that mail address leaves the outbox. False: it was not there, or a later one is in
/// the log.
bool end_mail(Connection& connection, PrincipalId home, std::int64_t mail,
              std::string_view address);

std::vector<std::string> waiting_recipients(Connection& connection, PrincipalId home,
                                            std::string_view uid);

/// It is not to be sent. False: it has been, or is being sent now.
bool drop_mail(Connection& connection, PrincipalId home, std::int64_t mail, std::int64_t now);

void write_mail_log(Connection& connection, const MailLogEntry& entry);

}  // namespace kalends::store
