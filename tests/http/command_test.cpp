// Passwords that a program of the administrator checks, through the whole server.

#include "base/text.hpp"
#include "directory/directory.hpp"
#include "support/directory.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>

using namespace kalends;
using namespace kalends::test;

namespace {

/// Right is "right"; "hang" hangs, "broken" is answered with 111. Each run leaves a line.
constexpr auto program = R"(#!/bin/sh
input=$(tr '\0' ' ' <&3)
echo "$input" >>"$1/runs"
case "$input" in
*" right "*) exit 0 ;;
*" hang "*) sleep 600 ;;
*" broken "*) exit 111 ;;
esac
exit 1
)";

struct Checked {
    Checked() {
        const auto file = directory.path / "check";
        std::ofstream(file) << program;
        ::chmod(file.c_str(), 0700);
        config.auth.command = {file, directory.path};
    }
    [[nodiscard]] int runs() const {
        std::ifstream file(directory.path / "runs");
        int count = 0;
        for (std::string line; std::getline(file, line);) ++count;
        return count;
    }
    Directory directory;
    Config config = test_config();
};

int status(TestServer& server, const std::string& login, const std::string& password) {
    const Fields fields{{"Authorization", "Basic " + text::base64_encode(login + ':' + password)},
                        {"Depth", "0"}};
    return server.nobody().request("PROPFIND", "/dav/calendars/carol/", {}, fields).status;
}

/// An account that has no password here.
void make_carol(const TestServer& server) {
    if (const auto old = directory::find(server.database(), "carol"))
        store::delete_principal(server.database(), old->principal.id);
    directory::create_user(server.database(),
                           {.login = "carol", .display_name = "", .addresses = {}});
}

}  // namespace

TEST_CASE("a program checks the passwords of accounts that have none here, once for a time") {
    const Checked checked;
    TestServer server({"alice"}, checked.config);
    make_carol(server);
    for (int i = 0; i < 3; ++i) CHECK(status(server, "carol", "right") == 207);
    CHECK(checked.runs() == 1);
    CHECK(status(server, "carol", "wrong") == 401);
    CHECK(status(server, "nobody", "right") == 401);
}

TEST_CASE("an account with a password here is not asked about") {
    const Checked checked;
    TestServer server({"alice"}, checked.config);
    CHECK(status(server, "alice", "right") == 401);
    CHECK(checked.runs() == 0);
}

TEST_CASE("a program that hangs or fails is an outage, and nobody's wrong password") {
    Checked checked;
    checked.config.auth.command_timeout = std::chrono::seconds{3};
    TestServer server({"alice"}, checked.config);
    make_carol(server);
    CHECK(status(server, "carol", "broken") == 503);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(status(server, "carol", "hang") == 503);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{30});
    CHECK(status(server, "carol", "right") == 207);
}
