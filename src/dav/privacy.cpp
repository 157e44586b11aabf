#include "dav/privacy.hpp"

#include "base/hash.hpp"
#include "dav/collection_type.hpp"

#include <algorithm>

namespace kalends::dav {
namespace {

constexpr auto of_a_part = access::all & ~access::write;
constexpr auto of_nothing = access::read_free_busy | access::read_current_user_privilege_set;

}  // namespace

bool sees_all(const View& view, const store::Home& home) {
    if (!view.user) return false;
    const auto& who = view.user->principal;
    if (who.administrator || who.id == home.principal.id) return true;
    const auto proxies = home.principal.proxy_write;
    return proxies.value != 0 && std::ranges::find(who.groups, proxies) != who.groups.end();
}

Shown shown_of(const View& view, const Resource& in, const store::ObjectView& row) {
    const auto to_others = type_of(view, in.collection->kind).shown_to_others(row);
    return to_others == Shown::whole || sees_all(view, *in.home) ? Shown::whole : to_others;
}

void show(Resource& object, Shown shown) {
    object.shown = shown;
    if (shown == Shown::part) object.privileges &= of_a_part;
    if (shown == Shown::nothing) object.privileges &= of_nothing;
}

Resource with_row(const View& view, const Resource& object, const store::ObjectView& row) {
    Resource result = object;
    result.object = &row;
    show(result, shown_of(view, object, row));
    return result;
}

std::optional<std::string> part_shown(const View& view, const Resource& in,
                                      const store::ObjectView& row) {
    const auto shown = shown_of(view, in, row);
    if (shown == Shown::whole) return std::nullopt;
    if (shown == Shown::nothing) return std::string();
    const auto& type = type_of(view, in.collection->kind);
    if (!row.data.empty()) return type.part_for_others(row.data);
    return type.part_for_others(
        store::find_data(view.database(), in.home->principal.id, in.collection->id, row));
}

std::string shown_etag(const View& view, const Resource& object, const store::ObjectView& row) {
    if (object.shown == Shown::whole) return std::string(row.etag);
    return hash::fingerprint(view.services->database.epoch() + "/" +
                             std::to_string(object.collection->id.value) + "/" +
                             std::to_string(row.modseq) + "/" + std::string(row.name));
}

}  // namespace kalends::dav
