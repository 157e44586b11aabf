#pragma once
// The head of an answer as bytes: RFC 9112 4, 6; RFC 9110 6.6.1.

#include "base/clock.hpp"
#include "http/message.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace kalends::http {

/// How the end of a body is marked (RFC 9112 6.3).
enum class BodyEnd {
    none,     ///< no body and no Content-Length: 1xx, 204, 304, a HEAD of unknown length
    length,   ///< Content-Length
    chunked,  ///< Transfer-Encoding: chunked
    close,    ///< the connection's end, for HTTP/1.0
};

struct Framing {
    BodyEnd end = BodyEnd::length;
    std::size_t length = 0;  ///< for BodyEnd::length
    bool http_1_1 = true;    ///< of the request
    bool keep_alive = true;  ///< another request may follow
};

/// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", made once a second.
class DateLine {
public:
    std::string_view now();

private:
    clock::Seconds at_{};
    std::string line_;
};

/// Appends status line, fields and the empty line. What a handler put into a field can't split the
/// answer: CR, LF and NUL are dropped from values, a field whose name is not a token is left out,
/// and so are those that frame the message, which are ours.
void append_head(std::string& out, const Response& response, const Framing& framing,
                 std::string_view date_line);

/// The framing line of a chunk of `size` bytes (RFC 9112 7.1): "1a2b\r\n".
void append_chunk_head(std::string& out, std::size_t size);

}  // namespace kalends::http
