#include "base/log.hpp"
#include "store/connection_private.hpp"
#include "store/notifier_private.hpp"

#include <memory>

namespace kalends::store {

Notifier::Notifier(const Settings& settings) : settings_(settings), thread_([this] { work(); }) {}

Notifier::~Notifier() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    woken_.notify_one();
    thread_.join();
}

void Notifier::poke() {
    {
        const std::lock_guard lock(mutex_);
        if (poked_) return;
        poked_ = true;
    }
    woken_.notify_one();
}

/// False when it is time to stop. The first poke is served at once; after that one each
/// notify_interval.
bool Notifier::wait_for_poke() {
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, settings_.notify_interval, [this] { return stopping_; });
    woken_.wait(lock, [this] { return poked_ || stopping_; });
    poked_ = false;
    return !stopping_;
}

void Notifier::work() {
    std::unique_ptr<Connection> connection;
    const std::string notify = std::string("NOTIFY ") + notify_channel;
    while (wait_for_poke()) {
        try {
            if (!connection) {
                connection =
                    std::make_unique<Connection>(settings_.dsn, settings_.statement_timeout, false);
                connection->execute(
                    "SET synchronous_commit = off");  // a lost NOTIFY is found by polling
                backend_ = connection->backend();
            }
            connection->execute(notify);
        } catch (const std::exception& error) {
            log(Level::warning, "store.notify.failed", {{"reason", error.what()}});
            connection.reset();
        }
    }
}

}  // namespace kalends::store
