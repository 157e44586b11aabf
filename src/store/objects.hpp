#pragma once
// Objects: single calendar object resources and cards. Each function is one transaction.

#include "store/database.hpp"

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::store {

class Members;

/// The longest name of an object or collection, in bytes: a key of an index may not be longer.
inline constexpr std::size_t max_name_bytes = 1000;

/// What the headers If-Match and If-None-Match ask of the stored object; checked after the lock.
/// RFC 9110 13.1.
struct Preconditions {
    bool must_exist = false;      ///< If-Match: *
    bool must_not_exist = false;  ///< If-None-Match: *
    std::vector<std::string>
        if_match;  ///< strong etags without quotes: the current one must be among them
    std::vector<std::string> if_none_match;  ///< … must not be among them
};

/// The bounds that the time indexes know of, in seconds of UTC. DESIGN section 4.
struct TimeBounds {
    static constexpr std::int64_t infinite = std::numeric_limits<std::int64_t>::max();
    std::int64_t first_start = 0;
    std::int64_t last_end = infinite;
    bool recurring = false;
};

/// Where the bytes of a large file are: files.hpp.
struct StoredContent {
    std::int64_t id = 0;
    std::int64_t size = 0;
};

struct PutObject {
    static constexpr std::int64_t any_acl_seq = -1;  ///< no access decision stands behind it
    PrincipalId home;
    CollectionId collection;
    std::int64_t acl_seq =
        0;  ///< on which the access decision stands: if it moved, the outcome is `stale`
    std::string name;
    std::string uid;
    std::string component;           ///< "VEVENT", "VTODO", "VJOURNAL", "VCARD", "FILE"
    std::string data;                ///< the client's bytes, whatever they are
    std::string etag;                ///< without quotes
    std::optional<TimeBounds> time;  ///< of calendar objects; nothing: always a candidate
    std::string digest;              ///< ical's serialised time digest; empty if there is none
    std::string search;              ///< vcard's folded search text; empty if there is none
    std::string media_type = {};     ///< of a file, as sent
    std::optional<StoredContent> content =
        std::nullopt;  ///< of a large file, whose `data` is empty
    Preconditions preconditions;
    std::int64_t quota = 0;  ///< bytes that the home may hold after it; 0: no limit
    std::optional<CollectionId> in_place_of =
        std::nullopt;  ///< a collection of that name, which goes with all that is in it
    /// RFC 6638 3.2.10. Nothing: no scheduling object, and `scheduled` is the outcome where one is
    /// replaced; empty: no scheduling object any more.
    std::optional<std::string> schedule_tag = std::nullopt;
    /// A new object comes with them. Of HomeTransaction::put() alone: others have no transaction in
    /// which to write them.
    std::vector<StoredProperty> properties = {};
};

enum class Wrote {
    created,
    replaced,
    unchanged,  ///< the same bytes under the same name were there: nothing was written
    deleted,
    precondition_failed,  ///< 412
    no_room,              ///< the home would hold more than its quota, and more than before
    is_collection,        ///< a collection has the name
    uid_conflict,         ///< another object of this collection has the UID: `conflicting_name`
    uid_changed,          ///< the object has another UID, which may not change (RFC 4791 5.3.2.1)
    not_found,            ///< no such object (delete)
    no_collection,        ///< it went away meanwhile
    scheduled,            ///< it is a scheduling object: scheduling.hpp writes these
    access_unsaid,        ///< it says for whom it is (ical/privacy.hpp), and what was sent doesn't
    locked,               ///< another transaction has the collection; put() waits and tells no one
    stale,                ///< access control changed meanwhile: decide again
};

struct WriteOutcome {
    Wrote wrote = Wrote::stale;
    std::int64_t modseq = 0;  ///< of the collection, after the write
    std::string etag;         ///< of the object as it is now stored; empty if there is none
    std::string conflicting_name;
    std::optional<ObjectId> id = std::nullopt;  ///< of the object that a put has found or made
    std::string schedule_tag = {};              ///< of a scheduling object as it is now stored
    bool as_sent = true;  ///< false: what was sent was changed before it was stored
};

/// Stores one object, durably before it returns. Writes that wait share a transaction. Throws
/// std::invalid_argument for text that is not UTF-8 or has a NUL, and for a name that is empty or
/// longer than max_name_bytes (the caller's mistake), Unavailable, OutcomeUnknown.
WriteOutcome put(Database& db, const PutObject& object);

struct DeleteObject {
    PrincipalId home;
    CollectionId collection;
    std::int64_t acl_seq = 0;
    std::string name;
    Preconditions preconditions;
    bool scheduling = false;  ///< else `scheduled` is the outcome for a scheduling object
};
WriteOutcome erase(Database& db, const DeleteObject& object);

/// One row; the views live as long as the callback runs.
struct ObjectView {
    std::string_view name;
    std::string_view uid;
    std::string_view component;
    std::string_view etag;
    std::string_view data;    ///< empty where it was not asked for
    std::string_view digest;  ///< of a calendar object, likewise
    std::int64_t id = 0;
    std::int64_t size = 0;
    std::int64_t modseq = 0;
    std::int64_t created = 0;  ///< seconds since 1970
    std::int64_t modified = 0;
    bool has_properties = false;  ///< clients have set some on it: object_properties()
    std::string_view media_type;  ///< of a file, as it was sent
    std::int64_t content_id = 0;  ///< of a large file: where its bytes are (files.hpp); else 0
    std::string_view schedule_tag = {};  ///< RFC 6638 3.2.10; empty: no scheduling object
};
using ObjectSink = std::function<void(const ObjectView&)>;

struct Object {
    ObjectId id;
    std::string name, uid, component, etag, data;
    std::int64_t size = 0, modseq = 0, created = 0, modified = 0;
    bool has_properties = false;
    std::string media_type;
    std::int64_t content_id = 0;
    std::string schedule_tag = {};
    std::string digest = {};  ///< of a calendar object
};

/// Nothing if there is none of that name.
std::optional<Object> find_object(Database& db, PrincipalId home, CollectionId in,
                                  std::string_view name);

/// What memory alone can tell of an object: never blocks on the database.
struct ObjectInMemory {
    bool known = false;            ///< false: ask find_object()
    std::optional<Object> object;  ///< without data; nothing if there is none of that name
    std::shared_ptr<const std::string> data;  ///< nullptr if the bytes are not in memory
};
ObjectInMemory find_object_in_memory(Database& db, PrincipalId home, CollectionId in,
                                     std::string_view name);

/// The objects of these names, in no particular order; missing ones are left out. With data.
void find_objects(Database& db, PrincipalId home, CollectionId in,
                  std::span<const std::string> names, const ObjectSink& sink);

/// The bytes of an object whose row came without them; empty if it is gone. May be called while
/// rows are being given.
std::string find_data(Database& db, PrincipalId home, CollectionId in, const ObjectView& row);

/// Up to `limit` objects with a name above `after`, by name: pages of a listing. Returns how many
/// there were. `with_data`: with their bytes.
std::size_t list_objects(Database& db, PrincipalId home, CollectionId in, std::string_view after,
                         std::size_t limit, bool with_data, const ObjectSink& sink);

/// Which rows a query may need: may give too many, never too few. Unset members do not narrow.
struct Candidates {
    std::string component;                    ///< "VEVENT"; empty: any
    std::optional<std::string> uid_contains;  ///< A-Z like a-z
    std::optional<std::pair<std::int64_t, std::int64_t>>
        overlapping;  ///< [from, to) in seconds, already widened
    std::vector<std::string>
        search_contains;  ///< folded substrings that all must stand in the search text
    bool with_data = true;
    bool with_digest = false;
};

/// Up to `limit` candidates with an id above `after`, by id. Returns the last id; 0 if that was the
/// end.
std::int64_t find_candidates(Database& db, PrincipalId home, CollectionId in,
                             const Candidates& wanted, std::int64_t after, std::size_t limit,
                             const ObjectSink& sink);

/// The candidates of a query, without data but with digest, a part at a time: from memory where the
/// collection is kept there, else from the database. An object that stays is given once, whatever
/// is written meanwhile. May be copied; copies go on from where the original was.
class ObjectScan {
public:
    ObjectScan(Database& db, PrincipalId home, CollectionId in, Candidates wanted);

    /// Up to about `limit` rows; false when those were the last.
    bool next(std::size_t limit, const ObjectSink& sink);

    /// The collection's modseq when the scan began: all that was committed up to it is in what is
    /// given. Nothing where the rows come from the database, in several statements.
    [[nodiscard]] std::optional<std::int64_t> modseq() const { return modseq_; }

private:
    Database* db_;
    PrincipalId home_;
    CollectionId in_;
    Candidates wanted_;
    std::vector<unsigned> trigrams_;  // of what must stand in the search text
    std::shared_ptr<Members> members_;
    std::optional<std::int64_t> modseq_;
    std::size_t place_ = 0;
    std::int64_t after_ = 0;
};

/// The name under which a UID is stored in this collection; nothing if it is not.
std::optional<std::string> name_of_uid(Database& db, PrincipalId home, CollectionId in,
                                       std::string_view uid);

/// Properties that clients set on an object; the collection's are in store::Collection.
std::vector<StoredProperty> object_properties(Database& db, PrincipalId home, ObjectId object);

}  // namespace kalends::store
