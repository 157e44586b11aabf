#include "base/clock.hpp"
#include "mail/address.hpp"
#include "mail/send.hpp"
#include "support/directory.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;
using Kind = mail::Result::Kind;

namespace {

const mail::Envelope envelope{"bounce+1@firma.test", "dora@partner.test"};

/// A program of a few shell lines, in a directory of its own, where it runs in "$D".
struct Program {
    explicit Program(const std::string& lines) : file(directory.path / "program") {
        std::ofstream(file) << "#!/bin/sh\nD=" << directory.path.string() << "\n" << lines << "\n";
        ::chmod(file.c_str(), 0700);
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        const std::ifstream in(directory.path / name, std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        return text.str();
    }
    [[nodiscard]] mail::Result by_command(const std::string& message = "a\r\n",
                                          std::chrono::milliseconds timeout = 20s) const {
        return mail::command_route({{file, "-x"}})
            ->send(envelope, message, clock::steady() + timeout);
    }
    [[nodiscard]] mail::Result by_sendmail(const mail::Envelope& to,
                                           const std::string& config = {}) const {
        return mail::sendmail_route({file, config})->send(to, "a\r\n", clock::steady() + 20s);
    }
    Directory directory;
    std::string file;
};

bool has_ended(const std::string& pid) {
    for (int i = 0; i < 200; ++i) {
        std::ifstream file("/proc/" + pid + "/stat");
        std::string stat;
        std::getline(file, stat);
        if (stat.empty() || stat.find(") Z") != stat.npos) return true;
        std::this_thread::sleep_for(20ms);
    }
    return false;
}

}  // namespace

TEST_CASE(
    "sendmail is called with the envelope in its arguments, and never reads options from it") {
    const Program program{
        R"(for a in "$@"; do echo "$a"; done >"$D/arguments"; cat >"$D/message")"};
    CHECK(program.by_sendmail(envelope).kind == Kind::accepted);
    CHECK(program.read("arguments") == "-i\n-f\nbounce+1@firma.test\n--\ndora@partner.test\n");
    CHECK(program.read("message") == "a\n");
    CHECK(program.by_sendmail({"", "-t@bücher.test"}, "/etc/other").kind == Kind::accepted);
    CHECK(program.read("arguments") == "-C\n/etc/other\n-i\n-f\n<>\n--\n-t@xn--bcher-kva.test\n");
    CHECK(program.by_sendmail({"", "a b"}).kind == Kind::permanent);
}

TEST_CASE("a command gets the envelope in arguments and environment, and nothing else of ours") {
    ::setenv("KALENDS_SECRET", "x", 1);
    const Program program{
        R"(echo "$*" >"$D/arguments"; env | sort >"$D/environment"; cat >"$D/message")"};
    CHECK(program.by_command("a\r\nb\rc\n\r\n").kind == Kind::accepted);
    CHECK(program.read("arguments") == "-x bounce+1@firma.test dora@partner.test\n");
    CHECK(program.read("message") == "a\nb\rc\n\n");
    const auto environment = program.read("environment");
    CHECK(environment.find("KALENDS_RECIPIENT=dora@partner.test\n") != environment.npos);
    CHECK(environment.find("KALENDS_SENDER=bounce+1@firma.test\n") != environment.npos);
    CHECK(environment.find("KALENDS_SECRET") == environment.npos);
    ::unsetenv("KALENDS_SECRET");
    CHECK_THROWS_AS(mail::command_route({}), mail::Malformed);
}

TEST_CASE("how a command ends is read by sysexits.h, and its words are kept") {
    struct Case {
        const char* lines;
        Kind kind;
        const char* status;
    };
    const Case cases[] = {
        {"exit 0", Kind::accepted, "2.0.0"},     {"exit 67", Kind::permanent, "5.1.1"},
        {"exit 68", Kind::permanent, "5.1.2"},   {"exit 69", Kind::permanent, "5.3.0"},
        {"exit 75", Kind::temporary, "4.3.0"},   {"exit 77", Kind::permanent, "5.7.0"},
        {"exit 78", Kind::temporary, "4.3.5"},   {"exit 64", Kind::temporary, "4.3.5"},
        {"exit 1", Kind::temporary, "4.3.0"},    {"exit 255", Kind::temporary, "4.3.0"},
        {"kill -9 $$", Kind::temporary, "4.3.0"}};
    for (const auto& at : cases) {
        const auto result = Program{at.lines}.by_command();
        CHECK_MESSAGE(result.kind == at.kind, at.lines);
        CHECK_MESSAGE(result.status == at.status, at.lines);
    }
    const auto said = Program{"echo out; echo no such user >&2; exit 67"}.by_command();
    CHECK(said.sentence.find("ended with 67") != std::string::npos);
    CHECK(said.sentence.find("no such user") != std::string::npos);
    CHECK(mail::command_route({{"/nonexistent/program"}})
              ->send(envelope, "a", clock::steady() + 20s)
              .kind == Kind::temporary);
}

TEST_CASE("a command that reads nothing, or writes without end, does no harm") {
    const std::string large(5'000'000, 'x');
    CHECK(Program{"exit 0"}.by_command(large).kind == Kind::accepted);
    CHECK(Program{"exec <&-; sleep 0.1; exit 75"}.by_command(large).kind == Kind::temporary);
    const auto loud = Program{"head -c 3000000 /dev/zero | tr '\\0' y; exit 67"}.by_command();
    CHECK(loud.kind == Kind::permanent);
    CHECK(loud.sentence.size() < 1000);
    const auto begin = clock::steady();
    CHECK(Program{"exec yes"}.by_command("a", 500ms).kind == Kind::temporary);
    CHECK(clock::steady() - begin < 10s);
}

TEST_CASE("a command that hangs is killed at the deadline with what it has started") {
    const Program program{R"(sleep 600 & echo $! >"$D/child"; echo $$ >"$D/self"; wait)"};
    const auto begin = clock::steady();
    const auto result = program.by_command("a", 1s);
    CHECK(clock::steady() - begin < 10s);
    CHECK(result.kind == Kind::temporary);
    CHECK(result.sentence.find("too long") != std::string::npos);
    CHECK(has_ended(std::to_string(std::stol(program.read("child")))));
    // Waited for, too: there is no zombie.
    CHECK(::kill(static_cast<pid_t>(std::stol(program.read("self"))), 0) != 0);
}

TEST_CASE("a program that goes on in the background, as some sendmails do, is let") {
    const Program program{R"(sleep 0.5 && echo done >"$D/done" & exit 0)"};
    CHECK(program.by_command().kind == Kind::accepted);
    for (int i = 0; i < 250 && program.read("done").empty(); ++i) std::this_thread::sleep_for(20ms);
    CHECK(program.read("done") == "done\n");
}
