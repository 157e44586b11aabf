#pragma once
// Sends what waits in the outbox, in the background: releases meetings that were held, hands each
// message to the mail system, and sees to what becomes of it (decision 0016).

#include "mail/send.hpp"
#include "sched/letter.hpp"
#include "sched/outgoing.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace kalends::sched {

class Postman {
public:
    struct Settings {
        Site site;
        LetterSettings letters;
        std::string words;  ///< the folder of letters::Writer; empty: none
        std::chrono::seconds give_up_after{std::chrono::hours{48}};
        std::chrono::milliseconds send_timeout{std::chrono::seconds{30}};
        std::size_t at_once = 4;  ///< threads: messages that are sent at the same time
    };

    /// Starts the threads. `database` lives longer than this.
    Postman(store::Database& database, Settings settings, std::unique_ptr<mail::Route> route);
    ~Postman();
    Postman(const Postman&) = delete;
    Postman& operator=(const Postman&) = delete;

private:
    void work_in_background(const std::stop_token& stop);
    // Whether there was something to do, so that there may be more.
    bool release_due(const std::stop_token& stop);
    bool send_due(const std::stop_token& stop);
    void release_one(const store::MailHold& held, std::int64_t now);
    /// A meeting that is due, and that no other thread has.
    std::optional<store::MailHold> take_due(std::int64_t now);
    void give_back(const store::MailHold& held);
    void wake(bool all);
    /// What became of it, now or before; nothing where it is tried again later. `goes_on` as of
    /// mail::Patience.
    std::optional<SentMail> outcome_of(const store::OutboxMail& mail,
                                       const std::function<bool()>& goes_on);
    /// Of messages about one meeting.
    void tell_sender(const std::vector<SentMail>& sent);
    std::optional<SentMail> send(store::OutboxMail mail, const std::function<bool()>& goes_on);
    std::optional<SentMail> put_off(const store::OutboxMail& mail, const Letter& letter,
                                    const mail::Result& result);
    [[nodiscard]] bool is_too_late(const store::OutboxMail& mail) const;

    store::Database& database_;
    Settings settings_;
    letters::Writer writer_;
    std::unique_ptr<mail::Route> route_;
    std::mutex due_mutex_;
    std::deque<store::MailHold> due_;
    std::set<std::int64_t> releasing_;  ///< of those that threads have
    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::uint64_t wakes_ = 0;
    std::vector<std::jthread> threads_;
};

/// How long to wait after so many tries.
std::chrono::seconds wait_after(int tries);

}  // namespace kalends::sched
