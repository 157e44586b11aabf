#include "http/spool.hpp"

#include "http/spool_private.hpp"
#include "support/directory.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

using namespace kalends::http;
using kalends::test::Directory;

namespace {

constexpr std::uint64_t plenty = 1'000'000;

std::string read(const SpooledBody& body, std::uint64_t offset, std::size_t size) {
    std::string bytes(size, '?');
    bytes.resize(body.read(offset, bytes));
    return bytes;
}

std::system_error error(int number) { return {number, std::generic_category()}; }

/// How many names a file has.
nlink_t names_of(int file) {
    struct stat about {};
    REQUIRE(::fstat(file, &about) == 0);
    return about.st_nlink;
}

}  // namespace

TEST_CASE("what was spooled is read back from any place, and no further than its end") {
    const Directory directory;
    const Spool spool{directory.path, plenty};
    const auto body = spool.make();
    CHECK(body->size() == 0);
    CHECK(read(*body, 0, 10).empty());
    CHECK(body->append("BEGIN:"));
    CHECK(body->append(""));
    CHECK(body->append("VCARD"));
    CHECK(body->size() == 11);
    CHECK(read(*body, 0, 11) == "BEGIN:VCARD");
    CHECK(read(*body, 6, 3) == "VCA");
    CHECK(read(*body, 6, 100) == "VCARD");
    CHECK(read(*body, 11, 1).empty());
    CHECK(read(*body, UINT64_MAX, 1).empty());
}

TEST_CASE("a spooled body has no name while it is written, and no trace afterwards") {
    const Directory directory;
    const Spool spool{directory.path, plenty};
    {
        const auto body = spool.make();
        CHECK(body->append("secret"));
        CHECK(std::filesystem::is_empty(directory.path));
        CHECK(spool.budget().used() == 6);
    }
    CHECK(std::filesystem::is_empty(directory.path));
    CHECK(spool.budget().used() == 0);
}

TEST_CASE("both ways to a file without a name end in one, for us only") {
    const Directory directory;
    for (const auto open : {open_nameless, open_unlinked}) {
        const int file = open(directory.path);
        if (open == open_nameless && file < 0) continue;  // this file system has no O_TMPFILE
        REQUIRE(file >= 0);
        CHECK(names_of(file) == 0);
        CHECK(std::filesystem::is_empty(directory.path));
        CHECK((::fcntl(file, F_GETFD) & FD_CLOEXEC) != 0);
        struct stat about {};
        CHECK(::fstat(file, &about) == 0);
        CHECK((about.st_mode & 0077U) == 0);
        const SpooledBody body{file, std::make_shared<SpoolBudget>(plenty)};
        CHECK(body.size() == 0);
    }
}

TEST_CASE("bodies share a budget, and what one leaves another may have") {
    const Directory directory;
    const Spool spool{directory.path, 10};
    auto first = spool.make();
    const auto second = spool.make();
    CHECK(first->append("123456"));
    CHECK(second->append("1234"));
    CHECK_FALSE(second->append("5"));
    CHECK(second->size() == 4);
    CHECK(read(*second, 0, 10) == "1234");
    CHECK(spool.budget().has(0));
    CHECK_FALSE(spool.budget().has(1));
    first.reset();
    CHECK(spool.budget().used() == 4);
    CHECK(spool.budget().has(6));
    CHECK_FALSE(spool.budget().has(UINT64_MAX));
    CHECK(second->append("567890"));
}

TEST_CASE("RFC 4918 11.5: a full disk is told apart from a broken one") {
    SpooledBody full{::open("/dev/full", O_RDWR | O_CLOEXEC),
                     std::make_shared<SpoolBudget>(plenty)};
    try {
        full.append("too much");
        FAIL("/dev/full takes bytes");
    } catch (const std::system_error& caught) {
        CHECK(status_of(caught) == Status::insufficient_storage);
    }
    CHECK(status_of(error(EDQUOT)) == Status::insufficient_storage);
    CHECK(status_of(error(EMFILE)) == Status::service_unavailable);
    CHECK(status_of(error(ENFILE)) == Status::service_unavailable);
    CHECK(status_of(error(EIO)) == Status::internal_server_error);
}

TEST_CASE("a spool directory that is not there is named in the error") {
    const Spool spool{"/nonexistent/spool", plenty};
    CHECK_THROWS_WITH_AS(spool.make(), "a file in /nonexistent/spool: No such file or directory",
                         std::system_error);
}

TEST_CASE("a handler reads a body the same way wherever it is") {
    const Directory directory;
    const Spool spool{directory.path, plenty};
    auto file = spool.make();
    file->append("hello world");
    Request small;
    small.body = "hello world";
    Request large;
    large.spooled = std::move(file);
    for (const auto* request : {&small, &large}) {
        CHECK(body_size(*request) == 11);
        std::array<char, 5> piece{};
        CHECK(read_body(*request, 6, piece) == 5);
        CHECK(std::string(piece.data(), 5) == "world");
        CHECK(read_body(*request, 9, piece) == 2);
        CHECK(read_body(*request, 11, piece) == 0);
        CHECK(read_body(*request, 12, piece) == 0);
    }
    CHECK(body_size(Request{}) == 0);
}
