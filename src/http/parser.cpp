#include "base/text.hpp"
#include "http/parser_private.hpp"
#include "http/target.hpp"

#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <array>

namespace kalends::http {
namespace {

using boost::beast::http::error;
using boost::beast::http::field;

// The framing of one chunk, or the trailer: more than that without an end is no chunk.
constexpr std::size_t max_chunk_line = 8192;
// Clients send a dozen; thousands of tiny ones would cost more memory than their bytes.
constexpr std::size_t max_fields = 256;
// What is reserved for a body before it is there: a length is only a promise.
constexpr std::size_t max_reserve = 64UL << 10U;

constexpr Failure too_large{Status::content_too_large, "the body is larger than what is accepted"};

struct Reason {
    error code;
    Failure failure;
};

constexpr std::array reasons{
    Reason{error::bad_method, {Status::bad_request, "the method is not a token"}},
    Reason{error::bad_target,
           {Status::bad_request, "the request target has a character that can't be there"}},
    Reason{error::bad_version,
           {Status::version_not_supported, "only HTTP/1.0 and HTTP/1.1 are spoken here"}},
    Reason{error::bad_line_ending, {Status::bad_request, "a line does not end with CR LF"}},
    Reason{error::bad_field, {Status::bad_request, "the name of a header field is not a token"}},
    Reason{error::bad_value,
           {Status::bad_request, "a header field has a character that can't be there"}},
    Reason{error::bad_content_length, {Status::bad_request, "the Content-Length is no length"}},
    Reason{error::multiple_content_length,
           {Status::bad_request, "there are several Content-Lengths"}},
    Reason{error::bad_transfer_encoding,
           {Status::bad_request, "Transfer-Encoding stands beside another framing"}},
    Reason{error::bad_chunk, {Status::bad_request, "a chunk of the body is malformed"}},
    Reason{error::bad_chunk_extension, {Status::bad_request, "a chunk extension is malformed"}},
    Reason{error::header_limit, {Status::header_fields_too_large, "the header is too large"}},
};

Failure failure_of(const boost::beast::error_code& code) {
    const auto* found = std::find_if(reasons.begin(), reasons.end(),
                                     [&](const Reason& reason) { return code == reason.code; });
    return found == reasons.end() ? Failure{Status::bad_request, "the request is malformed"}
                                  : found->failure;
}

/// Whether the request line ends in a version that is well-formed but not 1.x, as "HTTP/2.0" does.
bool names_other_version(std::string_view line) {
    constexpr std::string_view name = " HTTP/";
    const auto at = line.rfind(name);
    if (at == std::string_view::npos || at + name.size() >= line.size()) return false;
    const char major = line[at + name.size()];
    return major >= '0' && major <= '9' && major != '1';
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

RequestParser::RequestParser(Request& request, std::size_t max_header_bytes)
    : request_{request}, max_header_bytes_{max_header_bytes} {
    header_limit(static_cast<std::uint32_t>(max_header_bytes));
    body_limit(boost::none);  // limit_body() and on_chunk_header_impl know a better answer
}

void RequestParser::feed(std::string_view& input) {
    while (!failure_ && !is_done() && !input.empty()) {
        const bool in_head = !is_header_done();
        ErrorCode code;
        const auto used = put({input.data(), input.size()}, code);
        input.remove_prefix(used);
        if (in_head) head_bytes_ += used;
        if (code == error::need_more) return check_incomplete(input);
        if (code) return fail(code, input);
        if (in_head && is_header_done()) {
            if (head_bytes_ > max_header_bytes_) fail(error::header_limit, input);
            return;  // so that the caller can answer an expectation
        }
    }
}

void RequestParser::limit_body(std::uint64_t max_bytes) {
    max_body_bytes_ = max_bytes;
    if (announced_bytes() > max_bytes) failure_ = too_large;
}

/// `input` begins with something that has no end yet: how long may that go on?
void RequestParser::check_incomplete(std::string_view input) {
    if (!is_header_done()) {
        if (head_bytes_ + input.size() >= max_header_bytes_) fail(error::header_limit, input);
    } else if (input.size() > max_chunk_line) {
        failure_ = {Status::bad_request, "a chunk line or trailer is too long"};
    }
}

void RequestParser::fail(const ErrorCode& code, std::string_view input) {
    if (failure_) return;  // one of the functions below has said why
    const auto line = input.substr(0, input.find("\r\n"));
    const bool all_line = line.size() == input.size() || line.size() > max_header_bytes_ / 2;
    if (code == error::header_limit && head_bytes_ == 0 && all_line) {
        failure_ = {Status::uri_too_long, "the request line is too long"};
    } else if (code == error::bad_version && !names_other_version(line)) {
        failure_ = {Status::bad_request, "the request line is malformed"};
    } else {
        failure_ = failure_of(code);
    }
}

void RequestParser::refuse(Status status, std::string_view why, ErrorCode& error) {
    failure_ = {status, why};
    error = boost::beast::http::error::bad_value;
}

void RequestParser::on_request_impl(boost::beast::http::verb, View method, View target, int version,
                                    ErrorCode& error) {
    version_ = version;
    request_.method = view(method);
    const auto parsed = split_target(view(method), view(target));
    if (!parsed)
        return refuse(Status::bad_request, "the request target is no path and no http URL", error);
    request_.path = parsed->path;
    request_.query = parsed->query;
    request_.host = parsed->authority;
    absolute_ = !parsed->authority.empty();
}

void RequestParser::on_field_impl(field field, View name, View value, ErrorCode& error) {
    if (head_seen_) return;  // a trailer: nothing that we know may come that late (RFC 9110 6.5.1)
    if (request_.headers.size() == max_fields)
        return refuse(Status::header_fields_too_large, "there are too many header fields", error);
    request_.headers.add(view(name), view(value));
    if (field == field::host) return on_host(view(value), error);
    if (field == field::transfer_encoding) {
        if (version_ < 11)
            return refuse(Status::bad_request, "HTTP/1.0 has no Transfer-Encoding", error);
        if (!text::iequals(view(value), "chunked"))
            return refuse(Status::not_implemented, "the only transfer coding here is chunked",
                          error);
    }
    if (field == field::expect) {
        expects_continue_ = text::iequals(view(value), "100-continue");
        refuses_expectation_ = !expects_continue_;
    }
}

void RequestParser::on_host(std::string_view value, ErrorCode& error) {
    if (has_host_) return refuse(Status::bad_request, "there are several Host fields", error);
    if (!is_host(value)) return refuse(Status::bad_request, "the Host field is no host", error);
    has_host_ = true;
    if (!absolute_) request_.host = value;
}

void RequestParser::on_header_impl(ErrorCode& error) {
    head_seen_ = true;
    if (version_ < 11) {
        expects_continue_ = refuses_expectation_ = false;  // RFC 9110 10.1.1
    } else if (!has_host_) {
        return refuse(Status::bad_request, "there is no Host field", error);
    }
    if (refuses_expectation_)
        refuse(Status::expectation_failed, "the only expectation here is 100-continue", error);
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) {
    if (length) request_.body.reserve(std::min<std::size_t>(*length, max_reserve));
}

std::size_t RequestParser::on_body_impl(View bytes, ErrorCode&) { return add_to_body(bytes); }

void RequestParser::on_chunk_header_impl(std::uint64_t size, View, ErrorCode& error) {
    if (size > max_body_bytes_ || body_bytes_ > max_body_bytes_ - size)
        refuse(too_large.status, too_large.why, error);
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, View bytes, ErrorCode&) {
    return add_to_body(bytes);
}

std::size_t RequestParser::add_to_body(View bytes) {
    request_.body.append(bytes.data(), bytes.size());
    body_bytes_ += bytes.size();
    return bytes.size();
}

}  // namespace kalends::http
