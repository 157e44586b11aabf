#pragma once
// What store throws. Everything that a client may cause is an outcome (data), not an exception.

#include <stdexcept>

namespace kalends::store {

/// The database can't be reached, is shutting down, or no connection came free in time. Trying
/// again helps.
class Unavailable : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The connection was lost during COMMIT: whether the write happened is not known.
class OutcomeUnknown : public Unavailable {
    using Unavailable::Unavailable;
};

/// The schema is not one that this program can use; what() says what to do.
class SchemaMismatch : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace kalends::store
