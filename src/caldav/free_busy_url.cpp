#include "caldav/free_busy_url.hpp"

#include "base/clock.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"
#include "caldav/busy_times.hpp"
#include "caldav/calendar_data.hpp"
#include "dav/error.hpp"
#include "dav/methods/methods.hpp"
#include "directory/directory.hpp"
#include "http/query.hpp"
#include "ical/moment.hpp"
#include "sched/busy.hpp"

#include <array>
#include <optional>

namespace kalends::caldav {
namespace {

using dav::DavError;
using http::Request;
using http::Response;
using http::Status;
using ical::UtcTime;
using std::chrono::days;

constexpr days longest_window{366};
constexpr std::string_view in_home = "freebusy";

// ---- whose

/// "jane" of "jane.ifb": RFC 2739 2.3.1, and Outlook's name.
std::string_view without_suffix(std::string_view name) {
    for (const std::string_view suffix : {".ifb", ".vfb"})
        if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
    return name;
}

/// The login or address in the path, empty where the parameter `user` has it; nothing where
/// something else is at the path.
std::optional<std::string> named_in(std::string_view path) {
    for (const std::string_view place : {"/freebusy", "/freebusy.php"}) {
        if (!path.starts_with(place)) continue;
        auto rest = path.substr(place.size());
        if (rest.empty() || rest == "/") return "";
        if (!rest.starts_with('/')) continue;
        rest.remove_prefix(1);
        if (rest.ends_with('/')) rest.remove_suffix(1);
        if (rest.find('/') != std::string_view::npos) return std::nullopt;
        return percent::decode(without_suffix(rest));
    }
    const auto below_dav = path.starts_with("/dav/") ? dav::parse_path(path) : std::nullopt;
    if (!below_dav || below_dav->kind != dav::calendar_home || below_dav->names.size() != 1 ||
        below_dav->names[0] != in_home)
        return std::nullopt;
    return below_dav->login;
}

std::optional<std::string> parameter(const Request& request, std::string_view name) {
    try {
        return http::query_parameter(request.query, name);
    } catch (const http::BadQuery& error) {
        throw DavError(Status::bad_request, error.what());
    }
}

store::HomePtr whose(const dav::View& view, const Request& request) {
    auto name = named_in(request.path).value_or("");
    if (name.empty()) name = parameter(request, "user").value_or("");
    if (name.empty())
        throw DavError(Status::bad_request,
                       "Say whose: /freebusy/jane.ifb, or the parameter user.");
    auto home = directory::find_for_login(view.database(), name);
    if (!home || !home->scheduling(store::CollectionKind::inbox))
        throw DavError(Status::not_found, "There is nobody of that name.");
    return home;
}

// ---- when. CC/S 0903 4

/// A clock's '+' is a space in a query, where it was not escaped.
std::string with_plus(std::string text) {
    constexpr std::size_t before_offset = 16;  // 2026-01-05T09:00
    const auto space = text.find(' ', before_offset);
    if (space != std::string::npos) text[space] = '+';
    return text;
}

/// As in CC/S 0903 (RFC 3339), or as in iCalendar.
std::optional<UtcTime> moment(const Request& request, std::string_view name,
                              const ical::Zone& zone) {
    const auto text = parameter(request, name);
    if (!text) return std::nullopt;
    if (const auto found = ical::parse_moment(with_plus(*text), zone)) return found;
    if (const auto value = ical::parse_date_or_time(*text))
        return value->is_utc ? UtcTime{value->local.time_since_epoch()} : zone.to_utc(value->local);
    throw DavError(Status::bad_request,
                   std::string(name) + " must be a time like 2026-01-31T09:00:00Z.");
}

std::optional<ical::Duration> period(const Request& request) {
    const auto text = parameter(request, "period");
    if (!text) return std::nullopt;
    const auto length = ical::parse_duration(*text);
    if (!length || length->is_negative() || length->is_zero())
        throw DavError(Status::bad_request, "period must be a length like P14D.");
    return length;
}

struct Window {
    UtcTime from;
    UtcTime to;
};

Window window(const Request& request, const ical::Zone& zone, const FreeBusyWindow& usual) {
    const auto start = moment(request, "start", zone);
    const auto end = moment(request, "end", zone);
    const auto length = period(request);
    if (end && length) throw DavError(Status::bad_request, "There can be end or period, not both.");
    const auto today = std::chrono::floor<days>(
        zone.to_local(std::chrono::floor<std::chrono::seconds>(clock::now())));
    Window result{start.value_or(zone.to_utc(today - usual.past)), {}};
    if (end)
        result.to = *end;
    else if (length)
        result.to = zone.add(zone.to_local(result.from), *length);
    else
        result.to = start ? *start + usual.past + usual.ahead : zone.to_utc(today + usual.ahead);
    if (result.to <= result.from) throw DavError(Status::bad_request, "end must be after start.");
    constexpr days margin{1};  // of these bounds, to what iCalendar can write
    if (result.from < ical::beginning_of_time + margin || result.to >= ical::end_of_time - margin)
        throw DavError(Status::bad_request, "start and end must be in the years 0 to 9999.");
    if (result.to - result.from > longest_window)
        throw DavError(Status::bad_request, "start and end can be " +
                                                std::to_string(longest_window.count()) +
                                                " days apart.");
    return result;
}

void require_format(const Request& request) {
    const auto format = parameter(request, "format");
    if (format && !text::iequals(*format, "text/calendar"))
        throw DavError(Status::not_acceptable, "The format is text/calendar.");
}

// ---- the answer

/// What whoever may see it of each calendar sees together: those that make their owner busy.
ical::FreeBusy visible_busy(const dav::View& view, const store::HomePtr& home,
                            const Window& window) {
    ical::FreeBusy busy(window.from, window.to);
    const auto root = dav::home_resource(view, home, store::CollectionKind::calendar_home);
    bool sees_any = false;
    for (const auto& each : home->collections) {
        if (each->kind != store::CollectionKind::calendar || !sched::is_opaque(*each)) continue;
        const auto calendar = dav::member_resource(view, root, each);
        if (!calendar.may(access::read_free_busy)) continue;
        sees_any = true;
        add_busy_times(view, calendar, busy);
    }
    if (!sees_any) throw DavError(Status::forbidden, "You may not see when they are busy.");
    return busy;
}

ical::FreeBusy busy_of(const dav::View& view, const store::HomePtr& home, const Window& window) {
    const auto inbox = home->scheduling(store::CollectionKind::inbox);
    if ((view.privileges(*home, *inbox) & access::schedule_query_freebusy) == 0)
        return visible_busy(view, home, window);
    return within_budget(view, [&](ical::Budget& budget) {
        return sched::busy_of(view.database(), *home, window.from, window.to,
                              {.default_zone = view.settings().default_time_zone,
                               .availability = sched::availability_of(*home)},
                              budget);
    });
}

/// RFC 5546 3.3.1.
ical::FreeBusyHeader header_of(const store::Principal& owner) {
    ical::FreeBusyHeader header;
    header.method = "PUBLISH";
    header.uid = owner.uuid;
    header.organizer = owner.addresses.empty() ? dav::href::principal(owner.kind, owner.login)
                                               : "mailto:" + owner.addresses.front();
    header.stamp = std::chrono::floor<std::chrono::seconds>(clock::now());
    return header;
}

/// A calendar that somebody has called so is what it was.
bool is_collection(const store::Home& home, std::string_view path) {
    const auto below_dav = dav::parse_path(path);
    return below_dav &&
           home.child(home.root(store::CollectionKind::calendar_home)->id, std::string(in_home));
}

Response get(const dav::View& view, const Request& request, const FreeBusyWindow& usual) {
    const auto home = whose(view, request);
    if (is_collection(*home, request.path)) return dav::methods::get(view, request);
    const auto zone = sched::zone_of(home->principal, view.settings().default_time_zone);
    require_format(request);
    const auto wanted = window(request, *zone, usual);
    try {
        const auto busy = busy_of(view, home, wanted);
        Response response;
        response.headers.add("Content-Type", "text/calendar; charset=utf-8");
        response.headers.add("Cache-Control", "private, no-cache");
        response.body = ical::render(busy, header_of(home->principal));
        return response;
    } catch (const ical::TooExpensive& error) {
        throw DavError(Status::forbidden, error.what());
    }
}

}  // namespace

dav::Page free_busy_page(FreeBusyWindow usual) {
    return {.is_at = [](std::string_view path) { return named_in(path).has_value(); },
            .get = [usual](const dav::View& view,
                           const Request& request) { return get(view, request, usual); }};
}

}  // namespace kalends::caldav
