#include "base/clock.hpp"
#include "mail/lmtp.hpp"
#include "mail/lmtp_socket_private.hpp"
#include "mail/spool.hpp"
#include "support/directory.hpp"
#include "unit/mail/fake_server.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <unistd.h>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;
using Words = std::vector<std::string>;

namespace {

const std::string plain = "Subject: x\r\n\r\n.\r\nend\r\n";
const std::string invitation = "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                               "--b\r\n\r\ntext\r\n--b\r\nContent-Type: text/calendar\r\n\r\n"
                               "BEGIN:VCALENDAR\r\n--b--\r\n";

/// As a client sends it.
std::string on_wire(const std::string& message) {
    std::string wire;
    for (std::size_t i = 0; i < message.size(); ++i) {
        if (message[i] == '.' && (i == 0 || message[i - 1] == '\n')) wire += '.';
        wire += message[i];
    }
    return wire + ".\r\n";
}

struct Site {
    Directory directory;
    mail::LmtpSettings settings;
    Site() {
        settings.listen = {.host = "127.0.0.1"};
        settings.spool = directory.path / "spool";
        settings.name = "kal";
        settings.may_speak = [](const mail::LmtpPeer&) { return true; };
        mail::make_spool(settings.spool);
    }
    explicit Site(const FakeServer& next) : Site() {
        settings.next = mail::Place{.host = "127.0.0.1", .port = next.port()};
    }
    /// Whose messages are in the spool, and which.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> spooled() const {
        std::vector<std::pair<std::string, std::string>> found;
        for (const auto& name : mail::list(settings.spool)) {
            const auto taken = mail::take(settings.spool, name, {.owners = {{::geteuid()}}});
            found.emplace_back(taken->entry.sender + " " + taken->entry.recipient, taken->message);
        }
        std::ranges::sort(found);
        return found;
    }
    /// The same, when there are so many.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>>
    spooled(std::size_t expected) const {
        for (int i = 0; i < 500 && mail::list(settings.spool).size() < expected; ++i)
            std::this_thread::sleep_for(10ms);
        return spooled();
    }
};

Peer connect(std::uint16_t port) {
    Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0);
    return Peer{std::move(socket)};
}

/// Says a line, and hears all lines of the answer.
Words ask(Peer& peer, const std::string& line) {
    if (!line.empty()) peer.say(line + "\r\n");
    Words answer;
    do answer.push_back(peer.hear());
    while (answer.back().size() > 3 && answer.back()[3] == '-');
    return answer;
}

int code(Peer& peer, const std::string& line) {
    const auto answer = ask(peer, line).back();
    return answer.size() < 3 ? 0 : std::stoi(answer.substr(0, 3));
}

/// A client that has said LHLO.
Peer greeted(const mail::LmtpServer& server) {
    auto peer = connect(server.port());
    REQUIRE(code(peer, "") == 220);
    REQUIRE(code(peer, "LHLO mx") == 250);
    return peer;
}

/// The next server's part up to LHLO.
void greet(Peer& peer) {
    peer.say("220 next\r\n");
    peer.expect("LHLO mx", "250-next\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME");
}

void begin(Peer& peer) {
    peer.expect("MAIL FROM:", "250 2.1.0 sender");
    peer.expect("RCPT TO:", "250 2.1.5 one");
    peer.expect("RCPT TO:", "550-5.1.1 nobody\r\n550 5.1.1 here");
    peer.expect("RCPT TO:", "250 2.1.5 two");
    peer.expect("DATA", "354 next");
}

const std::string commands = "MAIL FROM:<dora@partner.test> BODY=8BITMIME\r\n"
                             "RCPT TO:<anna@firma.test>\r\nRCPT TO:<x@firma.test>\r\n"
                             "RCPT TO:<bruno@firma.test>\r\nDATA\r\n";

}  // namespace

TEST_CASE("RFC 2033: the next server's answers are those that the client hears, one to one") {
    std::string heard, mail_line;
    FakeServer next([&](Peer& peer) {
        greet(peer);
        mail_line = peer.expect("MAIL FROM:", "250 2.1.0 sender");
        peer.expect("RCPT TO:", "250 2.1.5 one");
        peer.expect("RCPT TO:", "550-5.1.1 nobody\r\n550 5.1.1 here");
        peer.expect("RCPT TO:", "250 2.1.5 two");
        peer.expect("DATA", "354 next");
        heard = peer.hear_message();
        peer.say("250 2.0.0 first\r\n452 4.2.2 second\r\n");
        peer.wait();
    });
    const Site site{next};
    const mail::LmtpServer server{site.settings};
    auto client = connect(server.port());
    CHECK(ask(client, "") == Words{"220 kal LMTP"});
    CHECK(ask(client, "LHLO mx") == Words{"250-kal", "250-PIPELINING", "250 8BITMIME"});
    client.say(commands);  // RFC 2920: all at once
    CHECK(ask(client, "") == Words{"250 2.1.0 sender"});
    CHECK(ask(client, "") == Words{"250 2.1.5 one"});
    CHECK(ask(client, "") == Words{"550-5.1.1 nobody", "550 5.1.1 here"});
    CHECK(ask(client, "") == Words{"250 2.1.5 two"});
    CHECK(ask(client, "") == Words{"354 next"});
    client.say(on_wire(invitation + ".dot\r\n") + "QUIT\r\n");
    CHECK(ask(client, "") == Words{"250 2.0.0 first"});
    CHECK(ask(client, "") == Words{"452 4.2.2 second"});
    CHECK(ask(client, "") == Words{"221 2.0.0 Bye."});
    next.join();
    CHECK(mail_line == "MAIL FROM:<dora@partner.test> BODY=8BITMIME");
    CHECK(heard == on_wire(invitation + ".dot\r\n"));
    // Only for whom it was accepted.
    CHECK(site.spooled(1) == std::vector{std::pair<std::string, std::string>{
                                 "dora@partner.test anna@firma.test", invitation + ".dot\r\n"}});
}

TEST_CASE("what becomes of the copy changes no answer") {
    struct Case {
        const char* what;
        std::string message = invitation;
        void (*change)(mail::LmtpSettings& settings);
        std::size_t copies = 0;
    };
    const Case cases[] = {
        {"nothing is wrong", invitation, [](mail::LmtpSettings&) {}, 2},
        {"no calendar part", plain, [](mail::LmtpSettings&) {}, 0},
        {"too large", invitation, [](mail::LmtpSettings& s) { s.limits.bytes = 50; }, 0},
        {"no memory", invitation, [](mail::LmtpSettings& s) { s.kept_bytes = 50; }, 0},
        {"unreadable", invitation, [](mail::LmtpSettings& s) { s.limits.parts = 1; }, 0},
        {"no folder", invitation,
         [](mail::LmtpSettings& s) { std::filesystem::remove_all(s.spool / "tmp"); }, 0},
        {"no copies wanted", invitation, [](mail::LmtpSettings& s) { s.spool.clear(); }, 0},
    };
    for (const auto& each : cases) {
        CAPTURE(each.what);
        std::string heard;
        FakeServer next([&](Peer& peer) {
            greet(peer);
            begin(peer);
            heard = peer.hear_message();
            peer.say("250 2.0.0 first\r\n250 2.0.0 second\r\n");
            peer.wait();
        });
        Site site{next};
        const auto spool = site.settings.spool;
        each.change(site.settings);
        const mail::LmtpServer server{site.settings};
        auto client = greeted(server);
        client.say(commands);
        for (const int expected : {250, 250, 550, 250, 354}) CHECK(code(client, "") == expected);
        client.say(on_wire(each.message));
        CHECK(ask(client, "") == Words{"250 2.0.0 first"});
        CHECK(ask(client, "") == Words{"250 2.0.0 second"});
        CHECK(code(client, "QUIT") == 221);
        next.join();
        CHECK(heard == on_wire(each.message));
        CHECK(mail::list(spool).size() == each.copies);
    }
}

TEST_CASE("a message that is larger than all memory for copies streams through") {
    std::string heard;
    FakeServer next([&](Peer& peer) {
        greet(peer);
        begin(peer);
        heard = peer.hear_message();
        peer.say("250 2.0.0 first\r\n250 2.0.0 second\r\n");
        peer.wait();
    });
    Site site{next};
    site.settings.limits.bytes = 100'000;
    const mail::LmtpServer server{site.settings};
    auto client = greeted(server);
    client.say(commands);
    for (const int expected : {250, 250, 550, 250, 354}) CHECK(code(client, "") == expected);
    std::string message = invitation;
    while (message.size() < 3'000'000) message += std::string(70, 'x') + "\r\n.\r\n";
    client.say(on_wire(message));
    CHECK(code(client, "") == 250);
    CHECK(code(client, "") == 250);
    CHECK(code(client, "QUIT") == 221);
    next.join();
    const auto expected = on_wire(message);
    CHECK(heard.size() == expected.size());
    CHECK((heard == expected));  // without showing megabytes
    CHECK(site.spooled().empty());
}

TEST_CASE("where the next server is down or goes away, all that is open is temporary") {
    SUBCASE("it is down") {
        Site site;
        site.settings.next = mail::Place{.socket = site.directory.path / "nobody"};
        const mail::LmtpServer server{site.settings};
        auto client = connect(server.port());
        CHECK(code(client, "") == 220);
        CHECK(code(client, "LHLO mx") == 421);
        CHECK(code(client, "NOOP") == 0);
    }
    SUBCASE("it does not want us") {
        FakeServer next([](Peer& peer) { peer.say("421 4.3.2 busy\r\n"); });
        const Site site{next};
        const mail::LmtpServer server{site.settings};
        auto client = connect(server.port());
        CHECK(code(client, "") == 220);
        CHECK(code(client, "LHLO mx") == 421);
    }
    SUBCASE("within a transaction: no 503 for what follows") {
        FakeServer next([](Peer& peer) {
            greet(peer);
            peer.expect("MAIL FROM:", "250 2.1.0 sender");
            peer.expect("RCPT TO:", "250 2.1.5 one");
            peer.hear();
        });
        const Site site{next};
        const mail::LmtpServer server{site.settings};
        auto client = greeted(server);
        client.say(commands);
        for (const int expected : {250, 250, 421}) CHECK(code(client, "") == expected);
        CHECK(code(client, "NOOP") == 0);
    }
    SUBCASE("within the message, or after it") {
        for (const bool after : {false, true}) {
            CAPTURE(after);
            FakeServer next([after](Peer& peer) {
                greet(peer);
                begin(peer);
                if (!after) return;
                peer.hear_message();
                peer.say("250 2.0.0 first\r\n");
            });
            const Site site{next};
            const mail::LmtpServer server{site.settings};
            auto client = greeted(server);
            client.say(commands);
            for (const int expected : {250, 250, 550, 250, 354})
                CHECK(code(client, "") == expected);
            if (!after) next.join();
            client.say(on_wire(invitation + std::string(200'000, 'x') + "\r\n"));
            CHECK(code(client, "") == (after ? 250 : 451));
            CHECK(code(client, "") == 451);
            CHECK(code(client, "NOOP") == 0);
            CHECK(site.spooled(after ? 1 : 0).size() == (after ? 1 : 0));
        }
    }
}

TEST_CASE("a next server that closed the connection which waited is asked again") {
    int greetings = 0;
    FakeServer next(
        [&](Peer& peer) {
            greet(peer);
            if (++greetings == 1) return peer.say("421 4.4.2 idle\r\n");
            begin(peer);
            peer.hear_message();
            peer.say("250 2.0.0 first\r\n250 2.0.0 second\r\n");
            peer.wait();
        },
        2);
    const Site site{next};
    const mail::LmtpServer server{site.settings};
    auto client = greeted(server);
    std::this_thread::sleep_for(50ms);
    client.say(commands);
    for (const int expected : {250, 250, 550, 250, 354}) CHECK(code(client, "") == expected);
    client.say(on_wire(plain));
    CHECK(code(client, "") == 250);
    CHECK(code(client, "") == 250);
    CHECK(code(client, "QUIT") == 221);
    next.join();
    CHECK(greetings == 2);
}

TEST_CASE("a next server that is slow is not asked again: the client has its answer in time") {
    Site site;
    site.settings.times.answer = 1000ms;
    site.settings.times.data = 100ms;
    Play after_greeting;
    Words before;
    std::string slow = "MAIL FROM:<>";
    auto least = 0ms;
    auto most = 0ms;
    std::atomic<int> greetings = 0;
    int expected_greetings = 1;
    SUBCASE("silence after MAIL") {
        after_greeting = [](Peer&) {};
        least = 1000ms;
        most = 1800ms;
    }
    SUBCASE("a late end, and then silence: one time for all") {
        after_greeting = [&](Peer& peer) {
            if (greetings > 1) return;
            peer.hear();
            std::this_thread::sleep_for(900ms);
            peer.say("421 4.3.2 later\r\n");
        };
        least = 1000ms;
        most = 1700ms;
        expected_greetings = 2;
    }
    SUBCASE("DATA has a time of its own") {
        after_greeting = [](Peer& peer) {
            peer.expect("MAIL FROM:", "250 2.1.0 sender");
            peer.expect("RCPT TO:", "250 2.1.5 one");
        };
        before = {"MAIL FROM:<>", "RCPT TO:<a@b.test>"};
        slow = "DATA";
        least = 100ms;
        most = 900ms;
    }
    FakeServer next(
        [&](Peer& peer) {
            ++greetings;
            greet(peer);
            after_greeting(peer);
            peer.wait();
        },
        2);
    site.settings.next = mail::Place{.host = "127.0.0.1", .port = next.port()};
    const mail::LmtpServer server{site.settings};
    auto client = greeted(server);
    for (const auto& line : before) CHECK(code(client, line) == 250);
    const auto began = clock::steady();
    CHECK(code(client, slow) == 421);
    const auto took = clock::steady() - began;
    CHECK(took >= least);
    CHECK(took < most);
    CHECK(greetings == expected_greetings);
}

TEST_CASE("a client that goes away within a message has sent none") {
    std::string heard;
    FakeServer next([&](Peer& peer) {
        greet(peer);
        begin(peer);
        for (auto line = peer.hear(); !line.empty(); line = peer.hear()) heard += line + "\n";
    });
    const Site site{next};
    const mail::LmtpServer server{site.settings};
    {
        auto client = greeted(server);
        client.say(commands);
        for (const int expected : {250, 250, 550, 250, 354}) CHECK(code(client, "") == expected);
        client.say("Subject: half\r\n");
    }
    next.join();
    CHECK(heard == "Subject: half\n");
    CHECK(site.spooled().empty());
}

TEST_CASE("without a next server the spool is the end: 250 when it has the message") {
    Site site;
    site.settings.limits.bytes = 1000;
    const mail::LmtpServer server{site.settings};
    auto client = connect(server.port());
    CHECK(code(client, "") == 220);
    CHECK(ask(client, "LHLO mx") == Words{"250-kal", "250-PIPELINING", "250-ENHANCEDSTATUSCODES",
                                          "250-8BITMIME", "250-SMTPUTF8", "250 SIZE 1000"});
    CHECK(code(client, "MAIL FROM:<a@b.test> SIZE=1001") == 552);
    const auto send = [&](const std::string& message, const std::string& second) {
        CHECK(code(client, "MAIL FROM:<>") == 250);
        CHECK(code(client, "RCPT TO:<bounce+1@firma.test>") == 250);
        CHECK(code(client, "RCPT TO:<" + second + ">") == 250);
        CHECK(code(client, "DATA") == 354);
        client.say(on_wire(message));
        const int first = code(client, "");
        return std::pair{first, code(client, "")};
    };
    CHECK(send(plain, "c@firma.test") == std::pair{250, 250});
    CHECK(site.spooled() == std::vector<std::pair<std::string, std::string>>{
                                {" bounce+1@firma.test", plain}, {" c@firma.test", plain}});
    CHECK(send(std::string(1001, 'x') + "\r\n", "c@firma.test") == std::pair{552, 552});
    CHECK(send(plain + "x\r\n", "\xff@firma.test") == std::pair{250, 550});
    std::filesystem::remove_all(site.settings.spool / "tmp");
    CHECK(send(plain, "c@firma.test") == std::pair{451, 451});
    CHECK(code(client, "QUIT") == 221);
}

TEST_CASE("limits of connections: how many, who, lines, errors and time") {
    Site site;
    std::atomic<bool> allowed = true;
    site.settings.connections = 2;
    site.settings.may_speak = [&](const mail::LmtpPeer& peer) {
        CHECK(peer.account == ::geteuid());  // of TCP on this machine, too
        CHECK(peer.address == "127.0.0.1");
        CHECK(peer.is_loopback);
        return allowed.load();
    };
    const mail::LmtpServer server{site.settings};
    allowed = false;
    auto stranger = connect(server.port());
    CHECK(ask(stranger, "") == Words{"421 4.7.0 You may not hand over mail here."});
    CHECK(code(stranger, "NOOP") == 0);
    allowed = true;
    {
        auto one = greeted(server);
        auto two = greeted(server);
        auto three = connect(server.port());
        CHECK(code(three, "") == 421);
        CHECK(code(one, "NOOP " + std::string(2000, 'x')) == 250);
        CHECK(code(one, "NOOP " + std::string(2048, 'x')) == 500);
        CHECK(code(one, "NOOP") == 0);
        for (int i = 0; i < 19; ++i) CHECK(code(two, "x") == 500);
        CHECK(code(two, "x") == 421);
        CHECK(code(two, "NOOP") == 0);
    }
    for (int i = 0; i < 100; ++i) {  // those that have ended do not count
        auto next = connect(server.port());
        if (code(next, "") == 220) break;
        REQUIRE(i < 99);
        std::this_thread::sleep_for(10ms);
    }
}

TEST_CASE("who says nothing is not waited for, neither in time nor when the server stops") {
    Site site;
    SUBCASE("time") {
        site.settings.times.command = 100ms;
        const mail::LmtpServer server{site.settings};
        auto client = greeted(server);
        CHECK(code(client, "") == 421);
        CHECK(code(client, "NOOP") == 0);
    }
    SUBCASE("a drop at a time") {
        site.settings.times.message = 300ms;
        const mail::LmtpServer server{site.settings};
        auto client = greeted(server);
        for (const auto* line : {"MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA"}) code(client, line);
        const auto began = clock::steady();
        std::thread drip([&] {
            for (int i = 0; i < 20; ++i) {
                client.say("x");
                std::this_thread::sleep_for(50ms);
            }
        });
        drip.join();
        CHECK(code(client, "") == 421);
        CHECK(clock::steady() - began < 5s);
    }
    SUBCASE("stop") {
        auto server = std::make_unique<mail::LmtpServer>(site.settings);
        auto idle = greeted(*server);
        auto busy = greeted(*server);
        for (const auto* line : {"MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA"}) code(busy, line);
        busy.say("Subject: ");
        std::thread stop([&] { server.reset(); });
        CHECK(code(idle, "") == 421);
        busy.say("x\r\n\r\n.\r\n");  // what has begun is finished
        CHECK(code(busy, "") == 250);
        CHECK(code(busy, "") == 421);
        stop.join();
        CHECK(site.spooled().size() == 1);
    }
    SUBCASE("stop, while a message never ends") {
        site.settings.times.drain = 100ms;
        auto server = std::make_unique<mail::LmtpServer>(site.settings);
        auto busy = greeted(*server);
        for (const auto* line : {"MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA"}) code(busy, line);
        const auto began = clock::steady();
        server.reset();
        CHECK(clock::steady() - began < 5s);
        CHECK(site.spooled().empty());
    }
}

TEST_CASE("a unix socket says who is there, and one that was left behind is replaced") {
    Site site;
    const auto path = site.directory.path / "lmtp";
    site.settings.listen = {.socket = path};
    site.settings.may_speak = [](const mail::LmtpPeer& peer) {
        return peer.account == ::geteuid() && peer.address.empty();
    };
    const auto hello = [&] {
        Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.string().copy(&address.sun_path[0], sizeof address.sun_path - 1);
        if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
            0)
            return 0;
        Peer peer{std::move(socket)};
        return code(peer, "");
    };
    {
        const Descriptor left{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.string().copy(&address.sun_path[0], sizeof address.sun_path - 1);
        REQUIRE(::bind(left.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                0);
    }
    {
        const mail::LmtpServer server{site.settings};
        CHECK(hello() == 220);
        CHECK_THROWS_AS(mail::LmtpServer(site.settings), std::runtime_error);  // it is in use
        CHECK(hello() == 220);
    }
    CHECK_FALSE(std::filesystem::exists(path));
    site.settings.listen = {.host = "localhost", .port = 0};
    CHECK_THROWS_AS(mail::LmtpServer(site.settings), std::runtime_error);
}

TEST_CASE("whose connection it is stands in the table of the kernel") {
    const std::string rest = " 00000000:00000000 00:00000000 00000000 ";
    const std::string table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
                              "retrnsmt   uid  timeout "
                              "inode\n"
                              "   0: 0100007F:1F90 00000000:0000 0A" +
                              rest + "    0        0 10 1\n   1: 0100007F:0978 0100007F:A3C8 01" +
                              rest + "  120        0 11 1\n   2: 0100007F:A3C8 0100007F:0978 01" +
                              rest + "  101        0 12 1\n   3: 0100007F:A3C9 0100007F:0978 04" +
                              rest + "    0        0 0 1\n   4: 0100007F:A3CA 0100007F:0978 01" +
                              rest + "    0        0 0 1\n   5: 0100007F:A3CB 0100007F:0978 04" +
                              rest + "  102        0 13 1\n   6: 0100007F:A3CC 0100007F:0978 05" +
                              rest + "  103        0 14 1\n   7: 0100007F:A3CD 0100007F:0978 06" +
                              rest + "    0        0 15 1\n";
    CHECK(mail::account_in(table, "0100007F:A3C8", "0100007F:0978") == 101U);
    CHECK(mail::account_in(table, "0100007F:0978", "0100007F:A3C8") == 120U);
    CHECK_FALSE(mail::account_in(table, "0100007F:A3C8", "0100007F:0979").has_value());
    CHECK_FALSE(mail::account_in("", "0100007F:A3C8", "0100007F:0978").has_value());
    // Closed: the kernel says 0, which is not its owner.
    CHECK_FALSE(mail::account_in(table, "0100007F:A3C9", "0100007F:0978").has_value());
    CHECK_FALSE(mail::account_in(table, "0100007F:A3CA", "0100007F:0978").has_value());
    // Half closed: its owner has it still.
    CHECK(mail::account_in(table, "0100007F:A3CB", "0100007F:0978") == 102U);
    CHECK(mail::account_in(table, "0100007F:A3CC", "0100007F:0978") == 103U);
    CHECK_FALSE(mail::account_in(table, "0100007F:A3CD", "0100007F:0978").has_value());
}

TEST_CASE("nobody on this machine can hide which account he is, and be taken for another machine") {
    const auto listener = mail::listen_at({.host = "127.0.0.5"});
    const auto port = mail::port_of(listener.get());
    const auto accepted = [&] {
        return mail::peer_of(
            Descriptor{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)}.get());
    };
    const auto connect_from = [](int family, const auto& address) {
        Descriptor socket{::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                          sizeof address) == 0);
        return socket;
    };
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    REQUIRE(::inet_pton(AF_INET, "127.0.0.5", &v4.sin_addr) == 1);
    SUBCASE("by a socket for IPv6, which is in another table") {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        REQUIRE(::inet_pton(AF_INET6, "::ffff:127.0.0.5", &v6.sin6_addr) == 1);
        const auto client = connect_from(AF_INET6, v6);
        const auto peer = accepted();
        CHECK(peer.account == ::geteuid());
        CHECK(peer.is_here);
    }
    SUBCASE("by closing his half before he is looked at") {
        const auto client = connect_from(AF_INET, v4);
        REQUIRE(::send(client.get(), "LHLO x\r\n", 8, 0) == 8);
        REQUIRE(::shutdown(client.get(), SHUT_WR) == 0);
        const auto peer = accepted();
        CHECK(peer.account == ::geteuid());
        CHECK(peer.is_here);
    }
    SUBCASE("by another address of the machine") {
        CHECK(mail::is_own_address("127.0.0.1"));
        CHECK_FALSE(mail::is_own_address("192.0.2.1"));
        CHECK_FALSE(mail::is_own_address("2001:db8::1"));
    }
    SUBCASE("by going away at once") {
        {
            const auto client = connect_from(AF_INET, v4);
            const linger at_once{.l_onoff = 1, .l_linger = 0};
            ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        }
        const auto peer = accepted();
        CHECK_FALSE(peer.account.has_value());
        CHECK(peer.is_here);
    }
}

TEST_CASE("who closes the connection before it is looked at does not become root by that") {
    const auto listener = mail::listen_at({.host = "127.0.0.1"});
    const auto accepted = [&] {
        return Descriptor{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    };
    {
        const auto client = connect(mail::port_of(listener.get()));
        CHECK(mail::peer_of(accepted().get()).account == ::geteuid());
    }
    {
        auto client = connect(mail::port_of(listener.get()));
        client.say("LHLO x\r\nMAIL FROM:<>\r\n");
    }
    const auto peer = mail::peer_of(accepted().get());
    CHECK(peer.address == "127.0.0.1");
    CHECK(peer.is_here);
    CHECK_FALSE(peer.account.has_value());
}
