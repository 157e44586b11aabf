#pragma once
// Which runs of three bytes stand in a text, as a Bloom filter: tells in a few nanoseconds that a
// text does not contain another. A card's search text has some 250 of them, so a needle of seven
// bytes passes wrongly once in 2,000.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace kalends::store {

class Trigrams {
public:
    static constexpr unsigned bits = 1024;

    explicit Trigrams(std::string_view text) {
        each(text, [this](unsigned bit) { words_[bit / 64] |= std::uint64_t{1} << bit % 64; });
    }

    /// Where a text that contains `needle` has its bits; empty for one that is too short to tell.
    static std::vector<unsigned> positions(std::string_view needle) {
        std::vector<unsigned> result;
        each(needle, [&](unsigned bit) { result.push_back(bit); });
        return result;
    }

    [[nodiscard]] bool has_all(const std::vector<unsigned>& positions) const {
        for (const unsigned bit : positions)
            if ((words_[bit / 64] >> bit % 64 & 1U) == 0) return false;
        return true;
    }

private:
    template <class Take> static void each(std::string_view text, Take take) {
        for (std::size_t i = 2; i < text.size(); ++i) {
            const auto byte = [&](std::size_t at) {
                return std::uint32_t{static_cast<unsigned char>(text[at])};
            };
            const std::uint32_t run = byte(i - 2) << 16U | byte(i - 1) << 8U | byte(i);
            take(run * 2'654'435'769U >> 22U);  // Knuth's multiplicative hash, its upper ten bits
        }
    }

    std::array<std::uint64_t, bits / 64> words_{};
};

}  // namespace kalends::store
