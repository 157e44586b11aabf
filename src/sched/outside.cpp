#include "sched/outside.hpp"

#include "base/log.hpp"
#include "ical/published.hpp"
#include "sched/contacts.hpp"
#include "store/objects.hpp"
#include "vcard/free_busy_url.hpp"

namespace kalends::sched {
namespace {

constexpr long ok = 200;

/// From the cards in the asker's own address books that have the address. The first is as good as
/// any.
std::string url_in_books(store::Database& database, const store::Home& asker,
                         const std::string& address) {
    std::string url;
    each_card_with(database, asker, address, [&](const store::ObjectView& row) {
        try {
            url = vcard::free_busy_url(vcard::parse(row.data), address);
        } catch (const vcard::ParseError&) {
            return true;  // stored as it came, long ago
        }
        return url.empty();
    });
    return url;
}

/// Reads what was fetched. Says why nothing becomes known by it; empty: something does.
std::string read_document(Outsider& person, const std::string& document, ical::UtcTime from,
                          ical::UtcTime to) {
    constexpr std::uint64_t steps = 2'000'000;
    try {
        ical::FreeBusy busy(from, to);
        ical::Budget budget(steps);
        person.known = ical::add_published(busy, document, *person.zone, budget);
        person.busy = busy.merged();
        return "";
    } catch (const ical::ParseError&) {
        return "What is at the free/busy URL is no calendar.";
    } catch (const ical::ValueError&) {
        return "The calendar at the free/busy URL is broken.";
    } catch (const ical::TooExpensive&) {
        return "The calendar at the free/busy URL takes too long to read.";
    }
}

std::string read_outcome(Outsider& person, const fetch::Outcome& outcome, ical::UtcTime from,
                         ical::UtcTime to) {
    if (!outcome.reply) {
        log(Level::info, "schedule.free_busy.unreachable", {{"why", outcome.why}});
        return "The free/busy URL can't be read.";
    }
    if (outcome.reply->status != ok)
        return "The free/busy URL answers with " + std::to_string(outcome.reply->status) + ".";
    return read_document(person, outcome.reply->body, from, to);
}

}  // namespace

void read_outsiders(store::Database& database, const store::Home& asker,
                    const std::optional<fetch::Settings>& settings,
                    std::vector<Outsider>& outsiders, ical::UtcTime from, ical::UtcTime to) {
    std::vector<fetch::Request> requests;
    std::vector<Outsider*> asked;
    for (auto& outsider : outsiders) {
        if (outsider.free_busy_url.empty())
            outsider.free_busy_url = url_in_books(database, asker, outsider.address);
        if (outsider.free_busy_url.empty()) {
            outsider.why = "Nobody here has this address, and no free/busy URL is known.";
        } else if (!settings) {
            outsider.why = "This server reads no free/busy of others.";
        } else {
            requests.push_back({.url = outsider.free_busy_url});
            asked.push_back(&outsider);
        }
    }
    if (asked.empty()) return;
    const auto outcomes = fetch::fetch_all(*settings, requests);
    for (std::size_t i = 0; i < asked.size(); ++i)
        asked[i]->why = read_outcome(*asked[i], outcomes[i], from, to);
}

}  // namespace kalends::sched
