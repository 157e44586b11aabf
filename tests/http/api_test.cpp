// The API: app passwords, who can be invited, the audit.

#include "base/text.hpp"
#include "directory/directory.hpp"
#include "http/acl_support.hpp"
#include "json/json.hpp"
#include "store/directory_sync.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

using namespace kalends;
using namespace kalends::test;

namespace {

const Fields json_type{{"Content-Type", "application/json"}};
const std::string passwords = "/api/v1/app-passwords";

json::Object object_of(const Reply& reply) {
    CHECK(reply.content_type() == "application/json");
    auto object = json::parse_object(reply.body);
    REQUIRE(object);
    return *object;
}

Reply with(TestServer& server, const std::string& password, const std::string& method,
           const std::string& path, const std::string& body = "") {
    HttpClient client{server.port()};
    return client.request(method, path,
                          {{"Content-Type", "application/json"},
                           {"Authorization", "Basic " + text::base64_encode("alice:" + password)}},
                          body);
}

std::vector<std::string> logins_in(const json::Object& object) {
    std::vector<std::string> logins;
    for (const auto& principal : json::objects_of(object, "principals"))
        logins.push_back(json::text_of(principal, "login"));
    return logins;
}

}  // namespace

TEST_CASE("one's own app passwords are made, listed and revoked") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    const auto reply =
        server.request("POST", passwords, R"({"name": "phone", "read_only": true})", json_type);
    CHECK(reply.status == 201);
    const auto made = object_of(reply);
    const auto password = json::text_of(made, "password");
    const auto id = json::text_of(made, "id");
    CHECK(json::is_true(made, "read_only"));
    CHECK(with(server, password, "GET", server.calendars()).status == 200);

    const auto listed = json::objects_of(object_of(server.get(passwords)), "app_passwords");
    REQUIRE(listed.size() == 1);
    CHECK(json::text_of(listed[0], "id") == id);
    CHECK(json::text_of(listed[0], "name") == "phone");
    CHECK(json::text_of(listed[0], "last_address") == "127.0.0.1");
    CHECK(server.get(passwords).body.find(password) == std::string::npos);

    CHECK(server.as("bob").erase(passwords + "/" + id).status == 404);
    CHECK(server.erase(passwords + "/" + id).status == 204);
    CHECK(server.erase(passwords + "/" + id).status == 404);
    CHECK(with(server, password, "GET", server.calendars()).status == 401);
}

TEST_CASE("a device can't make passwords of its own, nor see the others") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto password = json::text_of(
        object_of(server.request("POST", passwords, R"({"name": "phone"})", json_type)),
        "password");
    CHECK(with(server, password, "GET", passwords).status == 403);
    CHECK(with(server, password, "POST", passwords, R"({"name": "x"})").status == 403);
    CHECK(with(server, password, "DELETE", passwords + "/x").status == 403);
}

TEST_CASE("what the API does not understand it says in a sentence") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const struct {
        std::string method, path, body;
        Fields headers;
        int status;
    } requests[] = {
        {"GET", "/api/v1/nothing", "", {}, 404},
        {"GET", "/api/v1/app-passwords/x/y", "", {}, 404},
        {"PUT", passwords, "", {}, 405},
        {"POST", passwords, R"({"name": "x"})", {}, 415},
        {"POST", passwords, R"({"name": "x"})", {{"Content-Type", "text/plain"}}, 415},
        {"POST", passwords, "[]", json_type, 400},
        {"POST", passwords, "{", json_type, 400},
        {"POST", passwords, "{}", json_type, 400},
        {"POST", passwords, R"({"name": 7})", json_type, 400},
        {"POST", passwords, R"({"name": ")" + std::string(300, 'x') + "\"}", json_type, 400},
        {"POST", passwords, std::string(100'000, ' '), json_type, 413},
        {"POST", passwords, std::string(20'000, '['), json_type, 400},
        {"GET", "/api/v1/principals?search=a&limit=0", "", {}, 400},
        {"GET", "/api/v1/principals?search=a&limit=many", "", {}, 400},
        {"GET", "/api/v1/principals?search=%ff", "", {}, 400},
        {"GET", "/api/v1/principals?search=", "", {}, 400},
        {"GET", "/api/v1/principals?search=a&kind=boat", "", {}, 400},
        {"GET", "/api/v1/audit?before=x", "", {}, 400},
    };
    for (const auto& each : requests) {
        const auto reply = server.request(each.method, each.path, each.body, each.headers);
        INFO(each.method << " " << each.path << " " << each.body.substr(0, 40));
        CHECK(reply.status == each.status);
        if (each.status == 413) continue;
        CHECK_FALSE(json::text_of(object_of(reply), "error").empty());
    }
    CHECK(server.request("PUT", passwords).header("Allow") == "GET, POST");
    const auto asked = server.nobody().get(passwords);
    CHECK(asked.status == 401);
    CHECK(asked.header("WWW-Authenticate"));
}

TEST_CASE("who can be invited is found a page at a time") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string name : {"a", "b", "c"}) {
        const auto login = "paged-" + name;
        if (const auto old = server.database().home(login))
            store::delete_principal(server.database(), old->principal.id);
        directory::create_user(server.database(), {.login = login,
                                                   .display_name = "Päged " + name,
                                                   .addresses = {login + "@example.com"}});
    }
    const auto find = [&](const std::string& query) {
        return object_of(server.get("/api/v1/principals?search=" + query));
    };
    const auto first = find("P%C3%A4ged&limit=2");
    CHECK(logins_in(first) == std::vector<std::string>{"paged-a", "paged-b"});
    CHECK(json::text_of(first, "next") == "paged-b");
    const auto second = find("P%C3%A4ged&limit=2&after=paged-b");
    CHECK(logins_in(second) == std::vector<std::string>{"paged-c"});
    CHECK(second.at("next").is_null());
    const auto only = json::objects_of(find("paged-a%40example"), "principals");
    REQUIRE(only.size() == 1);
    CHECK(json::text_of(only[0], "name") == "Päged a");
    CHECK(json::text_of(only[0], "kind") == "user");
    CHECK(json::texts_of(only[0], "addresses") == std::vector<std::string>{"paged-a@example.com"});
    CHECK(json::text_of(only[0], "principal") == "/dav/principals/users/paged-a/");
    CHECK(logins_in(find("P%C3%A4ged&kind=group")).empty());
}

TEST_CASE("one sees what was done by oneself, and an administrator what was done by all") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob", "admin"};
    REQUIRE(server.request("MKCALENDAR", "audited/").status == 201);
    REQUIRE(server.erase("audited/").status == 204);
    const std::string query = "/api/v1/audit?event=delete&target=" + server.calendars("audited");
    const auto entries = [&](const std::string& login) {
        return json::objects_of(object_of(server.as(login).get(query)), "entries");
    };
    for (int i = 0; i < 100 && entries("alice").empty(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    const auto own = entries("alice");
    REQUIRE(own.size() == 1);
    CHECK(json::text_of(own[0], "login") == "alice");
    CHECK(json::text_of(own[0], "address") == "127.0.0.1");
    CHECK(entries("bob").empty());
    CHECK(entries("admin").size() == 1);
    CHECK(json::objects_of(object_of(server.as("bob").get(query + "&login=alice")), "entries")
              .empty());
}

TEST_CASE("one principal is shown with language, time zone and picture") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    const auto id = server.database().home("bob")->principal.id;
    store::change_principal(server.database(), id,
                            {.locale = "sv", .time_zone = "Europe/Stockholm"});
    const auto bob = object_of(server.get("/api/v1/principals/bob"));
    CHECK(json::text_of(bob, "login") == "bob");
    CHECK(json::text_of(bob, "locale") == "sv");
    CHECK(json::text_of(bob, "time_zone") == "Europe/Stockholm");
    CHECK(server.get("/api/v1/principals/nobody").status == 404);
    CHECK(server.get("/api/v1/principals/b%2Fb").status == 404);

    CHECK(server.get("/api/v1/photos/bob").status == 404);
    const std::string picture("\xff\xd8\xff\x00 picture", 12);
    store::set_photo(server.database(), id, picture);
    const auto reply = server.get("/api/v1/photos/bob");
    CHECK(reply.status == 200);
    CHECK(reply.content_type() == "image/jpeg");
    CHECK(reply.body == picture);
}
