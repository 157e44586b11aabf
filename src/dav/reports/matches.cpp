#include "dav/reports/matches.hpp"

#include "base/text.hpp"
#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"
#include "dav/privacy.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace kalends::dav {
namespace {

using http::Status;

// Rows that are held at once. Those with data may be large each: few, or as many as fit into
// page_bytes.
constexpr std::size_t candidates_per_page = 5000;
constexpr std::size_t hrefs_per_page = 200;
constexpr std::int64_t page_bytes = 1024 * 1024;

struct Wanted {
    std::string href;       ///< as sent
    std::string name;       ///< decoded; empty if it can't be below the target
    std::size_t place = 0;  ///< index of the collection that it is in
};

struct Wanteds {
    std::vector<Resource> places;
    std::vector<Wanted> hrefs;
};

/// The hrefs in `body`, each with the name that it stands for in a collection at or below `target`.
/// Most are in one and the same.
class HrefReader {
public:
    HrefReader(const View& view, const Resource& target)
        : view_(view), target_(target),
          top_(target.is(objects) ? href::parent(target.href) : target.href) {}

    Wanteds read(const xml::Element& body) {
        for (const auto* element : body.children({xml::dav, "href"}))
            result_.hrefs.push_back(wanted(std::string(text::trim(element->text()))));
        return std::move(result_);
    }

private:
    Wanted wanted(std::string href) {
        Wanted one{std::move(href), {}, 0};
        auto path = parse_path(path_of_href(one.href));
        if (!path || (path->kind & homes) == 0 || path->names.empty() || path->slash) return one;
        if (target_.is(objects) && href::of(*path) != target_.href) return one;  // RFC 4791 7.9
        std::string name = std::move(path->names.back());
        path->names.pop_back();
        path->slash = true;
        if (const auto place = place_of(*path)) {
            one.place = *place;
            one.name = std::move(name);
        }
        return one;
    }

    std::optional<std::size_t> place_of(const Path& collection) {
        const auto href = href::of(collection);
        if (const auto known = by_href_.find(href); known != by_href_.end()) return known->second;
        std::optional<std::size_t> place;
        if (href.starts_with(top_)) place = read_place(collection);
        by_href_.emplace(href, place);
        return place;
    }

    std::optional<std::size_t> read_place(const Path& path) {
        try {
            auto collection = resolve(view_, path);
            if (!collection.is(collections | inbox)) return std::nullopt;
            result_.places.push_back(std::move(collection));
            return result_.places.size() - 1;
        } catch (const DavError&) {
            return std::nullopt;
        }
    }

    const View& view_;
    const Resource& target_;
    std::string top_;
    std::unordered_map<std::string, std::optional<std::size_t>> by_href_;
    Wanteds result_;
};

/// One page of a multiget, all of it in one collection: what is there in any order, then what is
/// not.
void append_page(const View& view, const Resource& collection, const Asked& asked,
                 std::span<const Wanted> page, std::string& to) {
    std::unordered_multimap<std::string_view, std::string_view> hrefs;
    std::vector<std::string> names;
    for (const auto& one : page) {
        if (!hrefs.contains(one.name)) names.push_back(one.name);
        hrefs.emplace(one.name, one.href);
    }
    store::find_objects(view.database(), collection.home->principal.id, collection.collection->id,
                        names, [&](const store::ObjectView& row) {
                            const Resource object = object_resource(view, collection, row);
                            if (!object.may(access::read)) return;
                            const auto [first, last] = hrefs.equal_range(row.name);
                            for (auto at = first; at != last; ++at)
                                append_object_response(view, object, at->second, asked, to);
                            hrefs.erase(first, last);
                        });
    for (const auto& one : page)
        if (hrefs.contains(one.name)) append_status_response(to, one.href, Status::not_found);
}

/// How many of the first belong together: to one collection, or to none.
std::size_t length_of_page(std::span<const Wanted> left) {
    const auto& first = left.front();
    std::size_t length = 0;
    while (length < left.size() && length < hrefs_per_page && left[length].place == first.place &&
           left[length].name.empty() == first.name.empty())
        ++length;
    return length;
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
                if (matches(row)) take(row, to);
            });
            return;
        }
        std::deque<Found> candidates;
        searched_ = !scan_->next(candidates_per_page, [&](const store::ObjectView& row) {
            candidates.push_back({std::string(row.name), row.size});
        });
        while (!candidates.empty())
            read(candidates, [&](const store::ObjectView& row) {
                if (matches(row)) take(row, to);
            });
    }

    /// What is private counts for no limit.
    [[nodiscard]] bool matches(const store::ObjectView& row) const {
        return shown_of(view_, collection(), row) != Shown::nothing && match_(row);
    }

    void take(const store::ObjectView& row, std::string& to) {
        if (fetch_later_)
            found_.push_back({std::string(row.name), row.size});
        else
            append_object_response(view_, object_resource(view_, collection(), row), asked_, to);
    }

    void keep_first() {
        std::ranges::sort(found_, {}, &Found::name);
        full_ = full_ || found_.size() > left_;
        if (found_.size() > left_) found_.resize(left_);
        left_ -= found_.size();
    }

    void fetch(std::string& to) {
        read(found_, [&](const store::ObjectView& row) {
            append_object_response(view_, object_resource(view_, collection(), row), asked_, to);
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

/// The collections of that kind below `parent`: in it, or at any depth.
void add_below(const View& view, const Resource& parent, Kind kind, Depth depth,
               access::Privileges wanted, std::vector<Resource>& to) {
    for (const auto& member : parent.home->children(parent.collection->id)) {
        auto resource = member_resource(view, parent, member);
        if (resource.kind == kind) {
            if (resource.may(wanted)) to.push_back(std::move(resource));
        } else if (resource.is(folder) && depth == Depth::infinity && !member->target) {
            add_below(view, resource, kind, depth, wanted, to);
        }
    }
}

http::Response query_one(const View& view, const Resource& target, const Asked& asked,
                         const Query& query) {
    const auto object = require_object(view, target);
    const auto row = view_of(object);
    std::string inside;
    const auto resource = with_row(view, target, row);
    if (resource.may(access::read) && query.match_in(collection_of(view, target))(row)) {
        append_object_response(view, resource, asked, inside);
    }
    return multistatus([inside](std::string& to) {
        to += inside;
        return false;
    });
}

}  // namespace

std::vector<Resource> collections_in(const View& view, const http::Request& request,
                                     const Resource& target, Kind kind, access::Privileges wanted) {
    if (target.is(collections | inbox)) return {target};
    std::vector<Resource> result;
    const auto depth = depth_of(request, Depth::zero);
    if (depth != Depth::zero) add_below(view, target, kind, depth, wanted, result);
    return result;
}

http::Response query(const View& view, const http::Request& request, const Resource& target,
                     const Asked& asked, Query query) {
    if (target.is(objects)) return query_one(view, target, asked, query);
    auto places = collections_in(view, request, target, query.in, access::read);
    return multistatus([search = Search(view, target, std::move(places), asked, std::move(query))](
                           std::string& to) mutable { return search.append_page(to); });
}

http::Response multiget(const View& view, const Resource& target, const Asked& asked,
                        const Body& body) {
    const auto wanted = std::make_shared<Wanteds>(HrefReader(view, target).read(*body));
    const auto& hrefs = wanted->hrefs;
    if (hrefs.empty()) throw DavError(Status::bad_request, "A multiget must name hrefs.");
    if (hrefs.size() > view.settings().max_multiget)
        throw DavError(Status::forbidden, precondition::number_of_matches_within_limits,
                       "At most " + std::to_string(view.settings().max_multiget) +
                           " hrefs can be asked for at once.");
    return multistatus([view, asked, wanted, done = std::size_t{0}](std::string& to) mutable {
        const auto left = std::span(std::as_const(wanted->hrefs)).subspan(done);
        const auto page = left.first(length_of_page(left));
        if (page.front().name.empty())
            for (const auto& one : page) append_status_response(to, one.href, Status::not_found);
        else
            append_page(view, wanted->places[page.front().place], asked, page, to);
        done += page.size();
        return done < wanted->hrefs.size();
    });
}

}  // namespace kalends::dav
