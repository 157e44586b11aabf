#include "auth/app_password.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "directory/directory.hpp"

namespace kalends::auth {
namespace {

constexpr std::string_view prefix = "kal-";
constexpr std::string_view alphabet = "abcdefghijkmnpqrstuvwxyz23456789";  // 5 bits each
constexpr std::size_t id_size = 8;
constexpr std::size_t secret_size = 26;
static_assert(alphabet.size() == 32);

std::string random_text(std::size_t size) {
    std::string result = hash::random_bytes(size);
    for (char& c : result) c = alphabet[static_cast<unsigned char>(c) % alphabet.size()];
    return result;
}

bool is_made_of_alphabet(std::string_view text) {
    return text.find_first_not_of(alphabet) == std::string_view::npos;
}

/// The bits are random: there is nothing to guess that a slow hash would protect.
std::string hashed(std::string_view secret) {
    return text::to_hex(hash::sha256(text::lower_ascii(secret)));
}

}  // namespace

std::string app_password_id(std::string_view sent) {
    const auto text = text::lower_ascii(sent);
    const std::string_view all = text;
    if (all.size() != prefix.size() + id_size + 1 + secret_size || !all.starts_with(prefix) ||
        all[prefix.size() + id_size] != '-')
        return {};
    const auto id = all.substr(prefix.size(), id_size);
    const auto secret = all.substr(prefix.size() + id_size + 1);
    return is_made_of_alphabet(id) && is_made_of_alphabet(secret) ? std::string(id) : "";
}

std::optional<std::string> make_app_password(store::Database& db, store::PrincipalId principal,
                                             const std::string& name, bool read_only) {
    const auto id = random_text(id_size);
    auto text = std::string(prefix) + id + '-' + random_text(secret_size);
    if (!store::add_app_password(db, principal, {.id = id, .name = name, .read_only = read_only},
                                 hashed(text)))
        return std::nullopt;
    return text;
}

Verdict AppPasswords::verify(const Presented& presented) {
    const auto id = app_password_id(presented.secret);
    const auto home = directory::find_for_login(db_, presented.login);
    const auto owner = home ? home->principal.id : store::PrincipalId{};
    const auto wrong = [&](const std::string& why) -> Verdict {
        return {.kind = Verdict::Kind::wrong, .principal = owner, .why = why + ": " + id};
    };
    const auto stored = store::find_app_password(db_, id);
    if (!stored) return wrong("no such app password");
    if (!home || owner != stored->principal ||
        !hash::equal_constant_time(hashed(presented.secret), stored->hash))
        return wrong("not the app password");
    if (!store::app_password_used(db_, id, std::string(presented.peer)))
        return wrong("just revoked, the app password");
    return {.kind = Verdict::Kind::right,
            .principal = owner,
            .credential_seq = home->principal.credential_seq,
            .scope = stored->read_only ? access::read_all : access::all};
}

}  // namespace kalends::auth
