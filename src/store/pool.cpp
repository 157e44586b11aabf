#include "store/pool_private.hpp"

namespace kalends::store {

Pool::Lease Pool::take() {
    if (auto connection = take_idle()) return {*this, std::move(connection)};
    try {
        return {*this,
                std::make_unique<Connection>(settings_.dsn, settings_.statement_timeout, true)};
    } catch (...) {
        give_back(nullptr);
        throw;
    }
}

/// A usable idle connection; nothing when the caller is to open one, whose place is then already
/// counted.
std::unique_ptr<Connection> Pool::take_idle() {
    std::unique_lock lock(mutex_);
    const auto free = [this] { return !idle_.empty() || open_ < settings_.connections; };
    if (!came_free_.wait_for(lock, settings_.wait_for_connection, free))
        throw Unavailable("all connections to PostgreSQL are in use");
    while (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        if (connection->usable()) return connection;
        --open_;
    }
    ++open_;
    return nullptr;
}

void Pool::give_back(std::unique_ptr<Connection> connection) noexcept {
    const bool keep = connection != nullptr && connection->usable();
    if (!keep) connection.reset();
    {
        const std::lock_guard lock(mutex_);
        if (keep)
            idle_.push_back(std::move(connection));
        else
            --open_;
    }
    came_free_.notify_one();
}

void Pool::drop_idle() {
    std::vector<std::unique_ptr<Connection>> dropped;
    {
        const std::lock_guard lock(mutex_);
        dropped.swap(idle_);
        open_ -= dropped.size();
    }
    came_free_.notify_all();
}

std::size_t Pool::open() const {
    const std::lock_guard lock(mutex_);
    return open_;
}

std::size_t Pool::in_use() const {
    const std::lock_guard lock(mutex_);
    return open_ - idle_.size();
}

}  // namespace kalends::store
