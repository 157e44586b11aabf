// The grammar of Authentication-Results (RFC 8601 2.2), and of Received as far as it matters.
#include "base/text.hpp"
#include "mail/authentication.hpp"

#include <algorithm>

namespace kalends::mail {
namespace {

constexpr std::size_t max_results = 100;
constexpr std::size_t max_properties = 100;  // of one result

/// Reads words with comments and folding white space (CFWS, RFC 5322 3.2.2) between them.
class Words {
public:
    explicit Words(std::string_view text) : rest_(text) {}

    /// False: a comment has no end.
    bool skip() {
        for (;;) {
            const auto begin = std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size());
            rest_.remove_prefix(begin);
            if (!rest_.starts_with('(')) return true;
            if (!skip_comment()) return false;
        }
    }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] bool at(char c) const { return rest_.starts_with(c); }
    bool take(char c) {
        if (!at(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// Up to white space, a comment, or one of `ends`; quoted strings, which may be part of it,
    /// without their quotes. Nothing if there is none, or if a quote has no end.
    std::optional<std::string> word(std::string_view ends) {
        std::string result;
        bool found = false;
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (c == '"') {
                if (!quoted(result)) return std::nullopt;
                found = true;
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '(' ||
                       ends.find(c) != ends.npos) {
                break;
            } else {
                result += c;
                rest_.remove_prefix(1);
                found = true;
            }
        }
        if (!found) return std::nullopt;
        return result;
    }

private:
    bool skip_comment() {
        std::size_t depth = 0;
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            if (rest_[i] == '\\')
                ++i;
            else if (rest_[i] == '(')
                ++depth;
            else if (rest_[i] == ')' && --depth == 0) {
                rest_.remove_prefix(i + 1);
                return true;
            }
        }
        return false;
    }

    bool quoted(std::string& result) {
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == '"') {
                rest_.remove_prefix(i + 1);
                return true;
            }
            if (rest_[i] == '\\' && ++i == rest_.size()) return false;
            result += rest_[i];
        }
        return false;
    }

    std::string_view rest_;
};

/// `key [CFWS] = [CFWS] value`; keys may have a "." or "/" with CFWS around it.
struct Pair {
    std::string key;
    std::string value;
};

std::optional<Pair> read_pair(Words& words) {
    Pair pair;
    for (;;) {  // the pieces of the key
        auto piece = words.word("=;./");
        if (!piece || !words.skip()) return std::nullopt;
        pair.key += text::lower_ascii(*piece);
        if (words.take('.'))
            pair.key += '.';
        else if (words.take('/'))
            pair.key += '/';
        else
            break;
        if (!words.skip()) return std::nullopt;
    }
    if (!words.take('=') || !words.skip()) return std::nullopt;
    auto value = words.word(";");
    // An empty one is not allowed, but written: "smtp.mailfrom= ;".
    if (!value && !words.at_end() && !words.at(';')) return std::nullopt;
    if (!words.skip()) return std::nullopt;
    pair.value = value.value_or("");
    return pair;
}

Property property_of(Pair pair) {
    const auto dot = pair.key.find('.');
    if (dot == pair.key.npos) return {{}, std::move(pair.key), std::move(pair.value)};
    return {pair.key.substr(0, dot), pair.key.substr(dot + 1), std::move(pair.value)};
}

/// What comes after a semicolon.
std::optional<MethodResult> read_result(Words& words) {
    auto head = read_pair(words);
    if (!head || head->key.find('.') != head->key.npos) return std::nullopt;
    MethodResult result{.method = head->key.substr(0, head->key.find('/')),
                        .result = text::lower_ascii(head->value)};
    while (!words.at_end() && !words.at(';')) {
        auto pair = read_pair(words);
        if (!pair || result.properties.size() == max_properties) return std::nullopt;
        if (pair->key == "reason")
            result.reason = std::move(pair->value);
        else
            result.properties.push_back(property_of(std::move(*pair)));
    }
    return result;
}

}  // namespace

std::string MethodResult::property(std::string_view type, std::string_view name) const {
    for (const auto& property : properties)
        if (property.type == type && property.name == name) return property.value;
    return {};
}

std::optional<AuthenticationResults> parse_authentication_results(std::string_view value) {
    Words words{value};
    if (!words.skip()) return std::nullopt;
    auto id = words.word(";");
    if (!id || !words.skip()) return std::nullopt;
    AuthenticationResults parsed{.authserv_id = std::move(*id)};
    if (!words.at(';') && !words.at_end()) {
        auto version = words.word(";");
        if (!version || !text::to_number(*version) || !words.skip()) return std::nullopt;
        parsed.version = std::move(*version);
    }
    while (words.take(';')) {
        if (!words.skip()) return std::nullopt;
        if (words.at_end()) return parsed;
        Words none = words;
        if (const auto word = none.word(";="); word && text::iequals(*word, "none"))
            if (none.skip() && none.at_end() && parsed.results.empty()) return parsed;
        auto result = read_result(words);
        if (!result || parsed.results.size() == max_results) return std::nullopt;
        parsed.results.push_back(std::move(*result));
    }
    if (!words.at_end()) return std::nullopt;
    return parsed;
}

std::string received_by(std::string_view received) {
    Words words{received};
    const auto next = [&]() -> std::string {
        if (!words.skip()) return {};
        return text::lower_ascii(words.word(";").value_or(""));
    };
    auto word = next();
    if (word == "from") {  // its name may be "by"
        next();
        word = next();
    }
    if (word != "by") return {};
    auto host = next();
    if (host.ends_with('.')) host.pop_back();
    return host;
}

}  // namespace kalends::mail
