#include "http/accept.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <utility>

namespace kalends::http {
namespace {

constexpr int most = 1000;

/// How closely a range fits: 0 does not, "*/*" 1, "text/*" 2, the type itself 3.
int closeness(std::string_view range, std::string_view media_type) {
    if (range == "*/*") return 1;
    if (text::iequals(range, media_type)) return 3;
    const auto slash = media_type.find('/');
    const bool of_its_kind =
        range.ends_with("/*") &&
        text::iequals(range.substr(0, range.size() - 2), media_type.substr(0, slash));
    return of_its_kind ? 2 : 0;
}

/// The q of a media range; 1 where it has none.
int weight_of(std::string_view parameters) {
    for (const auto parameter : text::split(parameters, ';')) {
        const auto word = text::trim(parameter);
        if (word.size() < 2 || !text::iequals(word.substr(0, 2), "q=")) continue;
        double weight = 1;
        std::from_chars(word.data() + 2, word.data() + word.size(), weight);
        return weight >= 0 && weight <= 1 ? static_cast<int>(std::lround(weight * most)) : most;
    }
    return most;
}

}  // namespace

int quality_of(std::string_view accept, std::string_view media_type) {
    if (text::trim(accept).empty()) return most;
    int closest = 0;
    int quality = 0;
    for (const auto item : text::split(accept, ',')) {
        const auto end = item.find(';');
        const auto fits = closeness(text::trim(item.substr(0, end)), media_type);
        if (fits <= closest) continue;
        closest = fits;
        quality = end == std::string_view::npos ? most : weight_of(item.substr(end + 1));
    }
    return quality;
}

std::vector<std::string> languages_of(std::string_view accept_language) {
    constexpr std::size_t limit = 10;
    std::vector<std::pair<int, std::string>> liked;
    for (const auto item : text::split(accept_language, ',')) {
        const auto end = item.find(';');
        const auto tag = text::trim(item.substr(0, end));
        const auto weight = end == std::string_view::npos ? most : weight_of(item.substr(end + 1));
        if (tag.empty() || tag == "*" || weight == 0) continue;
        if (liked.size() == limit) break;
        liked.emplace_back(weight, std::string(tag));
    }
    std::ranges::stable_sort(liked, std::greater{}, &std::pair<int, std::string>::first);
    std::vector<std::string> languages;
    languages.reserve(liked.size());
    for (auto& each : liked) languages.push_back(std::move(each.second));
    return languages;
}

}  // namespace kalends::http
