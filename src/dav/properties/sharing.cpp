// What owners and readers of a shared calendar or address book see of the sharing. calendarserver
// caldav-sharing 5.2.
#include "access/share.hpp"
#include "dav/properties/properties.hpp"

#include <algorithm>
#include <array>

namespace kalends::dav {
namespace {

/// Of more readers of one calendar, a worker tells.
constexpr std::size_t told_from_memory = 20;

using xml::Element;
using xml::Writer;

/// By which others know somebody: the address, or the principal. caldav-sharing 6.5.
void write_person(const store::Principal& person, Writer& writer) {
    writer.element({xml::dav, "href"}, person.addresses.empty()
                                           ? href::principal(person.kind, person.login)
                                           : "mailto:" + person.addresses.front());
    writer.element({xml::calendarserver, "common-name"}, person.shown_name());
}

/// Who removed it from the home does not want it. caldav-sharing 6.9.
bool has_it(const store::Home& home, store::CollectionId collection) {
    return home.principal.kind == store::PrincipalKind::group ||
           std::ranges::any_of(home.collections, [&](const store::CollectionPtr& member) {
               return member->target && member->target->collection == collection;
           });
}

void write_user(const store::Home& home, store::CollectionId collection, access::Level level,
                Writer& writer) {
    const xml::NameView user{xml::calendarserver, "user"};
    const xml::NameView access{xml::calendarserver, "access"};
    writer.open(user);
    write_person(home.principal, writer);
    writer.empty(
        {xml::calendarserver, has_it(home, collection) ? "invite-accepted" : "invite-declined"});
    writer.open(access);
    writer.empty({xml::calendarserver, level == access::Level::writer ? "read-write" : "read"});
    writer.close(access);
    writer.close(user);
}

/// Readers are told whose it is, and not who else has it.
bool get_invite(const View& view, const Resource& resource, const Element* /*asked*/,
                Writer& writer) {
    if (resource.is_shared_here()) {
        writer.open({xml::calendarserver, "organizer"});
        write_person(resource.home->principal, writer);
        writer.close({xml::calendarserver, "organizer"});
        return true;
    }
    if (!is_shared(resource) || !resource.may(access::read_acl)) return false;
    const auto shares = access::shares_in(resource.collection->aces);
    if (shares.size() > told_from_memory) (void)view.database();
    for (const auto& [principal, level] : shares) {
        const auto home =
            level >= access::Level::reader ? view.home(store::PrincipalId{principal}) : nullptr;
        if (home && home->principal.owner.value == 0)  // no proxies: they have no homes
            write_user(*home, resource.collection->id, level, writer);
    }
    return true;
}

/// The owner's address of it.
bool get_shared_url(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                    Writer& writer) {
    if (!resource.is_shared_here()) return false;
    writer.element({xml::dav, "href"}, own_href(*resource.home, *resource.collection));
    return true;
}

// clang-format off
constexpr std::array table{
    LiveProperty{{xml::calendarserver, "invite"},     collections, Source::computed, false, get_invite,     nullptr, "caldav-sharing 5.2.2"},
    LiveProperty{{xml::calendarserver, "shared-url"}, collections, Source::computed, false, get_shared_url, nullptr, "caldav-sharing 5.2.4"},
};
// clang-format on

}  // namespace

std::span<const LiveProperty> sharing_properties() { return table; }

}  // namespace kalends::dav
