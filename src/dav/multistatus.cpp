#include "dav/multistatus.hpp"

namespace kalends::dav {
namespace {

constexpr std::size_t chunk_bytes = 64 * 1024;
constexpr xml::NameView multistatus_name{xml::dav, "multistatus"};

/// Calls `produce` until the chunk is large enough or all is said; appends the end tag then.
bool fill(const Producer& produce, std::string& chunk) {
    while (chunk.size() < chunk_bytes) {
        if (produce(chunk)) continue;
        xml::Writer{chunk}.close(multistatus_name);
        return false;
    }
    return true;
}

}  // namespace

void append_status(std::string& to, http::Status status) {
    to.append("<D:status>HTTP/1.1 ").append(std::to_string(http::code(status))).append(" ");
    to.append(http::reason(status)).append("</D:status>");
}

void append_status_response(std::string& to, std::string_view href, http::Status status,
                            xml::NameView precondition) {
    to += "<D:response><D:href>";
    xml::append_escaped(to, href);
    to += "</D:href>";
    append_status(to, status);
    if (!precondition.local.empty()) {
        xml::Writer writer{to};
        writer.open({xml::dav, "error"});
        writer.empty(precondition);
        writer.close({xml::dav, "error"});
    }
    to += "</D:response>";
}

namespace {

/// The property as it was asked for; false if the resource has it not.
bool append_asked(const View& view, const Resource& resource, const AskedProperty& asked,
                  std::string& to) {
    const auto before = to.size();
    if (!append_property(view, resource, asked.name, asked.element, to)) return asked.name_only;
    if (asked.name_only) {
        to.resize(before);
        xml::Writer{to}.empty(asked.name);
    }
    return true;
}

}  // namespace

void append_response(const View& view, const Resource& resource, std::string_view href,
                     const std::vector<AskedProperty>& asked, std::string& to) {
    to += "<D:response><D:href>";
    xml::append_escaped(to, href);
    to += "</D:href>";
    const auto start = to.size();
    to += "<D:propstat><D:prop>";
    const auto inside = to.size();
    std::vector<const AskedProperty*> missing;
    for (const auto& property : asked)
        if (!append_asked(view, resource, property, to)) missing.push_back(&property);
    if (to.size() == inside && !missing.empty()) {
        to.resize(start);
    } else {
        to += "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>";
    }
    if (!missing.empty()) {
        to += "<D:propstat><D:prop>";
        xml::Writer writer{to};
        for (const auto* property : missing) writer.empty(property->name);
        to += "</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>";
    }
    to += "</D:response>";
}

http::Response multistatus(Producer produce) {
    http::Response response;
    response.status = http::Status::multi_status;
    response.headers.add("Content-Type", "application/xml; charset=utf-8");
    xml::Writer{response.body}.begin_document(multistatus_name);
    if (fill(produce, response.body))
        response.more = [produce = std::move(produce), more = true]() mutable {
            std::string chunk;
            if (more) more = fill(produce, chunk);
            return chunk;
        };
    return response;
}

}  // namespace kalends::dav
