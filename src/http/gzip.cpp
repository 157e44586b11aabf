#include "http/gzip.hpp"

#include "base/text.hpp"

#define ZLIB_CONST  // deflate() does not write to its input
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace kalends::http {
namespace {

// XML shrinks to a tenth even at the fastest level, and a processor is dearer than bytes here.
constexpr int level = 1;
constexpr int gzip_window = 15 + 16;  // zlib's way to ask for a gzip header
constexpr int memory_level = 8;

/// Whether the weight among the parameters of one member is above 0; without one it is 1 (RFC
/// 9110 12.4.2).
bool has_weight(std::string_view parameters) {
    for (auto parameter : text::split(parameters, ';')) {
        parameter = text::trim(parameter);
        if (parameter.size() < 2 || (parameter[0] != 'q' && parameter[0] != 'Q') ||
            parameter[1] != '=')
            continue;
        return parameter.find_first_of("123456789", 2) != std::string_view::npos;
    }
    return true;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
    bool by_star = false;
    for (const auto member : text::split(accept_encoding, ',')) {
        const auto semicolon = std::min(member.find(';'), member.size());
        const auto coding = text::trim(member.substr(0, semicolon));
        const bool wanted = has_weight(member.substr(semicolon));
        if (text::iequals(coding, "gzip") || text::iequals(coding, "x-gzip")) return wanted;
        if (coding == "*") by_star = wanted;
    }
    return by_star;
}

struct Gzip::State {
    z_stream stream{};
};

Gzip::Gzip() : state_{std::make_unique<State>()} {
    if (deflateInit2(&state_->stream, level, Z_DEFLATED, gzip_window, memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
}

Gzip::~Gzip() { deflateEnd(&state_->stream); }

std::string Gzip::add(std::string_view bytes) { return run(bytes, Z_NO_FLUSH); }
std::string Gzip::finish() { return run({}, Z_FINISH); }

std::string Gzip::run(std::string_view bytes, int flush) {
    auto& stream = state_->stream;
    std::string made;
    // zlib counts in 32 bits; a body is far below that, but nothing here says so.
    constexpr std::size_t most = std::numeric_limits<uInt>::max() / 2;
    do {
        const auto part = bytes.substr(0, most);
        bytes.remove_prefix(part.size());
        stream.next_in = reinterpret_cast<const Bytef*>(part.data());
        stream.avail_in = static_cast<uInt>(part.size());
        do {
            const auto done = made.size();
            made.resize(done + std::max<std::size_t>(part.size() / 4, 4096));
            stream.next_out = reinterpret_cast<Bytef*>(made.data()) + done;
            stream.avail_out = static_cast<uInt>(made.size() - done);
            deflate(&stream, bytes.empty() ? flush : Z_NO_FLUSH);
            made.resize(made.size() - stream.avail_out);
        } while (stream.avail_out == 0);
    } while (!bytes.empty());
    return made;
}

}  // namespace kalends::http
