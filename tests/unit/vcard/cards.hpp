#pragma once
// Cards for the tests of this room.

#include <string>
#include <string_view>

namespace kalends::vcard_test {

/// The lines between BEGIN and END, with CRLF; `lines` are separated by "\n" and end with one.
inline std::string card(std::string_view lines) {
    std::string result = "BEGIN:VCARD\r\n";
    for (const char c : lines) {
        if (c == '\n') result += '\r';
        result += c;
    }
    return result + "END:VCARD\r\n";
}

inline std::string card3(std::string_view lines) {
    return card("VERSION:3.0\nUID:u1\nFN:Jane Doe\nN:Doe;Jane;;;\n" + std::string(lines));
}

inline std::string card4(std::string_view lines) {
    return card("VERSION:4.0\nUID:urn:uuid:u1\nFN:Jane Doe\nN:Doe;Jane;;;\n" + std::string(lines));
}

}  // namespace kalends::vcard_test
