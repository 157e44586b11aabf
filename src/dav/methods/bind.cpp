// BIND, UNBIND and REBIND: RFC 5842 4, 5 and 6. The collection at the request's path gets, or
// loses, a member that the body names: as by a COPY, a DELETE or a MOVE of it, whose rules hold.
#include "base/percent.hpp"
#include "base/text.hpp"
#include "dav/body.hpp"
#include "dav/conditions.hpp"
#include "dav/error.hpp"
#include "dav/methods/methods.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"
#include "dav/transfer.hpp"

#include <set>

namespace kalends::dav::methods {
namespace {

using http::Status;

/// The preconditions by which the three differ.
struct Form {
    xml::NameView root;
    xml::NameView into_collection;
    xml::NameView source_exists;
};
constexpr Form bind_form{
    {xml::dav, "bind"}, precondition::bind_into_collection, precondition::bind_source_exists};
constexpr Form unbind_form{
    {xml::dav, "unbind"}, precondition::unbind_from_collection, precondition::unbind_source_exists};
constexpr Form rebind_form{
    {xml::dav, "rebind"}, precondition::rebind_into_collection, precondition::rebind_source_exists};

/// What the body names: a member of the collection at the request's path, and what shall become it.
struct Named {
    Resource into;       ///< that collection
    std::string member;  ///< its path, without a slash at the end
    std::string source;  ///< a path; of unbind: empty
};

std::string text_of(const xml::Element& body, std::string_view name) {
    const auto* const child = body.child({xml::dav, name});
    if (child == nullptr)
        throw DavError(Status::bad_request,
                       "The body must have a " + std::string(name) + " element.");
    return std::string(text::trim(child->text()));
}

std::string segment_of(const xml::Element& body) {
    const auto name = percent::decode(text_of(body, "segment"));
    if (!name || name->empty() || *name == "." || *name == ".." ||
        name->find('/') != std::string::npos)
        throw DavError(Status::forbidden, precondition::name_allowed,
                       "The segment is no name that a member can have.");
    require_name(*name);
    return *name;
}

std::string source_of(const http::Request& request, const xml::Element& body) {
    const auto href = text_of(body, "href");
    if (!is_absolute(href))
        throw DavError(Status::bad_request, "The href must be an absolute URL or path.");
    if (!is_here(href, request.host))
        throw DavError(Status::forbidden, precondition::cross_server_binding,
                       "A binding can only be to what is on this server.");
    return std::string(path_of_href(href));
}

/// Whether there is something that the user may see, or a binding.
bool exists(const View& view, const std::string& path) {
    try {
        const auto resource = to_unbind(view, path);
        return !resource.is(objects) || find_object(view, resource);
    } catch (const DavError& error) {
        if (error.status() == Status::unauthorized) throw;
        return false;
    }
}

Named named_in(const View& view, const http::Request& request, const Form& form) {
    const auto body = parse_body(view, request, form.root);
    Named named{.into = resolve(view, request.path), .member = {}, .source = {}};
    if (!named.into.is(stored_collections))
        throw DavError(Status::forbidden, form.into_collection, "Only collections have members.");
    require_conditions(view, request, named.into);
    named.member = named.into.href;
    percent::append_segment(named.member, segment_of(*body));
    if (form.root != unbind_form.root) named.source = source_of(request, *body);
    const auto& must_exist = form.root == unbind_form.root ? named.member : named.source;
    if (!exists(view, must_exist))
        throw DavError(Status::conflict, form.source_exists,
                       "There is nothing at this address, or you may not see it.");
    return named;
}

/// Throws 412 where the Overwrite header protects what has the name. RFC 5842 4, 6.
void require_overwritable(const View& view, const http::Request& request, const Named& named) {
    if (overwrite_of(request) || !exists(view, named.member)) return;
    throw DavError(Status::precondition_failed, precondition::can_overwrite,
                   "There is a member of this name, and Overwrite is F.");
}

/// Without its conditions, which are about the collection.
http::Request about(const http::Request& request, const std::string& path) {
    http::Request other = request;
    other.path = path;
    for (const auto* condition :
         {"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"})
        other.headers.remove(condition);
    return other;
}

/// The request as the COPY or MOVE that it is like.
http::Request transferring(const http::Request& request, const Named& named) {
    auto other = about(request, named.source);
    other.headers.set("Destination", named.member);
    other.headers.remove("Depth");
    return other;
}

/// Whether `wanted` is a collection, or is reached from it, through bindings too.
bool leads_to(const View& view, const store::HomePtr& home, const store::Collection& from,
              store::CollectionId wanted, std::set<store::CollectionId>& seen) {
    if (from.id == wanted) return true;
    if (!seen.insert(from.id).second) return false;
    for (const auto& member : home->children(from.id)) {
        const auto whose = member->target ? view.home(member->target->home) : home;
        const auto collection = !member->target ? member
                                : whose         ? whose->find(member->target->collection)
                                                : nullptr;
        if (collection && leads_to(view, whose, *collection, wanted, seen)) return true;
    }
    return false;
}

void require_bindable(const View& view, const Resource& source, const Resource& into) {
    if (!source.is(collections | folder))
        throw DavError(Status::forbidden, precondition::binding_allowed,
                       "Calendars, address books and folders can have several bindings.");
    std::set<store::CollectionId> seen;
    if (leads_to(view, source.home, *source.collection, into.collection->id, seen))
        throw DavError(Status::forbidden, precondition::cycle_allowed,
                       "A collection can't be bound into itself.");
}

/// Whether the name leads there already. BIND is idempotent.
bool is_bound_so(const View& view, const Named& named, const Resource& source) {
    const auto there = locate(view, named.member).existing;
    return there && there->collection->id == source.collection->id;
}

}  // namespace

http::Response bind(const View& view, const http::Request& request) {
    const auto named = named_in(view, request, bind_form);
    require_overwritable(view, request, named);
    const auto source = resolve(view, named.source);
    require_bindable(view, source, named.into);
    if (is_bound_so(view, named, source)) return {};
    return transferred(view, transferring(request, named), false,
                       [&](const Transfer& transfer) { return bind_to_place(view, transfer); });
}

http::Response unbind(const View& view, const http::Request& request) {
    return erase(view, about(request, named_in(view, request, unbind_form).member));
}

http::Response rebind(const View& view, const http::Request& request) {
    const auto named = named_in(view, request, rebind_form);
    require_overwritable(view, request, named);
    const auto other = transferring(request, named);
    return transferred(view, other, true, [&](const Transfer& transfer) {
        if (!is_within_reach(transfer))
            throw DavError(Status::forbidden, precondition::rebind_into_collection,
                           "REBIND works within one home, and keeps the kind; MOVE does the rest.");
        return move_to_place(view, other, transfer);
    });
}

}  // namespace kalends::dav::methods
