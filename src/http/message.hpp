#pragma once
// A request and its answer as plain structs: all that the rooms above know of HTTP.

#include "http/status.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kalends::http {

/// Header fields in the order in which they came; names have no case. All of them share one buffer,
/// so that a request costs no allocation for each: views into it are good until the next change.
class Headers {
    struct Field {
        std::uint32_t name, name_size, value, value_size;  // offsets in bytes_
    };

public:
    using View = std::pair<std::string_view, std::string_view>;

    class Iterator {
    public:
        using value_type = View;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;
        using reference = View;
        using pointer = void;

        Iterator(const Headers* of, std::size_t at) : of_{of}, at_{at} {}
        View operator*() const { return of_->view(of_->fields_[at_]); }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        Iterator operator++(int) { return {of_, at_++}; }
        bool operator==(const Iterator&) const = default;

    private:
        const Headers* of_;
        std::size_t at_;
    };

    /// The first value of that name; nothing if there is none.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;

    /// All values of that name joined by ", " (RFC 9110 5.3); empty if there is none.
    [[nodiscard]] std::string joined(std::string_view name) const;

    void add(std::string_view name, std::string_view value);
    /// Replaces all of that name.
    void set(std::string_view name, std::string_view value);
    void remove(std::string_view name);
    /// Forgets all of them, but keeps the memory for the next.
    void clear() {
        fields_.clear();
        bytes_.clear();
    }

    [[nodiscard]] Iterator begin() const { return {this, 0}; }
    [[nodiscard]] Iterator end() const { return {this, fields_.size()}; }
    [[nodiscard]] std::size_t size() const { return fields_.size(); }
    [[nodiscard]] bool empty() const { return fields_.empty(); }

private:
    [[nodiscard]] View view(const Field& field) const {
        const std::string_view all = bytes_;
        return {all.substr(field.name, field.name_size), all.substr(field.value, field.value_size)};
    }

    std::vector<Field> fields_;
    std::string bytes_;
};

class SpooledBody;  // http/spool.hpp

struct Request {
    std::string method;  ///< as sent: "PROPFIND"
    std::string path;  ///< the path of the request target, percent-encoded as sent; begins with '/'
                       ///< ("OPTIONS *" comes as "/")
    std::string query;  ///< what follows '?', as sent; empty if nothing does
    Headers headers;
    std::string body;  ///< whole, de-chunked; never above the limit
    std::shared_ptr<const SpooledBody>
        spooled;  ///< instead of `body`, if that was large and its BodyRule allows it
    std::string
        peer;  ///< the client's address, taken from a trusted proxy's header where there is one
    std::string scheme;  ///< "http" or "https", as the client sees it
    std::string host;    ///< authority as the client sees it: "dav.example.com:8443"; may be empty
    std::string id;      ///< of this request, for logs and error answers
    std::shared_ptr<const std::string>
        certificate;  ///< the client's, verified by TLS: DER; null: none, or a trusted proxy's own
};

/// The rest of a body, pulled piece by piece: an empty string is the end. Called on a worker, never
/// on the network thread, and only when the piece before it has been sent, so a slow reader holds
/// nothing. If it throws, the connection is cut, so that the client does not take a part for the
/// whole.
using BodySource = std::function<std::string()>;

struct Response {
    Status status = Status::ok;
    Headers headers;   ///< without Content-Length, Transfer-Encoding, Connection, Date: the server
                       ///< adds them
    std::string body;  ///< whole, or the beginning if there is a `more`
    BodySource more;   ///< empty if `body` is all
    std::optional<std::uint64_t>
        length;  ///< of all that `more` gives and `body`, where that is known; of what a GET would
                 ///< give, in the answer to a HEAD that has no body
    std::shared_ptr<const std::string>
        shared_body;           ///< instead of `body`: bytes that a cache also holds
    bool compressible = true;  ///< may be gzipped when large and accepted; never with an ETag
    std::chrono::steady_clock::time_point
        not_before;  ///< of an answer by a worker: it is held back until then, at most some
                     ///< seconds, so that the time it took says nothing
};

/// How large a body a request may have, and where it is kept meanwhile.
struct BodyRule {
    /// More is a 413. Never above Limits::max_body_bytes, or Limits::max_spooled_body_bytes if it
    /// may be spooled.
    std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max();
    bool may_spool = false;   ///< what is large goes to a file, and comes as Request::spooled
    bool ask_worker = false;  ///< to know takes more: Handler::body_rule_by_worker() is asked
    std::optional<Response> refusal =
        std::nullopt;  ///< the answer at once, without the body; the connection ends after it
};

/// Which bounded pool of workers a request runs in, so that one kind of work can't starve another.
enum class Lane { read, write, report, login, guest };

/// What the rooms above give to the server: `app` makes one.
class Handler {
public:
    Handler() = default;
    Handler(const Handler&) = delete;
    Handler& operator=(const Handler&) = delete;
    virtual ~Handler() = default;

    /// What body is accepted with this head: a request without its body. Asked before that is read,
    /// and only if there is one; on the network thread, must not block. By default it is kept in
    /// memory.
    virtual BodyRule body_rule(const Request& /*head*/) { return {}; }

    /// The same on a worker of the head's lane(), where body_rule() has said so; must not throw.
    virtual BodyRule body_rule_by_worker(const Request& head) { return body_rule(head); }

    /// An answer that needs no database and never blocks, on the network thread; nothing if it
    /// takes more. A spooled body can't be read here, since disks block.
    virtual std::optional<Response> try_from_memory(const Request& request) = 0;

    /// The pool for what try_from_memory did not answer; on the network thread, must not block.
    virtual Lane lane(const Request& request) = 0;

    /// The answer, on a worker; must not throw.
    virtual Response handle(const Request& request) = 0;
};

}  // namespace kalends::http
