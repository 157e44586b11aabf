#include "sched/spool_reader.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "mail/spool.hpp"

#include <chrono>

namespace kalends::sched {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t page = 1000;
constexpr auto between_looks = 300ms;
constexpr auto between_cleanings = 1h;
/// Of one that fails though the database is there: what it waits for may end.
constexpr int most_tries = 20;

}  // namespace

SpoolReader::SpoolReader(Arrivals& arrivals, Settings settings)
    : arrivals_(arrivals), settings_(std::move(settings)) {
    mail::make_spool(settings_.folder);
    thread_ = std::jthread([this](const std::stop_token& stop) { work_in_background(stop); });
}

SpoolReader::~SpoolReader() {
    thread_.request_stop();
    woken_.notify_all();
}

void SpoolReader::work_in_background(const std::stop_token& stop) {
    auto cleaned = clock::steady() - between_cleanings;
    while (!stop.stop_requested()) {
        try {
            read_all(stop);
            if (clock::steady() - cleaned >= between_cleanings) {
                if (const auto count = mail::put_aside(settings_.folder); count != 0)
                    log(Level::warning, "mail.spool.no_entries",
                        {{"count", std::to_string(count)}});
                (void)mail::clean(settings_.folder);
                cleaned = clock::steady();
            }
        } catch (const std::exception& error) {  // the database or the disk is away
            log(Level::warning, "mail.spool", {{"why", error.what()}});
            std::unique_lock lock(mutex_);
            woken_.wait_for(lock, stop, 1s, [] { return false; });
        }
        std::unique_lock lock(mutex_);
        woken_.wait_for(lock, stop, between_looks, [] { return false; });
    }
}

void SpoolReader::read_all(const std::stop_token& stop) {
    for (;;) {
        const auto names = mail::list(settings_.folder, page);
        bool settled = false;
        for (const auto& name : names) {
            if (stop.stop_requested()) return;
            settled = read(name) || settled;
        }
        if (names.size() < page || !settled) return;  // the others wait for something
    }
}

void SpoolReader::give_up(const std::string& name, std::string_view why) {
    log(Level::error, "mail.spool.failed", {{"name", name}, {"why", std::string(why)}});
    failures_.erase(name);
    mail::fail(settings_.folder, name);
}

bool SpoolReader::read(const std::string& name) {
    try {
        const auto taken = mail::take(settings_.folder, name, {.owners = settings_.owners});
        if (!taken) return false;  // somebody else has it
        arrivals_.receive({.recipient = taken->entry.recipient,
                           .login = taken->entry.user,
                           .text = taken->message});
        mail::done(settings_.folder, name);
        failures_.erase(name);
        return true;
    } catch (const store::Unavailable&) {
        throw;  // it is still there
    } catch (const NotYet&) {
        return false;
    } catch (const mail::SpoolError& error) {
        if (error.kind() != mail::SpoolError::Kind::unavailable) {
            give_up(name, error.what());
            return true;
        }
        log(Level::warning, "mail.spool", {{"name", name}, {"why", error.what()}});
        return false;  // it is still there, too
    } catch (const std::exception& error) {
        log(Level::warning, "mail.spool.again", {{"name", name}, {"why", error.what()}});
        if (++failures_[name] < most_tries) return false;
        give_up(name, error.what());
    }
    return true;
}

}  // namespace kalends::sched
