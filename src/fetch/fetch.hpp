#pragma once
// Asks other servers over HTTPS, by libcurl: within a time, for an answer of a bounded size,
// without following redirects.

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace kalends::fetch {

/// There is no answer: what() is for the log.
class Unreachable : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Settings {
    std::string ca_file;  ///< PEM of the authorities that are trusted; empty: those of the system
    std::chrono::milliseconds timeout{5000};  ///< for all of it, from the name to the last byte
    std::size_t max_bytes = 256UL << 10U;     ///< of the answer's body
    /// For URLs that anybody may write: https alone, and no address of this machine or of a private
    /// network, whatever name leads there (fetch/address.hpp). Goes by no proxy.
    bool public_only = false;
};

/// A GET; with a `form` a POST of that.
struct Request {
    std::string url;
    std::string form = {};   ///< application/x-www-form-urlencoded
    std::string login = {};  ///< for Basic (RFC 7617); empty: none
    std::string password = {};
};

struct Reply {
    long status = 0;
    std::string body;
};

/// What became of one of several.
struct Outcome {
    std::optional<Reply> reply = std::nullopt;
    std::string why = {};  ///< there is no answer; for the log
};

/// As tests replace it.
using Fetch = std::function<Reply(const Request&)>;

/// Blocks; safe on any thread. Throws Unreachable: no connection, no trusted certificate, no whole
/// answer in time, too large, or a URL that is not safe (fetch/url.hpp).
Reply fetch(const Settings& settings, const Request& request);

/// All at the same time, so that the timeout is for all together; the outcomes in the same order.
std::vector<Outcome> fetch_all(const Settings& settings, const std::vector<Request>& requests);

/// A value for a form or a query (RFC 3986 2.1), or for RFC 6749 2.3.1.
std::string form_encode(const std::string& text);

}  // namespace kalends::fetch
