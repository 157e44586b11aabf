// What operators change of an account.

#include "store/collection_rows_private.hpp"
#include "store/principal_rows_private.hpp"
#include "store/principals.hpp"

#include <algorithm>

namespace kalends::store {
namespace {

const Statement change_principal_sql{"change_principal", R"sql(
    UPDATE principal SET display_name = coalesce($2, display_name), administrator = coalesce($3, administrator)
     WHERE principal_id = $1 RETURNING 1)sql"};

const Statement change_details_sql{"change_details", R"sql(
    INSERT INTO principal_detail AS d (principal_id, locale, time_zone)
    VALUES ($1, coalesce($2, ''), coalesce($3, ''))
    ON CONFLICT (principal_id) DO UPDATE
       SET locale = coalesce($2, d.locale), time_zone = coalesce($3, d.time_zone))sql"};

const Statement drop_addresses_sql{"drop_addresses", "DELETE FROM address WHERE principal_id = $1"};

const Statement add_address_sql{"add_address", R"sql(
    INSERT INTO address (address, principal_id, position) VALUES ($1, $2, $3)
    ON CONFLICT (address) DO NOTHING RETURNING 1)sql"};

const Statement photo_sql{"photo", R"sql(
    SELECT photo FROM principal_detail WHERE principal_id = $1 AND photo IS NOT NULL)sql",
                          Format::binary};

bool is_storable(const PrincipalChange& change) {
    const auto well = [](const std::optional<std::string>& text) {
        return !text || store::is_storable(*text);
    };
    const auto addresses = change.addresses.value_or(std::vector<std::string>{});
    return well(change.display_name) && well(change.locale) && well(change.time_zone) &&
           std::ranges::all_of(addresses, [](const std::string& address) {
               return !address.empty() && store::is_storable(address);
           });
}

/// False: one of them is another's.
bool replace_addresses(Connection& connection, PrincipalId principal,
                       const std::vector<std::string>& addresses) {
    connection.run(drop_addresses_sql, principal);
    for (std::size_t i = 0; i < addresses.size(); ++i)
        if (connection.run(add_address_sql, addresses[i], principal, i).empty()) return false;
    return true;
}

bool change_rows(Connection& connection, PrincipalId principal, const PrincipalChange& change) {
    if (connection.run(change_principal_sql, principal, change.display_name, change.administrator)
            .empty())
        return false;
    if (change.addresses && !replace_addresses(connection, principal, *change.addresses))
        return false;
    if (change.locale || change.time_zone)
        connection.run(change_details_sql, principal, change.locale, change.time_zone);
    // Certificates and tokens may have named an address.
    if (change.administrator || change.addresses) raise_credential_seq(connection, principal);
    return true;
}

}  // namespace

bool change_principal(Database& db, PrincipalId principal, const PrincipalChange& change) {
    if (!is_storable(change)) return false;
    auto& inner = db.inner();
    const bool done = writing(inner, principal, [&](Connection& connection) {
        Transaction transaction{connection};
        if (!change_rows(connection, principal, change)) return false;
        log_home_change(connection, inner.node, principal);
        transaction.commit();
        return true;
    });
    if (done) inner.committed_home(principal);
    return done;
}

std::string photo(Database& db, PrincipalId principal) {
    const auto rows = reading(
        db.inner(), [&](Connection& connection) { return connection.run(photo_sql, principal); });
    return rows.empty() ? "" : rows.string(0, 0);
}

}  // namespace kalends::store
