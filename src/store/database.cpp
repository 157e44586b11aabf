#include "base/hash.hpp"
#include "base/text.hpp"
#include "store/database_private.hpp"
#include "store/schema.hpp"
#include "store/sharing_private.hpp"

#include <utility>

namespace kalends::store {
namespace {

constexpr std::chrono::seconds max_staleness{1};
constexpr std::size_t max_batch_bytes = 4U << 20U;
constexpr int max_attempts = 4;

const Statement read_meta_sql{"read_meta", "SELECT epoch::text, secret FROM meta"};
const Statement ping_sql{"ping", "SELECT 1"};

/// Before anything is prepared, so that an old schema is told of in a sentence.
Settings checked_schema(Settings settings) {
    const int found = schema_version(settings.dsn);
    if (found != required_schema_version())
        throw SchemaMismatch(
            found == 0 ? "the database is empty: run `kalends init`"
            : found < required_schema_version()
                ? "the database has schema version " + std::to_string(found) +
                      ", this program needs " + std::to_string(required_schema_version()) +
                      ": run `kalends init` to upgrade it"
                : "the database has schema version " + std::to_string(found) +
                      ", which is newer than this program: install the newer program");
    return settings;
}

}  // namespace

Database::Inner::Inner(Settings given)
    : settings(checked_schema(std::move(given))), node(text::to_hex(hash::random_bytes(8))),
      pool(settings), cache(settings.cached_homes, max_staleness),
      members(settings.cached_member_bytes), contents(settings.cached_content_bytes),
      notifier(settings), follower(settings, node, cache, notifier),
      combiner([this](const auto& batch) { run_batch(batch); },
               [](const PutObject* object) { return object->data.size() + object->digest.size(); },
               {.batches = settings.max_batches,
                .items = settings.max_batch,
                .weight = max_batch_bytes}) {
    const auto meta =
        reading(*this, [](Connection& connection) { return connection.run(read_meta_sql); });
    epoch = meta.string(0, 0);
    secret = meta.string(0, 1);
}

MembersPtr Database::Inner::members_in_memory(PrincipalId home, CollectionId in) {
    members.follow(cache.clears);
    const auto known = cache.find(home);
    const auto row = known ? known->find(in) : nullptr;
    return row ? members.current(*row) : nullptr;
}

MembersPtr Database::Inner::members_of(Database& db, PrincipalId home, CollectionId in, bool make) {
    members.follow(cache.clears);
    const auto known = db.home(home);
    const auto row = known ? known->find(in) : nullptr;
    return row ? members.get(*this, *row, make) : nullptr;
}

void Database::Inner::committed(const ContentChange& change) {
    cache.apply(change);
    notifier.poke();
}

void Database::Inner::committed_home(PrincipalId home) {
    cache.forget(home);
    notifier.poke();
}

/// All in one transaction; if that fails for a reason that lies in one of them, each by itself.
void Database::Inner::run_batch(const Combiner<const PutObject*, WriteOutcome>::Batch& batch) {
    batches.fetch_add(1, std::memory_order_relaxed);
    batched_writes.fetch_add(batch.size(), std::memory_order_relaxed);
    std::vector<const PutObject*> objects;
    for (const auto* each : batch) objects.push_back(each->item);
    try {
        auto outcomes = put_together(*this, objects);
        for (std::size_t i = 0; i < batch.size(); ++i)
            batch[i]->outcome = std::move(outcomes.at(i));
        return;
    } catch (const Unavailable&) {
        throw;
    } catch (const std::exception& error) {
        if (batch.size() == 1) throw;
        log(Level::warning, "store.batch.failed",
            {{"writes", std::to_string(batch.size())}, {"reason", error.what()}});
    }
    for (auto* each : batch) {
        try {
            each->outcome = std::move(put_together(*this, {each->item}).at(0));
        } catch (const std::exception&) {
            each->failure = std::current_exception();
        }
    }
}

bool is_storable(std::string_view text) {
    return text.find('\0') == std::string_view::npos && text::is_utf8(text);
}

bool is_transient(const SqlError& error, int attempt) {
    return error.transient() && attempt < max_attempts;
}

void rethrow_read_failure() {
    try {
        throw;
    } catch (const ConnectionLost& error) {
        throw Unavailable(error.what());
    } catch (const SqlError& error) {
        // 57: operator intervention, a statement that took too long; 53: no memory, disk or
        // connections left; 25006: a standby that takes no writes; then the above.
        const auto& state = error.sqlstate();
        if (state.starts_with("57") || state.starts_with("53") || state == "25006" ||
            error.transient())
            throw Unavailable(error.what());
        throw;
    }
}

void rethrow_write_failure(Database::Inner& inner, PrincipalId home) {
    try {
        throw;
    } catch (const ConnectionLost& error) {
        inner.pool.drop_idle();
        inner.committed_home(home);
        throw OutcomeUnknown(error.what());
    } catch (const std::exception&) {
        rethrow_read_failure();
    }
}

Database::Database(Settings settings) try : inner_(std::make_unique<Inner>(std::move(settings))) {
} catch (const SqlError& error) {  // a statement that can't be prepared
    throw SchemaMismatch(std::string("the database is not as this program knows it: ") +
                         error.what());
} catch (const ConnectionLost& error) {
    throw Unavailable(error.what());
}
Database::~Database() = default;

HomePtr Database::cached_home(std::string_view login) { return inner_->cache.find(login); }
HomePtr Database::cached_home(PrincipalId id) { return inner_->cache.find(id); }

/// What is read may be behind what others share by now: then that is mended, and it is read again.
template <class Read>
HomePtr Database::Inner::fill(Database& db, std::string_view login, Read&& read) {
    for (int attempt = 1;; ++attempt) {
        const auto fill = cache.begin_fill();
        HomeRead found;
        try {
            found = reading(*this, read);
        } catch (...) {
            cache.finish_fill(fill, {}, nullptr);
            throw;
        }
        if (found.bindings_hold || attempt == max_attempts)
            return cache.finish_fill(fill, login, std::move(found.home));
        cache.finish_fill(fill, {}, nullptr);
        try {
            mend_bindings(db, found.home->principal.id);
        } catch (const Unavailable& error) {  // reading goes on: a binding gives no access
            log(Level::warning, "store.bindings.failed", {{"reason", error.what()}});
            return found.home;
        }
    }
}

HomePtr Database::home(std::string_view login) {
    if (!is_storable(login)) return nullptr;
    if (auto known = inner_->cache.find(login)) return known;
    return inner_->fill(*this, login, [&](Connection& connection) {
        const auto id = find_principal(connection, login);
        return id ? read_home(connection, *id, inner_->settings.max_shared) : HomeRead{};
    });
}

HomePtr Database::home(PrincipalId id) {
    if (auto known = inner_->cache.find(id)) return known;
    return inner_->fill(*this, {}, [&](Connection& connection) {
        return read_home(connection, id, inner_->settings.max_shared);
    });
}

void Database::forget(PrincipalId home) { inner_->cache.forget(home); }

const std::string& Database::epoch() const { return inner_->epoch; }
const std::string& Database::secret() const { return inner_->secret; }

void Database::ping() {
    reading(*inner_, [](Connection& connection) { return connection.run(ping_sql).rows(); });
}

Statistics Database::statistics() const {
    const auto& inner = *inner_;
    return {.cache_hits = inner.cache.hits,
            .cache_misses = inner.cache.misses,
            .cached_homes = inner.cache.size(),
            .member_hits = inner.members.hits,
            .member_misses = inner.members.misses,
            .connections = inner.pool.open(),
            .connections_in_use = inner.pool.in_use(),
            .statements = inner.statements,
            .batches = inner.batches,
            .batched_writes = inner.batched_writes,
            .notifications_received = inner.follower.notifications,
            .listener_reconnects = inner.follower.reconnects};
}

}  // namespace kalends::store
