#include "directory/ldap/login.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "directory/ldap/filter.hpp"
#include "directory/unicode_private.hpp"

namespace kalends::directory::ldap {
namespace {

using Kind = LoginOutcome::Kind;

constexpr std::size_t max_password = 1024;  // bytes

/// One try to log in.
class Login {
public:
    Login(Pool& pool, const std::string& login, const Trace& trace)
        : settings_(pool.servers().settings()), login_(login), trace_(trace),
          deadline_(clock::steady() + settings_.timeout), lease_(pool.take(deadline_)) {}

    LoginOutcome run(const std::optional<std::string>& password) {
        auto entries = search(filter_for_login(settings_.mapping, login_), "login");
        if (entries.empty() && login_.find('@') != std::string::npos)
            entries = search(filter_for_address(settings_.mapping, login_), "address");
        if (entries.empty()) return ended(Kind::unknown, {}, "nobody in the directory");
        if (entries.size() > 1)
            return ended(Kind::wrong, {},
                         "two entries are called so: " + text::printable(entries[0].dn) + " and " +
                             text::printable(entries[1].dn));
        auto reading = read_entry(entries.front(), settings_.mapping, store::PrincipalKind::user,
                                  clock::now());
        if (!reading.usable) return ended(Kind::wrong, {}, reading.why_not);
        say_what_was_read(reading.found);
        if (!reading.found.disabled.empty())
            return ended(Kind::wrong, reading.found,
                         "disabled in the directory: " + reading.found.disabled);
        if (!password) return {.kind = Kind::right, .found = std::move(reading.found), .why = {}};
        return bind(std::move(reading.found), *password);
    }

private:
    void say(const std::string& step) const {
        if (trace_) trace_(step);
    }

    LoginOutcome ended(Kind kind, const Found& found, const std::string& why) const {
        say(why);
        return {.kind = kind, .found = found, .why = why};
    }

    void say_what_was_read(const Found& found) const {
        say("found " + text::printable(found.dn));
        say("its login is " + found.login + ", its id " + found.uuid);
        std::string addresses;
        for (const auto& each : found.addresses)
            addresses.append(addresses.empty() ? "" : ", ").append(each);
        say("name \"" + text::printable(found.display_name) + "\", addresses " +
            (addresses.empty() ? "none" : addresses));
        for (const auto& remark : found.remarks) say(remark);
    }

    std::vector<Entry> search(const std::string& filter, const std::string& by) {
        const auto& base = settings_.people_base.empty() ? settings_.base : settings_.people_base;
        Search wanted{.base = base,
                      .filter = filter,
                      .attributes = attributes_of(settings_.mapping),
                      .at_most = 2};
        say("looking for the " + by + " below \"" + base + "\": " + filter);
        return lease_.search(deadline_, [&](Connection& connection, Deadline until) {
            std::vector<Entry> entries;
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::steady());
            const auto end = connection.search(
                wanted, left, [&](Entry&& entry) { entries.push_back(std::move(entry)); });
            say(connection.uri() + " answers with " + std::to_string(end.entries) +
                (end.entries == 1 ? " entry" : " entries") + (end.cut ? ", and has more" : ""));
            if (end.referrals != 0)
                say("and refers to other servers, which are not asked: " +
                    std::to_string(end.referrals));
            return entries;
        });
    }

    LoginOutcome bind(Found found, const std::string& password) {
        if (password.empty() || password.size() > max_password)
            return ended(Kind::wrong, found, "an empty password is never right, nor is a huge one");
        say("binding as " + text::printable(found.dn));
        const auto typed = nfc(password).value_or(password);
        const auto outcome = lease_.bind(deadline_, [&](Connection& connection, Deadline until) {
            return connection.bind_as(found.dn, typed, until);
        });
        if (!outcome.right) return ended(Kind::wrong, found, outcome.why);
        say("the password is right");
        return {.kind = Kind::right, .found = std::move(found), .why = {}};
    }

    const Settings& settings_;
    const std::string& login_;
    const Trace& trace_;
    Deadline deadline_;
    Pool::Lease lease_;
};

}  // namespace

LoginOutcome log_in(Pool& pool, const std::string& login,
                    const std::optional<std::string>& password, const Trace& trace) {
    const auto failed = [&](const std::string& why) -> LoginOutcome {
        if (trace) trace(why);
        return {.kind = Kind::unavailable, .found = {}, .why = why};
    };
    try {
        Login attempt{pool, login, trace};
        auto outcome = attempt.run(password);
        pool.servers().succeeded();
        return outcome;
    } catch (const DirectoryUnavailable& error) {
        pool.servers().gave_up(error.what());
        return failed(error.what());
    } catch (const DirectoryRefused& error) {
        return failed(error.what());
    }
}

}  // namespace kalends::directory::ldap
