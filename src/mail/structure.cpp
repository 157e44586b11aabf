// The tree of a message (RFC 2046 5.1), walked over its bytes: GMime would make an object of each
// part before anybody could count them.
#include "base/text.hpp"
#include "mail/content_private.hpp"
#include "mail/gmime_private.hpp"

#include <cstring>

namespace kalends::mail {
namespace {

using What = TooMuch::What;
using TypePtr = ObjectPtr<GMimeContentType>;
using DispositionPtr = ObjectPtr<GMimeContentDisposition>;

constexpr std::size_t longest_boundary = 200;  // RFC 2046 5.1.1 has 70

std::string text_or_empty(const char* text) { return text != nullptr ? text : ""; }

/// A line that separates two parts, or ends the last.
struct Delimiter {
    std::size_t begin;  ///< of the line end before it, which belongs to it
    std::size_t end;    ///< where the next part begins
    bool closes;
};

/// The delimiter line whose dashes are at `at`, if it is one.
std::optional<Delimiter> delimiter_at(std::string_view body, std::size_t at, std::size_t size) {
    auto end = at + size;
    const bool closes = body.substr(end, 2) == "--";
    if (closes) end += 2;
    while (end < body.size() && (body[end] == ' ' || body[end] == '\t')) ++end;
    if (body.substr(end, 2) == "\r\n")
        end += 2;
    else if (body.substr(end, 1) == "\n")
        end += 1;
    else if (end < body.size())
        return std::nullopt;  // a longer boundary, of a part inside
    auto begin = at;
    if (begin > 0 && body[begin - 1] == '\n') --begin;
    if (begin > 0 && begin < at && body[begin - 1] == '\r') --begin;
    return Delimiter{begin, end, closes};
}

/// `dashes` is "--" and the boundary.
std::optional<Delimiter> find_delimiter(std::string_view body, std::size_t from,
                                        const std::string& dashes) {
    while (from < body.size()) {
        // memmem() is linear, whatever is in the body.
        const void* found =
            ::memmem(body.data() + from, body.size() - from, dashes.data(), dashes.size());
        if (found == nullptr) return std::nullopt;
        const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - body.data());
        if (at == 0 || body[at - 1] == '\n')
            if (const auto delimiter = delimiter_at(body, at, dashes.size())) return delimiter;
        from = std::min(body.find('\n', at), body.size() - 1) + 1;  // it begins a line
    }
    return std::nullopt;
}

class Walk {
public:
    explicit Walk(const Limits& limits) : limits_(limits) {}

    void entity(std::string_view bytes, const std::string& parent, std::size_t depth) {
        if (++parts_ > limits_.parts) throw TooMuch(What::parts);
        const auto [header, body] = split_header(bytes, limits_);
        const auto* written = find_field(header, "Content-Type");
        const char* otherwise = parent == "multipart/digest" ? "message/rfc822" : "text/plain";
        const TypePtr type{
            g_mime_content_type_parse(nullptr, written != nullptr ? written->c_str() : otherwise)};
        const auto parameter = [&](const char* name) {
            return text_or_empty(g_mime_content_type_get_parameter(type.get(), name));
        };
        Leaf leaf{.type = text::lower_ascii(taken(g_mime_content_type_get_mime_type(type.get()))),
                  .parent = parent};
        if (leaf.type.starts_with("multipart/")) {
            const auto boundary = parameter("boundary");
            if (!boundary.empty() && boundary.size() <= longest_boundary)
                parts_of(body, "--" + boundary, leaf.type, depth + 1);
            return;
        }
        leaf.method = parameter("method");
        leaf.charset = text::lower_ascii(parameter("charset"));
        leaf.name = parameter("name");
        leaf.body = body;
        if (const auto* encoding = find_field(header, "Content-Transfer-Encoding"))
            leaf.encoding = text::lower_ascii(text::trim(*encoding));
        if (const auto* disposition = find_field(header, "Content-Disposition"))
            set_disposition(leaf, *disposition);
        leaves_.push_back(std::move(leaf));
    }

    std::vector<Leaf> finish() { return std::move(leaves_); }

private:
    /// The outer boundary is looked for first: what is inside can't hide it (RFC 2046 5.1.2).
    void parts_of(std::string_view body, const std::string& dashes, const std::string& type,
                  std::size_t depth) {
        if (depth > limits_.depth) throw TooMuch(What::depth);
        auto at = find_delimiter(body, 0, dashes);
        while (at && !at->closes) {
            const auto next = find_delimiter(body, at->end, dashes);
            const auto end = next ? std::max(next->begin, at->end) : body.size();
            entity(body.substr(at->end, end - at->end), type, depth);
            at = next;
        }
    }

    static void set_disposition(Leaf& leaf, const std::string& written) {
        const DispositionPtr parsed{g_mime_content_disposition_parse(nullptr, written.c_str())};
        leaf.is_attachment = text::iequals(
            text_or_empty(g_mime_content_disposition_get_disposition(parsed.get())), "attachment");
        const auto name =
            text_or_empty(g_mime_content_disposition_get_parameter(parsed.get(), "filename"));
        if (!name.empty()) leaf.name = name;
    }

    const Limits& limits_;
    std::size_t parts_ = 0;
    std::vector<Leaf> leaves_;
};

}  // namespace

std::vector<Leaf> leaves_of(std::string_view message, const Limits& limits) {
    set_up_gmime();
    Walk walk{limits};
    walk.entity(message, {}, 0);
    return walk.finish();
}

}  // namespace kalends::mail
