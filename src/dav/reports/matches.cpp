#include "dav/reports/matches.hpp"

#include "base/text.hpp"
#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>

namespace kalends::dav {
namespace {

using http::Status;

// Rows that are held at once. Those with data may be large each: few, or as many as fit into
// page_bytes.
constexpr std::size_t candidates_per_page = 5000;
constexpr std::size_t hrefs_per_page = 200;
constexpr std::int64_t page_bytes = 1024 * 1024;

/// The collection that `target` is, or is in.
Resource collection_of(const View& view, const Resource& target) {
    return target.is(collections) ? target
                                  : collection_resource(view, target.home, target.collection);
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
        store::find_objects(view.database(), collection.home->principal.id,
                            collection.collection->id, names, [&](const store::ObjectView& row) {
                                const Resource object = object_resource(collection, row);
                                const auto [first, last] = hrefs.equal_range(row.name);
                                for (auto at = first; at != last; ++at)
                                    append_object_response(view, object, at->second, asked, to);
                                hrefs.erase(first, last);
                            });
    for (const auto& [href, name] : page)
        if (name.empty() || hrefs.contains(name))
            append_status_response(to, href, Status::not_found);
}

/// A query over collections, one after another, a page at a time. Where the decision needs no data
/// but the answer does, matches are found first, from small rows, and their data fetched after, so
/// that nothing is read for what does not match. So it is with a limit: which are the first by name
/// is known when all are found.
class Search {
public:
    Search(View view, const Resource& target, std::vector<Resource> places, Asked asked,
           Query query)
        : view_(std::move(view)), href_(target.href), collections_(std::move(places)),
          asked_(std::move(asked)), query_(std::move(query)), left_(query_.limit.value_or(0)),
          fetch_later_(query_.limit || (query_.answer_has_data && !query_.candidates.with_data)) {
        if (!collections_.empty()) begin();
    }

    /// False when that was the last.
    bool append_page(std::string& to) {
        if (at_ == collections_.size()) return false;
        if (found_.empty() && !searched_) search(to);
        if (!found_.empty()) fetch(to);
        if (!searched_ || !found_.empty()) return true;
        if (++at_ < collections_.size()) {
            begin();
            return true;
        }
        if (full_)
            append_status_response(to, href_, Status::insufficient_storage,
                                   precondition::number_of_matches_within_limits);
        return false;
    }

private:
    struct Found {
        std::string name;
        std::int64_t size;
    };

    [[nodiscard]] const Resource& collection() const { return collections_[at_]; }

    void begin() {
        match_ = query_.match_in(collection());
        scan_.emplace(view_.database(), collection().home->principal.id,
                      collection().collection->id, query_.candidates);
        searched_ = false;
    }

    void search(std::string& to) {
        do search_page(to);
        while (query_.limit && !searched_);
        if (query_.limit) keep_first();
    }

    void search_page(std::string& to) {
        if (!query_.candidates.with_data) {
            searched_ = !scan_->next(candidates_per_page, [&](const store::ObjectView& row) {
                if (match_(row)) take(row, to);
            });
            return;
        }
        std::deque<Found> candidates;
        searched_ = !scan_->next(candidates_per_page, [&](const store::ObjectView& row) {
            candidates.push_back({std::string(row.name), row.size});
        });
        while (!candidates.empty())
            read(candidates, [&](const store::ObjectView& row) {
                if (match_(row)) take(row, to);
            });
    }

    void take(const store::ObjectView& row, std::string& to) {
        if (fetch_later_)
            found_.push_back({std::string(row.name), row.size});
        else
            append_object_response(view_, object_resource(collection(), row), asked_, to);
    }

    void keep_first() {
        std::ranges::sort(found_, {}, &Found::name);
        full_ = full_ || found_.size() > left_;
        if (found_.size() > left_) found_.resize(left_);
        left_ -= found_.size();
    }

    void fetch(std::string& to) {
        read(found_, [&](const store::ObjectView& row) {
            append_object_response(view_, object_resource(collection(), row), asked_, to);
        });
    }

    /// Takes as many from the front of `wanted` as fit into page_bytes, and gives them with their
    /// data.
    void read(std::deque<Found>& wanted, const store::ObjectSink& sink) {
        std::vector<std::string> names;
        std::int64_t bytes = 0;
        while (!wanted.empty() && (names.empty() || bytes + wanted.front().size <= page_bytes)) {
            bytes += wanted.front().size;
            names.push_back(std::move(wanted.front().name));
            wanted.pop_front();
        }
        store::find_objects(view_.database(), collection().home->principal.id,
                            collection().collection->id, names, sink);
    }

    View view_;
    std::string href_;
    std::vector<Resource> collections_;
    Asked asked_;
    Query query_;
    std::size_t left_;  ///< of the limit
    bool fetch_later_;
    Match match_;
    std::size_t at_ = 0;
    std::optional<store::ObjectScan> scan_;
    bool searched_ = false;
    bool full_ = false;
    std::deque<Found> found_;
};

http::Response query_one(const View& view, const http::Request& request, const Resource& target,
                         const Asked& asked, const Query& query) {
    const auto object = store::find_object(view.database(), target.home->principal.id,
                                           target.collection->id, parse_path(request.path)->object);
    if (!object) throw DavError(Status::not_found, "There is no such object.");
    const auto row = view_of(*object);
    std::string inside;
    if (query.match_in(collection_of(view, target))(row)) {
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

std::vector<Resource> collections_in(const View& view, const http::Request& request,
                                     const Resource& target, access::Privileges wanted) {
    if (target.is(collections)) return {target};
    std::vector<Resource> result;
    if (depth_of(request, Depth::zero) == Depth::zero) return result;
    for (const auto& collection : target.home->collections) {
        if (collection->kind != collection_kind(target.kind)) continue;
        auto resource = collection_resource(view, target.home, collection);
        if (resource.may(wanted)) result.push_back(std::move(resource));
    }
    return result;
}

http::Response query(const View& view, const http::Request& request, const Resource& target,
                     const Asked& asked, Query query) {
    if (target.is(objects)) return query_one(view, request, target, asked, query);
    auto places = collections_in(view, request, target, access::read);
    return multistatus([search = Search(view, target, std::move(places), asked, std::move(query))](
                           std::string& to) mutable { return search.append_page(to); });
}

http::Response multiget(const View& view, const Resource& target, const Asked& asked,
                        const Body& body) {
    const Resource collection = collection_of(view, target);
    auto wanted = std::make_shared<std::vector<Wanted>>(wanted_in(*body, collection));
    if (wanted->empty()) throw DavError(Status::bad_request, "A multiget must name hrefs.");
    if (wanted->size() > view.settings().max_multiget)
        throw DavError(Status::forbidden, precondition::number_of_matches_within_limits,
                       "At most " + std::to_string(view.settings().max_multiget) +
                           " hrefs can be asked for at once.");
    return multistatus(
        [view, collection, asked, wanted, done = std::size_t{0}](std::string& to) mutable {
            const auto count = std::min(hrefs_per_page, wanted->size() - done);
            append_page(view, collection, asked, std::span(*wanted).subspan(done, count), to);
            done += count;
            return done < wanted->size();
        });
}

}  // namespace kalends::dav
