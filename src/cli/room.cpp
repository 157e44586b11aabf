// kalends room: rooms and other things that are booked. kalends-room(8).

#include "base/text.hpp"
#include "cli/accounts.hpp"
#include "cli/connect.hpp"
#include "cli/run.hpp"
#include "directory/directory.hpp"
#include "store/bookings.hpp"

#include <algorithm>
#include <array>
#include <iostream>

namespace kalends::cli {
namespace {

using store::Acceptance;
using store::PrincipalKind;

struct AcceptanceRow {
    Acceptance acceptance;
    std::string_view word;
    std::string_view sentence;
};
constexpr std::array acceptances{
    AcceptanceRow{Acceptance::when_free, "when-free", "accepts when it is free"},
    AcceptanceRow{Acceptance::always, "always", "accepts always"},
    AcceptanceRow{Acceptance::manual, "manual", "is confirmed by hand"},
    AcceptanceRow{Acceptance::never, "never", "answers nothing"},
    AcceptanceRow{Acceptance::decline, "decline", "declines always"},
    AcceptanceRow{Acceptance::accept_if_free, "accept-if-free",
                  "accepts when it is free, and answers nothing else"},
    AcceptanceRow{Acceptance::decline_if_busy, "decline-if-busy",
                  "declines when it is busy, and answers nothing else"},
};

const AcceptanceRow& row_of(Acceptance acceptance) {
    return *std::ranges::find(acceptances, acceptance, &AcceptanceRow::acceptance);
}

int number_of(const Arguments& arguments, std::string_view option, int otherwise) {
    constexpr int most = 1'000'000;
    const auto words = arguments.value(option);
    if (!words) return otherwise;
    const auto number = text::to_number(*words);
    if (!number || *number > most)
        throw UsageError("--" + std::string(option) + " is a number, not " +
                         text::printable(*words));
    return static_cast<int>(*number);
}

/// As it was, with what the options say.
store::Booking changed(store::Database& database, store::Booking booking,
                       const Arguments& arguments) {
    if (const auto word = arguments.value("accept")) {
        const auto row = std::ranges::find(acceptances, *word, &AcceptanceRow::word);
        if (row == acceptances.end())
            throw UsageError(
                "--accept is when-free, always, manual, never, decline, accept-if-free or "
                "decline-if-busy, not " +
                text::printable(*word));
        booking.acceptance = row->acceptance;
    }
    booking.capacity = number_of(arguments, "capacity", booking.capacity);
    booking.horizon_days = number_of(arguments, "horizon", booking.horizon_days);
    if (arguments.flag("no-group")) booking.group.reset();
    if (const auto name = arguments.value("group")) {
        const auto group = find_group(database, *name);
        booking.group = {.id = group->principal.id,
                         .kind = PrincipalKind::group,
                         .login = group->principal.login,
                         .owner_kind = PrincipalKind::group};
    }
    auto features = arguments.values("feature");
    std::ranges::sort(features);
    features.erase(std::unique(features.begin(), features.end()), features.end());
    if (!features.empty() || arguments.flag("no-features")) booking.features = std::move(features);
    return booking;
}

bool is_room(const store::Principal& principal) {
    return principal.kind == PrincipalKind::location || principal.kind == PrincipalKind::resource;
}

void print_json(const store::Principal& room, const store::Booking& booking) {
    std::string features;
    for (const auto& feature : booking.features)
        features.append(features.empty() ? "" : ", ").append(text::json_quoted(feature));
    std::cout << "{\"room\": " << text::json_quoted(room.login)
              << ", \"name\": " << text::json_quoted(room.display_name) << ", \"kind\": "
              << (room.kind == PrincipalKind::location ? "\"room\"" : "\"resource\"")
              << ", \"accept\": \"" << row_of(booking.acceptance).word
              << "\", \"capacity\": " << booking.capacity
              << ", \"horizon_days\": " << booking.horizon_days << ", \"group\": "
              << (booking.group ? text::json_quoted(booking.group->login) : "null")
              << ", \"features\": [" << features << "]}\n";
}

void print_line(const store::Principal& room, const store::Booking& booking) {
    std::cout << room.login << "  " << text::printable(room.display_name);
    for (const auto& address : room.addresses) std::cout << "  <" << address << ">";
    std::cout << "  " << row_of(booking.acceptance).sentence;
    if (booking.capacity != 0) std::cout << "  for " << booking.capacity;
    if (booking.horizon_days != 0) std::cout << "  up to " << booking.horizon_days << " days ahead";
    if (booking.group) std::cout << "  accepts " << booking.group->login << " when it is free";
    for (const auto& feature : booking.features) std::cout << "  " << text::printable(feature);
    std::cout << "\n";
}

}  // namespace

int room_add(const Arguments& arguments, const Config& config) {
    directory::NewAccount account;
    account.kind = arguments.flag("resource") ? PrincipalKind::resource : PrincipalKind::location;
    account.login = arguments.operands()[0];
    account.display_name = arguments.value("name").value_or("");
    account.addresses = arguments.values("email");
    Connection database(config);
    const auto booking = changed(*database, {}, arguments);
    if (arguments.flag("if-absent") && directory::find(*database, account.login) != nullptr)
        return done;
    store::set_booking(*database, directory::create_user(*database, account), booking);
    keep_for_audit(*database, "account", account.login, "made");
    std::cout << "Made " << account.login << ", which " << row_of(booking.acceptance).sentence
              << ".\n";
    return done;
}

int room_list(const Arguments& arguments, const Config& config) {
    constexpr std::size_t page = 500;
    Connection database(config);
    for (const auto kind : {PrincipalKind::location, PrincipalKind::resource}) {
        std::string after;
        for (;;) {
            const auto rooms = store::list_principals(*database, kind, after, page);
            for (const auto& room : rooms) {
                const auto booking = store::booking(*database, room.id);
                arguments.flag("json") ? print_json(room, booking) : print_line(room, booking);
            }
            if (rooms.size() < page) break;
            after = rooms.back().login;
        }
    }
    return done;
}

int room_change(const Arguments& arguments, const Config& config) {
    Connection database(config);
    const auto home = find_user(*database, arguments.operands()[0]);
    if (!is_room(home->principal))
        throw Failure(home->principal.login + " is no room; kalends room list shows all");
    const auto before = store::booking(*database, home->principal.id);
    const auto after = changed(*database, before, arguments);
    store::set_booking(*database, home->principal.id, after);
    keep_for_audit(*database, "account", home->principal.login, "booking changed");
    print_line(home->principal, after);
    return done;
}

}  // namespace kalends::cli
