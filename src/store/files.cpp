#include "store/files.hpp"

#include "store/object_rows_private.hpp"

namespace kalends::store {
namespace {

const Statement next_content_sql{"next_content", "SELECT nextval('file_content')"};

const Statement insert_chunk_sql{"insert_chunk", R"sql(
    INSERT INTO file_chunk (home_id, content_id, position, data) VALUES ($1, $2, $3, $4))sql"};

const Statement read_chunk_sql{"read_chunk", R"sql(
    SELECT data FROM file_chunk WHERE home_id = $1 AND content_id = $2 AND position = $3)sql",
                               Format::binary};

/// Under a new id, by which nobody finds them before the object has it.
StoredContent insert_content(Connection& connection, PrincipalId home, const Pieces& pieces) {
    StoredContent content{connection.run(next_content_sql).number(0, 0), 0};
    for (std::int64_t position = 0;; ++position) {
        const auto piece = pieces(position);
        if (piece.empty()) break;
        connection.run(insert_chunk_sql, home, content.id, position, piece);
        content.size += static_cast<std::int64_t>(piece.size());
    }
    return content;
}

}  // namespace

WriteOutcome put_file(Database& db, PutObject object, const Pieces& pieces) {
    return put_alone(db, std::move(object), [&](Connection& connection, PutObject& prepared) {
        prepared.content = insert_content(connection, prepared.home, pieces);
    });
}

std::string file_piece(Database& db, PrincipalId home, std::int64_t content_id,
                       std::int64_t position) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(read_chunk_sql, home, content_id, position);
    });
    return rows.empty() ? std::string() : rows.string(0, 0);
}

}  // namespace kalends::store
