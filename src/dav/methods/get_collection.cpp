// GET and HEAD of what is no object, which RFC 4918 9.4 leaves open: all of a calendar or an
// address book as one file, as those fetch it who subscribe to it; and a page with links for a
// browser.
#include "base/clock.hpp"
#include "base/percent.hpp"
#include "dav/collection_type.hpp"
#include "dav/error.hpp"
#include "dav/export.hpp"
#include "dav/html.hpp"
#include "dav/live_property.hpp"
#include "dav/methods/methods.hpp"
#include "dav/representation.hpp"
#include "http/conditional.hpp"
#include "store/principals.hpp"

#include <utility>

namespace kalends::dav::methods {
namespace {

using http::Status;

constexpr std::size_t page = 1000;

/// RFC 4918 5.2: a collection has one address, so that relative links in its page are right.
http::Response redirect(const Resource& target) {
    http::Response response;
    response.status = Status::moved_permanently;
    response.headers.add("Location", target.href);
    response.headers.add("Cache-Control", "no-cache");
    return response;
}

void append_object(const View& view, const Resource& object, std::string& to) {
    if (!object.may(access::read)) return;
    const auto& row = *object.object;
    const auto type = type_of(view, object.collection->kind).content_type(row);
    const clock::Seconds modified{std::chrono::seconds{row.modified}};
    html::append(to, {.href = object.href,
                      .name = row.name,
                      .type = media_type(type),
                      .size = object.shown == Shown::whole ? std::optional{row.size} : std::nullopt,
                      .modified = clock::iso_date(modified)});
}

Producer object_rows(const View& view, const Resource& collection) {
    return [view, collection, after = std::string()](std::string& to) mutable {
        const auto from = after;
        const auto count = store::list_objects(
            view.database(), collection.home->principal.id, collection.collection->id, from, page,
            false, [&](const store::ObjectView& row) {
                append_object(view, object_resource(view, collection, row), to);
                after = row.name;
            });
        return count == page;
    };
}

Producer principal_rows(const View& view, store::PrincipalKind kind) {
    return [view, kind, after = std::string()](std::string& to) mutable {
        const auto found = store::list_principals(view.database(), kind, after, page);
        for (const auto& row : found) {
            const auto href = href::principal(row.kind, row.login);
            html::append(to, {.href = href, .name = row.shown_name(), .type = name_of(principal)});
            after = row.login;
        }
        return found.size() == page;
    };
}

/// An answer that begins so, and goes on with what `rest` gives until that is false.
http::Response streamed(std::string_view type, std::string begin, Producer rest) {
    http::Response response;
    response.headers.add("Content-Type", type);
    response.body = std::move(begin);
    if (rest)
        response.more = [rest = std::move(rest), more = true]() mutable {
            std::string piece;
            while (more && piece.empty()) more = rest(piece);
            return piece;
        };
    return response;
}

/// A page whose table begins with `rows`. It loads nothing and runs nothing.
http::Response html_page(const Resource& target, std::string_view title, const std::string& rows,
                         Producer more = nullptr) {
    const auto above = target.is(root) ? std::string_view{} : href::parent(target.href);
    auto begin = html::begin(title, above) + rows;
    Producer rest;
    if (!more)
        begin += html::end();
    else
        rest = [more = std::move(more)](std::string& to) mutable {
            if (more(to)) return true;
            to += html::end();
            return false;
        };
    auto response = streamed(page_type, std::move(begin), std::move(rest));
    response.headers.add("Content-Security-Policy", "default-src 'none'");
    response.headers.add("X-Content-Type-Options", "nosniff");
    return response;
}

/// Whether the client has it already. Throws DavError 412.
bool is_known(const http::Request& request, const Validators& current) {
    const auto verdict = http::evaluate(http::preconditions_of(request.headers),
                                        {true, current.etag, current.modified}, true);
    if (verdict == http::Verdict::precondition_failed)
        throw DavError(Status::precondition_failed, "The collection has changed.");
    return verdict == http::Verdict::not_modified;
}

http::Response validated(const Validators& current, http::Response response) {
    response.headers.add("ETag", current.etag);
    response.headers.add("Last-Modified", clock::http_date(current.modified));
    response.headers.add("Vary", "Accept");
    return response;
}

http::Response not_modified(const Validators& current) {
    http::Response response;
    response.status = Status::not_modified;
    return validated(current, std::move(response));
}

http::Response get_file(const View& view, const http::Request& request, const Resource& target) {
    const auto current = file_validators(view, target);
    if (is_known(request, current)) return not_modified(current);
    (void)view.database();  // not from memory
    return validated(current, streamed(default_type(view, target), {},
                                       exported(view, target, shown_name(target))));
}

http::Response get_listing(const View& view, const http::Request& request, const Resource& target) {
    const auto rows = member_rows(view, target);
    const auto current = page_validators(view, target, rows);
    if (is_known(request, current)) return not_modified(current);
    Producer more;
    if (target.collection->object_count > 0) {
        (void)view.database();  // not from memory
        more = object_rows(view, target);
    }
    return validated(current, html_page(target, percent::decode(target.href).value_or(target.href),
                                        rows, std::move(more)));
}

http::Response get_places(const View& view, const Resource& target) {
    std::string rows;
    for (const auto place : href::places) append_row(rows, resolve(view, place), place);
    return html_page(target, target.href, rows);
}

http::Response get_home_set(const View& view, const Resource& target) {
    const auto& login = view.user->principal.login;
    std::string rows;
    append_row(rows, resolve(view, href::collection(target.href, login)), login);
    return html_page(target, target.href, rows);
}

http::Response get_principal_set(const View& view, const Resource& target) {
    if (target.one_kind) {
        (void)view.database();
        return html_page(target, target.href, {}, principal_rows(view, target.principal_kind));
    }
    std::string rows;
    for (const auto kind : store::directory_kinds) {
        const auto set = href::principal_set(kind);
        append_row(rows, resolve(view, set), std::string_view{set}.substr(target.href.size()));
    }
    return html_page(target, target.href, rows);
}

/// Its homes, and what can be asked of it.
http::Response get_principal(const View& view, const Resource& target) {
    const auto& row = target.home->principal;
    std::string rows;
    for (const auto kind : store::home_kinds)
        if (target.home->root(kind)) {
            const auto href = href::home(kind, row.login);
            append_row(rows, {.kind = kind_of(kind), .href = href}, href);
        }
    for (const auto* report : view.registry().reports())
        if (target.is(report->on))
            html::append(rows, {.href = target.href, .name = report->name.local, .type = "report"});
    return html_page(target, row.shown_name(), rows);
}

}  // namespace

http::Response get_collection(const View& view, const http::Request& request,
                              const Resource& target) {
    if (!request.path.ends_with('/')) return redirect(target);
    if (target.is(stored_collections)) {
        return wants_page(view, request, target) ? get_listing(view, request, target)
                                                 : get_file(view, request, target);
    }
    if (target.is(principals)) return get_principal(view, target);
    if (target.is(principal_set)) return get_principal_set(view, target);
    if (target.is(home_set)) return get_home_set(view, target);
    return get_places(view, target);
}

}  // namespace kalends::dav::methods
