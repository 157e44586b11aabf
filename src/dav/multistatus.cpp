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
                            xml::NameView precondition, std::string_view content) {
    to += "<D:response><D:href>";
    xml::append_escaped(to, href);
    to += "</D:href>";
    append_status(to, status);
    if (!precondition.local.empty()) append_error(to, precondition, content);
    to += "</D:response>";
}

namespace {

/// The property as it was asked for.
http::Status append_asked(const View& view, const Resource& resource, const AskedProperty& asked,
                          std::string& to) {
    const auto before = to.size();
    const auto status = append_property(view, resource, asked.name, asked.element, to);
    if (!asked.name_only) return status;
    if (status == http::Status::not_found) return http::Status::ok;
    to.resize(before);
    xml::Writer{to}.empty(asked.name);
    return http::Status::ok;
}

/// A propstat for those that could not be given; nothing where there are none.
void append_failed(const std::vector<const AskedProperty*>& properties, http::Status status,
                   std::string& to) {
    if (properties.empty()) return;
    to += "<D:propstat><D:prop>";
    xml::Writer writer{to};
    for (const auto* property : properties) writer.empty(property->name);
    to += "</D:prop>";
    append_status(to, status);
    to += "</D:propstat>";
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
    std::vector<const AskedProperty*> forbidden;
    for (const auto& property : asked) {
        const auto status = append_asked(view, resource, property, to);
        if (status == http::Status::not_found) missing.push_back(&property);
        if (status == http::Status::forbidden) forbidden.push_back(&property);
    }
    if (view.prefer.minimal) missing.clear();  // RFC 8144 2.1
    if (to.size() == inside && !(missing.empty() && forbidden.empty())) {
        to.resize(start);
    } else {
        to += "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>";
    }
    append_failed(missing, http::Status::not_found, to);
    append_failed(forbidden, http::Status::forbidden, to);
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
