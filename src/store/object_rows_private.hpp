#pragma once
// Rows of objects: fourteen columns in the order of ObjectView, empty where one was not asked for.

#include "store/database_private.hpp"

namespace kalends::store {

ObjectView view_of(const Result& rows, int row);
void give(const Result& rows, const ObjectSink& sink);

/// put() and erase() as a part of a larger transaction of the home.
WriteOutcome put_one(Connection& connection, const std::string& node, const PutObject& object,
                     ContentChange& change);

struct Erased {
    WriteOutcome outcome;
    ContentChange change;
    bool whole_home = false;  ///< access control or locks went with it: caches read the home again
};
Erased erase_one(Connection& connection, const std::string& node, const DeleteObject& object);

/// Entity tags separated by line feeds, for conditions_met(); what could not be one of ours is left
/// out. Nothing for an empty list.
std::optional<std::string> tag_list(const std::vector<std::string>& tags);

}  // namespace kalends::store
