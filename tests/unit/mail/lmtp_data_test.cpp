#include "mail/lmtp_data_private.hpp"
#include "mail/lmtp_onward_private.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using mail::KeptMessage;

namespace {

struct Read {
    std::string content;
    std::string rest;
    bool has_ended = false;
    bool operator==(const Read&) const = default;
};

/// In pieces of `size` bytes.
Read read(const std::string& wire, std::size_t size) {
    mail::DotReader reader;
    Read result;
    for (std::size_t at = 0; at < wire.size(); at += size) {
        const auto piece = std::string_view(wire).substr(at, size);
        const auto used = reader.read(piece, result.content);
        result.rest += piece.substr(used);
    }
    result.has_ended = reader.has_ended();
    return result;
}

std::string written(const std::string& content, std::size_t size) {
    mail::DotWriter writer;
    std::string wire;
    for (std::size_t at = 0; at < content.size(); at += size)
        wire += writer.write(std::string_view(content).substr(at, size));
    return wire + writer.finish();
}

}  // namespace

TEST_CASE("RFC 5321 4.5.2: the dot that stands before another goes, and one alone is the end") {
    for (const std::size_t size : {1, 2, 3, 1000}) {
        CAPTURE(size);
        CHECK(read("a\r\n..b\r\n.c\r\n.\r\nQUIT\r\n", size) ==
              Read{"a\r\n.b\r\nc\r\n", "QUIT\r\n", true});
        CHECK(read(".\r\n", size) == Read{"", "", true});
        CHECK(read("..\r\n.\r\n", size) == Read{".\r\n", "", true});
        CHECK(read("a.\r\n", size) == Read{"a.\r\n", "", false});
        CHECK(read("a\r\r\n.\r\n", size) == Read{"a\r\r\n", "", true});
    }
}

TEST_CASE("a line end that is not CRLF does not end a message, however a dot stands there") {
    for (const std::size_t size : {1, 2, 1000}) {
        CAPTURE(size);
        for (const std::string trick : {"\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\n", "\r\n.\r\r\n"}) {
            CAPTURE(trick);
            const auto found = read("a" + trick + "MAIL FROM:<>\r\n.\r\n", size);
            CHECK(found.has_ended);
            CHECK(found.rest.empty());
            // And whoever takes LF for a line end finds no end either, once it is passed on.
            const auto wire = written(found.content, size);
            const auto end = wire.find("\n.\r\n");
            CHECK(end + 4 == wire.size());
            CHECK(wire.find("\n.\n") == std::string::npos);
        }
    }
}

TEST_CASE("what is read and written again is the same") {
    const std::string wire = "Subject: x\r\n\r\n..\r\n..two\r\nend\r..x\r\n.\r\n";
    for (const std::size_t size : {1, 2, 5, 1000})
        CHECK(written(read(wire, size).content, size) == wire);
    CHECK(written("", 1) == ".\r\n");
    CHECK(written("a", 1) == "a\r\n.\r\n");
    CHECK(written("a\r", 1) == "a\r\n.\r\n");
    CHECK(written("a\n.b\n", 2) == "a\r\n..b\r\n.\r\n");
}

TEST_CASE("a message that is kept takes of what all may keep, and gives it back") {
    mail::MemoryBudget budget{100};
    {
        KeptMessage one{budget, 80};
        one.append(std::string(60, 'x'));
        CHECK(one.text().size() == 60);
        KeptMessage other{budget, 80};
        other.append(std::string(41, 'x'));
        CHECK(other.state() == KeptMessage::State::no_memory);
        one.append(std::string(21, 'x'));
        CHECK(one.state() == KeptMessage::State::too_large);
        CHECK(one.text().empty());
        one.append("x");
        CHECK(one.text().empty());
        KeptMessage third{budget, 80};
        third.append(std::string(80, 'x'));
        CHECK(third.state() == KeptMessage::State::whole);
    }
    CHECK(budget.take(100, 0));
    CHECK_FALSE(budget.take(1, 0));
}

TEST_CASE("large messages leave memory to small ones, as invitations are") {
    constexpr std::size_t mb = 1UL << 20U;
    mail::MemoryBudget budget{8 * mb};
    const std::string piece(mb / 2, 'x');
    const auto append = [&](KeptMessage& message, std::size_t bytes) {
        for (std::size_t done = 0; done < bytes; done += piece.size()) message.append(piece);
    };
    KeptMessage large{budget, 100 * mb};
    KeptMessage second{budget, 100 * mb};
    append(large, 6 * mb);
    CHECK(large.state() == KeptMessage::State::whole);
    append(second, mb);  // it is still small
    CHECK(second.state() == KeptMessage::State::whole);
    append(second, mb);
    CHECK(second.state() == KeptMessage::State::no_memory);
    KeptMessage one{budget, 100 * mb};
    KeptMessage two{budget, 100 * mb};
    KeptMessage three{budget, 100 * mb};
    append(one, mb);
    append(two, mb);
    append(three, mb);  // no more than there is
    CHECK(one.state() == KeptMessage::State::whole);
    CHECK(two.state() == KeptMessage::State::whole);
    CHECK(three.state() == KeptMessage::State::no_memory);
}
