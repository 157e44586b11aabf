#include "store/bookings.hpp"

#include "store/collection_rows_private.hpp"

#include <algorithm>

namespace kalends::store {
namespace {

const Statement booking_sql{"booking", R"sql(
    SELECT b.acceptance, b.capacity, b.horizon_days, b.group_id, g.login, feature
      FROM booking b LEFT JOIN principal g ON g.principal_id = b.group_id
           LEFT JOIN LATERAL unnest(b.features) AS f (feature) ON true
     WHERE b.principal_id = $1 ORDER BY feature)sql"};

const Statement bookings_sql{"bookings", R"sql(
    SELECT b.principal_id, b.acceptance, b.capacity, b.horizon_days, b.group_id, g.login, feature
      FROM booking b LEFT JOIN principal g ON g.principal_id = b.group_id
           LEFT JOIN LATERAL unnest(b.features) AS f (feature) ON true
     ORDER BY b.principal_id, feature)sql"};

const Statement set_booking_sql{"set_booking", R"sql(
    INSERT INTO booking (principal_id, acceptance, capacity, horizon_days, group_id, features)
    SELECT principal_id, $2, $3, $4, $5, $6::text[] FROM principal WHERE principal_id = $1
    ON CONFLICT (principal_id) DO UPDATE
       SET acceptance = excluded.acceptance, capacity = excluded.capacity,
           horizon_days = excluded.horizon_days, group_id = excluded.group_id, features = excluded.features
    RETURNING 1)sql"};

/// The columns of a row from `first` on; a row for each feature.
void read_row(Booking& booking, const Result& rows, int row, int first) {
    booking.acceptance = static_cast<Acceptance>(rows.number(row, first));
    booking.capacity = static_cast<int>(rows.number(row, first + 1));
    booking.horizon_days = static_cast<int>(rows.number(row, first + 2));
    if (!rows.is_null(row, first + 3))
        booking.group = {.id = PrincipalId{rows.number(row, first + 3)},
                         .kind = PrincipalKind::group,
                         .login = rows.string(row, first + 4),
                         .owner_kind = PrincipalKind::group};
    if (!rows.is_null(row, first + 5)) booking.features.push_back(rows.string(row, first + 5));
}

}  // namespace

Booking booking(Database& db, PrincipalId principal) {
    const auto rows = reading(
        db.inner(), [&](Connection& connection) { return connection.run(booking_sql, principal); });
    Booking booking;
    for (int row = 0; row < rows.rows(); ++row) read_row(booking, rows, row, 0);
    return booking;
}

std::map<PrincipalId, Booking> bookings(Database& db) {
    const auto rows =
        reading(db.inner(), [&](Connection& connection) { return connection.run(bookings_sql); });
    std::map<PrincipalId, Booking> result;
    for (int row = 0; row < rows.rows(); ++row)
        read_row(result[PrincipalId{rows.number(row, 0)}], rows, row, 1);
    return result;
}

bool set_booking(Database& db, PrincipalId principal, const Booking& booking) {
    ArrayText features;
    for (const auto& feature : booking.features) features.add(std::string_view{feature});
    const auto group = booking.group ? std::optional(booking.group->id) : std::nullopt;
    return writing(db.inner(), {}, [&](Connection& connection) {
        return !connection
                    .run(set_booking_sql, principal, static_cast<int>(booking.acceptance),
                         booking.capacity, booking.horizon_days, group, features)
                    .empty();
    });
}

}  // namespace kalends::store
