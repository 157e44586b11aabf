#include "support/multistatus_reader.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace kalends::test {
namespace {

using xml::Element;

constexpr std::array prefixes{
    std::pair<std::string_view, std::string_view>{"D", xml::dav},
    std::pair<std::string_view, std::string_view>{"C", xml::caldav},
    std::pair<std::string_view, std::string_view>{"CR", xml::carddav},
    std::pair<std::string_view, std::string_view>{"CS", xml::calendarserver},
    std::pair<std::string_view, std::string_view>{"A", xml::apple_ical},
};

/// "HTTP/1.1 404 Not Found".
int status_in(const Element& parent) {
    constexpr std::size_t code_at = 9;
    const auto* const status = parent.child({xml::dav, "status"});
    return status == nullptr ? 0 : std::stoi(status->text().substr(code_at, 3));
}

std::string error_in(const Element& parent) {
    const auto* const error = parent.child({xml::dav, "error"});
    if (error == nullptr || error->children().empty()) return "";
    return prefixed(error->children().front()->name);
}

void add_propstat(Member& member, const Element& propstat) {
    const int status = status_in(propstat);
    if (const auto error = error_in(propstat); !error.empty())
        member.propstat_errors[status] = error;
    for (const auto* prop : propstat.children({xml::dav, "prop"}))
        for (const auto* property : prop->children()) {
            const bool is_new =
                member.properties.insert({prefixed(property->name), {status, property}}).second;
            if (!is_new)
                throw std::runtime_error("property twice in one response: " +
                                         prefixed(property->name));
        }
}

Member member_of(const Element& response) {
    Member member;
    if (const auto* href = response.child({xml::dav, "href"})) member.href = href->text();
    member.status = status_in(response);
    member.error = error_in(response);
    for (const auto* propstat : response.children({xml::dav, "propstat"}))
        add_propstat(member, *propstat);
    return member;
}

void collect_hrefs(const Element& in, std::vector<std::string>& hrefs) {
    for (const auto* child : in.children()) {
        if (child->is({xml::dav, "href"})) hrefs.push_back(child->text());
        collect_hrefs(*child, hrefs);
    }
}

const Element* precondition_element(const Element& error) {
    for (const auto* child : error.children())
        if (!child->is({xml::dav, "responsedescription"})) return child;
    return nullptr;
}

}  // namespace

xml::Name qualified(std::string_view name) {
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) return {"", std::string(name)};
    for (const auto& [prefix, ns] : prefixes)
        if (prefix == name.substr(0, colon))
            return {std::string(ns), std::string(name.substr(colon + 1))};
    throw std::runtime_error("unknown prefix in " + std::string(name));
}

std::string prefixed(xml::NameView name) {
    for (const auto& [prefix, ns] : prefixes)
        if (ns == name.ns) return std::string(prefix) + ':' + std::string(name.local);
    return xml::to_string(name);
}

std::unique_ptr<Element> document(const Reply& reply) {
    constexpr std::size_t plenty = 1UL << 30U;
    xml::Limits limits;
    limits.max_bytes = plenty;
    limits.max_nodes = plenty;
    return xml::parse(reply.body, limits);
}

int Member::status_of(const std::string& property) const {
    const auto found = properties.find(property);
    return found == properties.end() ? 0 : found->second.status;
}

const Element* Member::element(const std::string& property) const {
    const auto found = properties.find(property);
    return found == properties.end() || found->second.status != 200 ? nullptr
                                                                    : found->second.element;
}

std::string Member::raw_text(const std::string& property) const {
    const auto* const found = element(property);
    return found == nullptr ? "" : found->text();
}

std::string Member::text(const std::string& property) const {
    return std::string(text::trim(raw_text(property)));
}

std::vector<std::string> Member::children(const std::string& property) const {
    std::vector<std::string> names;
    if (const auto* found = element(property))
        for (const auto* child : found->children()) names.push_back(prefixed(child->name));
    return names;
}

std::vector<std::string> Member::hrefs(const std::string& property) const {
    std::vector<std::string> found;
    if (const auto* in = element(property)) collect_hrefs(*in, found);
    return found;
}

Multistatus::Multistatus(Reply reply) : reply_(std::move(reply)) {
    if (reply_.status != 207) return;
    document_ = document(reply_);
    for (const auto* response : document_->children({xml::dav, "response"}))
        members_.push_back(member_of(*response));
    if (const auto* token = document_->child({xml::dav, "sync-token"})) sync_token_ = token->text();
}

std::vector<std::string> Multistatus::hrefs() const {
    std::vector<std::string> result;
    for (const auto& member : members_) result.push_back(member.href);
    std::sort(result.begin(), result.end());
    return result;
}

const Member* Multistatus::find(std::string_view href) const {
    for (const auto& member : members_)
        if (member.href == href) return &member;
    return nullptr;
}

const Member& Multistatus::at(std::string_view href) const {
    if (const auto* member = find(href)) return *member;
    throw std::runtime_error("no response for " + std::string(href) + " in the answer " +
                             std::to_string(reply_.status) + " " + reply_.body);
}

const Member& Multistatus::only() const {
    if (members_.size() == 1) return members_.front();
    throw std::runtime_error("not one response but " + std::to_string(members_.size()) +
                             " in the answer " + std::to_string(reply_.status) + " " + reply_.body);
}

std::string precondition(const Reply& reply) {
    if (!reply.body.starts_with("<")) return "";
    const auto error = document(reply);
    if (!error->is({xml::dav, "error"})) return "";
    const auto* const element = precondition_element(*error);
    return element == nullptr ? "" : prefixed(element->name);
}

std::string precondition_href(const Reply& reply) {
    if (!reply.body.starts_with("<")) return "";
    const auto error = document(reply);
    const auto* const element = precondition_element(*error);
    const auto* const href = element == nullptr ? nullptr : element->child({xml::dav, "href"});
    return href == nullptr ? "" : href->text();
}

}  // namespace kalends::test
