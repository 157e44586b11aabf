#include "base/content_line.hpp"

namespace kalends {
namespace {

constexpr std::size_t fold_octets = 75;  // in a line, without its end

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

void append_folded(std::string& to, std::string_view line) {
    std::size_t room = fold_octets;
    while (line.size() > room) {
        std::size_t cut = room;
        while (cut > 0 && continues_character(line[cut])) --cut;
        if (cut == 0) cut = room;  // not UTF-8: anywhere
        to += line.substr(0, cut);
        to += "\r\n ";
        line.remove_prefix(cut);
        room = fold_octets - 1;
    }
    to += line;
    to += "\r\n";
}

}  // namespace kalends
