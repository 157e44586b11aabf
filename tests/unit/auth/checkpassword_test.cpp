#include "auth/checkpassword.hpp"
#include "base/clock.hpp"
#include "support/directory.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;
using Kind = auth::CommandAnswer::Kind;

namespace {

/// A program of a few shell lines, which finds its own directory in "$1".
struct Program {
    explicit Program(const std::string& lines) {
        const auto file = directory.path / "check";
        std::ofstream(file) << "#!/bin/sh\n" << lines << "\n";
        ::chmod(file.c_str(), 0700);
        settings.words = {file, directory.path};
        settings.timeout = 10s;
    }
    [[nodiscard]] auth::CommandAnswer check(const std::string& login = "jane",
                                            const std::string& password = "secret") const {
        return auth::check_password_by(settings, login, password);
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        const std::ifstream file(directory.path / name, std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }
    Directory directory;
    auth::CommandSettings settings;
};

bool is_running(pid_t process) { return ::kill(process, 0) == 0; }

}  // namespace

TEST_CASE("a program gets login, password and time on descriptor 3, and says right or wrong") {
    const clock::Fixed fixed{std::chrono::sys_seconds{1'800'000'000s}};
    const Program program{R"(cat <&3 >"$1/input"; grep -q secret "$1/input")"};
    CHECK(program.check().kind == Kind::right);
    CHECK(program.read("input") == std::string("jane\0secret\0001800000000\0", 23));
    CHECK(program.check("jane", "wrong").kind == Kind::wrong);
    CHECK(program.check("jane", "$(touch /tmp/x); \"'`secret").kind == Kind::right);
}

TEST_CASE("any other end of the program is a failure, and no answer") {
    CHECK(Program{"exit 111"}.check().kind == Kind::failed);
    CHECK(Program{"exit 2"}.check().kind == Kind::failed);
    CHECK(Program{"kill -9 $$"}.check().kind == Kind::failed);
    CHECK(Program{"exit 0"}.check().kind == Kind::right);
    auth::CommandSettings none{.words = {"/nonexistent/program"}};
    CHECK(auth::check_password_by(none, "jane", "secret").kind == Kind::failed);
}

TEST_CASE("a program that hangs is killed, with what it has started") {
    Program program{R"(sleep 600 & echo $! >"$1/child"; echo $$ >"$1/self"; wait)"};
    program.settings.timeout = 2s;
    const auto begin = clock::steady();
    CHECK(program.check().kind == Kind::failed);
    CHECK(clock::steady() - begin < 30s);
    const auto self = static_cast<pid_t>(std::stol(program.read("self")));
    const auto child = static_cast<pid_t>(std::stol(program.read("child")));
    CHECK_FALSE(is_running(self));
    for (int i = 0; i < 100 && is_running(child); ++i) std::this_thread::sleep_for(20ms);
    std::ifstream state("/proc/" + std::to_string(child) + "/stat");
    std::string stat;
    std::getline(state, stat);
    CHECK((stat.empty() || stat.find(") Z") != std::string::npos));  // it may wait for init
}

TEST_CASE("what a program leaves behind is ended with it") {
    const Program program{R"(sleep 600 >&- 2>&- & echo $! >"$1/child"; exit 0)"};
    CHECK(program.check().kind == Kind::right);
    const auto child = program.read("child");
    std::this_thread::sleep_for(100ms);
    std::ifstream state("/proc/" + child.substr(0, child.find('\n')) + "/stat");
    std::string stat;
    std::getline(state, stat);
    CHECK((stat.empty() || stat.find(") Z") != std::string::npos));
}

TEST_CASE("a program gets nothing else of ours: no environment, no file, no terminal") {
    ::setenv("KALENDS_SECRET", "x", 1);
    const std::ifstream ours("/etc/passwd");
    const int open_across_exec = ::dup(0);
    const Program program{
        R"(/usr/bin/env >"$1/env"; ls /proc/self/fd >"$1/files"; cat; echo out; echo error >&2)"};
    CHECK(program.check().kind == Kind::right);
    ::close(open_across_exec);
    CHECK(program.read("env").find("KALENDS_SECRET") == std::string::npos);
    CHECK(program.read("env").find("PATH=/usr/bin:/bin") != std::string::npos);
    CHECK(program.read("files") == "0\n1\n2\n3\n4\n");  // 4 is what ls reads
}

TEST_CASE("a login and a password that the interface has no room for are wrong") {
    const Program program{"exit 0"};
    CHECK(program.check("jane", std::string(600, 'x')).kind == Kind::wrong);
    CHECK(program.check("jane", std::string("a\0b", 3)).kind == Kind::wrong);
    CHECK(program.check("jane", std::string(450, 'x')).kind == Kind::right);
}
