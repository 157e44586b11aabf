#include "sched/postman.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "ical/lines.hpp"
#include "mail/address.hpp"

#include <algorithm>
#include <map>

namespace kalends::sched {
namespace {

using namespace std::chrono_literals;

/// Meetings, or messages, that are taken at a time.
constexpr std::size_t page = 10;
constexpr std::chrono::seconds between_looks{1};

std::int64_t seconds_in(std::chrono::milliseconds time) {
    return std::chrono::ceil<std::chrono::seconds>(time).count();
}

}  // namespace

std::string_view refusal_status(std::string_view enhanced) {
    return enhanced.starts_with("5.7.") ? status::rejected : status::no_way;
}

std::chrono::seconds wait_after(int tries) {
    constexpr std::chrono::seconds first{30};
    constexpr std::chrono::seconds longest{1h};
    constexpr int doublings = 7;
    return std::min(longest, first * (1 << std::clamp(tries - 1, 0, doublings)));
}

Postman::Postman(store::Database& database, Settings settings, std::unique_ptr<mail::Route> route)
    : database_(database), settings_(std::move(settings)), writer_(settings_.words),
      route_(std::move(route)) {
    threads_.reserve(settings_.at_once);
    for (std::size_t i = 0; i < settings_.at_once; ++i)
        threads_.emplace_back([this](const std::stop_token& stop) { work_in_background(stop); });
}

Postman::~Postman() {
    for (auto& thread : threads_) thread.request_stop();
    woken_.notify_all();
}

void Postman::work_in_background(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            while (work(stop) && !stop.stop_requested()) {
            }
        } catch (const std::exception& error) {
            log(Level::warning, "mail.waiting", {{"why", error.what()}});
        }
        std::unique_lock lock(mutex_);
        woken_.wait_for(lock, stop, between_looks, [] { return false; });
    }
}

bool Postman::work(const std::stop_token& stop) {
    const bool more = release_due(clock::unix_now());
    return send_due(stop) || more;
}

bool Postman::release_due(std::int64_t now) {
    const auto due = store::due_holds(database_, now, page);
    for (const auto& held : due) {
        try {
            (void)release(database_, settings_.site, held, now);
        } catch (const ical::ParseError& error) {
            // What is stored was read before: it is dropped rather than tried for ever.
            log(Level::error, "mail.dropped", {{"uid", held.uid}, {"why", error.what()}});
            (void)store::drop_outgoing(database_, held.home, held.id);
        }
    }
    return due.size() == page;
}

bool Postman::send_due(const std::stop_token& stop) {
    const auto begin = clock::steady();
    const auto patience = settings_.send_timeout;
    const auto lease = seconds_in(3 * patience);
    const auto mails = store::claim_mails(database_, clock::unix_now(), lease, page);
    std::vector<SentMail> sent;
    for (const auto& mail : mails) {
        const bool is_late = clock::steady() - begin > patience;
        if (is_late || stop.stop_requested()) {
            store::put_off_mail(database_, mail, 0, mail.problem);
            continue;
        }
        if (auto done = send(mail)) sent.push_back(std::move(*done));
    }
    settle_by_meeting(std::move(sent));
    return mails.size() == page;
}

std::optional<SentMail> Postman::send(const store::OutboxMail& mail) {
    SentMail sent{.mail = mail};
    if (is_known(mail)) {
        sent.status = status::sent;
        sent.verdict = "unchanged";
        sent.why = "The recipient has been told the same before.";
        return sent;
    }
    const auto sender = database_.home(mail.home);
    if (!sender) return std::nullopt;
    Letter letter;
    try {
        letter = letter_of(mail, sender->principal, writer_, settings_.letters, clock::unix_now());
    } catch (const std::exception& error) {  // an address or a meeting that no mail can say
        sent.status = status::no_way;
        sent.verdict = "impossible";
        sent.why = error.what();
        return sent;
    }
    sent.message_id = letter.message_id;
    const auto result = route_->send({.sender = letter.envelope_from,
                                      .recipient = letter.envelope_to,
                                      .envelope_id = letter.envelope_id},
                                     letter.text, clock::steady() + settings_.send_timeout);
    if (result.kind == mail::Result::Kind::temporary) return put_off(mail, letter, result);
    sent.handed_on = result.kind == mail::Result::Kind::accepted;
    sent.status = sent.handed_on ? status::sent : refusal_status(result.status);
    sent.verdict = sent.handed_on ? "sent" : "refused";
    sent.why = result.sentence;
    return sent;
}

std::optional<SentMail> Postman::put_off(const store::OutboxMail& mail, const Letter& letter,
                                         const mail::Result& result) {
    const auto now = clock::unix_now();
    log(Level::info, "mail.put_off",
        {{"mail", std::to_string(mail.id)}, {"to", letter.envelope_to}, {"why", result.sentence}});
    if (now - mail.created < settings_.give_up_after.count()) {
        store::put_off_mail(database_, mail, now + wait_after(mail.tries).count(), result.sentence);
        return std::nullopt;
    }
    return SentMail{.mail = mail,
                    .handed_on = false,
                    .status = std::string(status::not_completed),
                    .message_id = letter.message_id,
                    .verdict = "given up",
                    .why = result.sentence};
}

void Postman::settle_by_meeting(std::vector<SentMail> sent) {
    std::map<std::pair<store::PrincipalId, std::string>, std::vector<SentMail>> meetings;
    for (auto& each : sent) {
        auto& meeting = meetings[{each.mail.home, each.mail.uid}];
        meeting.push_back(std::move(each));
    }
    for (auto& [meeting, mails] : meetings) {
        try {
            settle(database_, mails, clock::unix_now());
        } catch (const store::Unavailable&) {
            throw;  // they are sent again when the lease ends, with the same Message-ID
        } catch (const std::exception& error) {
            log(Level::error, "mail.status", {{"uid", meeting.second}, {"why", error.what()}});
            for (auto& mail : mails) mail.status.clear();
            settle(database_, mails, clock::unix_now());
        }
    }
}

}  // namespace kalends::sched
