#include "dav/file_body.hpp"

#include "store/files.hpp"

#include <stdexcept>

namespace kalends::dav {

http::BodySource file_body(store::Database& database, store::PrincipalId home,
                           std::int64_t content_id, std::uint64_t first, std::uint64_t length) {
    return [&database, home, content_id, at = first, end = first + length]() mutable {
        if (at == end) return std::string();
        const auto position = static_cast<std::int64_t>(at / store::chunk_bytes);
        auto piece = store::file_piece(database, home, content_id, position);
        const auto skipped = at % store::chunk_bytes;
        if (piece.size() <= skipped)
            throw std::runtime_error("the file was replaced or deleted while it was read");
        piece.erase(0, skipped);
        if (piece.size() > end - at) piece.resize(end - at);
        at += piece.size();
        return piece;
    };
}

}  // namespace kalends::dav
