// What a lock is asked for with, and told by: RFC 4918 10.5, 10.7, 14.1, 14.11.

#include "dav/error.hpp"
#include "dav/lock_headers.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace kalends;
using namespace kalends::dav;
using std::chrono::seconds;

namespace {

constexpr seconds max{3600};

http::Headers with(std::string_view name, std::string_view value) {
    http::Headers headers;
    headers.add(name, value);
    return headers;
}

seconds timeout(std::string_view value, seconds at_most = max) {
    return timeout_of(with("Timeout", value), at_most);
}

LockInfo read(const std::string& inner) {
    return lock_info_in(
        *xml::parse("<D:lockinfo xmlns:D=\"DAV:\" xmlns:X=\"urn:x\">" + inner + "</D:lockinfo>"));
}

/// The status with which `call` fails; 200 if it does not.
template <class Call> http::Status status_of(const Call& call) {
    try {
        call();
        return http::Status::ok;
    } catch (const DavError& error) {
        return error.status();
    }
}

http::Status refusal(const std::string& inner) {
    return status_of([&] { read(inner); });
}

http::Status token_refusal(std::string_view value) {
    return status_of([&] { lock_token_of(with("Lock-Token", value)); });
}

const std::string token = "urn:uuid:e71d4fae-5dec-22d6-fea5-00a0c91e6be4";
const std::string scope = "<D:lockscope><D:exclusive/></D:lockscope>";
const std::string type = "<D:locktype><D:write/></D:locktype>";

}  // namespace

TEST_CASE("RFC 4918 10.7: the first timeout that can be read counts, up to the server's limit") {
    CHECK(timeout("Second-60") == seconds{60});
    CHECK(timeout("second-60") == seconds{60});
    CHECK(timeout("Second-4100000000") == max);
    CHECK(timeout("Infinite, Second-60") == max);
    CHECK(timeout("Second-60, Infinite") == seconds{60});
    CHECK(timeout("Extend-1, Second-x , Second-20, Second-30") == seconds{20});
    auto two = with("Timeout", "Never");
    two.add("Timeout", "Second-7");
    CHECK(timeout_of(two, max) == seconds{7});
}

TEST_CASE("RFC 4918 6.6: the server chooses where the client says nothing that can be read") {
    CHECK(timeout_of({}, max) == max);
    for (const auto* const value :
         {"", ",", "Second-", "Second--5", "Second-+5", "Second- 5", "Second-0", "Second-5x", "60"})
        CHECK(timeout(value) == max);
}

TEST_CASE("RFC 4918 10.7: a timeout is at most 2^32-1, and none overflows") {
    const seconds forever{std::numeric_limits<std::int64_t>::max()};
    CHECK(timeout("Second-4294967295", forever) == seconds{4294967295});
    CHECK(timeout("Second-4294967296, Second-5", forever) == seconds{5});
    CHECK(timeout("Second-18446744073709551621, Second-5", forever) == seconds{5});
    CHECK(timeout("Infinite", forever) == forever);
}

TEST_CASE("RFC 4918 10.5: Lock-Token is one URI in angle brackets") {
    CHECK(lock_token_of(with("Lock-Token", " <" + token + "> ")) == token);
    CHECK(token_refusal("<" + token + ">") == http::Status::ok);
    for (const std::string& value :
         {std::string(), token, "<" + token, "<" + token + "> x",
          "<" + token + ">, <" + token + ">", std::string("<>"), std::string("</path>")}) {
        CAPTURE(value);
        CHECK(token_refusal(value) == http::Status::bad_request);
    }
    CHECK(status_of([] { lock_token_of({}); }) == http::Status::bad_request);
}

TEST_CASE("RFC 4918 14.11: a lockinfo says scope and type, in any order") {
    CHECK(read(scope + type).exclusive);
    CHECK(read(scope + type).owner.empty());
    CHECK(read(type + scope).exclusive);
    CHECK_FALSE(read(type + "<X:unknown/><D:lockscope><D:shared/></D:lockscope>").exclusive);
}

TEST_CASE("RFC 4918 9.10.1: the owner of a lock is kept as the client wrote it") {
    const std::string owner = "<D:owner><D:href>http://example.org/~ejw/</D:href> &amp; "
                              "<X:who x=\"1\">J\xC3\xB6rg</X:who></D:owner>";
    const auto kept = read(scope + type + owner).owner;
    CHECK(kept == "<D:owner xmlns:D=\"DAV:\"><D:href>http://example.org/~ejw/</D:href> &amp; "
                  "<X:who xmlns:X=\"urn:x\" x=\"1\">J\xC3\xB6rg</X:who></D:owner>");
    CHECK(xml::serialize(*xml::parse(kept)) == kept);
    const std::string long_owner(LockInfo::max_owner_bytes, 'x');
    CHECK(refusal(scope + type + "<D:owner>" + long_owner + "</D:owner>") ==
          http::Status::content_too_large);
}

TEST_CASE("RFC 4918 11.2: a lockinfo that is none is a 400, one for other locks a 422") {
    for (const std::string& inner :
         {std::string(), scope, type, "<D:lockscope/>" + type, scope + "<D:locktype/>",
          scope + scope + type, scope + type + type,
          "<D:lockscope><D:exclusive/><D:shared/></D:lockscope>" + type}) {
        CAPTURE(inner);
        CHECK(refusal(inner) == http::Status::bad_request);
    }
    CHECK(refusal("<D:lockscope><X:exclusive/></D:lockscope>" + type) ==
          http::Status::unprocessable_content);
    CHECK(refusal(scope + "<D:locktype><D:read/></D:locktype>") ==
          http::Status::unprocessable_content);
}

TEST_CASE("RFC 4918 14.1: a lock is shown with all that it is") {
    ActiveLock lock{.exclusive = true,
                    .deep = true,
                    .owner = "<D:owner xmlns:D=\"DAV:\">me &amp; you</D:owner>",
                    .timeout = seconds{604800},
                    .token = token,
                    .root = "/dav/calendars/users/jane/a&b/"};
    const auto written = [&lock] {
        std::string to;
        xml::Writer writer{to};
        append_activelock(writer, lock);
        return to;
    };
    CHECK(written() ==
          "<D:activelock><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/>"
          "</D:locktype><D:depth>infinity</D:depth>"
          "<D:owner xmlns:D=\"DAV:\">me &amp; you</D:owner><D:timeout>Second-604800</D:timeout>"
          "<D:locktoken><D:href>" +
              token +
              "</D:href></D:locktoken><D:lockroot>"
              "<D:href>/dav/calendars/users/jane/a&amp;b/</D:href></D:lockroot></D:activelock>");
    lock.exclusive = false;
    lock.deep = false;
    lock.owner.clear();
    lock.token.clear();
    CHECK(written() == "<D:activelock><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/>"
                       "</D:locktype><D:depth>0</D:depth><D:timeout>Second-604800</D:timeout>"
                       "<D:lockroot><D:href>/dav/calendars/users/jane/a&amp;b/</D:href>"
                       "</D:lockroot></D:activelock>");
}
