#pragma once
// Principals by their hrefs, and the way back. RFC 3744 4.2.

#include "dav/view.hpp"
#include "store/groups.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::dav {

std::string href_of(const store::PrincipalName& name);

/// The same by id; empty if there is no such principal.
std::string principal_href(const View& view, store::PrincipalId id);

/// Who is meant by the href, as a client wrote it. A group of proxies is made if it is not there
/// yet. Nothing if it is that of no principal.
std::optional<store::PrincipalId> principal_at(const View& view, std::string_view href);

/// The same, but nothing is made: 0 for a group of proxies that nobody has ever been in.
std::optional<store::PrincipalId> known_principal_at(const View& view, std::string_view href);

}  // namespace kalends::dav
