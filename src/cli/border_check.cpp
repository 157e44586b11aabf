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
#include <iterator>
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
    std::optional<mail::Result> refusal = std::nullopt;  ///< what the border said to it
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

    /// One that is refused says nothing of the others. All have the time of one message, so that a
    /// border that does not answer is not waited for six times.
    void send(const Config& config) {
        const auto route = app::border_route(config);
        const auto end = clock::steady() + config.mail.send_timeout;
        for (auto& probe : all_) {
            const auto to = sched::with_tag(config.mail.bounces, probe.tag);
            auto result =
                route->send({.sender = {}, .recipient = to},
                            sched::forged_mail(probe.forgery, to, clock::unix_now()), end);
            if (result.kind != mail::Result::Kind::accepted) probe.refusal = std::move(result);
        }
    }

    /// Until all that were taken have come, or there is no more patience. Of what took too long the
    /// border may have taken more than it could say.
    void wait() {
        const auto end = clock::steady() + patience;
        while (!look() && clock::steady() < end) std::this_thread::sleep_for(between_looks);
    }

private:
    bool look() {
        for (auto& probe : all_)
            if (!probe.outcome) probe.outcome = store::probe_outcome(database_, probe.tag);
        return std::ranges::all_of(all_,
                                   [](const Probe& each) { return each.refusal || each.outcome; });
    }

    store::Database& database_;
    std::vector<Probe> all_;
};

/// "plain, in quotes".
std::string names_of(const std::vector<Probe>& probes, bool (*wanted)(const Probe& probe)) {
    std::string names;
    for (const auto& probe : probes)
        if (wanted(probe))
            names.append(names.empty() ? "" : ", ").append(std::string(probe.forgery.name));
    return names;
}

bool is_unknown_address(const mail::Result& result) {
    return result.kind == mail::Result::Kind::permanent && result.status.starts_with("5.1.");
}

bool is_for_now(const mail::Result& result) { return result.kind == mail::Result::Kind::temporary; }

/// What the border said where it did not take one, a finding for each kind of answer.
std::vector<BorderFinding> refusals_of(const Config& config, const std::vector<Probe>& probes) {
    std::vector<BorderFinding> findings;
    const auto add = [&](bool (*is_such)(const Probe& probe), Kind kind, const std::string& what,
                         const std::string& consequence) {
        const auto first = std::ranges::find_if(probes, is_such);
        if (first == probes.end()) return;
        findings.push_back(
            {kind, config.mail.border + " does not " + what + " (" + names_of(probes, is_such) +
                       ": " + text::printable(first->refusal->sentence) + "): " + consequence});
    };
    add([](const Probe& each) { return each.refusal && is_unknown_address(*each.refusal); },
        Kind::bad, "know " + config.mail.bounces + " with a tag",
        "reports of failed deliveries are lost. docs/mail.md says in its second chapter how it "
        "becomes known.");
    add([](const Probe& each) { return each.refusal && is_for_now(*each.refusal); }, Kind::note,
        "take a forged mail now", "whether one would be believed is not known.");
    add(
        [](const Probe& each) {
            return each.refusal && !is_unknown_address(*each.refusal) && !is_for_now(*each.refusal);
        },
        Kind::note, "take a forged mail", "whether one would be believed is not known.");
    return findings;
}

/// What became of those that were taken.
std::vector<BorderFinding> findings_of(const Config& config, const std::vector<Probe>& probes) {
    std::vector<BorderFinding> findings;
    const auto believed =
        names_of(probes, [](const Probe& each) { return each.outcome && each.outcome->believed; });
    const auto missing =
        names_of(probes, [](const Probe& each) { return !each.refusal && !each.outcome; });
    const auto taken =
        std::ranges::count_if(probes, [](const Probe& each) { return !each.refusal; });
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
    if (findings.empty() && taken > 0)
        findings.push_back(
            {Kind::well, "A forged Authentication-Results of " + config.mail.authserv_id +
                             " is not believed: " + std::to_string(taken) +
                             " ways to write it were tried at " + config.mail.border + "."});
    std::ranges::move(refusals_of(config, probes), std::back_inserter(findings));
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
    probes.send(config);
    probes.wait();
    return findings_of(config, probes.all());
}

}  // namespace kalends::cli
