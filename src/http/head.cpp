#include "http/head.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace kalends::http {
namespace {

constexpr std::string_view crlf = "\r\n";

void append_number(std::string& out, std::size_t number, int base) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
    out.append(digits.data(), end);
}

/// tchar (RFC 9110 5.6.2), as a table: this runs for each byte of each name.
constexpr std::array<bool, 256> token_chars = [] {
    std::array<bool, 256> table{};
    for (const unsigned char c :
         std::string_view{"!#$%&'*+-.^_`|~0123456789"
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"})
        table.at(c) = true;
    return table;
}();

constexpr bool is_token_char(char c) { return token_chars.at(static_cast<unsigned char>(c)); }
constexpr bool splits(char c) { return c == '\r' || c == '\n' || c == '\0'; }

bool is_token(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), is_token_char);
}

bool frames_the_message(std::string_view name) {
    constexpr std::array<std::string_view, 4> ours{"Content-Length", "Transfer-Encoding",
                                                   "Connection", "Date"};
    return std::any_of(ours.begin(), ours.end(),
                       [&](auto own) { return text::iequals(own, name); });
}

void append_value(std::string& out, std::string_view value) {
    if (std::none_of(value.begin(), value.end(), splits)) {
        out += value;
    } else {
        std::remove_copy_if(value.begin(), value.end(), std::back_inserter(out), splits);
    }
}

void append_status_line(std::string& out, Status status) {
    if (status == Status::ok) {
        out += "HTTP/1.1 200 OK\r\n";
        return;
    }
    out += "HTTP/1.1 ";
    append_number(out, code(status), 10);
    out.append(" ").append(reason(status)).append(crlf);
}

void append_framing(std::string& out, const Framing& framing) {
    if (framing.end == BodyEnd::length) {
        out += "Content-Length: ";
        append_number(out, framing.length, 10);
        out += crlf;
    } else if (framing.end == BodyEnd::chunked) {
        out += "Transfer-Encoding: chunked\r\n";
    }
    if (!framing.keep_alive) {
        out += "Connection: close\r\n";
    } else if (!framing.http_1_1) {
        out += "Connection: keep-alive\r\n";
    }
}

}  // namespace

std::string_view DateLine::now() {
    const auto second = std::chrono::floor<std::chrono::seconds>(clock::now());
    if (second != at_ || line_.empty()) {
        at_ = second;
        line_ = "Date: " + clock::http_date(second) + "\r\n";
    }
    return line_;
}

void append_head(std::string& out, const Response& response, const Framing& framing,
                 std::string_view date_line) {
    append_status_line(out, response.status);
    out += date_line;
    for (const auto [name, value] : response.headers) {
        if (!is_token(name) || frames_the_message(name)) continue;
        out.append(name).append(": ");
        append_value(out, value);
        out += crlf;
    }
    append_framing(out, framing);
    out += crlf;
}

void append_chunk_head(std::string& out, std::size_t size) {
    append_number(out, size, 16);
    out += crlf;
}

}  // namespace kalends::http
