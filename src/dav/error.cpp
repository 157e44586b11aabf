#include "dav/error.hpp"

#include "xml/writer.hpp"

namespace kalends::dav {

void append_error(std::string& to, xml::NameView precondition, std::string_view content) {
    xml::Writer writer{to};
    writer.open({xml::dav, "error"});
    if (content.empty()) {
        writer.empty(precondition);
    } else {
        writer.open(precondition);
        writer.raw(content);
        writer.close(precondition);
    }
    writer.close({xml::dav, "error"});
}

http::Response error_response(const DavError& error) {
    http::Response response;
    response.status = error.status();
    response.headers.add("Content-Type", "application/xml; charset=utf-8");
    xml::Writer writer{response.body};
    writer.begin_document({xml::dav, "error"});
    if (!error.precondition().local.empty()) {
        if (error.content().empty()) {
            writer.empty(error.precondition());
        } else {
            writer.open(error.precondition());
            writer.raw(error.content());
            writer.close(error.precondition());
        }
    }
    writer.element({xml::dav, "responsedescription"}, error.what());
    writer.close({xml::dav, "error"});
    return response;
}

}  // namespace kalends::dav
