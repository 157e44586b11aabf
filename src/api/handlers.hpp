#pragma once
// What there is below /api/v1/. docs/api.md says it to those who use it.

#include "api/answer.hpp"

namespace kalends::api {

// The user's own app passwords. They are no business of who logs in with one.
http::Response list_app_passwords(const Call& call);
http::Response make_app_password(const Call& call);
http::Response revoke_app_password(const Call& call);

/// Who there is, by what their names and addresses contain; a page at a time.
http::Response find_principals(const Call& call);

/// One of them, with language and time zone.
http::Response show_principal(const Call& call);
/// The picture of one.
http::Response show_photo(const Call& call);

/// When people can meet best, and where.
http::Response find_meeting_times(const Call& call);

/// Mail about one's meetings that has not gone yet: who would get which, and why.
http::Response list_outgoing(const Call& call);
http::Response drop_outgoing(const Call& call);

/// What is kept of oneself; administrators see everybody's.
http::Response read_audit(const Call& call);

}  // namespace kalends::api
