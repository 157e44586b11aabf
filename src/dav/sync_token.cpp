#include "dav/sync_token.hpp"

#include "base/text.hpp"

namespace kalends::dav {
namespace {

constexpr std::string_view scheme = "urn:kalends:sync:";

}  // namespace

std::string to_string(const SyncToken& token, std::string_view epoch) {
    std::string text(scheme);
    text.append(epoch).append(":").append(std::to_string(token.collection.value));
    text.append(":").append(std::to_string(token.modseq));
    return text.append(":").append(std::to_string(token.acl_seq));
}

std::optional<SyncToken> parse_sync_token(std::string_view text, std::string_view epoch) {
    text = text::trim(text);
    if (!text.starts_with(scheme)) return std::nullopt;
    const auto parts = text::split(text.substr(scheme.size()), ':');
    if (parts.size() != 4 || parts[0] != epoch) return std::nullopt;
    const auto collection = text::to_number(parts[1]);
    const auto modseq = text::to_number(parts[2]);
    const auto acl_seq = text::to_number(parts[3]);
    if (!collection || !modseq || !acl_seq) return std::nullopt;
    return SyncToken{{*collection}, *modseq, *acl_seq};
}

}  // namespace kalends::dav
