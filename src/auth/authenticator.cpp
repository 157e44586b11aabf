#include "auth/authenticator.hpp"

#include "auth/app_password.hpp"
#include "auth/basic.hpp"
#include "auth/remembered.hpp"
#include "auth/throttle.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "directory/directory.hpp"

#include <arpa/inet.h>

#include <algorithm>
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

Result rejected() { return {.kind = Result::Kind::rejected}; }

/// Whether all that a login depends on is as it was.
template <class Entry> bool unchanged(const Entry& entry, const store::HomePtr& home) {
    return home != nullptr && !home->principal.disabled &&
           home->principal.credential_seq == entry.credential_seq;
}

/// realm="…"
std::string realm_parameter(const std::string& realm) {
    std::string quoted;
    for (const char c : realm) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return "realm=\"" + quoted + '"';
}

Result authenticated(const RememberedRight& entry, store::HomePtr home) {
    return {.kind = Result::Kind::authenticated,
            .home = std::move(home),
            .proof = entry.proof,
            .scope = entry.scope};
}

/// As whom failures are counted, and how far. A secret that is made at random can't be guessed: it
/// is counted only where no such secret has ever been right.
struct Counted {
    std::string login;
    Throttle::Reach reach;
};
Counted counted(const Presented& presented, const store::HomePtr& home) {
    if (presented.proof == Proof::password)
        return {home ? home->principal.login : presented.login, Throttle::Reach::login};
    const auto reach =
        presented.proof == Proof::app_password ? Throttle::Reach::pair : Throttle::Reach::address;
    return {std::string(name_of(presented.proof)), reach};
}

/// Nothing: there is a header, and it is none that is understood, or its login can be nobody's.
std::optional<Presented> presented(const Asking& asking) {
    Presented result{.login = {}, .secret = {}, .peer = asking.peer};
    if (asking.authorization.empty()) {
        result.proof = Proof::certificate;
        result.secret = asking.certificate;
        return result;
    }
    if (auto token = parse_bearer(asking.authorization)) {
        result.proof = Proof::token;
        result.secret = std::move(*token);
        return result;
    }
    auto sent = parse_basic(asking.authorization);
    if (!sent) return std::nullopt;
    auto login = directory::canonical_login(sent->login);
    if (!login) return std::nullopt;
    result.login = std::move(*login);
    result.proof = app_password_id(sent->password).empty() ? Proof::password : Proof::app_password;
    result.secret = std::move(sent->password);
    return result;
}

/// An address of the machine itself.
bool is_loopback(std::string_view peer) {
    constexpr std::string_view mapped = "::ffff:";
    if (peer == "::1") return true;
    if (peer.starts_with(mapped)) peer.remove_prefix(mapped.size());
    in_addr address{};
    return ::inet_pton(AF_INET, std::string(peer).c_str(), &address) == 1 &&
           ::ntohl(address.s_addr) >> 24U == 127;
}

constexpr std::chrono::hours told_again{6};
constexpr std::chrono::seconds asked_again{30};  // in an outage
constexpr std::chrono::seconds wrong_lasts{30};
constexpr std::chrono::seconds wrong_lasts_at_most{600};

}  // namespace

struct Authenticator::Inner {
    Inner(Settings given, store::Database& database, Ways known, store::AuditWriter* kept)
        : settings(std::move(given)), db(database), ways(std::move(known)), audit(kept),
          realm(realm_parameter(settings.realm)), right(settings.max_remembered),
          wrong(settings.max_remembered), told(settings.max_remembered),
          throttle(settings.free_failures, settings.max_delay) {}

    Settings settings;
    store::Database& db;
    Ways ways;
    store::AuditWriter* audit;
    std::string realm;
    Fingerprinter fingerprint;
    ByFingerprint<RememberedRight> right;
    ByFingerprint<RememberedWrong> wrong;
    ByFingerprint<std::chrono::steady_clock::time_point> told;  ///< logins in the audit
    Throttle throttle;
    Verifying verifying;

    [[nodiscard]] bool may_be_sent(const Asking& asking) const;
    [[nodiscard]] Fingerprint fingerprint_of(const Asking& asking) const;
    std::optional<Result> from_remembered(const Fingerprint& credential);
    [[nodiscard]] bool is_wrong_again(const Fingerprint& credential,
                                      const store::HomePtr& typed) const;
    void tell(const Presented& presented, const store::Principal& principal);
    [[nodiscard]] Verdict ask(const Presented& presented) const;
    Result verify(const Fingerprint& credential, const Presented& presented);
    Result found_right(const Fingerprint& credential, const Presented& presented,
                       const Verdict& verdict, store::HomePtr home);
    Result found_wrong(const Fingerprint& credential, const Presented& presented,
                       const Verdict& verdict, const store::HomePtr& typed);
    Result not_found_out(const Fingerprint& credential, const Presented& presented,
                         const Verdict& verdict);
};

bool Authenticator::Inner::may_be_sent(const Asking& asking) const {
    if (asking.secure || settings.plain == Plain::anywhere) return true;
    return settings.plain == Plain::loopback && is_loopback(asking.peer);
}

Fingerprint Authenticator::Inner::fingerprint_of(const Asking& asking) const {
    if (!asking.authorization.empty()) return fingerprint(asking.authorization);
    // Certificates are no secrets: nobody shall send the bytes of one in a header instead.
    return fingerprint(std::string(1, '\0').append(asking.certificate));
}

/// Asks the database for the home if the cache does not have it. Nothing: it must be looked at.
std::optional<Result> Authenticator::Inner::from_remembered(const Fingerprint& credential) {
    const auto entry = right.find(credential);
    if (!entry || entry->until < clock::steady()) return std::nullopt;
    auto home = db.home(entry->principal);
    if (unchanged(*entry, home)) return authenticated(*entry, std::move(home));
    right.forget(credential);
    return std::nullopt;
}

/// Known to be wrong, and nothing has changed since that could make it right: the account is as it
/// was, or there is still none.
bool Authenticator::Inner::is_wrong_again(const Fingerprint& credential,
                                          const store::HomePtr& typed) const {
    const auto entry = wrong.find(credential);
    if (!entry || entry->until < clock::steady()) return false;
    return entry->principal.value == 0 ? !typed : typed && unchanged(*entry, typed);
}

Verdict Authenticator::Inner::ask(const Presented& presented) const {
    Verdict last{.why = "nobody knows it"};
    for (const auto& way : ways.of(presented.proof)) {
        auto verdict = way->verify(presented);
        if (verdict.kind != Verdict::Kind::not_mine) return verdict;
        if (verdict.principal.value != 0) last = std::move(verdict);
    }
    return last;
}

/// For the audit: once in a while for each address and way, not each time that it is looked at.
void Authenticator::Inner::tell(const Presented& presented, const store::Principal& principal) {
    if (audit == nullptr) return;
    const auto what =
        std::string(name_of(presented.proof)) +
        (presented.proof == Proof::app_password ? ' ' + app_password_id(presented.secret) : "");
    const auto key =
        fingerprint(principal.login + '\n' + std::string(presented.peer) + '\n' + what);
    const auto now = clock::steady();
    if (const auto last = told.find(key); last && now - *last < told_again) return;
    told.set(key, now);
    audit->record({.event = "login",
                   .login = principal.login,
                   .peer = std::string(presented.peer),
                   .detail = what});
}

Result Authenticator::Inner::found_right(const Fingerprint& credential, const Presented& presented,
                                         const Verdict& verdict, store::HomePtr home) {
    throttle.succeeded(counted(presented, home).login, presented.peer);
    wrong.forget(credential);
    tell(presented, home->principal);
    const auto now = clock::steady();
    const auto lifetime = verdict.lifetime.value_or(std::chrono::seconds::max());
    const RememberedRight entry{
        .principal = home->principal.id,
        .credential_seq = verdict.credential_seq.value_or(home->principal.credential_seq),
        .until = now + std::min(settings.remember, lifetime),
        .until_in_outage = now + std::min(settings.remember_in_outage, lifetime),
        .proof = presented.proof,
        .scope = verdict.scope};
    right.set(credential, entry);
    return authenticated(entry, std::move(home));
}

Result Authenticator::Inner::found_wrong(const Fingerprint& credential, const Presented& presented,
                                         const Verdict& verdict, const store::HomePtr& typed) {
    const auto [login, reach] = counted(presented, typed);
    const bool outlived = verdict.outlived || right.find(credential);
    right.forget(credential);
    if (!outlived) throttle.failed(login, presented.peer, reach);
    const auto before = wrong.find(credential).value_or(RememberedWrong{}).lasts;
    const auto lasts = std::clamp(before * 2, wrong_lasts, wrong_lasts_at_most);
    wrong.set(credential, {.principal = typed ? typed->principal.id : store::PrincipalId{},
                           .credential_seq = typed ? typed->principal.credential_seq : 0,
                           .until = clock::steady() + lasts,
                           .lasts = lasts});
    // What can't be a guess has a name of its own, so that nobody is banned for it.
    const bool guess = !outlived && presented.proof == Proof::password;
    log(guess ? Level::warning : Level::info, guess ? "auth.failed" : "auth.refused",
        {{"peer", std::string(presented.peer)}, {"login", login}, {"why", verdict.why}});
    if (audit != nullptr)
        audit->record({.event = "login.failed",
                       .login = typed ? typed->principal.login : presented.login,
                       .peer = std::string(presented.peer),
                       .detail = std::string(name_of(presented.proof)) + ": " + verdict.why});
    return rejected();
}

/// Who was right before goes on for a time, without being asked about in each request.
Result Authenticator::Inner::not_found_out(const Fingerprint& credential,
                                           const Presented& presented, const Verdict& verdict) {
    log(Level::warning, "auth.unavailable",
        {{"peer", std::string(presented.peer)}, {"why", verdict.why}});
    const auto now = clock::steady();
    auto entry = right.find(credential);
    if (!entry || entry->until_in_outage < now) return {.kind = Result::Kind::unavailable};
    auto home = db.home(entry->principal);
    if (!unchanged(*entry, home)) return {.kind = Result::Kind::unavailable};
    entry->until = std::min(now + std::min(asked_again, settings.remember), entry->until_in_outage);
    right.set(credential, *entry);
    return authenticated(*entry, std::move(home));
}

Result Authenticator::Inner::verify(const Fingerprint& credential, const Presented& presented) {
    const auto typed =
        presented.login.empty() ? nullptr : directory::find_for_login(db, presented.login);
    if (is_wrong_again(credential, typed)) return rejected();
    if (!right.find(credential)) {
        const auto [login, reach] = counted(presented, typed);
        const auto delay = throttle.wait(login, presented.peer, reach);
        if (delay.count() > 0) return {.kind = Result::Kind::throttled, .retry_after = delay};
    }
    auto verdict = ask(presented);
    if (verdict.kind == Verdict::Kind::unavailable)
        return not_found_out(credential, presented, verdict);
    auto home = verdict.principal.value == 0 ? nullptr : db.home(verdict.principal);
    if (verdict.kind == Verdict::Kind::right && home) {
        if (home->principal.kind == store::PrincipalKind::user && !home->principal.disabled)
            return found_right(credential, presented, verdict, std::move(home));
        verdict.why = "the account is disabled, or nobody's";
    }
    if (verdict.kind == Verdict::Kind::not_mine && presented.proof == Proof::certificate)
        return {};  // nobody's here, as if there were none: a password may follow
    return found_wrong(credential, presented, verdict, typed);
}

Authenticator::Authenticator(Settings settings, store::Database& db, Ways ways,
                             store::AuditWriter* audit)
    : inner_(std::make_unique<Inner>(std::move(settings), db, std::move(ways), audit)) {}
Authenticator::~Authenticator() = default;

std::optional<Result> Authenticator::from_memory(const Asking& asking) {
    if (asking.authorization.empty() && asking.certificate.empty()) return Result{};
    if (!inner_->may_be_sent(asking)) return Result{.kind = Result::Kind::insecure};
    const auto entry = inner_->right.find(inner_->fingerprint_of(asking));
    if (!entry || entry->until < clock::steady()) return std::nullopt;
    auto home = inner_->db.cached_home(entry->principal);
    if (!unchanged(*entry, home)) return std::nullopt;
    return authenticated(*entry, std::move(home));
}

Result Authenticator::authenticate(const Asking& asking) {
    if (asking.authorization.empty() && asking.certificate.empty()) return {};
    if (!inner_->may_be_sent(asking)) return {.kind = Result::Kind::insecure};
    const auto credential = inner_->fingerprint_of(asking);
    if (auto known = inner_->from_remembered(credential)) return *known;
    const auto begin = clock::steady();
    const auto sent = presented(asking);
    if (!sent) {
        auto result = rejected();
        result.not_before = begin + inner_->settings.failure_time;
        return result;
    }
    const Verifying::Turn turn{inner_->verifying, credential};
    if (auto known = inner_->from_remembered(credential)) return *known;
    auto result = inner_->verify(credential, *sent);
    if (result.kind == Result::Kind::rejected)
        result.not_before = begin + inner_->settings.failure_time;
    return result;
}

std::optional<std::string> Authenticator::challenge(const Asking& asking) const {
    if (!inner_->may_be_sent(asking)) return std::nullopt;
    return "Basic " + inner_->realm + ", charset=\"UTF-8\"";
}

std::optional<std::string> Authenticator::token_challenge(const Asking& asking) const {
    if (!inner_->may_be_sent(asking) || inner_->ways.of(Proof::token).empty()) return std::nullopt;
    const bool was_sent = parse_bearer(asking.authorization).has_value();
    return "Bearer " + inner_->realm + (was_sent ? ", error=\"invalid_token\"" : "");
}

}  // namespace kalends::auth
