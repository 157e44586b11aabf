#include "guest/pages.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "http/accept.hpp"
#include "http/query.hpp"
#include "letters/answer_page.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace kalends::guest {
namespace {

using http::Request;
using http::Response;
using http::Status;
using sched::GuestOutcome;
using sched::GuestWord;
using State = sched::Invitation::State;

// ---- what is said of what

/// Behind a POST that was taken, the page says so.
struct Done {
    std::string_view word;  ///< in the query
    std::string_view notice;
};
constexpr std::array dones{Done{"answer", "answer_thanks"}, Done{"propose", "answer_proposed"},
                           Done{"same", "answer_same"}};

std::string_view notice_behind(std::string_view word) {
    const auto* found = std::ranges::find(dones, word, &Done::word);
    return found == dones.end() ? std::string_view{} : found->notice;
}

/// The PARTSTAT that a link in a mail chooses.
std::string_view chosen_by(std::string_view word) {
    const auto* found = std::ranges::find(sched::answer_words, word, &sched::AnswerWord::word);
    return found == sched::answer_words.end() ? std::string_view{} : found->partstat;
}

std::string_view notice_of(State state) {
    switch (state) {
    case State::open:
        return {};
    case State::cancelled:
        return "answer_cancelled";
    case State::over:
        return "answer_over";
    case State::gone:
        return "answer_gone";
    }
    return {};
}

struct Refusal {
    GuestOutcome outcome;
    Status status;
    std::string_view notice;
};
constexpr std::array refusals{
    Refusal{GuestOutcome::not_open, Status::conflict, ""},  // the page says why
    Refusal{GuestOutcome::bad_proposal, Status::unprocessable_content, "answer_bad_time"},
    Refusal{GuestOutcome::no_such_date, Status::conflict, "answer_no_date"},
    Refusal{GuestOutcome::refused, Status::unprocessable_content, "answer_refused"},
    Refusal{GuestOutcome::too_many, Status::too_many_requests, "answer_too_many"}};

// ---- the form

/// What can't be taken: the key of the words that say so.
struct BadForm {
    std::string_view notice;
};

std::string field(const Request& request, std::string_view name) {
    try {
        auto value = http::query_parameter(request.body, name).value_or("");
        const bool is_text = text::is_utf8(value) && value.find('\0') == std::string::npos;
        return is_text ? value : throw BadForm{"answer_missing"};
    } catch (const http::BadQuery&) {
        throw BadForm{"answer_missing"};
    }
}

/// Browsers end lines with CRLF. Other controls come from what was copied out of word processors.
std::string comment_in(const Request& request) {
    auto comment = field(request, "comment");
    std::erase(comment, '\r');
    std::ranges::replace_if(
        comment,
        [](char c) {
            return (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') || c == '\x7f';
        },
        ' ');
    if (text::code_points(comment) > letters::longest_comment) throw BadForm{"answer_long"};
    return std::string(text::trim(comment));
}

/// "2026-03-10T10:00", "2026-03-10T10:00:00", "2026-03-10".
ical::DateOrTime time_in(const Request& request, std::string_view name) {
    constexpr std::size_t with_minutes = 13;
    auto digits = field(request, name);
    std::erase_if(digits, [](char c) { return c == '-' || c == ':'; });
    if (digits.size() == with_minutes) digits += "00";
    const auto time = ical::parse_date_or_time(digits);
    if (!time || time->is_utc) throw BadForm{"answer_bad_time"};
    return *time;
}

GuestWord word_in(const Request& request) {
    GuestWord word{.comment = comment_in(request)};
    if (field(request, "do") == "propose") {
        const auto end = time_in(request, "end");
        word.start = time_in(request, "start").local;
        word.end = end.local + std::chrono::days{end.is_date ? 1 : 0};  // the last is included
        const auto zone = field(request, "zone");
        word.zone = ical::system_zone(zone);
        if (!zone.empty() && !word.zone) throw BadForm{"answer_bad_time"};
        return word;
    }
    word.partstat = field(request, "answer");
    if (std::ranges::count(sched::answer_words, word.partstat, &sched::AnswerWord::partstat) == 0)
        throw BadForm{"answer_missing"};
    word.date = field(request, "date");
    return word;
}

bool is_form(const Request& request) {
    const auto type = request.headers.find("Content-Type").value_or("");
    return text::iequals(text::trim(type.substr(0, type.find(';'))),
                         "application/x-www-form-urlencoded");
}

std::string parameter(const Request& request, std::string_view name) {
    try {
        return http::query_parameter(request.query, name).value_or("");
    } catch (const http::BadQuery&) {
        return {};
    }
}

/// The address is a secret, and the page nobody else's: it is kept by nobody, passed on to nobody,
/// and shown in no frame. It loads nothing.
void add_headers(Response& response) {
    response.headers.add("Cache-Control", "no-store");
    response.headers.add("Referrer-Policy", "no-referrer");
    response.headers.add("X-Robots-Tag", "noindex, nofollow");
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.headers.add("Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                         "frame-ancestors 'none'; base-uri 'none'");
}

}  // namespace

Pages::Pages(Settings settings, store::Database& database, sched::Scheduler& scheduler)
    : settings_(std::move(settings)), database_(database),
      guests_(database, scheduler, settings_.per_hour, settings_.words) {}

Response Pages::handle(const Request& request) {
    Response response;
    try {
        response = answer_or_wait(request);
    } catch (const std::exception& error) {
        log(Level::error, "request.failed",
            {{"request", request.id}, {"method", request.method}, {"error", error.what()}});
        response.status = Status::internal_server_error;
        response.body = "Something went wrong here; try again later.\n";
        response.headers.add("Content-Type", "text/plain; charset=utf-8");
    }
    add_headers(response);
    return response;
}

Response Pages::answer_or_wait(const Request& request) {
    try {
        auto response = answer(request);
        outage_.succeeded();
        return response;
    } catch (const store::Unavailable& error) {
        outage_.failed(error.what());
        auto response = only_notice(request, Status::service_unavailable, "answer_trouble");
        response.headers.add("Retry-After", "60");
        return response;
    }
}

Response Pages::answer(const Request& request) {
    const auto token = std::string_view(request.path).substr(prefix.size());
    const auto link = sched::read_token(token, database_.secret());
    if (!link) return only_notice(request, Status::not_found, "answer_invalid");
    if (request.method == "GET" || request.method == "HEAD") return show(request, *link);
    if (request.method == "POST") return take(request, *link);
    auto response = only_notice(request, Status::method_not_allowed, "answer_invalid");
    response.headers.add("Allow", "GET, HEAD, POST");
    return response;
}

Response Pages::show(const Request& request, const sched::AnswerLink& link) {
    const auto invitation = guests_.show(link);
    return page(request, invitation, Status::ok, notice_behind(parameter(request, "done")),
                chosen_by(parameter(request, "say")));
}

Response Pages::take(const Request& request, const sched::AnswerLink& link) {
    if (!is_form(request))
        return only_notice(request, Status::unsupported_media_type, "answer_missing");
    GuestWord word;
    try {
        word = word_in(request);
    } catch (const BadForm& bad) {
        return page(request, guests_.show(link), Status::bad_request, bad.notice);
    }
    const auto outcome = guests_.say(link, word);
    for (const auto& refusal : refusals)
        if (refusal.outcome == outcome)
            return page(request, guests_.show(link), refusal.status, refusal.notice, word.partstat,
                        word.comment);
    const auto* const done = outcome == GuestOutcome::nothing_new ? "same"
                             : word.partstat.empty()              ? "propose"
                                                                  : "answer";
    Response response;
    response.status = Status::see_other;  // who loads the page again says nothing again
    // Relative: a proxy may know the path by another name.
    response.headers.add("Location", std::string("?done=") + done);
    return response;
}

Response Pages::page(const Request& request, const sched::Invitation& invitation, Status status,
                     std::string_view notice, std::string_view chosen,
                     std::string_view comment) const {
    const bool is_open = invitation.state == State::open;
    const auto language = language_for(request, invitation.language);
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/html; charset=utf-8");
    response.headers.add("Content-Language", language);
    response.body = letters::answer_page({.message = invitation.message,
                                          .sender = invitation.organizer,
                                          .language = language,
                                          .notice = is_open ? notice : notice_of(invitation.state),
                                          .is_open = is_open,
                                          .partstat = invitation.partstat,
                                          .chosen = chosen.empty() ? invitation.partstat : chosen,
                                          .dates = invitation.dates,
                                          .may_propose = invitation.may_propose,
                                          .comment = comment.empty() ? invitation.comment : comment,
                                          .zone = invitation.zone.get()},
                                         settings_.words);
    return response;
}

Response Pages::only_notice(const Request& request, Status status, std::string_view notice) const {
    const auto language = language_for(request, {});
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/html; charset=utf-8");
    response.body = letters::answer_page({.message = {}, .language = language, .notice = notice},
                                         settings_.words);
    return response;
}

std::string Pages::language_for(const Request& request, const std::string& otherwise) const {
    for (auto& language : http::languages_of(request.headers.joined("Accept-Language")))
        if (letters::has_language(language, settings_.words)) return std::move(language);
    return otherwise.empty() ? settings_.language : otherwise;
}

}  // namespace kalends::guest
