#pragma once
// Access control entries as they stand in rows.

#include "access/decide.hpp"
#include "store/connection_private.hpp"

namespace kalends::store {

/// From five columns: subject, principal_id, inverted, deny, privileges.
inline access::Ace ace_of(const Result& rows, int row, int column) {
    return {.who = static_cast<access::Who>(rows.number(row, column)),
            .principal = rows.number(row, column + 1),
            .deny = rows.boolean(row, column + 3),
            .privileges = static_cast<access::Privileges>(rows.number(row, column + 4)),
            .inverted = rows.boolean(row, column + 2)};
}

}  // namespace kalends::store
