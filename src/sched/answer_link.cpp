#include "sched/answer_link.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

namespace kalends::sched {
namespace {

/// Of HMAC-SHA-256: nobody guesses one of 2^128. RFC 2104 5.
constexpr std::size_t signature_length = 16;
constexpr std::size_t longest_token = 4096;
/// What the secret signs otherwise is no link.
constexpr std::string_view purpose = "answer link 1\n";
constexpr char separator = '\n';  // is in no value of a property

std::string signature_of(std::string_view content, std::string_view secret) {
    return hash::hmac_sha256(secret, std::string(purpose).append(content))
        .substr(0, signature_length);
}

/// What stands before the next separator, which goes as well.
std::string_view next_part(std::string_view& rest) {
    const auto end = rest.find(separator);
    const auto part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return part;
}

}  // namespace

std::string token_of(const AnswerLink& link, std::string_view secret) {
    const auto content =
        std::to_string(link.home.value) + separator + link.attendee + separator + link.uid;
    return text::base64url_encode(signature_of(content, secret) + content);
}

std::optional<AnswerLink> read_token(std::string_view token, std::string_view secret) {
    if (token.size() > longest_token) return std::nullopt;
    const auto bytes = text::base64url_decode(token);
    if (!bytes || bytes->size() < signature_length) return std::nullopt;
    auto content = std::string_view(*bytes).substr(signature_length);
    const auto given = std::string_view(*bytes).substr(0, signature_length);
    if (!hash::equal_constant_time(given, signature_of(content, secret))) return std::nullopt;
    const auto home = text::to_number(next_part(content));
    const auto attendee = next_part(content);
    if (!home || attendee.empty() || content.empty()) return std::nullopt;
    return AnswerLink{{*home}, std::string(content), std::string(attendee)};
}

}  // namespace kalends::sched
