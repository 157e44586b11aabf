#include "dav/reports/matches.hpp"

#include "base/text.hpp"
#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <unordered_map>

namespace kalends::dav {
namespace {

using http::Status;

// Rows that are held at once. Those with data may be large each: few, or as many as fit into page_bytes.
constexpr std::size_t candidates_per_page = 5000;
constexpr std::size_t candidates_with_data_per_page = 100;
constexpr std::size_t hrefs_per_page = 200;
constexpr std::int64_t page_bytes = 1024 * 1024;

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

/// A query over a collection, a page at a time. Where the decision needs no data but the answer does, matches are
/// found first, from small rows, and their data fetched after, so that nothing is read for what does not match.
class Search {
public:
    Search(const View& view, const Resource& collection, const Asked& asked, Query query)
        : view_(view), collection_(collection), asked_(asked), query_(std::move(query)),
          fetch_later_(query_.answer_has_data && !query_.candidates.with_data) {}

    /// False when that was the last.
    bool append_page(std::string& to) {
        if (found_.empty() && !searched_) search(to);
        if (!found_.empty()) fetch(to);
        if (!searched_ || !found_.empty()) return true;
        if (full_)
            append_status_response(to, collection_.href, Status::insufficient_storage,
                                   precondition::number_of_matches_within_limits);
        return false;
    }

private:
    struct Found {
        std::string name;
        std::int64_t size;
    };

    void search(std::string& to) {
        const auto limit =
            query_.candidates.with_data ? candidates_with_data_per_page : candidates_per_page;
        after_ = store::find_candidates(view_.database(), collection_.home->principal.id,
                                        collection_.collection->id, query_.candidates, after_, limit,
                                        [&](const store::ObjectView& row) { consider(row, to); });
        searched_ = after_ == 0 || full_;
    }

    void consider(const store::ObjectView& row, std::string& to) {
        if (full_ || !query_.match(row)) return;
        full_ = count_ == query_.limit;
        if (full_) return;
        ++count_;
        if (fetch_later_) found_.push_back({std::string(row.name), row.size});
        else append_object_response(view_, object_resource(collection_, row), asked_, to);
    }

    void fetch(std::string& to) {
        std::vector<std::string> names;
        std::int64_t bytes = 0;
        while (!found_.empty() && (names.empty() || bytes + found_.front().size <= page_bytes)) {
            bytes += found_.front().size;
            names.push_back(std::move(found_.front().name));
            found_.pop_front();
        }
        store::find_objects(view_.database(), collection_.home->principal.id, collection_.collection->id,
                            names, [&](const store::ObjectView& row) {
                                append_object_response(view_, object_resource(collection_, row), asked_, to);
                            });
    }

    View view_;
    Resource collection_;
    Asked asked_;
    Query query_;
    bool fetch_later_;
    bool searched_ = false;
    bool full_ = false;
    std::size_t count_ = 0;
    std::int64_t after_ = 0;
    std::deque<Found> found_;
};

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
    return multistatus([search = Search(view, target, asked, std::move(query))](std::string& to) mutable {
        return search.append_page(to);
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
