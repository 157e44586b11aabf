#include "base/clock.hpp"
#include "base/text.hpp"
#include "mail/send.hpp"
#include "support/directory.hpp"
#include "unit/mail/fake_server.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <thread>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;
using Kind = mail::Result::Kind;

namespace {

const mail::Envelope envelope{"bounce+1@firma.test", "dora@partner.test", "kal+1"};
const std::string message = "Subject: x\r\n\r\n.\r\n..two\r\nend\r\n";

mail::SmtpSettings plain(const FakeServer& server) {
    return {.host = "127.0.0.1", .port = server.port(), .tls = mail::Tls::none, .helo = "kal.test"};
}

mail::Result send(const mail::SmtpSettings& settings, const mail::Envelope& to = envelope,
                  std::chrono::milliseconds timeout = 20s, const std::string& what = message) {
    return mail::smtp_route(settings)->send(to, what, clock::steady() + timeout);
}

void greet(Peer& peer, const std::string& offers = "250-kal\r\n250 DSN") {
    peer.say("220 hello\r\n");
    peer.expect("EHLO kal.test", offers);
}

/// A conversation without trouble after EHLO; what was heard. The last answer is late by `by`.
std::vector<std::string> take(Peer& peer, const std::string& last = "250 2.0.0 taken",
                              std::chrono::milliseconds by = 0ms) {
    std::vector<std::string> heard{peer.expect("MAIL FROM:", "250 2.1.0 ok"),
                                   peer.expect("RCPT TO:", "250 2.1.5 ok"),
                                   peer.expect("DATA", "354 go on")};
    heard.push_back(peer.hear_message());
    std::this_thread::sleep_for(by);
    peer.say(last + "\r\n");
    heard.push_back(peer.hear());
    return heard;
}

struct Certified {
    Authority authority{"Test CA"};
    Identity right = authority.issue(
        {.cn = "localhost", .san = "DNS:localhost,IP:127.0.0.1", .usage = "serverAuth"});
    Directory directory;
    std::string ca_file = directory.path / "ca.pem";
    Certified() { std::ofstream(ca_file) << authority.pem(); }
};

}  // namespace

TEST_CASE("RFC 5321, RFC 3461: a message is handed over with its envelope, and dots are doubled") {
    std::vector<std::string> heard;
    FakeServer server([&](Peer& peer) {
        greet(peer);
        heard = take(peer);
    });
    const auto result = send(plain(server));
    server.join();
    CHECK(result.kind == Kind::accepted);
    CHECK(result.status == "2.0.0");
    REQUIRE(heard.size() == 5);
    CHECK(heard[0] == "MAIL FROM:<bounce+1@firma.test> RET=HDRS ENVID=kal+2B1");
    CHECK(heard[1] == "RCPT TO:<dora@partner.test> NOTIFY=FAILURE,DELAY");
    CHECK(heard[3] == "Subject: x\r\n\r\n..\r\n...two\r\nend\r\n.\r\n");
    CHECK(heard[4] == "QUIT");
}

TEST_CASE("line ends that are not CRLF can't end a message early") {
    std::vector<std::string> heard;
    FakeServer server([&](Peer& peer) {
        greet(peer);
        heard = take(peer);
    });
    CHECK(send(plain(server), envelope, 20s, "a\n.\nb\r.\rc\r\n.\n\r\nRSET").kind ==
          Kind::accepted);
    server.join();
    REQUIRE(heard.size() == 5);
    CHECK(heard[3] == "a\r\n..\r\nb\r\n..\r\nc\r\n..\r\n\r\nRSET\r\n.\r\n");
}

TEST_CASE("without DSN nothing is asked for, and the null sender wants no report") {
    std::vector<std::string> heard;
    FakeServer none([&](Peer& peer) {
        greet(peer, "250 kal");
        heard = take(peer);
    });
    CHECK(send(plain(none)).kind == Kind::accepted);
    none.join();
    CHECK(heard[0] == "MAIL FROM:<bounce+1@firma.test>");
    CHECK(heard[1] == "RCPT TO:<dora@partner.test>");

    FakeServer dsn([&](Peer& peer) {
        greet(peer);
        heard = take(peer);
    });
    CHECK(send(plain(dsn), {"", "dora@bücher.test"}).kind == Kind::accepted);
    dsn.join();
    CHECK(heard[0] == "MAIL FROM:<> RET=HDRS");
    CHECK(heard[1] == "RCPT TO:<dora@xn--bcher-kva.test> NOTIFY=NEVER");
}

TEST_CASE("a refusal is final or not as its code says; trouble with the server never is") {
    struct Case {
        const char* step;  ///< where the server answers so
        const char* answer;
        Kind kind;
        const char* status;
    };
    const Case cases[] = {
        {"greeting", "554 5.7.1 go away", Kind::temporary, "4.3.0"},
        {"greeting", "421 4.3.2 later", Kind::temporary, "4.3.0"},
        {"EHLO", "550 5.5.0 no", Kind::temporary, "4.3.0"},
        {"MAIL", "550 5.7.1 not your address", Kind::permanent, "5.7.1"},
        {"MAIL", "530 5.7.0 log in first", Kind::temporary, "4.7.0"},
        {"MAIL", "451 4.3.0 later", Kind::temporary, "4.3.0"},
        {"RCPT", "550 5.1.1 nobody", Kind::permanent, "5.1.1"},
        {"RCPT", "550 nobody", Kind::permanent, "5.0.0"},
        {"RCPT", "550 4.1.1 nonsense", Kind::permanent, "5.0.0"},
        {"RCPT", "550-5.1.1 two\r\n550 5.1.1 lines", Kind::permanent, "5.1.1"},
        {"RCPT", "450 4.2.1 greylisted", Kind::temporary, "4.2.1"},
        {"RCPT", "354 what", Kind::temporary, "4.5.0"},
        {"DATA", "554 5.5.1 no", Kind::permanent, "5.5.1"},
        {"DATA", "250 ok", Kind::temporary, "4.5.0"},
        {"message", "552 5.3.4 too large", Kind::permanent, "5.3.4"},
        {"message", "451 4.7.1 later", Kind::temporary, "4.7.1"},
    };
    for (const auto& at : cases) {
        const std::string step = at.step;
        FakeServer server([&](Peer& peer) {
            const auto answer = [&](const char* here, const char* good) {
                return step == here ? std::string(at.answer) : std::string(good);
            };
            peer.say(answer("greeting", "220 hello") + "\r\n");
            peer.expect("EHLO", answer("EHLO", "250 kal"));
            peer.expect("MAIL", answer("MAIL", "250 ok"));
            peer.expect("RCPT", answer("RCPT", "250 ok"));
            if (peer.expect("DATA", answer("DATA", "354 go on")) != "DATA" || step == "DATA")
                return;
            peer.hear_message();
            peer.say(answer("message", "250 ok") + "\r\n");
            peer.wait();
        });
        const auto result = send(plain(server));
        CAPTURE(at.step);
        CAPTURE(at.answer);
        CHECK(result.kind == at.kind);
        CHECK(result.status == at.status);
        CHECK(result.sentence.find(step) == 0);
    }
}

TEST_CASE("a server that hangs, dribbles, talks without end or talks nonsense is left in time") {
    const Play plays[] = {
        [](Peer& peer) { peer.wait(); },
        [](Peer& peer) {
            greet(peer);
            peer.expect("MAIL", "250 ok");
            peer.wait();
        },
        [](Peer& peer) {  // a byte now and then
            for (int i = 0; i < 30; ++i) {
                peer.say("2");
                std::this_thread::sleep_for(50ms);
            }
        },
        [](Peer& peer) {  // a line without end
            for (int i = 0; i < 1000; ++i) peer.say(std::string(1000, 'x'));
        },
        [](Peer& peer) {  // a reply without end
            for (int i = 0; i < 10'000; ++i) peer.say("220-x\r\n");
        },
        [](Peer& peer) { peer.say("HTTP/1.1 400 Bad Request\r\n\r\n"); },
        [](Peer& peer) { peer.say("220-one\r\n250 two\r\n"); },
        [](Peer& peer) {  // goes in the middle of the message
            greet(peer);
            peer.expect("MAIL", "250 ok");
            peer.expect("RCPT", "250 ok");
            peer.expect("DATA", "354 go on");
        },
        [](Peer&) {},
    };
    for (const auto& play : plays) {
        FakeServer server(play);
        const auto begin = clock::steady();
        const auto result =
            send(plain(server), envelope, 500ms, std::string(5'000'000, 'x') + "\r\n");
        CHECK(clock::steady() - begin < 5s);
        CHECK(result.kind == Kind::temporary);
        CHECK(result.status == "4.4.2");
        CHECK(result.sentence.size() < 700);
    }
}

TEST_CASE("nobody there is a temporary failure") {
    std::uint16_t port = 0;
    {
        const FakeServer gone([](Peer&) {});
        port = gone.port();
    }
    CHECK(send({.host = "127.0.0.1", .port = port}).kind == Kind::temporary);
    CHECK(send({.host = "nobody.invalid"}).kind == Kind::temporary);
    CHECK(send({.socket = "/nonexistent/socket"}).kind == Kind::temporary);
    CHECK(send({.socket = std::string(200, 'x')}).kind == Kind::temporary);
}

TEST_CASE("RFC 3207: STARTTLS with the right certificate, and a login only then") {
    const Certified certified;
    std::vector<std::string> heard;
    std::string login;
    FakeServer server([&](Peer& peer) {
        greet(peer, "250-kal\r\n250 STARTTLS");
        peer.expect("STARTTLS", "220 go on");
        peer.start_tls(certified.right);
        peer.expect("EHLO", "250-kal\r\n250 AUTH LOGIN PLAIN");
        login = peer.expect("AUTH PLAIN ", "235 2.7.0 welcome");
        heard = take(peer);
    });
    auto settings = plain(server);
    settings.host = "localhost";
    settings.tls = mail::Tls::starttls;
    settings.ca_file = certified.ca_file;
    settings.user = "kalends";
    settings.password = "secret";
    const auto result = send(settings);
    server.join();
    CHECK_MESSAGE(result.kind == Kind::accepted, result.sentence);
    CHECK(login == "AUTH PLAIN " + text::base64_encode(std::string("\0kalends\0secret", 15)));
    REQUIRE(heard.size() == 5);
    CHECK(heard[3].starts_with("Subject: x\r\n"));
}

TEST_CASE("implicit TLS, with AUTH LOGIN where there is no PLAIN; an address as the host") {
    const Certified certified;
    std::vector<std::string> heard;
    FakeServer server([&](Peer& peer) {
        peer.start_tls(certified.right);
        greet(peer, "250-kal\r\n250 AUTH LOGIN");
        heard = {peer.expect("AUTH LOGIN", "334 VXNlcm5hbWU6"), peer.expect("", "334 UGFzc3dvcmQ6"),
                 peer.expect("", "235 2.7.0 welcome")};
        take(peer);
    });
    auto settings = plain(server);
    settings.tls = mail::Tls::implicit;
    settings.ca_file = certified.ca_file;
    settings.user = "kalends";
    settings.password = "secret";
    const auto result = send(settings, envelope, 20s, std::string(300'000, 'x') + "\r\n");
    server.join();
    CHECK_MESSAGE(result.kind == Kind::accepted, result.sentence);
    CHECK(heard == std::vector<std::string>{"AUTH LOGIN", text::base64_encode("kalends"),
                                            text::base64_encode("secret")});
}

TEST_CASE("a certificate of somebody else, of another name or out of date is not talked to") {
    const Certified certified;
    const Authority stranger{"Other CA"};
    const CertificateRequest good{
        .cn = "localhost", .san = "DNS:localhost,IP:127.0.0.1", .usage = "serverAuth"};
    auto other_name = good;
    other_name.san = "DNS:other.test";
    auto old = good;
    old.from = -7200;
    old.until = -3600;
    const Identity wrong[] = {stranger.issue(good), certified.authority.issue(other_name),
                              certified.authority.issue(old)};
    for (const auto& identity : wrong) {
        for (const auto* host : {"localhost", "127.0.0.1"}) {
            FakeServer server([&](Peer& peer) {
                peer.start_tls(identity);
                peer.say("220 hello\r\n");
            });
            auto settings = plain(server);
            settings.host = host;
            settings.tls = mail::Tls::implicit;
            settings.ca_file = certified.ca_file;
            const auto result = send(settings);
            CHECK(result.kind == Kind::temporary);
            CHECK_MESSAGE(result.sentence.find("not trusted") != std::string::npos,
                          result.sentence);
        }
    }
}

TEST_CASE(
    "a server without STARTTLS gets nothing, and what it slipped in before TLS is forgotten") {
    FakeServer without([](Peer& peer) {
        greet(peer);
        peer.wait();
    });
    auto settings = plain(without);
    settings.tls = mail::Tls::starttls;
    auto result = send(settings);
    CHECK(result.kind == Kind::temporary);
    CHECK(result.sentence == "the server does not offer STARTTLS");

    const Certified certified;
    FakeServer injected([&](Peer& peer) {
        greet(peer, "250-kal\r\n250 STARTTLS");
        peer.hear();
        peer.say("220 go on\r\n250-kal\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n");
        peer.start_tls(certified.right);
        peer.expect("EHLO", "550 no");
    });
    settings = plain(injected);
    settings.tls = mail::Tls::starttls;
    settings.ca_file = certified.ca_file;
    result = send(settings);
    CHECK_MESSAGE(result.sentence == "EHLO : 550 no", result.sentence);
}

TEST_CASE("a wrong password is our trouble, and keeps the message") {
    FakeServer server([](Peer& peer) {
        greet(peer, "250-kal\r\n250 AUTH PLAIN");
        peer.expect("AUTH PLAIN", "535 5.7.8 wrong");
    });
    auto settings = plain(server);
    settings.user = "kalends";
    settings.password = "wrong";
    const auto result = send(settings);
    CHECK(result.kind == Kind::temporary);
    CHECK(result.sentence.find("wrong") != std::string::npos);
}

TEST_CASE("RFC 6531: an address that needs SMTPUTF8 goes only where that is offered") {
    FakeServer without([](Peer& peer) {
        greet(peer);
        peer.wait();
    });
    const auto refused = send(plain(without), {"a@firma.test", "dörte@partner.test"});
    CHECK(refused.kind == Kind::permanent);
    CHECK(refused.status == "5.6.7");

    std::vector<std::string> heard;
    FakeServer with([&](Peer& peer) {
        greet(peer, "250-kal\r\n250-8BITMIME\r\n250 SMTPUTF8");
        heard = take(peer);
    });
    CHECK(send(plain(with), {"a@firma.test", "dörte@partner.test"}).kind == Kind::accepted);
    with.join();
    CHECK(heard[0] == "MAIL FROM:<a@firma.test> SMTPUTF8");
    CHECK(heard[1] == "RCPT TO:<dörte@partner.test>");
}

TEST_CASE("what is no address never reaches the server") {
    for (const auto* bad : {"dora", "dora@partner.test>\r\nRSET", "a b@c.test"}) {
        const auto result = send({.host = "127.0.0.1", .port = 1}, {"a@firma.test", bad});
        CHECK(result.kind == Kind::permanent);
        CHECK(result.status == "5.1.3");
    }
    CHECK(send({.host = "127.0.0.1", .port = 1}, {"x\n", "a@firma.test"}).kind == Kind::permanent);
}

TEST_CASE("RFC 2033: LMTP over a unix socket") {
    const Directory directory;
    const std::string path = directory.path / "lmtp";
    std::vector<std::string> heard;
    FakeServer server(path, [&](Peer& peer) {
        peer.say("220 hello\r\n");
        heard.push_back(peer.expect("LHLO", "250 kal"));
        for (const auto& line : take(peer, "550 5.2.2 <dora@partner.test> is full"))
            heard.push_back(line);
    });
    const auto result = send({.socket = path, .lmtp = true, .tls = mail::Tls::none});
    server.join();
    CHECK(result.kind == Kind::permanent);
    CHECK(result.status == "5.2.2");
    CHECK(heard[0] == "LHLO localhost");
}

TEST_CASE(
    "RFC 5321 4.5.3.2.6: for what became of a message that was handed over one waits longer") {
    const auto late = [](std::chrono::milliseconds by) {
        return [by](Peer& peer) {
            greet(peer);
            (void)take(peer, "250 2.0.0 taken", by);
        };
    };
    int times = 0;
    mail::Patience patience{clock::steady() + 400ms};
    bool may = true;
    patience.goes_on = [&] {
        ++times;
        return may;
    };
    const auto outcome = [&] {
        FakeServer server(late(1200ms));
        return mail::smtp_route(plain(server))->send(envelope, message, patience).kind;
    };
    SUBCASE("and is told that one does") {
        patience.answer = 20s;
        CHECK(outcome() == Kind::accepted);
        CHECK(times == 1);
    }
    SUBCASE("unless who was told so does not want it") {
        patience.answer = 20s;
        may = false;
        CHECK(outcome() == Kind::temporary);
        CHECK(times == 1);
    }
    SUBCASE("where that is wanted") {
        CHECK(outcome() == Kind::temporary);
        CHECK(times == 0);
    }
    SUBCASE("as long as this program runs") {
        FakeServer server(late(3s));
        patience.answer = 20s;
        const auto route = mail::smtp_route(plain(server));
        std::thread stopper([&] {
            std::this_thread::sleep_for(800ms);
            route->stop();
        });
        const auto begin = clock::steady();
        CHECK(route->send(envelope, message, patience).kind == Kind::temporary);
        CHECK(clock::steady() - begin < 2500ms);
        stopper.join();
    }
}
