#include "dav/html.hpp"

#include "xml/writer.hpp"

namespace kalends::dav::html {
namespace {

void append_cell(std::string& to, std::string_view text) {
    to += "<td>";
    xml::append_escaped(to, text);
    to += "</td>";
}

void append_link(std::string& to, std::string_view href, std::string_view text) {
    to += "<a href=\"";
    xml::append_escaped_attribute(to, href);
    to += "\">";
    xml::append_escaped(to, text);
    to += "</a>";
}

}  // namespace

std::string begin(std::string_view title, std::string_view above) {
    std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
                       "<meta name=\"viewport\" content=\"width=device-width\"><title>";
    xml::append_escaped(page, title);
    page += "</title></head>\n<body>\n<h1>";
    xml::append_escaped(page, title);
    page += "</h1>\n";
    if (!above.empty()) {
        page += "<p>";
        append_link(page, above, "up");
        page += "</p>\n";
    }
    return page += "<table>\n<tr><th>Name</th><th>Type</th><th>Size</th><th>Changed</th></tr>\n";
}

void append(std::string& to, const Row& row) {
    to += "<tr><td>";
    append_link(to, row.href, row.name);
    to += "</td>";
    append_cell(to, row.type);
    append_cell(to, row.size ? std::to_string(*row.size) : std::string());
    append_cell(to, row.modified);
    to += "</tr>\n";
}

std::string end() { return "</table>\n</body>\n</html>\n"; }

}  // namespace kalends::dav::html
