#include "dav/sync_token.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace kalends::dav {
namespace {

constexpr std::string_view scheme = "data:,";
constexpr std::array<std::string_view, 3> levels{"a", "1", "i"};  // in the order of SyncLevel
constexpr int base = 36;

template <class Number> void append_number(std::string& to, Number number) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base);
    to.append(digits.data(), end.ptr);
}

template <class Number> std::optional<Number> number_in(std::string_view digits) {
    Number number = 0;
    const auto* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, number, base);
    if (digits.empty() || read.ec != std::errc{} || read.ptr != end || number < 0)
        return std::nullopt;
    return number;
}

void append_member(std::string& to, const KnownMember& member) {
    append_number(to, member.id.value);
    append_number(to += '.', member.member);
    append_number(to += '.', member.modseq);
    append_number(to += '.', std::int64_t{member.place});
}

std::optional<KnownMember> member_in(std::string_view text) {
    const auto parts = text::split(text, '.');
    if (parts.size() != 4) return std::nullopt;
    const auto id = number_in<std::int64_t>(parts[0]);
    const auto member = number_in<std::int64_t>(parts[1]);
    const auto modseq = number_in<std::int64_t>(parts[2]);
    const auto place = number_in<std::int64_t>(parts[3]);
    if (!id || !member || !modseq || !place || *place > UINT32_MAX) return std::nullopt;
    return KnownMember{{*id}, *member, *modseq, static_cast<std::uint32_t>(*place)};
}

/// The level, and the members behind it.
bool read_members(std::string_view level, std::string_view members, SyncToken& token) {
    const auto* const found = std::find(levels.begin(), levels.end(), level);
    if (found == levels.end()) return false;
    token.level = static_cast<SyncLevel>(found - levels.begin());
    if (members.empty()) return true;
    for (const auto& each : text::split(members, ',')) {
        const auto member = member_in(each);
        if (!member) return false;
        token.members.push_back(*member);
    }
    return true;
}

}  // namespace

std::string to_string(const SyncToken& token, std::string_view epoch) {
    std::string text(scheme);
    text.append(epoch).append(":").append(std::to_string(token.collection.value));
    text.append(":").append(std::to_string(token.modseq));
    if (token.level == SyncLevel::any && token.members.empty()) return text;
    text.append(":").append(levels.at(static_cast<std::size_t>(token.level))).append(":");
    for (std::size_t i = 0; i < token.members.size(); ++i) {
        if (i > 0) text += ',';
        append_member(text, token.members[i]);
    }
    return text;
}

std::optional<SyncToken> parse_sync_token(std::string_view text, std::string_view epoch) {
    text = text::trim(text);
    if (!text.starts_with(scheme)) return std::nullopt;
    const auto parts = text::split(text.substr(scheme.size()), ':');
    if ((parts.size() != 3 && parts.size() != 5) || parts[0] != epoch) return std::nullopt;
    const auto collection = text::to_number(parts[1]);
    const auto modseq = text::to_number(parts[2]);
    if (!collection || !modseq) return std::nullopt;
    SyncToken token{.collection = {*collection}, .modseq = *modseq};
    if (parts.size() == 5 && !read_members(parts[3], parts[4], token)) return std::nullopt;
    return token;
}

}  // namespace kalends::dav
