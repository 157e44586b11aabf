#include "http/range.hpp"

#include "base/text.hpp"
#include "http/conditional.hpp"

#include <algorithm>
#include <limits>

namespace kalends::http {
namespace {

constexpr std::uint64_t endless = std::numeric_limits<std::uint64_t>::max();

/// Bytes `first` to `last`, both included; or, as a suffix, the last `last` bytes.
struct RangeSpec {
    std::uint64_t first = 0;
    std::uint64_t last = endless;
    bool suffix = false;
};

/// 1*DIGIT. A number beyond all sizes is as good as the largest.
std::optional<std::uint64_t> position(std::string_view digits) {
    if (digits.empty()) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        value = value > (endless - digit) / 10 ? endless : value * 10 + digit;
    }
    return value;
}

/// RFC 9110 14.1.2: "0-499", "500-", "-500"; nothing if it is none of these.
std::optional<RangeSpec> parse_spec(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto before = text.substr(0, dash);
    const auto after = text.substr(dash + 1);
    const auto first = position(before);
    const auto last = position(after);
    if ((!first && !before.empty()) || (!last && !after.empty())) return std::nullopt;
    if (first && last) {
        if (*last < *first) return std::nullopt;
        return RangeSpec{*first, *last, false};
    }
    if (first) return RangeSpec{*first, endless, false};
    if (last) return RangeSpec{0, *last, true};
    return std::nullopt;
}

bool can_be_satisfied(const RangeSpec& spec, std::uint64_t size) {
    return spec.suffix ? spec.last > 0 : spec.first < size;
}

/// The specs that can be satisfied: how many, and the first of them.
struct Satisfiable {
    std::size_t count = 0;
    RangeSpec spec;
};

/// The members of a range-set; nothing if there is none, or one of them is malformed.
std::optional<Satisfiable> parse_set(std::string_view set, std::uint64_t size) {
    Satisfiable found;
    bool any = false;
    for (const auto member : text::split(set, ',')) {
        const auto text = text::trim(member);
        if (text.empty()) continue;  // empty members are allowed (RFC 9110 5.6.1.2)
        const auto spec = parse_spec(text);
        if (!spec) return std::nullopt;
        any = true;
        if (can_be_satisfied(*spec, size) && found.count++ == 0) found.spec = *spec;
    }
    if (!any) return std::nullopt;
    return found;
}

/// RFC 9110 14.1.1: the set of `bytes=...`; nothing with another unit.
std::optional<std::string_view> byte_set(std::string_view value) {
    const auto equals = value.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (!text::iequals(value.substr(0, equals), "bytes")) return std::nullopt;
    return value.substr(equals + 1);
}

/// RFC 9110 13.1.5: the strong comparison of an ETag, or exactly the date; absent, it holds.
bool if_range_holds(const Headers& headers, const Representation& of) {
    if (!headers.find("If-Range")) return true;
    const auto joined = headers.joined("If-Range");
    const auto value = text::trim(joined);
    if (value.substr(0, 3).find('"') != std::string_view::npos)
        return of.etag && value == *of.etag && value.front() == '"';
    const auto date = parse_http_date(value);
    return date && of.last_modified && *date == *of.last_modified;
}

Selection whole(std::uint64_t size) { return {Status::ok, 0, size, {}}; }

Selection unsatisfiable(std::uint64_t size) {
    return {Status::range_not_satisfiable, 0, 0, "bytes */" + std::to_string(size)};
}

/// `spec` can be satisfied, and `size` is not 0.
Selection part(const RangeSpec& spec, std::uint64_t size) {
    const auto first = spec.suffix ? size - std::min(spec.last, size) : spec.first;
    const auto last = spec.suffix ? size - 1 : std::min(spec.last, size - 1);
    return {Status::partial_content, first, last - first + 1,
            "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" +
                std::to_string(size)};
}

}  // namespace

Selection select_range(const Request& request, const Representation& of) {
    if (request.method != "GET") return whole(of.size);
    const auto field = request.headers.joined("Range");
    const auto set = byte_set(field);
    if (!set || !if_range_holds(request.headers, of)) return whole(of.size);
    const auto found = parse_set(*set, of.size);
    if (!found || found->count > 1) return whole(of.size);
    if (found->count == 0) return unsatisfiable(of.size);
    if (of.size == 0) return whole(0);  // the last bytes of nothing: no Content-Range can say that
    return part(found->spec, of.size);
}

}  // namespace kalends::http
