#include "auth/authenticator.hpp"

#include "auth/basic.hpp"
#include "auth/password.hpp"
#include "auth/remembered.hpp"
#include "auth/throttle.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "directory/directory.hpp"
#include "store/principals.hpp"

#include <condition_variable>
#include <mutex>
#include <unordered_set>

namespace kalends::auth {
namespace {

/// Lets one thread at a time verify a credential: a client that opens ten connections at once sends
/// it ten times, and nine of these can use what the first found out.
class Verifying {
public:
    class Turn {
    public:
        Turn(Verifying& all, const Fingerprint& credential) : all_(all), credential_(credential) {
            std::unique_lock lock(all_.mutex_);
            all_.done_.wait(lock, [this] { return all_.busy_.insert(credential_).second; });
        }
        ~Turn() {
            {
                const std::lock_guard lock(all_.mutex_);
                all_.busy_.erase(credential_);
            }
            all_.done_.notify_all();
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        Verifying& all_;
        Fingerprint credential_;
    };

private:
    std::mutex mutex_;
    std::condition_variable done_;
    std::unordered_set<Fingerprint> busy_;
};

Result rejected() { return {.kind = Result::Kind::rejected, .home = nullptr, .retry_after = {}}; }

Result authenticated(store::HomePtr home) {
    return {.kind = Result::Kind::authenticated, .home = std::move(home), .retry_after = {}};
}

bool still_right(const Remembered::Entry& entry, const store::HomePtr& home) {
    return home != nullptr && !home->principal.disabled &&
           home->principal.credential_seq == entry.credential_seq;
}

std::string challenge_for(const std::string& realm) {
    std::string quoted;
    for (const char c : realm) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return "Basic realm=\"" + quoted + "\", charset=\"UTF-8\"";
}

}  // namespace

struct Authenticator::Inner {
    Inner(Settings given, store::Database& database)
        : settings(std::move(given)), db(database), challenge(challenge_for(settings.realm)),
          nobodys_hash(hash_password(random_password())), remembered(settings.max_remembered),
          throttle(settings.free_failures, settings.max_delay) {}

    Settings settings;
    store::Database& db;
    std::string challenge;
    std::string
        nobodys_hash;  ///< is compared where there is no such user, so that it takes as long
    Fingerprinter fingerprint;
    Remembered remembered;
    Throttle throttle;
    Verifying verifying;

    std::optional<Result> from_remembered(const Fingerprint& credential);
    Result verify(const Fingerprint& credential, const Credentials& sent, std::string_view peer);
    store::HomePtr home_if_right(const std::string& login, const std::string& password);
};

/// Asks the database for the home if the cache does not have it. Nothing: the password must be
/// looked at.
std::optional<Result> Authenticator::Inner::from_remembered(const Fingerprint& credential) {
    const auto entry = remembered.find(credential);
    if (!entry || entry->until < clock::steady()) return std::nullopt;
    auto home = db.home(entry->principal);
    if (still_right(*entry, home)) return authenticated(std::move(home));
    remembered.forget(credential);
    return std::nullopt;
}

/// The home of the user whose password it is; nullptr: of nobody who may log in.
store::HomePtr Authenticator::Inner::home_if_right(const std::string& login,
                                                   const std::string& password) {
    auto home = directory::find(db, login);
    const auto hash = store::password_hash(db, home ? home->principal.id : store::PrincipalId{});
    const bool right = verify_password(password, hash.value_or(nobodys_hash));
    const bool may = home && hash && home->principal.kind == store::PrincipalKind::user &&
                     !home->principal.disabled;
    return right && may ? home : nullptr;
}

Result Authenticator::Inner::verify(const Fingerprint& credential, const Credentials& sent,
                                    std::string_view peer) {
    const auto login = directory::canonical_login(sent.login).value_or(sent.login);
    const bool was_right = remembered.find(credential).has_value();
    if (!was_right)
        if (const auto delay = throttle.wait(login, peer); delay.count() > 0)
            return {.kind = Result::Kind::throttled, .home = nullptr, .retry_after = delay};
    auto home = home_if_right(login, sent.password);
    if (!home) {
        remembered.forget(credential);
        throttle.failed(login, peer);
        log(Level::warning, "auth.failed", {{"peer", std::string(peer)}, {"login", login}});
        return rejected();
    }
    throttle.succeeded(login, peer);
    remembered.remember(credential, {.principal = home->principal.id,
                                     .credential_seq = home->principal.credential_seq,
                                     .until = clock::steady() + settings.remember});
    return authenticated(std::move(home));
}

Authenticator::Authenticator(Settings settings, store::Database& db)
    : inner_(std::make_unique<Inner>(std::move(settings), db)) {}
Authenticator::~Authenticator() = default;

std::optional<Result> Authenticator::from_memory(std::string_view authorization,
                                                 std::string_view /*peer*/) {
    if (authorization.empty()) return Result{};
    const auto entry = inner_->remembered.find(inner_->fingerprint(authorization));
    if (!entry || entry->until < clock::steady()) return std::nullopt;
    auto home = inner_->db.cached_home(entry->principal);
    if (!still_right(*entry, home)) return std::nullopt;
    return authenticated(std::move(home));
}

Result Authenticator::authenticate(std::string_view authorization, std::string_view peer) {
    if (authorization.empty()) return {};
    const auto credential = inner_->fingerprint(authorization);
    if (auto known = inner_->from_remembered(credential)) return *known;
    const auto sent = parse_basic(authorization);
    if (!sent) return rejected();
    const Verifying::Turn turn{inner_->verifying, credential};
    if (auto known = inner_->from_remembered(credential)) return *known;
    return inner_->verify(credential, *sent, peer);
}

const std::string& Authenticator::challenge() const { return inner_->challenge; }

}  // namespace kalends::auth
