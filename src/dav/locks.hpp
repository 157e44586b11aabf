#pragma once
// Write locks: which of them hold, and whether a request has shown their tokens. RFC 4918 6, 7. All
// is decided from the cached home; a write that a newer lock forbids is `stale` in the store and
// comes back here.

#include "dav/resource.hpp"
#include "http/message.hpp"
#include "xml/writer.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::dav {

/// Whether it has not expired.
bool holds(const store::Lock& lock);

/// The locks that cover a resource: its own, and deep ones of what it is in. Of those that have not
/// expired.
std::vector<const store::Lock*> locks_on(const Resource& resource);

/// The locks of what is below a collection.
std::vector<const store::Lock*> locks_below(const Resource& collection);

/// The address under which it was made; to others than who made it, one in the home of whose the
/// resource is: what is bound in somebody's home is not their business.
std::string root_for(store::PrincipalId reader, const store::Home& home, const store::Lock& lock);

/// As in the Lock-Token header: "urn:uuid:…".
std::string lock_uri(const store::Lock& lock);

/// The locks that cover it as DAV:activelock elements; tokens are shown to who made the lock, and
/// to who may remove it. RFC 4918 6.8, 15.8.
void append_active_locks(const View& view, const Resource& resource, xml::Writer& writer);

/// What a request may do in spite of locks: the tokens that it submits, of locks that its user has
/// made. RFC 4918 6.4, 6.5.
class LockTokens {
public:
    LockTokens() = default;

    /// Throws DavError 400 for an If header that can't be read.
    LockTokens(const View& view, const http::Request& request);

    /// Whether one of them is among `locks`, or there are none.
    [[nodiscard]] bool open(const std::vector<const store::Lock*>& locks) const;

    /// Throws DavError 423 with lock-token-submitted if the resource is locked.
    void require(const Resource& resource) const;

    /// To remove it from what it is a member of: throws DavError 423 if it, or that, is locked, and
    /// a 207 that names with 423 all below it that is; what the user may not see, by what it is in.
    /// RFC 4918 9.6.1, 9.8.5, 9.9.4. A binding is locked by the locks that were made through it.
    /// RFC 5842 9.
    void require_to_unbind(const View& view, const Resource& member) const;

    /// For an object that shall be stored. Where only its collection is locked, against new
    /// members, what is there may be changed: `conditions` say so then.
    void require_to_store(const View& view, const Resource& object,
                          store::Preconditions& conditions) const;

private:
    void require_below(const View& view, const Resource& collection) const;

    store::PrincipalId user_;
    std::vector<std::string> tokens_;
};

/// Throws DavError 412 if the If header does not hold. RFC 4918 10.4.
void require_if(const View& view, const http::Request& request);

}  // namespace kalends::dav
