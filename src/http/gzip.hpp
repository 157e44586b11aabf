#pragma once
// Compression of answers: RFC 9110 8.4.1.3, 12.5.3; RFC 1952.

#include <memory>
#include <string>
#include <string_view>

namespace kalends::http {

/// Whether Accept-Encoding allows gzip: named (or by "*") with a weight above 0.
bool accepts_gzip(std::string_view accept_encoding);

/// One gzip stream, made piece by piece. Keeps about 256 KB until it is destroyed.
class Gzip {
public:
    Gzip();
    ~Gzip();
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;

    /// What can be sent after `bytes`; may be empty, since some is held back for the next piece.
    std::string add(std::string_view bytes);

    /// The end of the stream.
    std::string finish();

private:
    std::string run(std::string_view bytes, int flush);

    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace kalends::http
