#include "dav/body_rule.hpp"

#include "base/text.hpp"
#include "dav/add_member.hpp"
#include "dav/resource.hpp"
#include "dav/store_body.hpp"
#include "http/spool.hpp"

namespace kalends::dav {
namespace {

/// The length that the client has announced; nothing if it has not.
std::optional<std::uint64_t> announced(const http::Request& head) {
    const auto length = text::to_number(head.headers.find("Content-Length").value_or(""));
    if (!length || *length < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*length);
}

/// Whether such a body can be stored there at all; if not, the method says why.
bool stores(const http::Request& head, const Resource& target) {
    if (head.method == "PUT") return target.is(objects);
    return target.is(takes_new_members) && head.query == add_member_query;
}

void require_to_write(const Resource& target) {
    if (!target.is(objects))
        require(target, access::bind);  // POST makes a member of it
    else if ((target.in_parent & access::bind) == 0)
        require(target, access::write_content);
}

}  // namespace

bool may_be_large(const http::Request& head) {
    if (head.method != "PUT" && head.method != "POST") return false;
    const auto length = announced(head);
    return !length || *length > http::max_unspooled_bytes;
}

http::BodyRule body_rule(const View& view, const http::Request& head) {
    const Resource target = resolve(view, head.path, NoParent::conflict);
    if (!stores(head, target)) return {};
    require_to_write(target);
    const CollectionType& type = type_of(view, target.collection->kind);
    require_size(view, type, announced(head).value_or(0));
    if (type.reads_content() || !view.user) return {};
    http::BodyRule rule;
    rule.max_bytes = type.max_bytes(view.settings());
    rule.may_spool = true;
    return rule;
}

}  // namespace kalends::dav
