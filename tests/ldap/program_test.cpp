// `kalends ldap` as an operator runs it.

#include "ldap/office.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace kalends;
using namespace kalends::test;

namespace {

struct Ran {
    int status = -1;
    std::string output;
    [[nodiscard]] bool said(const std::string& part) const {
        const bool is = output.find(part) != std::string::npos;
        if (!is) MESSAGE(output);
        return is;
    }
};

struct Program {
    explicit Program(const Office& office, const std::string& more = "") {
        std::ofstream(file) << "[database]\ndsn = \"" << office.database.dsn()
                            << "\"\n[ldap]\nuri = [\"" << office.slapd.uri() << "\"]\nbase = \""
                            << suffix << "\"\nbind_dn = \"cn=reader," << suffix
                            << "\"\nbind_password = \"reader\"\n"
                            << more;
    }
    ~Program() { std::filesystem::remove(file); }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    [[nodiscard]] Ran run(const std::string& words, const std::string& input = "") const {
        const auto command = "printf '%s\\n' '" + input + "' | " KALENDS_BINARY " " + words +
                             " --config " + file + " 2>&1";
        Ran ran;
        auto* pipe = ::popen(command.c_str(), "r");
        std::array<char, 4096> part{};
        for (std::size_t n = 0; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;)
            ran.output.append(part.data(), n);
        ran.status = WEXITSTATUS(::pclose(pipe));
        return ran;
    }

    std::string file = std::filesystem::temp_directory_path() /
                       ("kalends-ldap-" + std::to_string(::getpid()) + ".toml");
};

}  // namespace

TEST_CASE("kalends ldap test says each step, and why somebody can't log in") {
    REQUIRE_OFFICE();
    Office office{person("anna") + person("old", "shadowExpire: 1\n")};
    const Program program{office};
    auto ran = program.run("ldap test anna --password-stdin", "anna");
    CHECK(ran.status == 0);
    CHECK(ran.said("(&(objectClass=inetOrgPerson)(uid=anna))"));
    CHECK(ran.said("there is no account yet"));
    CHECK(ran.said("found " + dn_of("anna")));
    CHECK(ran.said("This login works."));
    CHECK_FALSE(office.home("anna"));  // looking makes nothing

    ran = program.run("ldap test anna --password-stdin", "wrong");
    CHECK(ran.status == 1);
    CHECK(ran.said("Invalid credentials"));
    CHECK(ran.output.find("wrong") == std::string::npos);
    CHECK(program.run("ldap test old").said("shadowExpire is 1"));
    CHECK(program.run("ldap test nobody").said("nobody in the directory"));
    CHECK(program.run("ldap test anna@firma.test").said("This user may log in"));
    CHECK(program.run("ldap test anna --password-stdin", "").said("an empty password"));
}

TEST_CASE("kalends ldap sync lists what it does, and doctor looks at the directory") {
    REQUIRE_OFFICE();
    Office office{person("anna") + group("sales", {dn_of("anna")})};
    const Program program{office};
    auto ran = program.run("ldap sync --dry-run");
    CHECK(ran.status == 0);
    CHECK(ran.said("would make the user anna"));
    CHECK_FALSE(office.home("anna"));
    CHECK(program.run("ldap sync").said("Made 2, changed 0, disabled 0; members added 1"));
    CHECK(office.home("anna"));
    CHECK(program.run("user list").said("anna"));
    CHECK(program.run("doctor").said("has 2 users, groups and rooms"));

    const Program strange{office, "user_filter = \"(objectClass=dNSDomain)\"\n"};
    ran = strange.run("ldap sync");
    CHECK(ran.status == 1);
    CHECK(ran.said("HELD: 1 of 1 user are missing"));
    office.slapd.stop();
    CHECK(program.run("ldap sync").said("Connection refused"));
    CHECK(program.run("doctor").said("PROBLEM  The directory: " + office.slapd.uri()));
}
