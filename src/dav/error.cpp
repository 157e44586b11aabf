#include "dav/error.hpp"

#include "xml/writer.hpp"

namespace kalends::dav {
namespace {

void append_precondition(xml::Writer& writer, xml::NameView precondition,
                         std::string_view content) {
    if (content.empty()) return writer.empty(precondition);
    writer.open(precondition);
    writer.raw(content);
    writer.close(precondition);
}

}  // namespace

void append_error(std::string& to, xml::NameView precondition, std::string_view content) {
    xml::Writer writer{to};
    writer.open({xml::dav, "error"});
    append_precondition(writer, precondition, content);
    writer.close({xml::dav, "error"});
}

http::Response error_response(const DavError& error) {
    http::Response response;
    response.status = error.status();
    response.headers.add("Content-Type", "application/xml; charset=utf-8");
    const bool of_members = error.status() == http::Status::multi_status;
    const xml::NameView root{xml::dav, of_members ? "multistatus" : "error"};
    xml::Writer writer{response.body};
    writer.begin_document(root);
    if (of_members)
        writer.raw(error.content());
    else if (!error.precondition().local.empty())
        append_precondition(writer, error.precondition(), error.content());
    if (!error.second_precondition().local.empty()) writer.empty(error.second_precondition());
    writer.element({xml::dav, "responsedescription"}, error.what());
    writer.close(root);
    return response;
}

}  // namespace kalends::dav
