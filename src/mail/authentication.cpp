#include "mail/authentication.hpp"

#include "base/c_ptr.hpp"
#include "base/text.hpp"
#include "mail/line_private.hpp"

#include <algorithm>
#include <libpsl.h>

namespace kalends::mail {
namespace {

using Kind = Verdict::Kind;

inline void free_list(psl_ctx_t* list) { psl_free(list); }

/// The newest that the system has.
const psl_ctx_t* public_suffixes() {
    static const CPtr<psl_ctx_t, free_list> list{psl_latest(nullptr)};
    return list.get();
}

/// The domain that somebody has registered: "partner.test" of "mail.partner.test".
std::string registered_domain(const std::string& domain) {
    const auto* found = psl_registrable_domain(public_suffixes(), domain.c_str());
    return found != nullptr ? found : "";
}

bool is_ours(const std::string& host, const AuthenticationSettings& settings) {
    if (host.empty()) return false;
    if (settings.our_hosts.empty()) return text::iequals(host, settings.authserv_id);
    return std::ranges::any_of(settings.our_hosts,
                               [&](const std::string& ours) { return text::iequals(host, ours); });
}

/// The field to believe, or why there is none.
struct Believed {
    std::optional<AuthenticationResults> results = std::nullopt;
    std::string why = {};
};

Believed believed(const Incoming& message, const AuthenticationSettings& settings) {
    if (settings.authserv_id.empty()) return {.why = "no authserv-id is configured"};
    for (const auto& field : message.trace) {
        if (field.name == "Received") {
            if (is_ours(received_by(field.value), settings)) continue;
            return {.why = "our servers have written no Authentication-Results for " +
                           settings.authserv_id};
        }
        auto parsed = parse_authentication_results(field.value);
        if (!parsed && text::icontains(field.value, settings.authserv_id))
            return {.why = "Authentication-Results can't be read"};  // what is below may be forged
        if (!parsed || !text::iequals(parsed->authserv_id, settings.authserv_id)) continue;
        if (!parsed->version.empty() && parsed->version != "1")
            return {.why = "Authentication-Results has the unknown version " +
                           one_line(parsed->version)};
        return {.results = std::move(parsed)};
    }
    return {.why = "there is no Authentication-Results of " + settings.authserv_id};
}

/// "dora@partner.test" or "partner.test" or "@partner.test", in ASCII form.
std::string domain_in(const std::string& value) {
    const auto at = value.rfind('@');
    return ascii_domain(at == value.npos ? value : value.substr(at + 1));
}

std::string signing_domain(const MethodResult& dkim) {
    const auto domain = dkim.property("header", "d");
    return domain_in(domain.empty() ? dkim.property("header", "i") : domain);
}

/// The verdict of one result, or nothing with a remark in `why`.
std::optional<Verdict> verdict_of(const MethodResult& result, const std::string& from,
                                  const AuthenticationSettings& settings, std::string& why) {
    const auto remark = [&](const std::string& sentence) {
        why += (why.empty() ? "" : "; ") + sentence;
        return std::nullopt;
    };
    if (result.method == "auth") {
        const auto login = result.property("smtp", "auth");
        if (result.result != "pass" || login.empty()) return std::nullopt;
        return Verdict{Kind::smtp_auth, from, login, "logged in as " + one_line(login)};
    }
    const bool matters = result.method == "dmarc" || result.method == "dkim" ||
                         (result.method == "spf" && settings.allow_spf);
    if (!matters) return std::nullopt;
    if (result.result != "pass") return remark(result.method + " is " + one_line(result.result));
    if (result.method == "dmarc") {
        const auto domain = domain_in(result.property("header", "from"));
        if (domain != from) return remark("dmarc is for " + one_line(domain));
        return Verdict{Kind::dmarc, from, {}, "dmarc passes for " + from};
    }
    if (result.method == "dkim") {
        const auto domain = signing_domain(result);
        if (!are_aligned(domain, from))
            return remark("dkim is for " + one_line(domain) + ", not for " + from);
        return Verdict{Kind::dkim, from, {}, "signed by " + domain};
    }
    const auto domain = domain_in(result.property("smtp", "mailfrom"));
    if (!are_aligned(domain, from))
        return remark("spf is for " + one_line(domain) + ", not for " + from);
    return Verdict{Kind::spf, from, {}, "spf passes for " + domain};
}

bool dmarc_fails(const AuthenticationResults& results) {
    return std::ranges::any_of(results.results, [](const MethodResult& result) {
        return result.method == "dmarc" && result.result == "fail";
    });
}

/// The domain of From, if From is one address; else why it is not.
std::string domain_of_from(const Incoming& message, std::string& why) {
    if (message.from_fields != 1) {
        why = "the message has " + std::to_string(message.from_fields) + " From fields";
        return {};
    }
    if (message.from.size() != 1) {
        why = "From has " + std::to_string(message.from.size()) + " addresses";
        return {};
    }
    auto domain = domain_of(message.from.front().address);
    if (domain.empty()) why = "From is no address";
    return domain;
}

}  // namespace

bool are_aligned(const std::string& a, const std::string& b) {
    if (a.empty() || b.empty()) return false;
    if (a == b) return true;
    const auto owner = registered_domain(a);
    return !owner.empty() && owner == registered_domain(b);
}

Verdict authenticate(const Incoming& message, const AuthenticationSettings& settings) {
    Verdict none;
    const auto from = domain_of_from(message, none.why);
    if (from.empty()) return none;
    auto [results, why] = believed(message, settings);
    none.why = std::move(why);
    if (!results) return none;
    std::optional<Verdict> best;
    for (const auto& result : results->results)
        if (auto found = verdict_of(result, from, settings, none.why))
            if (!best || found->kind < best->kind) best = std::move(found);
    // What the owner of the domain says of all his mail is stronger than one signature.
    if (best && best->kind != Kind::smtp_auth && dmarc_fails(*results)) best.reset();
    if (best) return *best;
    if (none.why.empty()) none.why = "nothing that counts has passed";
    return none;
}

}  // namespace kalends::mail
