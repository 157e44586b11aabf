#pragma once
// Objects that are not for all who may read their collection: how much of one somebody is shown,
// and what stands in the place of the stored object for those who see a part of it. Which objects
// these are is a matter of their type. calendarserver caldav-privateevents 4.2.

#include "dav/resource.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kalends::dav {

/// Whether the user sees all that is in this home: its owner does, who writes for him (caldav-proxy
/// 3), and administrators.
bool sees_all(const View& view, const store::Home& home);

/// How much the user sees of an object in that collection (or of which `in` is the resource).
Shown shown_of(const View& view, const Resource& in, const store::ObjectView& row);

/// Sets how much is seen of `object`, and takes away the privileges that go with the rest.
/// calendarserver caldav-privateevents 4.2.3.
void show(Resource& object, Shown shown);

/// The resource of an object of which a row has been read: as that says, whatever was known before.
Resource with_row(const View& view, const Resource& object, const store::ObjectView& row);

/// The bytes that are shown in the place of the stored ones, of an object in that collection (or of
/// which `in` is the resource), with those of the row where it has them; nothing where the stored
/// ones are shown. None of what is private.
std::optional<std::string> part_shown(const View& view, const Resource& in,
                                      const store::ObjectView& row);

/// What tells the states of an object apart for this user, as the store has it in `etag`: of a part
/// it says nothing of what is hidden, not even to who guesses that.
std::string shown_etag(const View& view, const Resource& object, const store::ObjectView& row);

}  // namespace kalends::dav
