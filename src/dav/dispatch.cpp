#include "dav/dispatch.hpp"

#include "base/log.hpp"
#include "dav/audit.hpp"
#include "dav/body_rule.hpp"
#include "dav/error.hpp"
#include "dav/locks.hpp"
#include "dav/methods/methods.hpp"
#include "dav/properties/properties.hpp"
#include "dav/reports/expand_property.hpp"
#include "dav/reports/principal_reports.hpp"
#include "dav/reports/sync_collection.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace kalends::dav {
namespace {

using http::Lane;
using http::Request;
using http::Response;
using http::Status;

// clang-format off
constexpr Report reports[] = {
    {{xml::dav, "sync-collection"},               stored_collections, sync_collection,               access::read,     "RFC 6578 3.2"},
    {{xml::dav, "expand-property"},               everything,         expand_property,               access::read,     "RFC 3253 3.8"},
    {{xml::dav, "acl-principal-prop-set"},        everything,         acl_principal_prop_set,        access::read_acl, "RFC 3744 9.2"},
    {{xml::dav, "principal-match"},               everything,         principal_match,               access::read,     "RFC 3744 9.3"},
    {{xml::dav, "principal-property-search"},     everything,         principal_property_search,     access::read,     "RFC 3744 9.4"},
    {{xml::dav, "principal-search-property-set"}, principal_set,      principal_search_property_set, access::read,     "RFC 3744 9.5"},
    {{xml::calendarserver, "calendarserver-principal-search"}, everything, calendarserver_principal_search, access::read, "calendarserver"},
};
// clang-format on

struct MethodRow {
    std::string_view name;
    Response (*run)(const View& view, const Request& request);
    Lane lane;
    bool from_memory;        ///< worth a try on the network thread
    std::string_view audit;  ///< the event that is kept of it
};
constexpr std::array method_table{
    MethodRow{"PROPFIND", methods::propfind, Lane::read, true},
    MethodRow{"GET", methods::get, Lane::read, true},
    MethodRow{"HEAD", methods::get, Lane::read, true},
    MethodRow{"REPORT", methods::report, Lane::report, true},
    MethodRow{"PUT", methods::put, Lane::write, false},
    MethodRow{"POST", methods::post, Lane::write, false},
    MethodRow{"DELETE", methods::erase, Lane::write, false, "delete"},
    MethodRow{"PROPPATCH", methods::proppatch, Lane::write, false},
    MethodRow{"MKCOL", methods::mkcol, Lane::write, false},
    MethodRow{"ACL", methods::acl, Lane::write, false, "acl"},
    MethodRow{"COPY", methods::copy, Lane::write, false},
    MethodRow{"MOVE", methods::move, Lane::write, false, "move"},
    MethodRow{"BIND", methods::bind, Lane::write, false},
    MethodRow{"UNBIND", methods::unbind, Lane::write, false, "delete"},
    MethodRow{"REBIND", methods::rebind, Lane::write, false, "move"},
    MethodRow{"LOCK", methods::lock, Lane::write, false},
    MethodRow{"UNLOCK", methods::unlock, Lane::write, false},
    MethodRow{"OPTIONS", methods::options, Lane::read, true},
};

const MethodRow* row_of(std::string_view method) {
    for (const auto& row : method_table)
        if (row.name == method) return &row;
    return nullptr;
}

bool is_read(std::string_view method) { return method == "GET" || method == "HEAD"; }

/// Where no resource is, there is nothing but the page.
Response only_page(const Request& request) {
    const bool asks = request.method == "OPTIONS";
    auto response = asks ? Response{} : plain_answer(Status::method_not_allowed, "GET this.");
    response.headers.add("Allow", "OPTIONS, GET, HEAD");
    return response;
}

/// A sync-collection of a client that is up to date needs no database; other reports do.
constexpr std::size_t small_report = 1024;
bool may_be_in_memory(const MethodRow& row, const Request& request) {
    if (!row.from_memory) return false;
    return row.name != "REPORT" || (request.body.size() <= small_report &&
                                    request.body.find("sync-collection") != std::string::npos);
}

/// What nobody may do or see, somebody may: one who has not logged in is asked to.
bool is_about_access(Status status) {
    return status == Status::forbidden || status == Status::not_found || status == Status::conflict;
}

Response failed(const Request& request, const std::exception& error) {
    log(Level::error, "request.failed",
        {{"request", request.id}, {"method", request.method}, {"error", error.what()}});
    return plain_answer(Status::internal_server_error,
                        "Something went wrong here; the log has more under request " + request.id +
                            ".");
}

/// Whether a stream's next piece, pulled after the handler returned, may throw: its errors end the
/// connection, and are logged here where the request is known.
void guard_stream(const Request& request, Response& response, Outage& outage) {
    if (!response.more) return;
    response.more = [more = std::move(response.more), id = request.id, &outage] {
        try {
            return more();
        } catch (const store::Unavailable& error) {
            outage.failed(error.what());
            throw;
        } catch (const std::exception& error) {
            log(Level::error, "stream.failed", {{"request", id}, {"error", error.what()}});
            throw;
        }
    };
}

}  // namespace

Tables dav_tables() {
    static const auto properties = [] {
        std::vector<LiveProperty> all;
        for (const auto table : {core_properties(), acl_properties(), lock_properties(),
                                 principal_properties(), sharing_properties(), sync_properties()})
            all.insert(all.end(), table.begin(), table.end());
        return all;
    }();
    static constexpr Capability capabilities[] = {"1",
                                                  "2",
                                                  "3",
                                                  "access-control",
                                                  "bind",
                                                  "calendar-proxy",
                                                  "calendarserver-principal-property-search",
                                                  "calendarserver-principal-search",
                                                  "calendarserver-home-sync",
                                                  "extended-mkcol"};
    return {.properties = properties,
            .reports = reports,
            .methods = {},
            .capabilities = capabilities,
            .types = {}};
}

Dispatcher::Dispatcher(const Services& services, auth::Authenticator& authenticator,
                       std::vector<Page> pages)
    : services_(services), door_(authenticator), pages_(std::move(pages)) {}

const Page* Dispatcher::page_at(std::string_view path) const {
    const auto page = std::find_if(pages_.begin(), pages_.end(),
                                   [&](const Page& each) { return each.is_at(path); });
    return page == pages_.end() ? nullptr : &*page;
}

Response Dispatcher::unavailable(const Request& request, const std::exception& error) {
    outage_.failed(error.what());
    log(Level::debug, "request.unavailable", {{"request", request.id}, {"error", error.what()}});
    Response response =
        plain_answer(Status::service_unavailable, "The database can't be reached now; try again.");
    response.headers.add("Retry-After", "5");
    return response;
}

Response Dispatcher::run(const View& view, const Request& request) {
    try {
        if (const auto* page = page_at(request.path)) {
            if (is_read(request.method)) return page->get(view, request);
            if (!parse_path(request.path)) return only_page(request);
        }
        require_if(view, request);
        if (const auto* row = row_of(request.method)) {
            auto response = row->run(view, request);
            keep_for_audit(view, request, response, row->audit);
            return response;
        }
        for (const auto* method : services_.registry.methods())
            if (method->name == request.method) return method->run(view, request);
        require_login(view);
        throw DavError(Status::not_implemented,
                       "The method " + request.method + " is not known here.");
    } catch (const DavError& error) {
        return refused(view, request, error);
    }
}

Response Dispatcher::refused(const View& view, const Request& request, const DavError& error) {
    const bool login_may_help = !view.user && is_about_access(error.status());
    Response response = error_response(login_may_help ? log_in() : error);
    if (login_may_help || error.status() == Status::unauthorized)
        door_.add_challenge(request, response);
    if (error.status() == Status::method_not_allowed)  // RFC 9110 15.5.6: MUST
        response.headers.add("Allow", methods::allowed_methods(view, request));
    return response;
}

http::BodyRule Dispatcher::rule_for(const auth::Result& who, const Request& head,
                                    bool memory_only) {
    http::BodyRule rule;
    rule.refusal = door_.denied(who, head);
    if (rule.refusal) return rule;
    const View view{&services_, who.home, memory_only, {}, who.scope};
    try {
        return dav::body_rule(view, head);
    } catch (const NotInMemory&) {
        rule.ask_worker = true;
    } catch (const DavError& error) {
        rule.refusal = refused(view, head, error);
    }
    return rule;
}

http::BodyRule Dispatcher::body_rule(const Request& head) {
    if (!may_be_large(head)) return {};
    const auto who = door_.from_memory(head);
    if (who) return rule_for(*who, head, true);
    http::BodyRule rule;
    rule.ask_worker = true;
    return rule;
}

http::BodyRule Dispatcher::body_rule_by_worker(const Request& head) {
    http::BodyRule rule;
    try {
        const auto who = door_.authenticate(head);
        return rule_for(who, head, false);
    } catch (const store::Unavailable& error) {
        rule.refusal = unavailable(head, error);
    } catch (const std::exception& error) {
        rule.refusal = failed(head, error);
    }
    return rule;
}

std::optional<Response> Dispatcher::from_memory(const Request& request) {
    const auto who = door_.from_memory(request);
    if (!who) return std::nullopt;
    if (auto response = door_.denied(*who, request)) return response;
    const auto* row = row_of(request.method);
    const bool anonymous = !who->home;
    if (!anonymous && (row == nullptr || !may_be_in_memory(*row, request))) return std::nullopt;
    try {
        return run({&services_, who->home, true, http::preferences_of(request.headers), who->scope},
                   request);
    } catch (const NotInMemory&) {
        return std::nullopt;
    } catch (const std::exception& error) {
        return failed(request, error);
    }
}

Lane Dispatcher::lane(const Request& request) {
    if (!door_.from_memory(request)) return Lane::login;
    if (is_read(request.method) && has_page(request.path)) return Lane::report;
    const auto* row = row_of(request.method);
    return row != nullptr ? row->lane : Lane::write;
}

Response Dispatcher::handle(const Request& request) {
    try {
        const auto who = door_.authenticate(request);
        if (auto response = door_.denied(who, request)) return std::move(*response);
        const View view{&services_, who.home, false, http::preferences_of(request.headers),
                        who.scope};
        Response response = run(view, request);
        outage_.succeeded();
        guard_stream(request, response, outage_);
        return response;
    } catch (const store::Unavailable& error) {
        return unavailable(request, error);
    } catch (const std::exception& error) {
        return failed(request, error);
    }
}

}  // namespace kalends::dav
