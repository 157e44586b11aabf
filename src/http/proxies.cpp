#include "http/proxies.hpp"

#include "base/text.hpp"
#include "http/target.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace kalends::http {
namespace {

using Address = std::array<unsigned char, 16>;
constexpr Address mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0};
constexpr unsigned mapped_bits = 96;

bool is_mapped(const Address& address) {
    return std::equal(address.begin(), address.begin() + mapped_bits / 8, mapped_prefix.begin());
}

std::optional<Address> parse_address(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
    const std::string copy{text};
    Address address = mapped_prefix;
    if (inet_pton(AF_INET, copy.c_str(), &address[mapped_bits / 8]) == 1) return address;
    if (inet_pton(AF_INET6, copy.c_str(), address.data()) == 1) return address;
    return std::nullopt;
}

/// Whether the first `bits` of both are the same.
bool same_prefix(const Address& a, const Address& b, unsigned bits) {
    const auto whole = bits / 8;
    if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
    const auto rest = bits % 8;
    return rest == 0 || ((a.at(whole) ^ b.at(whole)) >> (8 - rest)) == 0;
}

/// The address in a node of Forwarded or X-Forwarded-For, which may have a port: "192.0.2.1:80",
/// "[::1]:80", "::1".
std::string_view without_port(std::string_view node) {
    if (!node.empty() && node[0] == '[') {
        const auto end = node.find(']');
        return end == std::string_view::npos ? std::string_view{} : node.substr(1, end - 1);
    }
    if (std::count(node.begin(), node.end(), ':') == 1) return node.substr(0, node.find(':'));
    return node;
}

std::string_view unquoted(std::string_view value) {
    value = text::trim(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        return value.substr(1, value.size() - 2);
    return value;
}

/// One parameter of an element of Forwarded: for=…, proto=…, host=….
std::string_view parameter(std::string_view element, std::string_view name) {
    for (const auto pair : text::split(element, ';')) {
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        if (text::iequals(text::trim(pair.substr(0, equals)), name))
            return unquoted(pair.substr(equals + 1));
    }
    return {};
}

/// What each hop said, the nearest proxy last.
struct Chain {
    std::string text;                         // what the views below look into
    std::vector<std::string_view> addresses;  // of the hop before, by the proxy that it asked
    std::string_view scheme, host;            // by the nearest proxy
};

Chain chain_of(const Headers& headers) {
    Chain chain;
    if (headers.find("Forwarded")) {
        chain.text = headers.joined("Forwarded");
        std::string_view last;
        for (const auto element : text::split(chain.text, ',')) {
            chain.addresses.push_back(without_port(parameter(element, "for")));
            last = element;
        }
        chain.scheme = parameter(last, "proto");
        chain.host = parameter(last, "host");
        return chain;
    }
    chain.text = headers.joined("X-Forwarded-For");
    for (const auto node : text::split(chain.text, ','))
        chain.addresses.push_back(without_port(text::trim(node)));
    chain.scheme = headers.find("X-Forwarded-Proto").value_or(std::string_view{});
    chain.host = headers.find("X-Forwarded-Host").value_or(std::string_view{});
    return chain;
}

}  // namespace

Networks::Networks(const std::vector<std::string>& networks) {
    for (const auto& text : networks) {
        const auto slash = text.find('/');
        const auto address = parse_address(std::string_view{text}.substr(0, slash));
        if (!address) throw std::runtime_error("\"" + text + "\" is not an address or a network");
        const bool is_v4 = is_mapped(*address);
        const unsigned widest = is_v4 ? 128 - mapped_bits : 128;
        unsigned bits = widest;
        if (slash != std::string::npos) {
            const auto given = text::to_number(std::string_view{text}.substr(slash + 1));
            if (!given || *given > widest)
                throw std::runtime_error("\"" + text + "\" has a prefix length that can't be");
            bits = static_cast<unsigned>(*given);
        }
        networks_.push_back({*address, is_v4 ? bits + mapped_bits : bits});
    }
}

bool Networks::contains(std::string_view address) const {
    if (networks_.empty()) return false;
    const auto parsed = parse_address(address);
    if (!parsed) return false;
    return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
        return same_prefix(network.address, *parsed, network.bits);
    });
}

std::string canonical_address(std::string_view address) {
    const auto parsed = parse_address(address);
    if (!parsed) return {};
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool is_v4 = is_mapped(*parsed);
    inet_ntop(is_v4 ? AF_INET : AF_INET6, parsed->data() + (is_v4 ? mapped_bits / 8 : 0),
              text.data(), text.size());
    return text.data();
}

void apply_forwarding(const Networks& trusted, Request& request) {
    const auto chain = chain_of(request.headers);
    // NOLINTNEXTLINE(modernize-loop-convert): clang 14 can't read the views of libstdc++ 12
    for (auto hop = chain.addresses.rbegin(); hop != chain.addresses.rend(); ++hop) {
        auto address = canonical_address(*hop);
        if (address.empty())
            break;  // "unknown", "_hidden", or nonsense: the hop that said so is all we know
        request.peer = std::move(address);
        if (!trusted.contains(request.peer)) break;
    }
    // A list here means several proxies: the first value is what the client used.
    const auto scheme = text::trim(chain.scheme.substr(0, chain.scheme.find(',')));
    if (text::iequals(scheme, "http")) request.scheme = "http";
    if (text::iequals(scheme, "https")) request.scheme = "https";
    const auto host = text::trim(chain.host.substr(0, chain.host.find(',')));
    if (!host.empty() && is_host(host)) request.host = host;
}

}  // namespace kalends::http
