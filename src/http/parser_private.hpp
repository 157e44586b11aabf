#pragma once
// Beast's parser, fed by hand, that writes straight into our Request.

#include "http/message.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace kalends::http {

/// Why a request can't be served: a status and a reason for the client to read.
struct Failure {
    Status status = Status::bad_request;
    std::string_view why;
};

/// For one request. feed() it until done() or failure(); when head_done(), limit_body() before
/// more.
class RequestParser final : boost::beast::http::basic_parser<true> {
public:
    /// `request` must be empty, and outlive this.
    RequestParser(Request& request, std::size_t max_header_bytes);

    /// Takes what it can use from the front of `input`; what it leaves must be shown to it again,
    /// with more behind.
    void feed(std::string_view& input);

    /// How large the body may be; without it, there may be none. Fails at once if the client has
    /// announced more.
    void limit_body(std::uint64_t max_bytes);

    [[nodiscard]] bool head_done() const { return is_header_done(); }
    [[nodiscard]] bool done() const { return is_done() && !failure_; }
    [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }

    [[nodiscard]] bool http_1_1() const { return version_ >= 11; }
    [[nodiscard]] bool wants_keep_alive() const { return keep_alive(); }
    /// The length that the client has announced; 0 if it has not.
    [[nodiscard]] std::uint64_t announced_bytes() const { return content_length().value_or(0); }
    /// How much of the body has come; the caller may have moved it on.
    [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }
    /// Whether the client waits for "100 Continue" before it sends the body (RFC 9110 10.1.1).
    [[nodiscard]] bool wants_continue() const { return expects_continue_; }

private:
    using ErrorCode = boost::beast::error_code;
    using View = boost::beast::string_view;

    void on_request_impl(boost::beast::http::verb, View method, View target, int version,
                         ErrorCode& error) override;
    void on_response_impl(int, View, int, ErrorCode&) override {}
    void on_field_impl(boost::beast::http::field field, View name, View value,
                       ErrorCode& error) override;
    void on_header_impl(ErrorCode& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& error) override;
    std::size_t on_body_impl(View bytes, ErrorCode& error) override;
    void on_chunk_header_impl(std::uint64_t size, View extensions, ErrorCode& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t remain, View bytes, ErrorCode& error) override;
    void on_finish_impl(ErrorCode&) override {}

    void on_host(std::string_view value, ErrorCode& error);
    std::size_t add_to_body(View bytes);
    void refuse(Status status, std::string_view why, ErrorCode& error);
    void check_incomplete(std::string_view input);
    void fail(const ErrorCode& code, std::string_view input);

    Request& request_;
    std::size_t max_header_bytes_;
    std::size_t head_bytes_ = 0;
    std::uint64_t max_body_bytes_ = 0;
    std::uint64_t body_bytes_ = 0;
    int version_ = 0;
    bool head_seen_ = false;
    bool has_host_ = false;
    bool absolute_ = false;  // the target names the host, and overrides the field
    bool expects_continue_ = false;
    bool refuses_expectation_ = false;
    std::optional<Failure> failure_;
};

}  // namespace kalends::http
