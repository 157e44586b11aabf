// Large listings leave piece by piece: no piece grows with the number of members.

#include "app/application.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends;
using namespace kalends::test;

namespace {

/// Makes a calendar of alice's have the members 1.ics to `count`.ics.
void fill(TestServer& server, store::CollectionId calendar, int count) {
    const auto id = std::to_string(calendar.value);
    TestServer::shared_database().query(
        "INSERT INTO object (home_id, collection_id, modseq, created, modified, size, name, uid, "
        "component, etag, data)"
        " SELECT home_id, collection_id, modseq + n, 0, 0, 0, n || '.ics', 'uid-' || n, 'VEVENT', "
        "md5(n::text), ''"
        " FROM collection, generate_series(1 + object_count, " +
        std::to_string(count) + ") AS n WHERE collection_id = " + id +
        "; UPDATE collection SET modseq = modseq + " + std::to_string(count) +
        ", object_count = " + std::to_string(count) + " WHERE collection_id = " + id);
    server.database().forget(server.database().home("alice")->principal.id);
}

struct Pieces {
    std::size_t members = 0;
    std::size_t total = 0;    ///< bytes
    std::size_t largest = 0;  ///< bytes that are in memory at once

    void add(const std::string& piece) {
        constexpr std::string_view end = "</D:response>";
        for (auto at = piece.find(end); at != std::string::npos; at = piece.find(end, at + 1))
            ++members;
        total += piece.size();
        largest = std::max(largest, piece.size());
    }
};

/// The answer to a PROPFIND of Depth 1, pulled as a connection pulls it.
Pieces list(http::Handler& application, const User& user, const std::string& path) {
    http::Request request;
    request.method = "PROPFIND";
    request.path = path;
    request.scheme = "https";
    request.headers.add("Depth", "1");
    for (const auto& [name, value] : user.authorization()) request.headers.add(name, value);
    request.body = xml_body("D:propfind", "<D:prop><D:getetag/></D:prop>");
    const auto response = application.handle(request);
    REQUIRE(response.status == http::Status::multi_status);
    Pieces pieces;
    pieces.add(response.body);
    if (!response.more) return pieces;
    for (auto piece = response.more(); !piece.empty(); piece = response.more()) pieces.add(piece);
    return pieces;
}

}  // namespace

TEST_CASE("PROPFIND Depth 1 with getetag over 10,000 members streams in constant memory") {
    REQUIRE_POSTGRESQL();
    for (const bool cached : {true, false}) {
        CAPTURE(cached);
        auto config = test_config();
        if (!cached) config.cache.members = 0;
        TestServer server{{"alice"}, config};
        const auto application =
            app::make_application(config, server.database(), [] { return http::Statistics{}; });
        const auto calendar =
            server.database().home("alice")->find(store::CollectionKind::calendar, "calendar")->id;
        fill(server, calendar, 2'000);
        const auto few = list(*application, server, server.calendars("calendar/"));
        fill(server, calendar, 10'000);
        const auto many = list(*application, server, server.calendars("calendar/"));
        CHECK(few.members == 2'001);
        CHECK(many.members == 10'001);
        CHECK(many.total > 4 * few.total);
        CHECK(many.largest < few.largest + few.largest / 10);
    }
}
