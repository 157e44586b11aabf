#pragma once
// What a lock is asked for with, and told by: Timeout, Lock-Token, DAV:lockinfo, DAV:activelock.
// RFC 4918 10.5, 10.7, 14.1, 14.11.

#include "http/message.hpp"
#include "xml/document.hpp"
#include "xml/writer.hpp"

#include <chrono>
#include <string>

namespace kalends::dav {

/// For how long: the first of the Timeout header that can be read, at most `max`; `max` where there
/// is none, and for Infinite. RFC 4918 6.6, 10.7.
std::chrono::seconds timeout_of(const http::Headers& headers, std::chrono::seconds max);

/// The token of the Lock-Token header, without brackets. Throws DavError 400 if there is none (RFC
/// 4918 9.11.1), or it is no Coded-URL.
std::string lock_token_of(const http::Headers& headers);

/// What a LOCK asks for.
struct LockInfo {
    static constexpr std::size_t max_owner_bytes = 16UL * 1024;
    bool exclusive = true;
    std::string owner;  ///< the DAV:owner element, standing on its own; empty if there is none
};

/// Throws DavError: 400 if it is no lockinfo, 422 for a scope or type that is not known here (RFC
/// 4918 11.2), 413 for an owner above the limit.
LockInfo lock_info_in(const xml::Element& lockinfo);

/// A lock as it is shown. RFC 4918 14.1.
struct ActiveLock {
    bool exclusive = true;
    bool deep = false;             ///< Depth: infinity, else 0
    std::string owner;             ///< as in LockInfo
    std::chrono::seconds timeout;  ///< that is left
    std::string token;  ///< empty: not shown, to whom it is no business of (RFC 4918 6.5)
    std::string root;   ///< an href
};

void append_activelock(xml::Writer& writer, const ActiveLock& lock);

}  // namespace kalends::dav
