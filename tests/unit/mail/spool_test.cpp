#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "mail/spool.hpp"
#include "support/directory.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <thread>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;
using Kind = mail::SpoolError::Kind;
namespace fs = std::filesystem;

namespace {

const mail::SpoolEntry entry{"dora@partner.test", "a.berg@firma.test", "anna"};
const std::string message = "From: dora@partner.test\r\n\r\nx\r\n";

struct Spool {
    Directory directory;
    fs::path folder = directory.path / "spool";
    Spool() { mail::make_spool(folder); }

    [[nodiscard]] std::string put(const std::string& text, const mail::SpoolEntry& with = entry,
                                  std::size_t max = 1000) const {
        const auto file = directory.path / "message";
        std::ofstream(file, std::ios::binary) << text;
        const Descriptor input{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
        return mail::put(folder, with, input.get(), max);
    }
    [[nodiscard]] std::size_t count(const std::string& name) const {
        const fs::directory_iterator files(folder / name);
        return static_cast<std::size_t>(std::distance(begin(files), end(files)));
    }
    /// A file in new/ as somebody else would make it; its name.
    [[nodiscard]] std::string plant(const std::string& content, std::string name = {}) const {
        if (name.empty()) name = text::to_hex(hash::sha256(content));
        std::ofstream(folder / "new" / name, std::ios::binary) << content;
        return name;
    }
    /// What is wrong with it; nothing if it is taken or has gone.
    [[nodiscard]] std::optional<Kind> wrong(const std::string& name,
                                            const mail::TakeRules& rules = {}) const {
        try {
            mail::take(folder, name, rules);
        } catch (const mail::SpoolError& error) {
            return error.kind();
        }
        return std::nullopt;
    }
};

const std::string head = "Kalends-Spool: 1\nSender: a@b.test\nRecipient: c@d.test\nUser: u\n\n";

}  // namespace

TEST_CASE("what is put into the spool is taken out of it, with its envelope") {
    const Spool spool;
    const auto name = spool.put(message);
    CHECK(spool.count("tmp") == 0);
    CHECK(mail::list(spool.folder) == std::vector<std::string>{name});
    {
        const auto taken = mail::take(spool.folder, name, {.owners = std::vector{::getuid()}});
        REQUIRE(taken.has_value());
        CHECK(taken->entry.sender == entry.sender);
        CHECK(taken->entry.recipient == entry.recipient);
        CHECK(taken->entry.user == entry.user);
        CHECK(taken->message == message);
        CHECK(taken->uid == ::getuid());
        CHECK_FALSE(mail::take(spool.folder, name, {}).has_value());  // it is taken
    }
    CHECK(mail::take(spool.folder, name, {}).has_value());  // who had it did not finish
    mail::done(spool.folder, name);
    mail::done(spool.folder, name);
    CHECK(mail::list(spool.folder).empty());
    CHECK_FALSE(mail::take(spool.folder, name, {}).has_value());
}

TEST_CASE("the same message for the same user is one entry; for another it is another") {
    const Spool spool;
    const auto name = spool.put(message);
    CHECK(spool.put(message) == name);
    CHECK(spool.count("new") == 1);
    CHECK(spool.put(message, {"", "", "bruno"}) != name);
    CHECK(spool.put(message + "y") != name);
    CHECK(spool.count("new") == 3);
    CHECK(spool.count("tmp") == 0);
}

TEST_CASE("entries are listed in order of arrival") {
    const Spool spool;
    std::vector<std::string> names;
    for (int i = 0; i < 20; ++i) {
        names.push_back(spool.put(std::to_string(i)));
        const timespec times[2] = {{.tv_sec = 1000, .tv_nsec = i}, {.tv_sec = 1000, .tv_nsec = i}};
        ::utimensat(AT_FDCWD, (spool.folder / "new" / names.back()).c_str(), times, 0);
    }
    CHECK(mail::list(spool.folder) == names);
    CHECK(mail::list(spool.folder, 5).size() == 5);
}

TEST_CASE("too much, or an envelope that would write lines of its own, leaves nothing") {
    const Spool spool;
    const auto kind_of = [&](const std::string& text, const mail::SpoolEntry& with) {
        try {
            static_cast<void>(spool.put(text, with));
        } catch (const mail::SpoolError& error) {
            return std::optional<Kind>(error.kind());
        }
        return std::optional<Kind>();
    };
    CHECK(kind_of(std::string(1001, 'x'), entry) == Kind::too_large);
    CHECK(kind_of("x", {"a\nUser: root", "", ""}) == Kind::malformed);
    CHECK(kind_of("x", {"", "a\r", ""}) == Kind::malformed);
    CHECK(kind_of("x", {"", "", std::string("a\0b", 3)}) == Kind::malformed);
    CHECK(kind_of("x", {"", "", "\xff"}) == Kind::malformed);
    CHECK(kind_of("x", {std::string(1001, 'a'), "", ""}) == Kind::malformed);
    CHECK(spool.count("tmp") == 0);
    CHECK(spool.count("new") == 0);
    CHECK_FALSE(kind_of(std::string(1000, 'x'), entry).has_value());
    const Directory none;
    CHECK_THROWS_AS(mail::put(none.path, entry, -1, 10), mail::SpoolError);
    CHECK_THROWS_AS(mail::list(none.path), mail::SpoolError);
}

TEST_CASE("what somebody else has planted is refused, and put aside") {
    const Spool spool;
    const auto in_new = spool.folder / "new";
    const auto good = spool.plant(head + "x");
    CHECK_FALSE(spool.wrong(good).has_value());
    CHECK(spool.wrong(good, {.owners = std::vector<uid_t>{::getuid() + 1}}) == Kind::malformed);
    CHECK(spool.wrong(good, {.max_bytes = 10}) == Kind::too_large);

    // A second name, a name that its content does not have, and names that are none.
    fs::create_hard_link(in_new / good, spool.directory.path / "other");
    CHECK(spool.wrong(good) == Kind::malformed);
    fs::remove(spool.directory.path / "other");
    CHECK(spool.wrong(spool.plant(head + "y", std::string(64, 'a'))) == Kind::malformed);
    CHECK(spool.wrong("../failed/x") == Kind::malformed);
    std::ofstream(in_new / "x") << "x";

    // No files; the link leads to one that would be right.
    const auto linked = spool.plant(head + "linked");
    fs::rename(in_new / linked, spool.directory.path / linked);
    fs::create_symlink(spool.directory.path / linked, in_new / linked);
    CHECK(spool.wrong(linked) == Kind::malformed);
    ::mkfifo((in_new / std::string(64, 'c')).c_str(), 0666);
    CHECK(spool.wrong(std::string(64, 'c')) == Kind::malformed);
    fs::create_directory(in_new / std::string(64, 'd'));
    CHECK(spool.wrong(std::string(64, 'd')) == Kind::malformed);
    auto names = mail::list(spool.folder);
    std::ranges::sort(names);
    auto expected = std::vector<std::string>{good, std::string(64, 'a')};
    std::ranges::sort(expected);
    CHECK(names == expected);

    // No envelope.
    for (const auto* bad :
         {"", "x", "Kalends-Spool: 1\n", "Kalends-Spool: 2\nSender: \nRecipient: \nUser: \n\n",
          "Kalends-Spool: 1\nSender: \nUser: \nRecipient: \n\n",
          "Kalends-Spool: 1\nSender: \nRecipient: \nUser: \nx\n",
          "Kalends-Spool: 1\nSender: a\rb\nRecipient: \nUser: \n\n"})
        CHECK_MESSAGE(spool.wrong(spool.plant(bad)) == Kind::malformed, bad);

    mail::fail(spool.folder, good);
    mail::fail(spool.folder, good);
    CHECK(fs::exists(spool.folder / "failed" / good));
    CHECK_FALSE(fs::exists(in_new / good));
}

TEST_CASE("what its owner lets nobody read is put aside, and holds up nothing") {
    if (::geteuid() != 0) return;
    constexpr uid_t somebody = 65534;
    const Spool spool;
    const auto in_new = spool.folder / "new";
    const auto closed = spool.plant(head + "closed");
    fs::permissions(in_new / closed, fs::perms::owner_read);
    fs::permissions(spool.directory.path, fs::perms::group_exec | fs::perms::others_exec,
                    fs::perm_options::add);
    REQUIRE(::chown(in_new.c_str(), somebody, static_cast<gid_t>(-1)) == 0);
    REQUIRE(::seteuid(somebody) == 0);
    const auto kind = spool.wrong(closed);
    REQUIRE(::seteuid(0) == 0);
    CHECK(kind == Kind::malformed);
}

TEST_CASE("what can be no entry is put aside, and does not stay in new for ever") {
    const Spool spool;
    const auto in_new = spool.folder / "new";
    const auto failed = spool.folder / "failed";
    const auto good = spool.put(message);
    static_cast<void>(spool.plant("x", "x"));
    static_cast<void>(spool.plant("y", std::string(64, 'G')));
    static_cast<void>(spool.plant("z", "stubborn"));
    fs::create_directory(failed / "stubborn");  // so that it can't be moved
    fs::create_symlink("/etc/passwd", in_new / std::string(64, 'a'));
    ::mkfifo((in_new / std::string(64, 'c')).c_str(), 0666);
    fs::create_directory(in_new / std::string(64, 'd'));
    CHECK(mail::put_aside(spool.folder) == 5);
    CHECK(mail::put_aside(spool.folder) == 0);
    CHECK(mail::list(spool.folder) == std::vector<std::string>{good});
    CHECK(spool.count("new") == 2);  // and the folder
    CHECK(fs::exists(failed / "x"));
    CHECK(fs::exists(failed / std::string(64, 'G')));
    CHECK(spool.count("failed") == 3);
}

TEST_CASE("the drop boxes may be written by all, and seen by their owner alone") {
    ::umask(077);
    const Spool spool;
    const auto name = spool.put(message);
    ::umask(022);
    const auto mode = [&](const fs::path& path) {
        struct stat status {};
        ::stat(path.c_str(), &status);
        return status.st_mode & 07777U;
    };
    CHECK(mode(spool.folder) == 0711);
    CHECK(mode(spool.folder / "tmp") == 03733);
    CHECK(mode(spool.folder / "new") == 03733);
    CHECK(mode(spool.folder / "failed") == 0700);
    CHECK(mode(spool.folder / "new" / name) == 0640);
    mail::make_spool(spool.folder);  // again
    CHECK(spool.count("new") == 1);
}

TEST_CASE("what root makes of a spool belongs to the account that will read it") {
    if (::geteuid() != 0) return;
    const Directory directory;
    const auto folder = directory.path / "spool";
    mail::make_spool(folder, mail::SpoolOwner{.uid = 65534, .gid = 65533});
    for (const auto* name : {".", "tmp", "new", "failed"}) {
        CAPTURE(name);
        struct stat status {};
        REQUIRE(::stat((folder / name).c_str(), &status) == 0);
        CHECK(status.st_uid == 65534);
        CHECK(status.st_gid == 65533);
        if (name == std::string("new")) CHECK((status.st_mode & 07777) == 03733);
    }
}

TEST_CASE("an account that may only put things in does so") {
    if (::getuid() != 0) return;
    const Spool spool;
    ::chmod(spool.directory.path.c_str(), 0711);
    std::ofstream(spool.directory.path / "message") << message;
    const Descriptor input{
        ::open((spool.directory.path / "message").c_str(), O_RDONLY | O_CLOEXEC)};
    const auto child = ::fork();
    if (child == 0) {
        if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(2);
        try {
            mail::put(spool.folder, entry, input.get(), 1000);
            ::_exit(0);
        } catch (const std::exception&) {
            ::_exit(1);
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    const auto names = mail::list(spool.folder);
    REQUIRE(names.size() == 1);
    CHECK(mail::take(spool.folder, names[0], {})->uid == 65534);
    struct stat file {};
    ::stat((spool.folder / "new" / names[0]).c_str(), &file);
    CHECK(file.st_gid == ::getgid());  // of the folder: its group may read
}

TEST_CASE(
    "whoever is killed while he writes leaves nothing in new, and tmp is cleaned in an hour") {
    const Spool spool;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    if (child == 0) {
        ::close(ends[1]);
        mail::put(spool.folder, entry, ends[0], 1000);
        ::_exit(0);
    }
    ::close(ends[0]);
    REQUIRE(::write(ends[1], "From:", 5) == 5);
    for (int i = 0; i < 500 && spool.count("tmp") == 0; ++i) std::this_thread::sleep_for(10ms);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ends[1]);
    CHECK(spool.count("tmp") == 1);
    CHECK(mail::list(spool.folder).empty());

    const auto failed = spool.plant(head + "x");
    mail::fail(spool.folder, failed);
    CHECK(mail::clean(spool.folder) == 0);
    {
        const clock::Fixed later{std::chrono::system_clock::now() + 2h};
        CHECK(mail::clean(spool.folder) == 1);
        CHECK(spool.count("tmp") == 0);
        CHECK(spool.count("failed") == 1);
    }
    const clock::Fixed much_later{std::chrono::system_clock::now() + 24h * 31};
    CHECK(mail::clean(spool.folder) == 1);
}

TEST_CASE("many at the same time put the same and other messages: each is there once") {
    const Spool spool;
    const auto file = spool.directory.path / "message";
    std::ofstream(file) << message;
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&, i] {
            for (int j = 0; j < 10; ++j) {
                const Descriptor input{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
                mail::put(spool.folder, {"", "", "user" + std::to_string((i + j) % 10)},
                          input.get(), 1000);
            }
        });
    for (auto& thread : threads) thread.join();
    const auto names = mail::list(spool.folder);
    CHECK(names.size() == 10);
    for (const auto& name : names) CHECK(mail::take(spool.folder, name, {}).has_value());
    CHECK(spool.count("tmp") == 0);
}
