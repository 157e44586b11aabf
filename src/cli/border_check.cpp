#include "cli/border_check.hpp"

#include "app/mail_way.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"
#include "cli/connect.hpp"
#include "sched/bounce_address.hpp"
#include "sched/mail_probe.hpp"
#include "store/mail_probes.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

namespace kalends::cli {
namespace {

using namespace std::chrono_literals;

using Kind = BorderFinding::Kind;

constexpr auto patience = 30s;
constexpr auto between_looks = 200ms;

/// One forged mail on its way.
struct Probe {
    sched::Forgery forgery;
    std::string tag;
    std::optional<store::ProbeOutcome> outcome = std::nullopt;
};

/// Nobody else looks for them when this has gone.
class Probes {
public:
    Probes(store::Database& database, const std::string& authserv_id) : database_(database) {
        for (auto& forgery : sched::forgeries(authserv_id)) {
            all_.push_back({.forgery = std::move(forgery), .tag = sched::new_probe_tag()});
            store::begin_probe(database_, all_.back().tag, clock::unix_now());
        }
    }
    ~Probes() {
        try {
            for (const auto& probe : all_) store::end_probe(database_, probe.tag);
        } catch (const std::exception&) {  // they are forgotten tomorrow
            return;
        }
    }
    Probes(const Probes&) = delete;
    Probes& operator=(const Probes&) = delete;

    [[nodiscard]] const std::vector<Probe>& all() const { return all_; }

    /// Until all have come, or there is no more patience.
    void wait() {
        const auto end = clock::steady() + patience;
        while (!look() && clock::steady() < end) std::this_thread::sleep_for(between_looks);
    }

private:
    bool look() {
        for (auto& probe : all_)
            if (!probe.outcome) probe.outcome = store::probe_outcome(database_, probe.tag);
        return std::ranges::all_of(all_,
                                   [](const Probe& each) { return each.outcome.has_value(); });
    }

    store::Database& database_;
    std::vector<Probe> all_;
};

/// What the border says where it does not take one.
BorderFinding not_taken(const Config& config, const mail::Result& result) {
    const auto said = text::printable(result.sentence);
    if (result.kind == mail::Result::Kind::permanent && result.status.starts_with("5.1."))
        return {Kind::bad, config.mail.border + " does not know " + config.mail.bounces +
                               " with a tag (" + said +
                               "): reports of failed deliveries are lost. docs/mail.md says in its "
                               "second chapter how it becomes known."};
    return {Kind::note, config.mail.border + " does not take a forged mail" +
                            (result.kind == mail::Result::Kind::temporary ? " now" : "") + " (" +
                            said + "): whether one would be believed is not known."};
}

/// Nothing: all are on their way.
std::optional<BorderFinding> send(const Config& config, const Probes& probes) {
    const auto route = app::border_route(config);
    for (const auto& probe : probes.all()) {
        const auto to = sched::with_tag(config.mail.bounces, probe.tag);
        const auto result = route->send({.sender = {}, .recipient = to},
                                        sched::forged_mail(probe.forgery, to, clock::unix_now()),
                                        clock::steady() + config.mail.send_timeout);
        if (result.kind != mail::Result::Kind::accepted) return not_taken(config, result);
    }
    return std::nullopt;
}

/// "plain, in quotes".
std::string names_of(const std::vector<Probe>& probes, bool (*wanted)(const Probe& probe)) {
    std::string names;
    for (const auto& probe : probes)
        if (wanted(probe))
            names.append(names.empty() ? "" : ", ").append(std::string(probe.forgery.name));
    return names;
}

std::vector<BorderFinding> findings_of(const Config& config, const std::vector<Probe>& probes) {
    std::vector<BorderFinding> findings;
    const auto believed =
        names_of(probes, [](const Probe& each) { return each.outcome && each.outcome->believed; });
    const auto missing = names_of(probes, [](const Probe& each) { return !each.outcome; });
    if (!believed.empty())
        findings.push_back(
            {Kind::bad, "FORGED Authentication-Results ARE BELIEVED: who writes " +
                            config.mail.authserv_id + " into one (" + believed +
                            ") can answer and cancel in anybody's name. " + config.mail.border +
                            " must remove such fields, as dist/mail/postfix/"
                            "kalends_header_checks does; empty mail.authserv_id until then. "
                            "docs/mail.md explains it in its fourth chapter."});
    if (!missing.empty())
        findings.push_back(
            {Kind::bad, "Mail to " + config.mail.bounces + " did not come back within " +
                            std::to_string(patience.count()) + " s (" + missing + "), though " +
                            config.mail.border +
                            " has taken it. Does kalends serve run? Does the mail system hand such "
                            "mail over (docs/mail.md, second chapter), into " +
                            config.mail.spool +
                            ", under an account of mail.spool_users? Does it wait in its queue?"});
    if (findings.empty())
        findings.push_back(
            {Kind::well, "A forged Authentication-Results of " + config.mail.authserv_id +
                             " is not believed: " + std::to_string(probes.size()) +
                             " ways to write it were tried at " + config.mail.border + "."});
    return findings;
}

}  // namespace

std::vector<BorderFinding> examine_border(const Config& config) {
    const auto& mail = config.mail;
    if (mail.spool.empty() || mail.authserv_id.empty()) return {};
    if (mail.border.empty() || mail.bounces.empty())
        return {{Kind::note, "Whether a forged Authentication-Results is believed was not tried: " +
                                 std::string(mail.border.empty() ? "mail.border" : "mail.bounces") +
                                 " is empty."}};
    (void)app::border_route(config);  // a mistake in it is found before the database is asked
    Connection database(config);
    Probes probes(*database, mail.authserv_id);
    if (auto finding = send(config, probes)) return {std::move(*finding)};
    probes.wait();
    return findings_of(config, probes.all());
}

}  // namespace kalends::cli
