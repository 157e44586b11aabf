#include "dav/reports/matches.hpp"

#include "base/text.hpp"
#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"

#include <algorithm>
#include <memory>
#include <unordered_map>

namespace kalends::dav {
namespace {

using http::Status;

constexpr std::size_t candidates_per_page = 500;
constexpr std::size_t hrefs_per_page = 200;

/// The collection that `target` is, or is in.
Resource collection_of(const View& view, const Resource& target) {
    return target.is(collections) ? target : collection_resource(view, target.home, target.collection);
}

struct Wanted {
    std::string href;  ///< as sent
    std::string name;  ///< decoded; empty if it can't be in this collection
};

/// The hrefs in `body`, each with the name that it stands for in this collection.
std::vector<Wanted> wanted_in(const xml::Element& body, const Resource& collection) {
    std::vector<Wanted> wanted;
    for (const auto* element : body.children({xml::dav, "href"})) {
        Wanted one{std::string(text::trim(element->text())), {}};
        const auto path = parse_path(path_of_href(one.href));
        if (path && path->kind == object_kind_of(collection.collection->kind) &&
            path->login == collection.home->principal.login &&
            path->collection == collection.collection->name)
            one.name = path->object;
        wanted.push_back(std::move(one));
    }
    return wanted;
}

/// One page of a multiget: what is there in any order, then what is not.
void append_page(const View& view, const Resource& collection, const Asked& asked,
                 std::span<const Wanted> page, std::string& to) {
    std::unordered_multimap<std::string_view, std::string_view> hrefs;
    std::vector<std::string> names;
    for (const auto& [href, name] : page) {
        if (name.empty()) continue;
        if (!hrefs.contains(name)) names.push_back(name);
        hrefs.emplace(name, href);
    }
    if (!names.empty())
        store::find_objects(view.database(), collection.home->principal.id, collection.collection->id, names,
                            [&](const store::ObjectView& row) {
                                const Resource object = object_resource(collection, row);
                                const auto [first, last] = hrefs.equal_range(row.name);
                                for (auto at = first; at != last; ++at)
                                    append_object_response(view, object, at->second, asked, to);
                                hrefs.erase(first, last);
                            });
    for (const auto& [href, name] : page)
        if (name.empty() || hrefs.contains(name)) append_status_response(to, href, Status::not_found);
}

http::Response query_one(const View& view, const Resource& target, const Asked& asked, const Query& query,
                         std::string_view name) {
    const auto object =
        store::find_object(view.database(), target.home->principal.id, target.collection->id, name);
    if (!object) throw DavError(Status::not_found, "There is no such object.");
    const auto row = view_of(*object);
    std::string inside;
    if (query.match(row)) {
        Resource resource = target;
        resource.object = &row;
        append_object_response(view, resource, asked, inside);
    }
    return multistatus([inside](std::string& to) {
        to += inside;
        return false;
    });
}

}  // namespace

std::string object_name(const http::Request& request) {
    const auto path = parse_path(request.path);
    return path ? path->object : std::string();
}

http::Response query(const View& view, const Resource& target, const Asked& asked, Query query,
                     std::string_view object_name) {
    if (target.is(objects)) return query_one(view, target, asked, query, object_name);
    return multistatus([view, target, asked, query = std::move(query), after = std::int64_t{0},
                        found = std::size_t{0}](std::string& to) mutable {
        bool full = false;
        after = store::find_candidates(
            view.database(), target.home->principal.id, target.collection->id, query.candidates, after,
            candidates_per_page, [&](const store::ObjectView& row) {
                if (full || !query.match(row)) return;
                full = found == query.limit;
                if (full) return;
                ++found;
                append_object_response(view, object_resource(target, row), asked, to);
            });
        if (full)
            append_status_response(to, target.href, Status::insufficient_storage,
                                   precondition::number_of_matches_within_limits);
        return !full && after != 0;
    });
}

http::Response multiget(const View& view, const Resource& target, const Asked& asked, const Body& body) {
    const Resource collection = collection_of(view, target);
    auto wanted = std::make_shared<std::vector<Wanted>>(wanted_in(*body, collection));
    if (wanted->empty()) throw DavError(Status::bad_request, "A multiget must name hrefs.");
    if (wanted->size() > view.settings().max_multiget)
        throw DavError(Status::forbidden, precondition::number_of_matches_within_limits,
                       "At most " + std::to_string(view.settings().max_multiget) +
                           " hrefs can be asked for at once.");
    return multistatus([view, collection, asked, wanted, done = std::size_t{0}](std::string& to) mutable {
        const auto count = std::min(hrefs_per_page, wanted->size() - done);
        append_page(view, collection, asked, std::span(*wanted).subspan(done, count), to);
        done += count;
        return done < wanted->size();
    });
}

}  // namespace kalends::dav
