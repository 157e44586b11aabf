#pragma once
// The other direction of http/gzip.hpp, for tests.

#include <zlib.h>

#include <stdexcept>
#include <string>

/// Throws if `bytes` is not one whole gzip stream.
inline std::string gunzip(std::string bytes) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 16);
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string out;
    int result = Z_OK;
    while (result == Z_OK) {
        const auto done = out.size();
        out.resize(done + 65536);
        stream.next_out = reinterpret_cast<Bytef*>(out.data()) + done;
        stream.avail_out = 65536;
        result = inflate(&stream, Z_NO_FLUSH);
        out.resize(out.size() - stream.avail_out);
    }
    const bool whole = result == Z_STREAM_END && stream.avail_in == 0;
    inflateEnd(&stream);
    if (!whole) throw std::runtime_error("not a whole gzip stream");
    return out;
}
