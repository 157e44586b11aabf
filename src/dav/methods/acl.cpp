// ACL: sets the entries of a collection or an object that are its own. RFC 3744 8.1.
#include "store/acl.hpp"

#include "dav/acl_body.hpp"
#include "dav/audit.hpp"
#include "dav/body.hpp"
#include "dav/conditions.hpp"
#include "dav/methods/methods.hpp"
#include "dav/precondition.hpp"
#include "dav/principal.hpp"
#include "dav/write_outcome.hpp"

namespace kalends::dav::methods {
namespace {

using access::Who;
using http::Status;

/// Whether a protected entry grants everything to that principal: nothing can be denied then.
bool may_do_all(const View& view, const Resource& target, store::PrincipalId id) {
    if (target.home->principal.id == id) return true;
    const auto home = view.home(id);
    return home && home->principal.administrator;
}

access::Ace row_of(const View& view, const Resource& target, const AceElement& ace) {
    access::Ace row{
        .who = ace.who, .deny = ace.deny, .privileges = ace.privileges, .inverted = ace.inverted};
    if (ace.who != Who::principal) return row;
    const auto id = principal_at(view, ace.href);
    if (!id)
        throw DavError(Status::forbidden, precondition::recognized_principal,
                       "There is no principal " + ace.href + ".");
    if (ace.deny && !ace.inverted && may_do_all(view, target, *id))
        throw DavError(Status::forbidden, precondition::no_protected_ace_conflict,
                       "The owner and administrators may always do everything.");
    row.principal = id->value;
    return row;
}

}  // namespace

http::Response acl(const View& view, const http::Request& request) {
    const auto body = parse_body(view, request, {xml::dav, "acl"});
    Resource target;
    const auto outcome = decided(view, request, [&](const Resource& resolved) {
        target = resolved;
        if (!target.is(stored_collections | objects))
            throw DavError(Status::method_not_allowed, "Nobody can set access control here.");
        require(target, access::write_acl);
        require_conditions(view, request, target);
        const auto aces = aces_in(*body, place_of(target), view.settings().max_aces);
        std::vector<access::Ace> rows;
        rows.reserve(aces.size());
        for (const auto& ace : aces) rows.push_back(row_of(view, target, ace));
        view.note->detail = words_of(aces);
        return outcome_of(store::set_aces(view.database(), target.home->principal.id,
                                          target.collection->id, target.collection->acl_seq,
                                          target.is(objects) ? target.name : "", rows),
                          store::Wrote::replaced);
    });
    require_written(view, target, outcome);
    return {};
}

}  // namespace kalends::dav::methods
