#include "base/roff.hpp"

namespace kalends {

std::string roff(std::string_view text) {
    std::string result;
    bool line_start = true;
    for (const char c : text) {
        if (line_start && (c == '.' || c == '\'')) result += "\\&";
        if (c == '\\')
            result += "\\e";
        else if (c == '-')
            result += "\\-";
        else
            result += c;
        line_start = c == '\n';
    }
    return result;
}

std::string roff_title(std::string_view title, std::string_view section, std::string_view version) {
    std::string line =
        ".\\\" Written by `kalends manual` from the tables in src; do not edit.\n.TH ";
    line.append(title).append(" ").append(section).append(" \"\" \"Kalends ");
    return line.append(version).append("\" \"Kalends manual\"\n");
}

}  // namespace kalends
