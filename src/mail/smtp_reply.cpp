#include "base/text.hpp"
#include "mail/line_private.hpp"
#include "mail/smtp_reply_private.hpp"

#include <algorithm>

namespace kalends::mail {
namespace {

constexpr std::size_t max_line = 2048;  // RFC 5321 4.5.3.1.5 has 512
constexpr std::size_t max_lines = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// RFC 3463 2: class "." subject "." detail.
bool is_status(std::string_view word) {
    const auto parts = text::split(word, '.');
    return parts.size() == 3 && parts[0].size() == 1 &&
           std::ranges::all_of(parts, [](std::string_view part) {
               return !part.empty() && part.size() <= 3 && std::ranges::all_of(part, is_digit);
           });
}

}  // namespace

std::string Reply::status() const {
    const auto digit = static_cast<char>('0' + code / 100);
    if (!lines.empty()) {
        auto word = lines.front().substr(0, lines.front().find(' '));
        if (is_status(word) && word[0] == digit) return word;
    }
    return std::string(1, digit) + ".0.0";
}

std::string Reply::sentence() const {
    std::string result = std::to_string(code);
    for (const auto& line : lines) result += " " + line;
    return one_line(result);
}

std::string Reply::on_wire() const {
    const auto number = std::to_string(code);
    if (lines.empty()) return number + "\r\n";
    std::string result;
    for (std::size_t i = 0; i < lines.size(); ++i)
        result.append(number)
            .append(i + 1 == lines.size() ? " " : "-")
            .append(lines[i])
            .append("\r\n");
    return result;
}

Extensions::Extensions(const Reply& reply) {
    for (std::size_t i = 1; i < reply.lines.size(); ++i)
        lines_.push_back(text::upper_ascii(reply.lines[i]));
}

std::string Extensions::line_of(std::string_view keyword) const {
    for (const auto& line : lines_)
        if (text::split(line, ' ').front() == keyword) return line;
    return {};
}

bool Extensions::has(std::string_view keyword, std::string_view parameter) const {
    const auto line = line_of(keyword);
    const auto words = text::split(line, ' ');
    return !line.empty() && std::ranges::count(words, parameter) > 0;
}

Reply read_reply(Connection& from) {
    Reply reply;
    for (bool more = true; more;) {
        const auto line = from.read_line(max_line);
        if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit) ||
            line[0] < '2' || line[0] > '5' || (line.size() > 3 && line[3] != ' ' && line[3] != '-'))
            throw Disconnected("no reply of SMTP: " + one_line(line));
        const int code = std::stoi(line.substr(0, 3));
        if (reply.code != 0 && reply.code != code)
            throw Disconnected("two codes in one reply: " + one_line(line));
        if (reply.lines.size() == max_lines) throw Disconnected("a reply without end");
        reply.code = code;
        reply.lines.push_back(line.substr(std::min<std::size_t>(4, line.size())));
        more = line.size() > 3 && line[3] == '-';
    }
    return reply;
}

}  // namespace kalends::mail
