#pragma once
// The whole server, driven over HTTP: a database of its own, accounts, a port on the loopback.

#include "base/config.hpp"
#include "http/message.hpp"
#include "http/server.hpp"
#include "store/database.hpp"
#include "support/http_client.hpp"
#include "support/multistatus_reader.hpp"
#include "support/test_database.hpp"

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace kalends::test {

/// The defaults, on any free port, and patient with wrong passwords: all tests have one address.
Config test_config();

/// A server in this process, on a database that others may use too.
class Node {
public:
    explicit Node(const TestDatabase& database, const Config& config = test_config());
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    [[nodiscard]] std::uint16_t port() const { return server_->ports().front(); }
    [[nodiscard]] store::Database& database() const { return *database_; }

private:
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<http::Handler> application_;
    std::unique_ptr<http::Server> server_;
};

/// `<name xmlns:D="DAV:" …>inner</name>`, with all prefixes that tests use.
std::string xml_body(const std::string& name, const std::string& inner);

/// "D:getetag CS:getctag" as elements.
std::string elements(std::string_view names);

/// Somebody who is logged in, on one connection. A path that does not begin with '/' is below the
/// calendar home.
class User {
public:
    /// An empty login stands for nobody: no Authorization is sent.
    User(std::uint16_t port, std::string login);

    [[nodiscard]] const std::string& login() const { return login_; }
    [[nodiscard]] std::string principal() const { return "/dav/principals/users/" + login_ + '/'; }
    /// "/dav/calendars/alice/work/": `below` must be encoded already.
    [[nodiscard]] std::string calendars(const std::string& below = "") const;
    [[nodiscard]] std::string books(const std::string& below = "") const;
    [[nodiscard]] std::string files(const std::string& below = "") const;

    Reply request(const std::string& method, const std::string& path, const std::string& body = {},
                  Fields headers = {});

    Reply get(const std::string& path, const Fields& headers = {});
    Reply head(const std::string& path, const Fields& headers = {});
    /// With the Content-Type of a calendar object or a card, unless `headers` names one.
    Reply put(const std::string& path, const std::string& body, Fields headers = {});
    Reply erase(const std::string& path, const Fields& headers = {});

    /// `names`: "D:getetag CS:getctag".
    Multistatus propfind(const std::string& path, std::string_view names,
                         const std::string& depth = "0");
    Multistatus propfind_xml(const std::string& path, const std::string& inner,
                             const std::string& depth = "0");
    /// `set` and `remove` are the elements inside of D:prop; left out where empty.
    Multistatus proppatch(const std::string& path, const std::string& set,
                          const std::string& remove = "");
    /// `root`: "C:calendar-query"; `inner` what is in it.
    Multistatus report(const std::string& path, const std::string& root, const std::string& inner,
                       const std::string& depth = "1");
    /// sync-collection for getetag. `limit` 0: none.
    Multistatus sync(const std::string& path, const std::string& token, int limit = 0);

    /// For what a well-behaved client never sends.
    HttpClient& connection() { return client_; }
    [[nodiscard]] Fields authorization() const;

private:
    [[nodiscard]] std::string absolute(const std::string& path) const;

    std::string login_;
    HttpClient client_;
};

/// A fresh home for each login of a test, on a server that all tests of the program share. It acts
/// as its first login; a login "admin" is an administrator. Passwords are the logins.
class TestServer : public User {
public:
    TestServer(std::initializer_list<std::string> logins);
    /// With a server of its own.
    TestServer(std::initializer_list<std::string> logins, const Config& config);

    User& as(const std::string& login);
    User& nobody() { return as(""); }

    [[nodiscard]] store::Database& database() const { return node_->database(); }
    [[nodiscard]] std::uint16_t port() const { return node_->port(); }

    /// The database that all servers of this program use.
    static const TestDatabase& shared_database();

private:
    TestServer(std::initializer_list<std::string> logins, std::shared_ptr<Node> node);

    std::shared_ptr<Node> node_;
    std::map<std::string, std::unique_ptr<User>> users_;
};

/// A user with the default home; one of that login is deleted first.
void make_user(store::Database& database, const std::string& login);

}  // namespace kalends::test
