#include "mail/lmtp_data_private.hpp"

namespace kalends::mail {

std::size_t DotReader::read(std::string_view wire, std::string& content) {
    std::size_t used = 0;
    while (used < wire.size() && state_ != State::end) take(wire[used++], content);
    return used;
}

void DotReader::take(char c, std::string& content) {
    if (state_ == State::begin_of_line && c == '.') {
        state_ = State::dot;
        return;
    }
    if (state_ == State::dot && c == '\r') {
        state_ = State::dot_cr;
        return;
    }
    if (state_ == State::dot_cr) {
        if (c == '\n') {
            state_ = State::end;
            return;
        }
        content += '\r';
    }
    const bool after_cr = state_ == State::cr;
    content += c;
    if (c == '\r')
        state_ = State::cr;
    else
        state_ = after_cr && c == '\n' ? State::begin_of_line : State::in_line;
}

std::string DotWriter::write(std::string_view content) {
    std::string wire;
    wire.reserve(content.size() + content.size() / 64 + 8);
    for (const char c : content) {
        if (begins_line_ && c == '.') wire += '.';
        if (c == '\n' && !was_cr_) wire += '\r';
        wire += c;
        begins_line_ = c == '\n';
        was_cr_ = c == '\r';
    }
    return wire;
}

std::string DotWriter::finish() const {
    if (begins_line_) return ".\r\n";
    return was_cr_ ? "\n.\r\n" : "\r\n.\r\n";
}

}  // namespace kalends::mail
