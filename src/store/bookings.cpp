#include "store/bookings.hpp"

#include "store/collection_rows_private.hpp"

#include <algorithm>

namespace kalends::store {
namespace {

const Statement booking_sql{"booking", R"sql(
    SELECT acceptance, capacity, horizon_days, feature
      FROM booking b LEFT JOIN LATERAL unnest(b.features) AS f (feature) ON true
     WHERE principal_id = $1 ORDER BY feature)sql"};

const Statement set_booking_sql{"set_booking", R"sql(
    INSERT INTO booking (principal_id, acceptance, capacity, horizon_days, features)
    SELECT principal_id, $2, $3, $4, $5::text[] FROM principal WHERE principal_id = $1
    ON CONFLICT (principal_id) DO UPDATE
       SET acceptance = excluded.acceptance, capacity = excluded.capacity,
           horizon_days = excluded.horizon_days, features = excluded.features
    RETURNING 1)sql"};

}  // namespace

Booking booking(Database& db, PrincipalId principal) {
    const auto rows = reading(
        db.inner(), [&](Connection& connection) { return connection.run(booking_sql, principal); });
    Booking booking;
    if (rows.empty()) return booking;
    booking.acceptance = static_cast<Acceptance>(rows.number(0, 0));
    booking.capacity = static_cast<int>(rows.number(0, 1));
    booking.horizon_days = static_cast<int>(rows.number(0, 2));
    for (int row = 0; row < rows.rows(); ++row)
        if (!rows.is_null(row, 3)) booking.features.push_back(rows.string(row, 3));
    return booking;
}

bool set_booking(Database& db, PrincipalId principal, const Booking& booking) {
    ArrayText features;
    for (const auto& feature : booking.features) features.add(std::string_view{feature});
    return writing(db.inner(), {}, [&](Connection& connection) {
        return !connection
                    .run(set_booking_sql, principal, static_cast<int>(booking.acceptance),
                         booking.capacity, booking.horizon_days, features)
                    .empty();
    });
}

}  // namespace kalends::store
