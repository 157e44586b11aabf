#pragma once
// A small blocking HTTP/1.1 client of our own, so that tests see what is on the wire and not what a
// library makes of it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kalends::test {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Reply {
    int status = 0;
    Fields headers;
    std::string body;          ///< de-chunked
    std::vector<int> interim;  ///< 1xx answers that came before

    /// The first value of that name; nothing if there is none.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;

    /// The value of ETag with its quotes; empty if there is none.
    [[nodiscard]] std::string etag() const { return header("ETag").value_or(""); }
    [[nodiscard]] std::string content_type() const { return header("Content-Type").value_or(""); }
};

/// The server closed the connection, or said nothing for a long time.
class ConnectionLost : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override { return "the connection is lost"; }
};

/// One connection to 127.0.0.1, opened when it is first needed and again when the server closed it.
class HttpClient {
public:
    explicit HttpClient(std::uint16_t port) : port_(port) {}
    ~HttpClient() { close(); }
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Sends a request with Host and Content-Length and reads the answer. `target` goes out as it
    /// is. Throws ConnectionLost.
    Reply request(const std::string& method, const std::string& target, const Fields& headers = {},
                  const std::string& body = {});

    /// Bytes as they are: for requests that no client would make.
    void send(std::string_view bytes);

    /// The next answer. `without_body`: to a HEAD.
    Reply read_reply(bool without_body = false);

    /// The next answer must be interim: its status.
    int read_interim();

    /// For answers that are not to be kept: the status, when at least `bytes` of the body have
    /// come.
    int read_part(std::size_t bytes);
    /// What has come and comes of a body until the connection ends.
    std::string read_all();
    /// Reads an answer with a Content-Length; how much of its body there was.
    std::size_t discard_body();

    void close();

private:
    void open();
    bool fill();
    std::string line();
    int read_status_and_fields(Fields& fields);
    std::string bytes(std::size_t count);
    void read_body(Reply& reply);

    std::uint16_t port_;
    int socket_ = -1;
    std::string buffer_;  // read, not yet used
};

}  // namespace kalends::test
