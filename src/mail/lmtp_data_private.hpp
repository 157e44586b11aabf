#pragma once
// The data of a message on the wire (RFC 5321 4.1.1.4, 4.5.2), piece by piece.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kalends::mail {

/// From the wire: takes away the dot that stands before one at the beginning of a line, and finds
/// the end. Only CRLF ends a line: who took LF for it would find an end where others find none, and
/// read the rest of a message as commands.
class DotReader {
public:
    /// Appends the message to `content`. Returns how many bytes belong to it: all, unless it ends
    /// in them.
    std::size_t read(std::string_view wire, std::string& content);
    [[nodiscard]] bool has_ended() const { return state_ == State::end; }

private:
    enum class State : std::uint8_t { begin_of_line, in_line, cr, dot, dot_cr, end };
    void take(char c, std::string& content);
    State state_ = State::begin_of_line;
};

/// To the wire: puts the dots back, also behind an LF without CR, which gets its CR. So both sides
/// find the same end, whatever the next server takes for a line.
class DotWriter {
public:
    std::string write(std::string_view content);
    /// What ends the message.
    [[nodiscard]] std::string finish() const;

private:
    bool begins_line_ = true;
    bool was_cr_ = false;
};

}  // namespace kalends::mail
