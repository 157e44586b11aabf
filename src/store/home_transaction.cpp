// A transaction of one home, or of several at once. What is sent, and in a transaction of several
// homes all that is written, waits until the end and goes in one statement of each kind.

#include "store/collection_rows_private.hpp"
#include "store/object_rows_private.hpp"
#include "store/outgoing_rows_private.hpp"
#include "store/scheduling.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace kalends::store {
namespace {

const Statement lock_home_for_scheduling_sql{"lock_home_for_scheduling", R"sql(
    SELECT FROM home WHERE home_id = $1 FOR NO KEY UPDATE)sql"};

// Nobody is waited for: who has a home does not hold up those that have to do with others.
const Statement lock_free_homes_sql{"lock_free_homes", R"sql(
    SELECT home_id FROM home WHERE home_id = ANY ($1::bigint[])
     ORDER BY home_id FOR NO KEY UPDATE SKIP LOCKED)sql"};

const Statement lock_calendars_sql{"lock_calendars", R"sql(
    SELECT FROM collection WHERE home_id = $1 AND collection_id = ANY ($2::bigint[])
     ORDER BY collection_id FOR NO KEY UPDATE)sql"};

// put_objects() leaves a collection alone that somebody else has: here it is waited for.
const Statement lock_collections_sql{"lock_collections", R"sql(
    SELECT FROM unnest($1::bigint[], $2::bigint[]) AS given (home_id, collection_id)
      CROSS JOIN LATERAL (SELECT FROM collection c
                           WHERE c.home_id = given.home_id AND c.collection_id = given.collection_id
                             FOR NO KEY UPDATE) AS locked)sql"};

// A LATERAL query (with OFFSET 0, or that locks) is planned for one row of what is given, as the
// statement for a single one. In a plain join the planner takes any index of a home for good
// enough.

#define SCHEDULING_COLUMNS                                                                         \
    "name, object.uid, component, etag, data, '', object_id, size, modseq, created, modified, "    \
    "has_properties, media_type, content_id, schedule_tag, collection_id"

constexpr int collection_column = 15;
constexpr int place_column = 16;

const Statement scheduled_uid_sql{"scheduled_uid",
                                  "SELECT " SCHEDULING_COLUMNS " FROM object "
                                  "WHERE home_id = $1 AND left(uid, 600) = left($2, 600) "
                                  "AND schedule_tag IS NOT NULL",
                                  Format::binary};

const Statement scheduled_uids_sql{
    "scheduled_uids",
    "SELECT object.*, wanted.place "
    "FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS wanted (home_id, uid, place) "
    "CROSS JOIN LATERAL (SELECT " SCHEDULING_COLUMNS " FROM object "
    "WHERE object.home_id = wanted.home_id AND left(object.uid, 600) = left(wanted.uid, 600) "
    "AND schedule_tag IS NOT NULL OFFSET 0) AS object",
    Format::binary};

const Statement homes_having_uid_sql{"homes_having_uid", R"sql(
    SELECT home_id FROM object
     WHERE home_id = ANY ($1::bigint[]) AND left(uid, 600) = left($2, 600)
       AND schedule_tag IS NOT NULL)sql",
                                     Format::binary};

const Statement scheduled_name_sql{"scheduled_name",
                                   "SELECT " SCHEDULING_COLUMNS " FROM object "
                                   "WHERE home_id = $1 AND collection_id = $2 AND name = $3",
                                   Format::binary};

const Statement busy_candidates_sql{"busy_candidates", R"sql(
    SELECT name, uid, component, etag, '', digest, object_id, size, modseq, created, modified,
           has_properties, media_type, content_id, schedule_tag
      FROM object
     WHERE home_id = $1 AND collection_id = ANY ($2::bigint[])
       AND (first_start IS NULL OR (first_start < $4 AND last_end >= $3)))sql"};

const Statement add_properties_sql{"add_properties", R"sql(
    INSERT INTO property (home_id, collection_id, object_id, ns, local, xml, text)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                         $7::text[]))sql"};

const Statement set_invited_groups_sql{"set_invited_groups", R"sql(
    WITH former AS (
        DELETE FROM invited_group
         WHERE home_id = $1 AND left(uid, 600) = left($2, 600) AND group_id <> ALL ($3::bigint[]))
    INSERT INTO invited_group (home_id, uid, group_id)
    SELECT $1, $2, principal_id FROM principal WHERE principal_id = ANY ($3::bigint[])
        ON CONFLICT DO NOTHING)sql"};

const Statement insert_deliveries_sql{"insert_deliveries", R"sql(
    INSERT INTO delivery (home_id, to_home, method, uid, sender, recipient, message)
    SELECT home_id, to_home, method, uid, sender, recipient, message
      FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[])
           WITH ORDINALITY AS each (home_id, to_home, method, uid, sender, recipient, message, place)
     ORDER BY place)sql"};

// One that waits already is updated, so that whoever applies it just now has either not looked yet,
// and waits for this commit, or is waited for, and then there is a new one.
const Statement insert_refreshes_sql{"insert_refreshes", R"sql(
    INSERT INTO delivery (home_id, to_home, method, uid, sender, recipient, message)
    SELECT DISTINCT ON (home_id, to_home, left(uid, 600) COLLATE "C") home_id, to_home, '', uid, sender, recipient, ''
      FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[])
           AS each (home_id, to_home, uid, sender, recipient)
     ORDER BY home_id, to_home, left(uid, 600) COLLATE "C"
        ON CONFLICT (home_id, to_home, left(uid, 600)) WHERE method = '' DO UPDATE SET next_try = 0)sql"};

const Statement insert_mails_sql{"insert_mails", R"sql(
    INSERT INTO mail_outbox (home_id, method, uid, sender, recipient, reason, forced, message)
    SELECT home_id, method, uid, sender, recipient, reason, forced, message
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::bytea[])
           WITH ORDINALITY AS each (home_id, method, uid, sender, recipient, reason, forced, message, place)
     ORDER BY place)sql"};

// Deleted before the organizer's object is looked at: what is put in its place meanwhile waits for
// this transaction, and tells of what it has not seen.
const Statement take_deliveries_sql{"take_deliveries", R"sql(
    DELETE FROM delivery
     USING (SELECT hop.place, found.row
              FROM unnest($1::bigint[], $2::bigint[], $3::text[])
                   WITH ORDINALITY AS hop (home_id, to_home, uid, place)
                   CROSS JOIN LATERAL (
                       SELECT d.ctid AS row FROM delivery d
                        WHERE d.home_id = hop.home_id AND d.to_home = hop.to_home
                          AND left(d.uid, 600) = left(hop.uid, 600)
                          FOR UPDATE) AS found) AS waiting
     WHERE delivery.ctid = waiting.row
    RETURNING waiting.place, delivery_id, method, sender, recipient, message)sql",
                                    Format::binary};

Placed placed_of(const Result& rows, int row) {
    return {{rows.number(row, collection_column)}, object_of(view_of(rows, row))};
}

bool is_change(Wrote wrote) { return is_stored(wrote) || wrote == Wrote::deleted; }

/// The object as it is when `put` has been written.
Placed placed_by(const PutObject& put) {
    Object object;
    object.name = put.name;
    object.uid = put.uid;
    object.component = put.component;
    object.etag = put.etag;
    object.data = put.data;
    object.size = static_cast<std::int64_t>(put.data.size());
    object.schedule_tag = put.schedule_tag.value_or("");
    return {put.collection, std::move(object)};
}

/// What new objects come with: rows of the table property.
struct PropertyRows {
    bool some = false;
    ArrayText homes, collections, objects, spaces, locals, xmls, texts;

    void add(const PutObject& put, const WriteOutcome& outcome) {
        if (outcome.wrote != Wrote::created) return;
        for (const auto& property : put.properties) {
            some = true;
            homes.add(put.home.value);
            collections.add(put.collection.value);
            objects.add(outcome.id.value().value);
            spaces.add(std::string_view{property.ns});
            locals.add(std::string_view{property.local});
            xmls.add(std::string_view{property.xml});
            texts.add(std::string_view{property.text});
        }
    }

    void write(Connection& connection) {
        if (some)
            connection.run(add_properties_sql, homes, collections, objects, spaces, locals, xmls,
                           texts);
    }
};

using Key = std::pair<PrincipalId, std::string>;  // a home and a UID

}  // namespace

/// What the transaction has read ahead, what it is still to write, and what it has done.
struct HomeTransaction::State {
    static constexpr std::size_t most_held = 4UL
                                             << 20U;  // bytes of messages before they are written

    Connection& connection;
    const std::string& node;
    bool defers = false;  // what is put waits for the end, too

    std::map<Key, std::optional<Placed>> known = {};  // read ahead, and as put since
    std::map<Hop, std::vector<Delivery>> taken = {};

    std::vector<PutObject> created = {};  // inbox items, and meetings that nobody here had yet
    std::vector<PutObject> puts = {};
    std::vector<Delivery> deliveries = {};  // those without a method are looks at an object
    std::size_t message_bytes = 0;          // in deliveries and mails
    std::vector<std::pair<PrincipalId, OutgoingMail>> mails = {};

    std::vector<ContentChange> changes = {};
    std::set<PrincipalId> whole_homes = {};
    Audience audience = {};

    void changed(const ContentChange& change) {
        std::erase_if(changes,
                      [&](const auto& each) { return each.collection == change.collection; });
        changes.push_back(change);
    }

    /// Before a statement that may read what was put, and before the commit.
    void put_all() {
        if (created.empty() && puts.empty()) return;
        lock_collections();
        if (!created.empty()) {
            const auto done = insert_many(connection, node, created);
            if (!done) throw Undone("an object that was taken to be new is not");
            note(created, *done);
        }
        if (!puts.empty()) {
            std::vector<const PutObject*> objects;
            objects.reserve(puts.size());
            for (const auto& put : puts) objects.push_back(&put);
            note(puts, put_many(connection, node, objects));
        }
        created.clear();
        puts.clear();
    }

    /// By id, so that all nodes lock collections in the same order.
    void lock_collections() {
        std::set<std::pair<CollectionId, PrincipalId>> wanted;
        for (const auto* list : {&created, &puts})
            for (const auto& put : *list) wanted.emplace(put.collection, put.home);
        ArrayText homes;
        ArrayText collections;
        for (const auto& [collection, home] : wanted) {
            homes.add(home.value);
            collections.add(collection.value);
        }
        connection.run(lock_collections_sql, homes, collections);
    }

    void note(std::span<const PutObject> objects, std::span<const Put> done) {
        PropertyRows properties;
        for (std::size_t i = 0; i < done.size(); ++i) {
            const auto& [outcome, change] = done[i];
            if (!is_stored(outcome.wrote) && outcome.wrote != Wrote::unchanged)
                throw Undone("an object could not be stored with others");
            if (is_change(outcome.wrote)) changed(change);
            properties.add(objects[i], outcome);
        }
        properties.write(connection);
    }

    void send_deliveries() {
        ArrayText homes, others, methods, uids, senders, recipients;
        ArrayBytes messages;
        bool some = false;
        for (const auto& each : deliveries) {
            if (each.method.empty()) continue;
            some = true;
            homes.add(each.from.value);
            others.add(each.to.value);
            methods.add(std::string_view{each.method});
            uids.add(std::string_view{each.uid});
            senders.add(std::string_view{each.sender});
            recipients.add(std::string_view{each.recipient});
            messages.add(each.message);
        }
        if (some)
            connection.run(insert_deliveries_sql, homes, others, methods, uids, senders, recipients,
                           messages);
    }

    void send_refreshes() {
        ArrayText homes, others, uids, senders, recipients;
        bool some = false;
        for (const auto& each : deliveries) {
            if (!each.method.empty()) continue;
            some = true;
            homes.add(each.from.value);
            others.add(each.to.value);
            uids.add(std::string_view{each.uid});
            senders.add(std::string_view{each.sender});
            recipients.add(std::string_view{each.recipient});
        }
        if (some) connection.run(insert_refreshes_sql, homes, others, uids, senders, recipients);
    }

    void send_mails() {
        if (mails.empty()) return;
        ArrayText homes, methods, uids, senders, recipients, reasons, forced;
        ArrayBytes messages;
        for (const auto& [home, mail] : mails) {
            homes.add(home.value);
            methods.add(std::string_view{mail.method});
            uids.add(std::string_view{mail.uid});
            senders.add(std::string_view{mail.sender});
            recipients.add(std::string_view{mail.recipient});
            reasons.add(std::string_view{mail.reason});
            forced.add(mail.forced);
            messages.add(mail.message);
        }
        connection.run(insert_mails_sql, homes, methods, uids, senders, recipients, reasons, forced,
                       messages);
        mails.clear();
    }

    /// Thousands of people may be sent megabytes each: not all of it is held at once.
    void hold(std::size_t bytes) {
        message_bytes += bytes;
        if (message_bytes >= most_held) send_messages();
    }

    void send_messages() {
        send_deliveries();
        std::erase_if(deliveries, [](const Delivery& each) { return !each.method.empty(); });
        send_mails();
        message_bytes = 0;
    }

    void finish() {
        put_all();
        send_messages();
        send_refreshes();
        deliveries.clear();
    }

    void take(std::span<const Hop> hops) {
        ArrayText from, to, uids;
        for (const auto& hop : hops) {
            taken[hop];
            from.add(hop.from.value);
            to.add(hop.to.value);
            uids.add(std::string_view{hop.uid});
        }
        const auto rows = connection.run(take_deliveries_sql, from, to, uids);
        for (int row = 0; row < rows.rows(); ++row) {
            const auto& hop = hops[static_cast<std::size_t>(rows.number(row, 0) - 1)];
            taken[hop].push_back({.id = rows.number(row, 1),
                                  .from = hop.from,
                                  .to = hop.to,
                                  .method = rows.string(row, 2),
                                  .uid = hop.uid,
                                  .sender = rows.string(row, 3),
                                  .recipient = rows.string(row, 4),
                                  .message = rows.string(row, 5)});
        }
        // A look at the organizer's object comes last: it tells what is true after all messages.
        for (auto& [hop, waiting] : taken)
            std::ranges::sort(waiting, {}, [](const Delivery& each) {
                return std::pair{each.method.empty(), each.id};
            });
    }

    void read_ahead(const std::set<Key>& wanted) {
        ArrayText homes, uids;
        std::vector<const Key*> places;
        places.reserve(wanted.size());
        for (const auto& key : wanted) {
            known[key];
            places.push_back(&key);
            homes.add(key.first.value);
            uids.add(std::string_view{key.second});
        }
        if (places.empty()) return;
        const auto rows = connection.run(scheduled_uids_sql, homes, uids);
        for (int row = 0; row < rows.rows(); ++row)
            known[*places[static_cast<std::size_t>(rows.number(row, place_column) - 1)]] =
                placed_of(rows, row);
    }
};

std::optional<Placed> HomeTransaction::find_uid(std::string_view uid) {
    if (!is_storable(uid)) return std::nullopt;
    if (const auto found = state_.known.find({home_, std::string(uid)});
        found != state_.known.end())
        return found->second;
    state_.put_all();
    const auto rows = state_.connection.run(scheduled_uid_sql, home_, uid);
    if (rows.empty()) return std::nullopt;
    return placed_of(rows, 0);
}

std::optional<Object> HomeTransaction::find(CollectionId in, std::string_view name) {
    if (!is_storable(name)) return std::nullopt;
    state_.put_all();
    const auto rows = state_.connection.run(scheduled_name_sql, home_, in, name);
    if (rows.empty()) return std::nullopt;
    return object_of(view_of(rows, 0));
}

WriteOutcome HomeTransaction::put(PutObject object) {
    object.home = home_;
    if (object.acl_seq == 0) object.acl_seq = PutObject::any_acl_seq;
    const auto found = state_.known.find({home_, object.uid});
    const bool is_new =
        object.uid.empty() || (found != state_.known.end() && !found->second.has_value());
    if (found != state_.known.end() && object.schedule_tag) found->second = placed_by(object);
    WriteOutcome outcome{.wrote = Wrote::created, .etag = object.etag};
    outcome.schedule_tag = object.schedule_tag.value_or("");
    if (state_.defers) {
        (is_new ? state_.created : state_.puts).push_back(std::move(object));
        return outcome;
    }
    ContentChange change;
    const auto tag = std::move(outcome.schedule_tag);
    outcome = put_one(state_.connection, state_.node, object, change, state_.audience);
    if (is_change(outcome.wrote)) state_.changed(change);
    PropertyRows properties;
    properties.add(object, outcome);
    properties.write(state_.connection);
    outcome.schedule_tag = tag;
    return outcome;
}

WriteOutcome HomeTransaction::erase(DeleteObject object) {
    state_.put_all();
    std::erase_if(state_.known, [&](const auto& each) { return each.first.first == home_; });
    object.home = home_;
    object.scheduling = true;
    if (object.acl_seq == 0) object.acl_seq = PutObject::any_acl_seq;
    auto erased = erase_one(state_.connection, state_.node, object);
    if (is_change(erased.outcome.wrote)) state_.changed(erased.change);
    if (erased.whole_home) state_.whole_homes.insert(home_);
    return std::move(erased.outcome);
}

void HomeTransaction::set_groups(std::string_view uid, const std::vector<PrincipalId>& groups) {
    ArrayText ids;
    for (const auto group : groups) ids.add(group.value);
    state_.connection.run(set_invited_groups_sql, home_, uid, ids);
}

void HomeTransaction::send(Delivery delivery) {
    delivery.from = home_;
    const auto bytes = delivery.message.size();
    state_.deliveries.push_back(std::move(delivery));
    state_.hold(bytes);
}

void HomeTransaction::refresh(std::string_view uid, std::string_view sender,
                              const std::vector<std::pair<PrincipalId, std::string>>& recipients) {
    for (const auto& [to, address] : recipients)
        state_.deliveries.push_back({.from = home_,
                                     .to = to,
                                     .method = {},
                                     .uid = std::string(uid),
                                     .sender = std::string(sender),
                                     .recipient = address,
                                     .message = {}});
}

void HomeTransaction::send(OutgoingMail mail) {
    const auto bytes = mail.message.size();
    state_.mails.emplace_back(home_, std::move(mail));
    state_.hold(bytes);
}

void HomeTransaction::hold_mail(std::string_view uid, const std::optional<Object>& known,
                                const HoldTimes& times) {
    const MailHold hold{.home = home_,
                        .uid = std::string(uid),
                        .since = times.now,
                        .due = times.now + times.quiet,
                        .known = known ? std::optional<std::string>(known->data) : std::nullopt};
    store::hold_mail(state_.connection, hold, times.at_most);
}

std::optional<MailHold> HomeTransaction::take_hold(std::string_view uid, std::int64_t time) {
    return store::take_hold(state_.connection, home_, uid, time);
}

void HomeTransaction::begin_thread(std::string_view uid, std::string_view recipient,
                                   std::string_view message_id, std::int64_t time) {
    store::begin_thread(state_.connection, home_, uid, recipient, message_id, time);
}

bool HomeTransaction::told(std::int64_t mail, std::string_view address) {
    return end_mail(state_.connection, home_, mail, address);
}

std::vector<std::string> HomeTransaction::waiting_recipients(std::string_view uid) {
    return store::waiting_recipients(state_.connection, home_, uid);
}

bool HomeTransaction::drop_mail(std::int64_t mail, std::int64_t now) {
    return store::drop_mail(state_.connection, home_, mail, now);
}

void HomeTransaction::log(const MailLogEntry& entry) { write_mail_log(state_.connection, entry); }

void HomeTransaction::busy_candidates(std::span<const CollectionId> of, std::int64_t from,
                                      std::int64_t to, const ObjectSink& sink) {
    state_.put_all();
    ArrayText locked;
    ArrayText wanted;
    for (const auto id : of) {
        locked.add(id.value);
        wanted.add(id.value);
    }
    state_.connection.run(lock_calendars_sql, home_, locked);
    give(state_.connection.run(busy_candidates_sql, home_, wanted, from, to), sink);
}

std::vector<Delivery> HomeTransaction::take(PrincipalId from, std::string_view uid) {
    const Hop hop{from, home_, std::string(uid)};
    if (!state_.taken.contains(hop)) {
        if (state_.defers) return {};  // twice in one batch: all that waited has been taken
        state_.take({&hop, 1});
    }
    return std::move(state_.taken.extract(hop).mapped());
}

std::optional<Object> HomeTransaction::peek(PrincipalId other, std::string_view uid) {
    if (const auto found = state_.known.find({other, std::string(uid)});
        found != state_.known.end())
        return found->second ? std::optional{found->second->object} : std::nullopt;
    state_.put_all();
    const auto rows = state_.connection.run(scheduled_uid_sql, other, uid);
    if (rows.empty()) return std::nullopt;
    return object_of(view_of(rows, 0));
}

std::vector<PrincipalId> HomeTransaction::having(std::span<const PrincipalId> homes,
                                                 std::string_view uid) {
    state_.put_all();
    ArrayText asked;
    for (const auto home : homes) asked.add(home.value);
    const auto rows = state_.connection.run(homes_having_uid_sql, asked, uid);
    std::vector<PrincipalId> found;
    found.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row) found.push_back({rows.number(row, 0)});
    return found;
}

std::optional<Placed> find_scheduled(Database& db, PrincipalId home, std::string_view uid) {
    if (!is_storable(uid)) return std::nullopt;
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(scheduled_uid_sql, home, uid);
    });
    if (rows.empty()) return std::nullopt;
    return placed_of(rows, 0);
}

std::vector<Placed> find_scheduled(Database& db, std::span<const Hop> hops) {
    std::set<Key> wanted;
    for (const auto& hop : hops) wanted.emplace(hop.to, hop.uid);
    if (wanted.empty()) return {};
    ArrayText homes;
    ArrayText uids;
    for (const auto& [home, uid] : wanted) {
        homes.add(home.value);
        uids.add(std::string_view{uid});
    }
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(scheduled_uids_sql, homes, uids);
    });
    std::vector<Placed> found;
    found.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row) found.push_back(placed_of(rows, row));
    return found;
}

namespace {

/// What caches learn after the commit.
void announce(Database::Inner& inner, const HomeTransaction::State& done) {
    for (const auto& change : done.changes) inner.committed(change);
    for (const auto home : done.whole_homes) inner.committed_home(home);
    forget(inner, done.audience);
}

/// The hops whose homes nobody else has; they are locked.
std::vector<std::size_t> lock_free(Connection& connection, std::span<const Hop> hops) {
    ArrayText wanted;
    for (const auto& hop : hops) wanted.add(hop.to.value);
    const auto rows = connection.run(lock_free_homes_sql, wanted);
    std::set<PrincipalId> locked;
    for (int row = 0; row < rows.rows(); ++row) locked.insert({rows.number(row, 0)});
    std::vector<std::size_t> free;
    for (std::size_t i = 0; i < hops.size(); ++i)
        if (locked.contains(hops[i].to)) free.push_back(i);
    return free;
}

/// The object that each is about; where others' answers are to be looked at, also the organizer's.
std::set<Key> objects_for(const std::map<Hop, std::vector<Delivery>>& taken) {
    std::set<Key> wanted;
    for (const auto& [hop, waiting] : taken) {
        if (waiting.empty()) continue;
        wanted.emplace(hop.to, hop.uid);
        if (waiting.back().method.empty()) wanted.emplace(hop.from, hop.uid);
    }
    return wanted;
}

}  // namespace

bool in_home(Database& db, PrincipalId home, const std::function<bool(HomeTransaction&)>& work) {
    auto& inner = db.inner();
    std::optional<HomeTransaction::State> state;
    const bool committed = writing(inner, home, [&](Connection& connection) {
        state.emplace(HomeTransaction::State{connection, inner.node});
        Transaction transaction{connection};
        if (connection.run(lock_home_for_scheduling_sql, home).empty()) return false;
        HomeTransaction open{*state, home};
        if (!work(open)) return false;
        state->finish();
        transaction.commit();
        return true;
    });
    if (committed) announce(inner, *state);
    return committed;
}

std::vector<bool> in_homes(Database& db, std::span<const Hop> hops,
                           const std::function<void(std::deque<OpenHop>&)>& work) {
    auto& inner = db.inner();
    std::vector<bool> done(hops.size());
    if (hops.empty()) return done;
    std::optional<HomeTransaction::State> state;
    std::vector<PrincipalId> homes;
    homes.reserve(hops.size());
    for (const auto& hop : hops) homes.push_back(hop.to);
    writing_all(inner, homes, [&](Connection& connection) {
        state.emplace(HomeTransaction::State{connection, inner.node, true});
        Transaction transaction{connection};
        std::vector<Hop> open;
        std::deque<OpenHop> transactions;
        done.assign(hops.size(), false);
        for (const auto i : lock_free(connection, hops)) {
            open.push_back(hops[i]);
            transactions.emplace_back(i, *state, hops[i].to);
            done[i] = true;
        }
        if (open.empty()) return;
        std::ranges::sort(open);  // rows are locked in the order in which others write them
        state->take(open);
        state->read_ahead(objects_for(state->taken));
        work(transactions);
        state->finish();
        transaction.commit();
    });
    if (state) announce(inner, *state);
    return done;
}

}  // namespace kalends::store
