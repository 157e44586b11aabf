#pragma once
// HTTP status codes as names. RFC 9110 15, RFC 4918 11, RFC 6585.

#include <string_view>

namespace kalends::http {

enum class Status : unsigned short {
    switching_protocols = 101,
    ok = 200,
    created = 201,
    accepted = 202,
    no_content = 204,
    partial_content = 206,
    multi_status = 207,
    already_reported = 208,
    moved_permanently = 301,
    found = 302,
    see_other = 303,
    not_modified = 304,
    temporary_redirect = 307,
    permanent_redirect = 308,
    bad_request = 400,
    unauthorized = 401,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    not_acceptable = 406,
    request_timeout = 408,
    conflict = 409,
    gone = 410,
    length_required = 411,
    precondition_failed = 412,
    content_too_large = 413,
    uri_too_long = 414,
    unsupported_media_type = 415,
    range_not_satisfiable = 416,
    expectation_failed = 417,
    unprocessable_content = 422,
    locked = 423,
    failed_dependency = 424,
    too_many_requests = 429,
    header_fields_too_large = 431,
    internal_server_error = 500,
    not_implemented = 501,
    bad_gateway = 502,
    service_unavailable = 503,
    version_not_supported = 505,
    insufficient_storage = 507,
    loop_detected = 508,
};

constexpr unsigned code(Status status) { return static_cast<unsigned>(status); }

/// The reason phrase, as in "HTTP/1.1 207 Multi-Status".
std::string_view reason(Status status);

}  // namespace kalends::http
