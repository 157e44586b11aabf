#pragma once
// sync-collection on homes and folders, whose members are collections too. RFC 6578 3.3, 3.5.

#include "dav/live_property.hpp"
#include "dav/reports/sync_changes.hpp"
#include "dav/sync_token.hpp"

#include <cstddef>
#include <optional>

namespace kalends::dav {

/// 207 with what changed in `target` since `token` (nothing: all): its members at level one, all
/// below it at level infinite. At most `limit` responses.
http::Response sync_tree(const View& view, const Resource& target, SyncAsked asked, SyncLevel level,
                         const std::optional<SyncToken>& token, std::size_t limit);

/// The value of DAV:sync-token: who has all that is there now. RFC 6578 4.
SyncToken current_token(const View& view, const Resource& collection);

}  // namespace kalends::dav
