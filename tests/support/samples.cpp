#include "support/samples.hpp"

#include <algorithm>

namespace kalends::test {
namespace {

std::string uid_for(const std::string& name, const std::string& uid) {
    if (!uid.empty()) return uid;
    std::string result = "uid-of-" + name;
    result.erase(std::remove(result.begin(), result.end(), ' '), result.end());
    return result;
}

std::string component(const std::string& kind, const std::string& summary, std::string_view lines,
                      const std::string& uid) {
    return calendar("BEGIN:" + kind + "\nUID:" + uid_for(summary, uid) +
                    "\nDTSTAMP:20260101T000000Z\n" + std::string(lines) + "SUMMARY:" + summary +
                    "\nEND:" + kind + "\n");
}

std::string vcard(const char* version, const std::string& name, std::string_view lines,
                  const std::string& uid) {
    return crlf("BEGIN:VCARD\nVERSION:" + std::string(version) + "\nUID:" + uid_for(name, uid) +
                "\nFN:" + name + "\nN:" + name + ";;;;\n" + std::string(lines) + "END:VCARD\n");
}

}  // namespace

std::string crlf(std::string_view lines) {
    if (lines.starts_with('\n')) lines.remove_prefix(1);
    std::string result;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i] == '\n' && (i == 0 || lines[i - 1] != '\r')) result += '\r';
        result += lines[i];
    }
    return result;
}

std::string calendar(std::string_view components) {
    if (components.starts_with('\n')) components.remove_prefix(1);
    return crlf("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Tests//EN\n" +
                std::string(components) + "END:VCALENDAR\n");
}

std::string event(const std::string& summary, std::string_view lines, const std::string& uid) {
    return component("VEVENT", summary, lines, uid);
}

std::string todo(const std::string& summary, std::string_view lines, const std::string& uid) {
    return component("VTODO", summary, lines, uid);
}

std::string card(const std::string& name, std::string_view lines, const std::string& uid) {
    return vcard("3.0", name, lines, uid);
}

std::string card4(const std::string& name, std::string_view lines, const std::string& uid) {
    return vcard("4.0", name, lines, uid);
}

std::string summary(std::string_view calendar_data) {
    constexpr std::string_view key = "\nSUMMARY:";
    const auto at = calendar_data.find(key);
    if (at == std::string_view::npos) return "";
    const auto rest = calendar_data.substr(at + key.size());
    return std::string(rest.substr(0, rest.find('\r')));
}

}  // namespace kalends::test
