#pragma once
// Content lines of text/calendar and text/vcard. RFC 5545 3.1, RFC 6350 3.2.

#include "base/text.hpp"

#include <string>
#include <string_view>

namespace kalends {

/// Appends `line` folded at 75 octets, never inside a UTF-8 character, with CRLF at the end.
void append_folded(std::string& to, std::string_view line);

/// `bytes` with each line that is folded inside a UTF-8 character folded anew; all other bytes
/// stay. `reader.next(line)` gives the lines: unfolded text, begin, end, number. `fail(line)`
/// throws for one that is not UTF-8 when it is unfolded.
template <class Line, class Reader, class Fail>
std::string refold_cut_characters(std::string_view bytes, Reader reader, Fail fail) {
    Line line;
    std::string result;
    std::size_t done = 0;
    while (reader.next(line)) {
        const auto as_sent = bytes.substr(line.begin, line.end - line.begin);
        if (!text::is_utf8(line.text)) fail(line);
        result += bytes.substr(done, line.begin - done);
        if (text::is_utf8(as_sent))
            result += as_sent;
        else
            append_folded(result, line.text);
        done = line.end;
    }
    return result.append(bytes.substr(done));
}

}  // namespace kalends
