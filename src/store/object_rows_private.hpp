#pragma once
// Rows of objects: fifteen columns in the order of ObjectView, empty where one was not asked for.

#include "store/groups_private.hpp"

namespace kalends::store {

ObjectView view_of(const Result& rows, int row);
Object object_of(const ObjectView& view);
void give(const Result& rows, const ObjectSink& sink);

/// Whether there is something to commit.
constexpr bool is_stored(Wrote wrote) {
    return wrote == Wrote::created || wrote == Wrote::replaced;
}

/// put() and erase() as a part of a larger transaction of the home.
WriteOutcome put_one(Connection& connection, const std::string& node, const PutObject& object,
                     ContentChange& change, Audience& audience);

/// What became of one, and of its collection.
struct Put {
    WriteOutcome outcome;
    ContentChange change;
};

/// Several in one statement, those of one collection in order. Where they are in several
/// collections, one that somebody else has is not waited for: `locked`.
std::vector<Put> put_many(Connection& connection, const std::string& node,
                          const std::vector<const PutObject*>& objects);

/// Calendar objects that are new, in collections that the transaction has locked, in one statement
/// that costs a fraction of put_many(). Nothing: not all were; then the transaction has to be
/// undone.
std::optional<std::vector<Put>> insert_many(Connection& connection, const std::string& node,
                                            std::span<const PutObject> objects);

struct Erased {
    WriteOutcome outcome;
    ContentChange change;
    bool whole_home = false;  ///< access control or locks went with it: caches read the home again
};
Erased erase_one(Connection& connection, const std::string& node, const DeleteObject& object);

/// put() in a transaction of its own, which begins with `prepare(connection, object)`.
template <class Prepare> WriteOutcome put_alone(Database& db, PutObject object, Prepare&& prepare) {
    auto& inner = db.inner();
    ContentChange change;
    Audience audience;
    auto outcome = writing(inner, object.home, [&](Connection& connection) {
        audience = {};
        Transaction transaction{connection};
        prepare(connection, object);
        auto result = put_one(connection, inner.node, object, change, audience);
        if (is_stored(result.wrote)) transaction.commit();
        return result;
    });
    if (!is_stored(outcome.wrote)) return outcome;
    inner.committed(change);
    if (object.in_place_of) inner.committed_home(object.home);
    forget(inner, audience);
    return outcome;
}

/// Entity tags separated by line feeds, for conditions_met(); what could not be one of ours is left
/// out. Nothing for an empty list.
std::optional<std::string> tag_list(const std::vector<std::string>& tags);

}  // namespace kalends::store
