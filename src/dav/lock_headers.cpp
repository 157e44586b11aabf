#include "dav/lock_headers.hpp"

#include "base/text.hpp"
#include "dav/coded_url.hpp"
#include "dav/error.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace kalends::dav {
namespace {

using http::Status;
using std::chrono::seconds;
using xml::Element;
using xml::NameView;

constexpr NameView activelock{xml::dav, "activelock"};
constexpr NameView lockscope{xml::dav, "lockscope"};
constexpr NameView exclusive{xml::dav, "exclusive"};
constexpr NameView shared{xml::dav, "shared"};
constexpr NameView locktype{xml::dav, "locktype"};
constexpr NameView write{xml::dav, "write"};
constexpr NameView owner{xml::dav, "owner"};
constexpr NameView depth{xml::dav, "depth"};
constexpr NameView timeout{xml::dav, "timeout"};
constexpr NameView locktoken{xml::dav, "locktoken"};
constexpr NameView lockroot{xml::dav, "lockroot"};
constexpr NameView href_name{xml::dav, "href"};

constexpr std::string_view second = "Second-";
constexpr std::string_view infinite = "Infinite";

/// One TimeType; nothing if it is none, or would be over at once.
std::optional<seconds> parse_time_type(std::string_view text) {
    if (text::iequals(text, infinite)) return seconds::max();
    if (!text::iequals(text.substr(0, second.size()), second)) return std::nullopt;
    const auto number = text::to_number(text.substr(second.size()));
    if (!number || *number == 0 || *number > std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return seconds{*number};
}

/// What the only element below `name` is called.
NameView only_one_in(const Element& lockinfo, NameView name) {
    const auto found = lockinfo.children(name);
    if (found.size() != 1 || found.front()->children().size() != 1)
        throw DavError(Status::bad_request, "A lockinfo has one " + std::string(name.local) +
                                                " with one element in it.");
    return found.front()->children().front()->name;
}

[[noreturn]] void not_known(NameView name) {
    throw DavError(Status::unprocessable_content,
                   "There are no such locks here: " + text::printable(xml::to_string(name)));
}

void append_in(xml::Writer& writer, NameView outer, NameView inner) {
    writer.open(outer);
    writer.empty(inner);
    writer.close(outer);
}

void append_href_in(xml::Writer& writer, NameView outer, std::string_view href) {
    writer.open(outer);
    writer.element(href_name, href);
    writer.close(outer);
}

}  // namespace

seconds timeout_of(const http::Headers& headers, seconds max) {
    const auto value = headers.joined("Timeout");
    for (const auto part : text::split(value, ','))
        if (const auto time = parse_time_type(text::trim(part))) return std::min(*time, max);
    return max;
}

std::string lock_token_of(const http::Headers& headers) {
    const auto value = headers.joined("Lock-Token");
    auto rest = text::trim(value);
    const auto token = take_coded_url(rest);
    if (!token || !rest.empty())
        throw DavError(Status::bad_request, "Lock-Token must be a URI in angle brackets.");
    return std::string(*token);
}

LockInfo lock_info_in(const Element& lockinfo) {
    const NameView scope = only_one_in(lockinfo, lockscope);
    if (scope != exclusive && scope != shared) not_known(scope);
    const NameView type = only_one_in(lockinfo, locktype);
    if (type != write) not_known(type);
    LockInfo info;
    info.exclusive = scope == exclusive;
    if (const auto* named = lockinfo.child(owner)) info.owner = xml::serialize(*named);
    if (info.owner.size() > LockInfo::max_owner_bytes)
        throw DavError(Status::content_too_large, "The owner of a lock has at most " +
                                                      std::to_string(LockInfo::max_owner_bytes) +
                                                      " bytes.");
    return info;
}

void append_activelock(xml::Writer& writer, const ActiveLock& lock) {
    writer.open(activelock);
    append_in(writer, lockscope, lock.exclusive ? exclusive : shared);
    append_in(writer, locktype, write);
    writer.element(depth, lock.deep ? "infinity" : "0");
    writer.raw(lock.owner);
    writer.element(timeout, std::string(second) + std::to_string(lock.timeout.count()));
    if (!lock.token.empty()) append_href_in(writer, locktoken, lock.token);
    append_href_in(writer, lockroot, lock.root);
    writer.close(activelock);
}

}  // namespace kalends::dav
