#include "dav/path.hpp"

#include "base/percent.hpp"
#include "base/text.hpp"
#include "dav/error.hpp"
#include "directory/directory.hpp"
#include "store/objects.hpp"

#include <array>
#include <iterator>

namespace kalends::dav {
namespace {

using store::CollectionKind;
using store::PrincipalKind;

/// Without the port that the scheme implies.
std::string_view without_usual_port(std::string_view authority) {
    for (const auto* usual : {":80", ":443"})
        if (authority.ends_with(usual)) authority.remove_suffix(std::string_view{usual}.size());
    return authority;
}

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

struct ProxySegment {
    std::string_view segment;
    PrincipalKind kind;
};
constexpr std::array proxies{
    ProxySegment{"calendar-proxy-read", PrincipalKind::proxy_read},
    ProxySegment{"calendar-proxy-write", PrincipalKind::proxy_write},
};

struct HomeArea {
    std::string_view segment;
    std::string_view place;
    Kind kind;
    CollectionKind collection;
};
constexpr std::array home_areas{
    HomeArea{"calendars", href::calendars, calendar_home, CollectionKind::calendar_home},
    HomeArea{"addressbooks", href::addressbooks, addressbook_home,
             CollectionKind::addressbook_home},
    HomeArea{"files", href::files, file_home, CollectionKind::file_home},
};

constexpr std::size_t max_segments = 35;  // /dav/files/jane/ and 32 below

/// The decoded segments of "/a/b/c/"; nothing if one is empty, "." or "..", does not decode, or
/// there are too many.
std::optional<std::vector<std::string>> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    constexpr std::size_t usual = 5;
    segments.reserve(usual);
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

/// "/dav/principals/users/jane/", and what is below it.
std::optional<Path> one_principal(const std::vector<std::string>& segments, PrincipalKind kind) {
    const auto login = directory::canonical_login(segments[3]);
    if (!login) return std::nullopt;
    Path path{.kind = principal, .principal_kind = kind, .login = *login};
    if (segments.size() == 4) return path;
    if (segments.size() > 5 || kind == PrincipalKind::group) return std::nullopt;
    for (const auto& each : proxies) {
        if (segments[4] != each.segment) continue;
        path.kind = proxy;
        path.proxy_of = kind;
        path.principal_kind = each.kind;
        return path;
    }
    return std::nullopt;
}

/// Below /dav/principals/.
std::optional<Path> principal_path(const std::vector<std::string>& segments) {
    if (segments.size() == 2)
        return Path{.kind = principal_set, .place = std::string(href::principals)};
    for (const auto& set : principal_sets) {
        if (segments[2] != set.segment) continue;
        if (segments.size() == 3)
            return Path{.kind = principal_set,
                        .place = href::principal_set(set.kind),
                        .principal_kind = set.kind};
        return one_principal(segments, set.kind);
    }
    return std::nullopt;
}

/// Below /dav/calendars/ and its like.
std::optional<Path> home_path(std::vector<std::string> segments, const HomeArea& area, bool slash) {
    if (segments.size() == 2) return Path{.kind = home_set, .place = std::string(area.place)};
    const auto login = directory::canonical_login(segments[2]);
    if (!login) return std::nullopt;
    Path path{.kind = area.kind, .login = *login};
    path.names.assign(std::make_move_iterator(segments.begin() + 3),
                      std::make_move_iterator(segments.end()));
    path.slash = slash;
    return path;
}

}  // namespace

std::optional<Path> parse_path(std::string_view path) {
    auto segments = segments_of(path);
    if (!segments) return std::nullopt;
    if (segments->empty()) return Path{.kind = root, .place = "/"};
    if (segments->front() != "dav") return std::nullopt;
    if (segments->size() == 1) return Path{.kind = root, .place = std::string(href::root)};
    if ((*segments)[1] == "principals") return principal_path(*segments);
    for (const auto& area : home_areas)
        if ((*segments)[1] == area.segment)
            return home_path(std::move(*segments), area, path.ends_with('/'));
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

bool is_absolute(std::string_view href) {
    return href.starts_with('/') || href.find("://") != std::string_view::npos;
}

bool is_here(std::string_view href, std::string_view host) {
    const auto scheme = href.find("://");
    if (scheme == std::string_view::npos) return true;
    const auto rest = href.substr(scheme + 3);
    return text::iequals(without_usual_port(rest.substr(0, rest.find('/'))),
                         without_usual_port(host));
}

namespace href {

std::string principal_set(PrincipalKind kind) {
    std::string result(principals);
    for (const auto& set : principal_sets)
        if (set.kind == kind) result.append(set.segment);
    return result += '/';
}

std::string principal(PrincipalKind kind, std::string_view login, PrincipalKind proxy_of) {
    auto result = principal_set(kind >= PrincipalKind::proxy_read ? proxy_of : kind);
    percent::append_segment(result, login);
    result += '/';
    for (const auto& each : proxies)
        if (each.kind == kind) result.append(each.segment).append("/");
    return result;
}

std::string home(CollectionKind home_kind, std::string_view login) {
    std::string result;
    for (const auto& area : home_areas)
        if (area.collection == home_kind) result = area.place;
    percent::append_segment(result, login);
    return result += '/';
}

std::string object(std::string_view collection, std::string_view name) {
    std::string result(collection);
    percent::append_segment(result, name);
    return result;
}

std::string collection(std::string_view parent, std::string_view name) {
    return object(parent, name) += '/';
}

std::string_view parent(std::string_view href) {
    if (href.ends_with('/')) href.remove_suffix(1);
    return href.substr(0, href.rfind('/') + 1);
}

std::string of(const Path& path) {
    if ((path.kind & dav::principals) != 0)
        return principal(path.principal_kind, path.login, path.proxy_of);
    if ((path.kind & homes) == 0) return path.place;
    std::string result;
    for (const auto& area : home_areas)
        if (area.kind == path.kind) result = home(area.collection, path.login);
    for (std::size_t i = 0; i < path.names.size(); ++i)
        result = i + 1 == path.names.size() && !path.slash ? object(result, path.names[i])
                                                           : collection(result, path.names[i]);
    return result;
}

}  // namespace href

}  // namespace kalends::dav
