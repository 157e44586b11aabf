#include "sched/outgoing_list.hpp"

#include "ical/lines.hpp"
#include "sched/outgoing.hpp"
#include "sched/participants.hpp"
#include "store/scheduling.hpp"

namespace kalends::sched {
namespace {

std::string title_of(std::string_view data) {
    try {
        for (const auto& component : ical::parse(data).components)
            for (const auto& property : component.properties)
                if (property.name == "SUMMARY") return ical::unescape_text(property.value);
    } catch (const ical::ParseError&) {
        return {};
    }
    return {};
}

std::string login_of(store::Database& database, store::PrincipalId home) {
    const auto owner = database.home(home);
    return owner ? owner->principal.login : std::string();
}

/// What those would be told who are told when it is due.
void add_held(store::Database& database, const Site& site, const store::MailHold& held,
              std::vector<OutgoingEntry>& entries) {
    const auto owner = database.home(held.home);
    if (!owner) return;
    const auto placed = store::find_scheduled(database, held.home, held.uid);
    const auto now = placed ? std::optional{placed->object.data} : std::nullopt;
    OutgoingEntry entry{.id = held.id,
                        .held = true,
                        .login = owner->principal.login,
                        .uid = held.uid,
                        .title = title_of(now ? *now : held.known.value_or("")),
                        .due = held.due};
    People people(database, site);
    bool some = false;
    const auto add_all = [&] {
        for (const auto& message : overdue(*owner, people, held.known, now)) {
            entry.method = itip::name_of(message.method);
            entry.recipient = itip::mail_of(message.recipient);
            entry.reason = reason_of(message);
            entries.push_back(entry);
            some = true;
        }
    };
    try {
        with_people(people, add_all);
        entry.reason = "nothing has changed in the end";
    } catch (const store::Unavailable&) {
        throw;
    } catch (const std::exception& error) {
        entry.problem = error.what();
    }
    if (!some) entries.push_back(entry);
}

}  // namespace

std::vector<OutgoingEntry> list_outgoing(store::Database& database, const Site& site,
                                         store::PrincipalId home, std::size_t limit) {
    std::vector<OutgoingEntry> entries;
    for (const auto& held : store::holds(database, home, limit))
        add_held(database, site, held, entries);
    for (const auto& mail : store::waiting_mails(database, home, limit))
        entries.push_back({.id = mail.id,
                           .held = false,
                           .login = login_of(database, mail.home),
                           .method = mail.method,
                           .uid = mail.uid,
                           .recipient = itip::mail_of(mail.recipient),
                           .title = title_of(mail.message),
                           .reason = mail.reason,
                           .due = mail.next_try,
                           .tries = mail.tries,
                           .problem = mail.problem});
    return entries;
}

}  // namespace kalends::sched
