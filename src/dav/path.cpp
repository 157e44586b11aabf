#include "dav/path.hpp"

#include "base/percent.hpp"
#include "base/text.hpp"
#include "dav/error.hpp"
#include "directory/directory.hpp"
#include "store/objects.hpp"

#include <array>
#include <vector>

namespace kalends::dav {
namespace {

using store::CollectionKind;
using store::PrincipalKind;

struct PrincipalSet {
    std::string_view segment;
    PrincipalKind kind;
};
constexpr std::array principal_sets{
    PrincipalSet{"users", PrincipalKind::user},
    PrincipalSet{"groups", PrincipalKind::group},
    PrincipalSet{"resources", PrincipalKind::resource},
    PrincipalSet{"locations", PrincipalKind::location},
};

constexpr std::size_t max_segments = 5;

/// The decoded segments of "/a/b/c/"; nothing if one is empty, "." or "..", does not decode, or
/// there are too many.
std::optional<std::vector<std::string>> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    segments.reserve(max_segments);
    if (path.empty() || path[0] != '/') return std::nullopt;
    path.remove_prefix(1);
    while (!path.empty()) {
        const auto end = path.find('/');
        auto segment = percent::decode(path.substr(0, end));
        if (!segment || segment->empty() || *segment == "." || *segment == "..")
            return std::nullopt;
        if (segments.size() == max_segments) return std::nullopt;
        segments.push_back(std::move(*segment));
        if (end == std::string_view::npos) break;
        path.remove_prefix(end + 1);
    }
    return segments;
}

/// Below /dav/principals/.
std::optional<Path> principal_path(const std::vector<std::string>& segments) {
    if (segments.size() == 2)
        return Path{.kind = principal_set, .place = std::string(href::principals)};
    for (const auto& set : principal_sets) {
        if (segments[2] != set.segment) continue;
        if (segments.size() == 3)
            return Path{.kind = principal_set,
                        .place = std::string(href::principals).append(set.segment).append("/"),
                        .principal_kind = set.kind};
        const auto login = directory::canonical_login(segments[3]);
        if (segments.size() > 4 || !login) return std::nullopt;
        return Path{.kind = principal, .principal_kind = set.kind, .login = *login};
    }
    return std::nullopt;
}

/// Below /dav/calendars/ and /dav/addressbooks/.
std::optional<Path> home_path(const std::vector<std::string>& segments, bool calendars,
                              bool slash) {
    if (segments.size() == 2)
        return Path{.kind = home_set,
                    .place = std::string(calendars ? href::calendars : href::addressbooks)};
    const auto login = directory::canonical_login(segments[2]);
    if (!login) return std::nullopt;
    Path path{.kind = calendars ? calendar_home : addressbook_home, .login = *login};
    if (segments.size() > 3) {
        path.kind = calendars ? calendar : addressbook;
        path.collection = segments[3];
    }
    if (segments.size() > 4) {
        if (slash) return std::nullopt;
        path.kind = calendars ? calendar_object : address_object;
        path.object = segments[4];
    }
    return path;
}

}  // namespace

std::optional<Path> parse_path(std::string_view path) {
    const auto segments = segments_of(path);
    if (!segments) return std::nullopt;
    if (segments->empty()) return Path{.kind = root, .place = "/"};
    if (segments->front() != "dav") return std::nullopt;
    if (segments->size() == 1) return Path{.kind = root, .place = std::string(href::root)};
    const std::string& area = (*segments)[1];
    if (area == "principals") return principal_path(*segments);
    if (area == "calendars") return home_path(*segments, true, path.ends_with('/'));
    if (area == "addressbooks") return home_path(*segments, false, path.ends_with('/'));
    return std::nullopt;
}

void require_name(std::string_view name) {
    if (!text::is_utf8(name)) throw DavError(http::Status::bad_request, "The name is not UTF-8.");
    if (name.size() > store::max_name_bytes)
        throw DavError(http::Status::bad_request, "The name is longer than " +
                                                      std::to_string(store::max_name_bytes) +
                                                      " bytes.");
}

std::string_view path_of_href(std::string_view href) {
    if (const auto scheme = href.find("://"); scheme != std::string_view::npos) {
        const auto slash = href.find('/', scheme + 3);
        href = slash == std::string_view::npos ? "/" : href.substr(slash);
    }
    return href.substr(0, href.find_first_of("?#"));
}

namespace href {

std::string principal(PrincipalKind kind, std::string_view login) {
    std::string result(principals);
    for (const auto& set : principal_sets)
        if (set.kind == kind) result.append(set.segment);
    result += '/';
    percent::append_segment(result, login);
    return result += '/';
}

std::string home(CollectionKind kind, std::string_view login) {
    std::string result(kind == CollectionKind::calendar ? calendars : addressbooks);
    percent::append_segment(result, login);
    return result += '/';
}

std::string collection(CollectionKind kind, std::string_view login, std::string_view collection) {
    std::string result = home(kind, login);
    percent::append_segment(result, collection);
    return result += '/';
}

std::string object(CollectionKind kind, std::string_view login, std::string_view collection,
                   std::string_view object) {
    std::string result = href::collection(kind, login, collection);
    percent::append_segment(result, object);
    return result;
}

std::string of(const Path& path) {
    const auto kind = (path.kind & (addressbook_home | addressbook | address_object)) != 0
                          ? CollectionKind::addressbook
                          : CollectionKind::calendar;
    if (path.kind == dav::principal) return principal(path.principal_kind, path.login);
    if ((path.kind & homes) != 0) return home(kind, path.login);
    if ((path.kind & collections) != 0) return collection(kind, path.login, path.collection);
    if ((path.kind & objects) != 0) return object(kind, path.login, path.collection, path.object);
    return path.place;
}

}  // namespace href

}  // namespace kalends::dav
