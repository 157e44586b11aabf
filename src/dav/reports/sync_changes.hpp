#pragma once
// One collection's changes as responses, for the sync reports. RFC 6578 3.5.

#include "dav/body.hpp"
#include "dav/resource.hpp"
#include "store/changes.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace kalends::dav {

/// What a sync asks of each member.
struct SyncAsked {
    Asked asked;
    bool needs_rows = false;  ///< a property needs more than name and etag
};

/// The properties below `body`. RFC 6578 3.2: the names alone; allprop is none.
SyncAsked sync_asked(const std::shared_ptr<const xml::Element>& body);

/// Where a client is in one collection.
struct SyncPlace {
    std::int64_t since = 0;             ///< it has what happened up to this modseq; 0: nothing
    std::optional<std::int64_t> begun;  ///< the collection's modseq when the first page was read
};

struct SyncPage {
    bool valid = true;      ///< false: `since` is not known (any more)
    bool complete = true;   ///< false: there is more
    std::size_t count = 0;  ///< responses
};

/// Appends up to `limit` changes, oldest first, and moves `place`.
SyncPage append_changes(const View& view, const Resource& collection, const SyncAsked& asked,
                        SyncPlace& place, std::size_t limit, std::string& to);

/// 403 valid-sync-token.
[[noreturn]] void invalid_sync_token();

/// RFC 6578 3.6: the response that says that there is more.
void append_truncated(const Resource& target, std::string& to);

}  // namespace kalends::dav
