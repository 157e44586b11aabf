// The reference of settings, written from the table: an example file and the manual page.

#include "base/config_private.hpp"
#include "base/roff.hpp"
#include "base/text.hpp"

namespace kalends {
namespace {

std::string quoted_items(std::string_view list) {
    std::string quoted;
    if (list.empty()) return quoted;
    for (const auto item : text::split(list, ','))
        quoted.append(quoted.empty() ? "\"" : ", \"").append(text::trim(item)).append("\"");
    return quoted;
}

/// The default as it stands in the file.
template <class Owner> std::string in_toml(const Setting<Owner>& setting) {
    enum : std::size_t { boolean, integer, size, duration, words, list };
    const auto kind = setting.field.index();
    if (kind == boolean || kind == integer) return std::string(setting.standard);
    if (kind == list) return "[" + quoted_items(setting.standard) + "]";
    return '"' + std::string(setting.standard) + '"';
}

std::string_view short_name(std::string_view name) { return name.substr(name.rfind('.') + 1); }
std::string_view section_of(std::string_view name) { return name.substr(0, name.find('.')); }

/// `words` in lines of at most 100 characters, each behind "# ".
void append_comment(std::string& to, std::string_view words) {
    constexpr std::size_t width = 100;
    std::string line = "#";
    for (const auto word : text::split(words, ' ')) {
        if (line.size() + 1 + word.size() > width) {
            to += line + "\n";
            line = "#";
        }
        line.append(" ").append(word);
    }
    to += line + "\n";
}

template <class Owner> void append_example(std::string& to, const Setting<Owner>& setting) {
    to += "\n";
    append_comment(to, setting.sentence);
    if (!setting.range.empty()) append_comment(to, "(" + std::string(setting.range) + ")");
    to += "#" + std::string(short_name(setting.name)) + " = " + in_toml(setting) + "\n";
}

template <class Owner> void append_manual(std::string& to, const Setting<Owner>& setting) {
    to += ".TP\n\\fB" + roff(short_name(setting.name)) + "\\fR = " + roff(in_toml(setting)) + "\n";
    to += roff(setting.sentence) + "\n.br\nValue: " + roff(kind_of(setting));
    if (!setting.range.empty()) to += ", " + roff(setting.range);
    to += ".\n";
}

/// Calls `each` with every setting of the section, whichever table it stands in.
template <class Each> void for_each_in(const Section& section, Each each) {
    if (section.name == "listen")
        for (const auto& setting : listener_settings()) each(setting);
    for (const auto& setting : config_settings())
        if (section_of(setting.name) == section.name) each(setting);
}

}  // namespace

std::string config_example() {
    std::string example;
    append_comment(
        example, "Kalends reads this file at start; `kalends check-config` tests it. Every setting "
                 "stands here with its default, as a comment.");
    for (const auto& section : config_sections()) {
        example += "\n\n";
        append_comment(example, section.sentence);
        example +=
            section.name == "listen" ? "#[[listen]]\n" : "[" + std::string(section.name) + "]\n";
        for_each_in(section, [&](const auto& setting) { append_example(example, setting); });
    }
    return example;
}

std::string config_manual(const std::string& version) {
    std::string page = roff_title("KALENDS.TOML", "5", version);
    page += ".SH NAME\nkalends.toml \\- configuration of the Kalends groupware server\n";
    page += ".SH SYNOPSIS\n/etc/kalends/kalends.toml\n.SH DESCRIPTION\n";
    page +=
        "A TOML file. Every setting has a default: an empty file, or none, is a server on "
        "127.0.0.1 port "
        "8008\nwith an embedded PostgreSQL. A name that does not exist, or a value out of its "
        "range, is an\n"
        "error: \\fBkalends check\\-config\\fR(8) shows all of them with their lines. The file\n"
        "/usr/share/doc/kalends/kalends.toml.example has all that is said here as comments.\n";
    for (const auto& section : config_sections()) {
        page += ".SH [" + roff(section.name) + "]\n" + roff(section.sentence) + "\n";
        for_each_in(section, [&](const auto& setting) { append_manual(page, setting); });
    }
    page += ".SH EXAMPLE\nBehind a reverse proxy, with a PostgreSQL of one's own:\n.PP\n.nf\n";
    page += roff("[[listen]]\naddress = \"127.0.0.1\"\nport = 8008\n\n[database]\n"
                 "dsn = \"host=/run/postgresql dbname=kalends user=kalends\"\n\n"
                 "[http]\ntrusted_proxies = [\"127.0.0.1\"]\n");
    page += ".fi\n.SH SEE ALSO\n\\fBkalends\\fR(8), \\fBkalends\\-check\\-config\\fR(8)\n";
    return page;
}

}  // namespace kalends
