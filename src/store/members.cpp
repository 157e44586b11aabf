#include "store/database_private.hpp"
#include "store/members_private.hpp"

namespace kalends::store {
namespace {

// One statement is one snapshot. $3: the modseq that is known; of a new one, 0, deletions are not
// asked for. Without changes there is one row, with nulls.
const Statement members_since_sql{"members_since", R"sql(
    SELECT c.modseq, c.sync_floor <= $3 OR $3 = 0,
           x.name, x.uid, x.component, x.etag, x.digest, x.search, x.object_id, x.size, x.modseq, x.created,
           x.modified, x.has_properties, x.media_type, x.content_id, x.first_start, x.last_end, x.recurring,
           x.schedule_tag
      FROM collection c
      LEFT JOIN LATERAL (
            SELECT o.name, o.uid, o.component, o.etag, o.digest, o.search, o.object_id, o.size, o.modseq, o.created,
                   o.modified, o.has_properties, o.media_type, o.content_id, o.first_start, o.last_end, o.recurring,
                   o.schedule_tag
              FROM object o WHERE o.home_id = $1 AND o.collection_id = $2 AND o.modseq > $3
             UNION ALL
            SELECT t.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, t.modseq, NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL
              FROM tombstone t WHERE t.home_id = $1 AND t.collection_id = $2 AND t.modseq > $3 AND $3 > 0
               AND NOT t.was_collection
           ) AS x ON true
     WHERE c.home_id = $1 AND c.collection_id = $2)sql"};

// Columns of that statement.
enum Column {
    modseq_now,
    still_valid,
    name,
    uid,
    component,
    etag,
    digest,
    search,
    id,
    size,
    modseq,
    created,
    modified,
    has_properties,
    media_type,
    content_id,
    first_start,
    last_end,
    recurring,
    schedule_tag
};

constexpr std::size_t entry_bytes = 1024;    // of a collection in the cache, without its members
constexpr std::size_t typical_member = 500;  // bytes, to judge a collection before it is read

Member member_of(const Result& rows, int row) {
    Member member;
    member.name = rows.string(row, name);
    member.uid = rows.string(row, uid);
    member.component = rows.string(row, component);
    member.etag = rows.string(row, etag);
    member.digest = rows.string(row, digest);
    member.search = rows.string(row, search);
    member.id = rows.number(row, id);
    member.size = rows.number(row, size);
    member.modseq = rows.number(row, modseq);
    member.created = rows.number(row, created);
    member.modified = rows.number(row, modified);
    if (!member.search.empty()) member.trigrams = std::make_shared<const Trigrams>(member.search);
    member.has_properties = rows.boolean(row, has_properties);
    member.media_type = rows.string(row, media_type);
    member.content_id = rows.number(row, content_id);
    member.schedule_tag = rows.string(row, schedule_tag);
    if (!rows.is_null(row, first_start))
        member.time = TimeBounds{rows.number(row, first_start), rows.number(row, last_end),
                                 rows.boolean(row, recurring)};
    return member;
}

}  // namespace

ObjectView Member::view() const {
    return {.name = name,
            .uid = uid,
            .component = component,
            .etag = etag,
            .data = {},
            .digest = digest,
            .id = id,
            .size = size,
            .modseq = modseq,
            .created = created,
            .modified = modified,
            .has_properties = has_properties,
            .media_type = media_type,
            .content_id = content_id,
            .schedule_tag = schedule_tag};
}

std::size_t Member::bytes() const {
    constexpr std::size_t tables = 64;  // its share of by_name_
    return sizeof(Member) + tables + name.capacity() + uid.capacity() + etag.capacity() +
           digest.capacity() + search.capacity() + media_type.capacity() + schedule_tag.capacity() +
           (trigrams ? sizeof(Trigrams) : 0);
}

std::optional<Member> Members::find(std::string_view wanted) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_name_.find(wanted);
    if (found == by_name_.end()) return std::nullopt;
    return *found->second;
}

bool Members::visit(std::size_t& at, std::size_t limit,
                    const std::function<void(const Member&)>& sink) const {
    const std::shared_lock lock(mutex_);
    for (; limit > 0 && at < places_.size(); --limit, ++at)
        if (!places_[at].gone) sink(places_[at]);
    return at < places_.size();
}

void Members::catch_up(Database::Inner& inner, PrincipalId home, CollectionId in,
                       std::int64_t wanted) {
    const std::lock_guard one_at_a_time(catching_up_);
    if (modseq() >= wanted) return;
    const auto read = [&] {
        return reading(inner, [&](Connection& connection) {
            return connection.run(members_since_sql, home, in, modseq());
        });
    };
    auto rows = read();
    if (rows.empty() ||
        !rows.boolean(0, still_valid)) {  // deleted, or its deletions are not known any more
        {
            const std::unique_lock lock(mutex_);
            clear();
        }
        if (rows.empty()) return;
        rows = read();
    }
    const std::unique_lock lock(mutex_);
    apply(rows);
}

void Members::apply(const Result& rows) {
    if (rows.empty()) return;
    for (int row = 0; row < rows.rows(); ++row) {
        if (rows.is_null(row, name)) continue;
        if (rows.is_null(row, id))
            erase(rows.text(row, name));
        else
            put(member_of(rows, row));
    }
    modseq_.store(rows.number(0, modseq_now), std::memory_order_release);
}

void Members::put(Member member) {
    if (const auto known = by_name_.find(member.name); known != by_name_.end()) {
        Member& place = *known->second;
        bytes_ += member.bytes() - place.bytes();
        by_name_.erase(known);
        place = std::move(member);
        by_name_.emplace(place.name, &place);
        return;
    }
    Member* place = nullptr;
    if (free_.empty()) {
        place = &places_.emplace_back();
    } else {
        place = free_.back();
        free_.pop_back();
    }
    *place = std::move(member);
    bytes_ += place->bytes();
    by_name_.emplace(place->name, place);
}

void Members::erase(std::string_view wanted) {
    const auto known = by_name_.find(wanted);
    if (known == by_name_.end()) return;
    Member* const place = known->second;
    bytes_ -= place->bytes();
    by_name_.erase(known);
    *place = {};
    place->gone = true;
    free_.push_back(place);
}

void Members::clear() {
    by_name_.clear();
    free_.clear();
    for (auto& place : places_) {  // places stay, for those who are reading them in parts
        place = {};
        place.gone = true;
        free_.push_back(&place);
    }
    bytes_ = 0;
    modseq_ = 0;
}

MembersPtr MembersCache::find(CollectionId id) {
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->members;
}

MembersPtr MembersCache::find_or_make(CollectionId id) {
    const std::lock_guard lock(mutex_);
    if (const auto found = by_id_.find(id); found != by_id_.end()) {
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->members;
    }
    entries_.push_front({id, std::make_shared<Members>(), 0});
    by_id_.emplace(id, entries_.begin());
    return entries_.front().members;
}

/// Takes the entry's size anew, and drops what was used longest ago where all are too much.
void MembersCache::account(CollectionId id) {
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return;
    auto& entry = *found->second;
    bytes_ -= entry.bytes;
    entry.bytes = entry_bytes + entry.members->bytes();
    bytes_ += entry.bytes;
    while (bytes_ > max_bytes_ && entries_.size() > 1) {
        bytes_ -= entries_.back().bytes;
        by_id_.erase(entries_.back().id);
        entries_.pop_back();
    }
}

MembersPtr MembersCache::current(const Collection& row) {
    auto members = find(row.id);
    if (!members || members->modseq() < row.modseq) return nullptr;  // get() is asked next
    hits.fetch_add(1, std::memory_order_relaxed);
    return members;
}

MembersPtr MembersCache::get(Database::Inner& inner, const Collection& row, bool make) {
    if (auto members = current(row)) return members;
    misses.fetch_add(1, std::memory_order_relaxed);
    if (max_bytes_ == 0) return nullptr;
    const auto expected = static_cast<std::size_t>(row.object_count) * typical_member;
    if (expected > max_bytes_ / 2) return nullptr;
    auto members = make ? find_or_make(row.id) : find(row.id);
    if (!members) return nullptr;
    members->catch_up(inner, row.home, row.id, row.modseq);
    if (members->modseq() < row.modseq) return nullptr;  // deleted meanwhile
    account(row.id);
    return members;
}

void MembersCache::follow(std::uint64_t clears) {
    if (clears_.load(std::memory_order_relaxed) == clears) return;
    const std::lock_guard lock(mutex_);
    clears_ = clears;
    by_id_.clear();
    entries_.clear();
    bytes_ = 0;
}

}  // namespace kalends::store
