#include "sched/postman.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "ical/lines.hpp"
#include "ical/time.hpp"
#include "itip/address.hpp"
#include "mail/address.hpp"
#include "sched/reader.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <span>

namespace kalends::sched {
namespace {

using namespace std::chrono_literals;

/// Meetings, or messages, that are taken at a time.
constexpr std::size_t page = 10;
/// Meetings that are known to be due, for all threads.
constexpr std::size_t most_due = 100;
constexpr std::chrono::seconds between_looks{1};
/// For what became of a message that the mail system has, and filters: RFC 5321 4.5.3.2.6.
constexpr std::chrono::minutes for_answer{10};
/// A meeting that can't be told of is tried again.
constexpr std::chrono::minutes after_failure{10};

std::int64_t seconds_in(std::chrono::milliseconds time) {
    return std::chrono::ceil<std::chrono::seconds>(time).count();
}

/// It leaves the outbox, and nobody gets it.
SentMail not_sent(const store::OutboxMail& mail, std::string_view code, std::string_view verdict,
                  std::string why) {
    return {.mail = mail,
            .status = std::string(code),
            .message_id = {},
            .verdict = std::string(verdict),
            .why = std::move(why)};
}

/// An address or a meeting that no mail can say.
SentMail impossible(const store::OutboxMail& mail, std::string_view why) {
    return not_sent(mail, status::no_way, "impossible", text::printable(why));
}

/// What `step()` says; false, too, where it failed: it is tried again after a while.
template <class Step> bool went_well(Step step) {
    try {
        return step();
    } catch (const std::exception& error) {
        log(Level::warning, "mail.waiting", {{"why", error.what()}});
        return false;
    }
}

}  // namespace

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
    route_->stop();
}

void Postman::work_in_background(const std::stop_token& stop) {
    std::uint64_t seen = 0;
    while (!stop.stop_requested()) {
        {
            const std::lock_guard lock(mutex_);
            seen = wakes_;
        }
        bool busy = true;
        while (busy && !stop.stop_requested()) {
            // What holds up the one does not hold up the other.
            busy = went_well([&] { return release_due(stop); });
            busy = went_well([&] { return send_due(stop); }) || busy;
        }
        std::unique_lock lock(mutex_);
        woken_.wait_for(lock, stop, between_looks, [&] { return wakes_ != seen; });
    }
}

void Postman::wake(bool all) {
    {
        const std::lock_guard lock(mutex_);
        ++wakes_;
    }
    all ? woken_.notify_all() : woken_.notify_one();
}

std::optional<store::MailHold> Postman::take_due(std::int64_t now) {
    const std::lock_guard lock(due_mutex_);
    if (due_.empty()) {
        for (auto& held : store::due_holds(database_, now, most_due))
            if (!releasing_.contains(held.id)) due_.push_back(std::move(held));
        if (due_.size() > page) wake(true);  // one thread would be long over them
    }
    if (due_.empty()) return std::nullopt;
    auto held = std::move(due_.front());
    due_.pop_front();
    releasing_.insert(held.id);
    return held;
}

void Postman::give_back(const store::MailHold& held) {
    const std::lock_guard lock(due_mutex_);
    releasing_.erase(held.id);
}

bool Postman::release_due(const std::stop_token& stop) {
    const auto now = clock::unix_now();
    std::size_t released = 0;
    while (released < page && !stop.stop_requested()) {
        const auto held = take_due(now);
        if (!held) break;
        ++released;
        try {
            release_one(*held, now);
        } catch (...) {
            give_back(*held);
            throw;
        }
        give_back(*held);
        wake(false);
    }
    return released > 0;
}

void Postman::release_one(const store::MailHold& held, std::int64_t now) {
    try {
        (void)release(database_, settings_.site, held, now);
    } catch (const store::Unavailable&) {
        throw;
    } catch (const std::exception& error) {
        log(Level::error, "mail.hold", {{"uid", held.uid}, {"why", error.what()}});
        store::put_off_hold(database_, held, now + seconds_in(after_failure));
    }
}

bool Postman::send_due(const std::stop_token& stop) {
    const auto begin = clock::steady();
    const auto patience = settings_.send_timeout;
    const auto lease = seconds_in(3 * patience);
    const auto mails = store::claim_mails(database_, clock::unix_now(), lease, page);
    std::map<std::pair<store::PrincipalId, std::string>, std::vector<SentMail>> meetings;
    auto left = std::span(mails);
    const auto give_back_the_rest = [&] {
        for (const auto& mail : std::exchange(left, {})) store::give_back_mail(database_, mail);
    };
    while (!left.empty()) {
        if (clock::steady() - begin > patience || stop.stop_requested()) {
            give_back_the_rest();
            break;
        }
        const auto& mail = left.front();
        left = left.subspan(1);
        const auto goes_on = [&] {
            return went_well([&] {
                const auto until = clock::unix_now() + seconds_in(for_answer) + lease;
                give_back_the_rest();
                store::keep_mail(database_, mail, until);
                return true;
            });
        };
        if (auto sent = outcome_of(mail, goes_on))
            meetings[{mail.home, mail.uid}].push_back(std::move(*sent));
    }
    std::exception_ptr failure;
    for (const auto& meeting : meetings) {
        try {
            tell_sender(meeting.second);
        } catch (const store::Unavailable&) {
            failure = std::current_exception();
        }
    }
    if (failure) std::rethrow_exception(failure);
    return !mails.empty();
}

std::optional<SentMail> Postman::outcome_of(const store::OutboxMail& mail,
                                            const std::function<bool()>& goes_on) {
    if (!mail.status.empty()) return SentMail{.mail = mail, .status = mail.status};
    auto sent = send(mail, goes_on);
    if (sent) settle(database_, *sent, clock::unix_now());
    return sent;
}

void Postman::tell_sender(const std::vector<SentMail>& sent) {
    try {
        write_statuses(database_, sent);
    } catch (const store::Unavailable&) {  // later, then
        throw;
    } catch (const std::exception& error) {  // the log has them all the same
        log(Level::error, "mail.status", {{"uid", sent.front().mail.uid}, {"why", error.what()}});
        for (const auto& each : sent) store::remove_mail(database_, each.mail);
    }
}

std::optional<SentMail> Postman::send(store::OutboxMail mail,
                                      const std::function<bool()>& goes_on) {
    if (is_known(mail))
        return not_sent(mail, status::sent, "unchanged",
                        "The recipient has been told the same before.");
    const auto sender = database_.home(mail.home);
    if (!sender) return std::nullopt;
    if (is_too_late(mail)) return not_sent(mail, status::not_completed, "given up", mail.problem);
    Letter letter;
    try {
        complete(database_, mail);
        const auto reader =
            reader_in_books(database_, *sender, itip::mail_of(mail.recipient), settings_.words);
        letter = letter_of(mail, sender->principal, reader, writer_, settings_.letters,
                           clock::unix_now());
    } catch (const mail::Malformed& error) {
        return impossible(mail, error.what());
    } catch (const ical::ParseError& error) {
        return impossible(mail, error.what());
    } catch (const ical::ValueError& error) {
        return impossible(mail, error.what());
    } catch (const store::Unavailable&) {
        throw;
    } catch (const std::exception& error) {  // somebody can mend a file of mail.words
        return put_off(mail, letter, {.sentence = text::printable(error.what())});
    }
    SentMail sent{.mail = mail, .message_id = letter.message_id};
    mail::Patience patience{clock::steady() + settings_.send_timeout};
    patience.answer = for_answer;
    patience.goes_on = goes_on;
    const auto result = route_->send({.sender = letter.envelope_from,
                                      .recipient = letter.envelope_to,
                                      .envelope_id = letter.envelope_id},
                                     letter.text, patience);
    if (result.kind == mail::Result::Kind::temporary) return put_off(mail, letter, result);
    sent.handed_on = result.kind == mail::Result::Kind::accepted;
    sent.status = sent.handed_on ? status::sent : refusal_status(result.status);
    sent.verdict = sent.handed_on ? "sent" : "refused";
    sent.why = result.sentence;
    return sent;
}

bool Postman::is_too_late(const store::OutboxMail& mail) const {
    return clock::unix_now() - mail.created >= settings_.give_up_after.count();
}

std::optional<SentMail> Postman::put_off(const store::OutboxMail& mail, const Letter& letter,
                                         const mail::Result& result) {
    log(Level::info, "mail.put_off",
        {{"mail", std::to_string(mail.id)}, {"to", mail.recipient}, {"why", result.sentence}});
    if (is_too_late(mail)) {
        auto sent = not_sent(mail, status::not_completed, "given up", result.sentence);
        sent.message_id = letter.message_id;
        return sent;
    }
    const auto next = clock::unix_now() + wait_after(mail.tries + 1).count();
    store::put_off_mail(database_, mail, next, result.sentence);
    return std::nullopt;
}

}  // namespace kalends::sched
