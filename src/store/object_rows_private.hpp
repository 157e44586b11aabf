#pragma once
// Rows of objects: fourteen columns in the order of ObjectView, empty where one was not asked for.

#include "store/database_private.hpp"

namespace kalends::store {

ObjectView view_of(const Result& rows, int row);
void give(const Result& rows, const ObjectSink& sink);

}  // namespace kalends::store
