#include "support/test_server.hpp"

#include "app/application.hpp"
#include "app/settings.hpp"
#include "base/log.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"
#include "directory/directory.hpp"

#include <algorithm>

namespace kalends::test {
namespace {

/// Lives until the program ends.
const std::shared_ptr<Node>& shared_node() {
    static const auto node = std::make_shared<Node>(TestServer::shared_database());
    return node;
}

bool names_type(const Fields& headers) {
    return std::any_of(headers.begin(), headers.end(), [](const auto& field) {
        return text::iequals(field.first, "Content-Type");
    });
}

const char* media_type(std::string_view body) {
    return body.starts_with("BEGIN:VCARD") ? "text/vcard; charset=utf-8"
                                           : "text/calendar; charset=utf-8";
}

}  // namespace

Config test_config() {
    Config config;
    config.listen.front().port = 0;
    config.auth.free_failures = 100'000;
    return config;
}

Node::Node(const TestDatabase& database, const Config& config) {
    set_log_level(Level::error);
    auto settings = app::store_settings(config, database.dsn());
    settings.dsn = database.dsn();
    database_ = std::make_unique<store::Database>(settings);
    application_ = app::make_application(config, *database_, [this] {
        return server_ ? server_->statistics() : http::Statistics{};
    });
    server_ = std::make_unique<http::Server>(app::http_settings(config, {}), *application_);
    server_->start();
}

Node::~Node() { server_->stop(); }

std::string xml_body(const std::string& name, const std::string& inner) {
    return R"(<?xml version="1.0" encoding="utf-8"?><)" + name +
           R"( xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav")"
           R"( xmlns:CR="urn:ietf:params:xml:ns:carddav" xmlns:CS="http://calendarserver.org/ns/")"
           R"( xmlns:A="http://apple.com/ns/ical/">)" +
           inner + "</" + name + ">";
}

std::string elements(std::string_view names) {
    std::string result;
    for (const auto name : text::split(names, ' '))
        if (!name.empty()) result.append("<").append(name).append("/>");
    return result;
}

User::User(std::uint16_t port, std::string login) : login_(std::move(login)), client_(port) {}

std::string User::calendars(const std::string& below) const {
    return "/dav/calendars/" + percent::encode_segment(login_) + '/' + below;
}

std::string User::books(const std::string& below) const {
    return "/dav/addressbooks/" + percent::encode_segment(login_) + '/' + below;
}

std::string User::files(const std::string& below) const {
    return "/dav/files/" + percent::encode_segment(login_) + '/' + below;
}

std::string User::absolute(const std::string& path) const {
    return path.starts_with('/') ? path : calendars(path);
}

Fields User::authorization() const {
    if (login_.empty()) return {};
    return {{"Authorization", "Basic " + text::base64_encode(login_ + ':' + login_)}};
}

Reply User::request(const std::string& method, const std::string& path, const std::string& body,
                    Fields headers) {
    for (auto& field : authorization()) headers.push_back(std::move(field));
    if (body.starts_with("<?xml") && !names_type(headers))
        headers.emplace_back("Content-Type", "application/xml; charset=utf-8");
    return client_.request(method, absolute(path), headers, body);
}

Reply User::get(const std::string& path, const Fields& headers) {
    return request("GET", path, {}, headers);
}

Reply User::head(const std::string& path, const Fields& headers) {
    return request("HEAD", path, {}, headers);
}

Reply User::put(const std::string& path, const std::string& body, Fields headers) {
    if (!names_type(headers)) headers.emplace_back("Content-Type", media_type(body));
    return request("PUT", path, body, std::move(headers));
}

Reply User::erase(const std::string& path, const Fields& headers) {
    return request("DELETE", path, {}, headers);
}

Multistatus User::propfind(const std::string& path, std::string_view names,
                           const std::string& depth) {
    return propfind_xml(path, "<D:prop>" + elements(names) + "</D:prop>", depth);
}

Multistatus User::propfind_xml(const std::string& path, const std::string& inner,
                               const std::string& depth) {
    return Multistatus{
        request("PROPFIND", path, xml_body("D:propfind", inner), {{"Depth", depth}})};
}

Multistatus User::proppatch(const std::string& path, const std::string& set,
                            const std::string& remove) {
    std::string inner;
    if (!set.empty()) inner += "<D:set><D:prop>" + set + "</D:prop></D:set>";
    if (!remove.empty()) inner += "<D:remove><D:prop>" + remove + "</D:prop></D:remove>";
    return Multistatus{request("PROPPATCH", path, xml_body("D:propertyupdate", inner))};
}

Multistatus User::report(const std::string& path, const std::string& root, const std::string& inner,
                         const std::string& depth) {
    return Multistatus{request("REPORT", path, xml_body(root, inner), {{"Depth", depth}})};
}

Multistatus User::sync(const std::string& path, const std::string& token, int limit) {
    std::string inner = "<D:sync-token>" + token + "</D:sync-token><D:sync-level>1</D:sync-level>";
    if (limit > 0)
        inner += "<D:limit><D:nresults>" + std::to_string(limit) + "</D:nresults></D:limit>";
    return report(path, "D:sync-collection", inner + "<D:prop><D:getetag/></D:prop>", "0");
}

const TestDatabase& TestServer::shared_database() {
    static const TestDatabase database;
    return database;
}

TestServer::TestServer(std::initializer_list<std::string> logins)
    : TestServer(logins, shared_node()) {}

TestServer::TestServer(std::initializer_list<std::string> logins, const Config& config)
    : TestServer(logins, std::make_shared<Node>(shared_database(), config)) {}

TestServer::TestServer(std::initializer_list<std::string> logins, std::shared_ptr<Node> node)
    : User(node->port(), *logins.begin()), node_(std::move(node)) {
    for (const auto& login : logins) make_user(database(), login);
}

User& TestServer::as(const std::string& login) {
    auto& user = users_[login];
    if (user == nullptr) user = std::make_unique<User>(port(), login);
    return *user;
}

void make_user(store::Database& database, const std::string& login) {
    if (const auto old = directory::find(database, login))
        store::delete_principal(database, old->principal.id);
    directory::create_user(database, {.login = login,
                                      .display_name = "",
                                      .addresses = {login + "@example.com"},
                                      .password = login,
                                      .administrator = login == "admin"});
}

}  // namespace kalends::test
