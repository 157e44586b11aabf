#pragma once
// Passwords for one device each: "kal-xxxxxxxx-yyyyyyyyyyyyyyyyyyyyyyyyyy", an id and a secret of
// 130 random bits. They are known by their form, so that they are sent to no directory; each may be
// taken back alone, and may be for reading only.

#include "auth/verifier.hpp"
#include "store/app_passwords.hpp"

#include <string>
#include <string_view>

namespace kalends::auth {

/// The id in a text that has the form; empty: it has not. Letters in either case, since phones
/// begin with a capital.
std::string app_password_id(std::string_view sent);

/// Makes one and stores what it is known by; the text is nowhere else. Nothing: no such principal,
/// or it has as many as it may have (store::max_app_passwords).
std::optional<std::string> make_app_password(store::Database& db, store::PrincipalId principal,
                                             const std::string& name, bool read_only);

/// The login must be that of the principal whose it is. RFC 7617.
class AppPasswords final : public Verifier {
public:
    explicit AppPasswords(store::Database& db) : db_(db) {}
    Verdict verify(const Presented& presented) override;

private:
    store::Database& db_;
};

}  // namespace kalends::auth
