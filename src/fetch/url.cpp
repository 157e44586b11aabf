#include "fetch/url.hpp"

#include "base/c_ptr.hpp"

#include <curl/curl.h>

namespace kalends::fetch {
namespace {

using Url = CPtr<CURLU, curl_url_cleanup>;

/// Empty if it has none.
std::string part_of(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
    std::string result(text);
    curl_free(text);
    return result;
}

bool is_this_machine(const std::string& host) {
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

}  // namespace

bool is_safe(const std::string& url) {
    const Url parsed{curl_url()};
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
    if (!part_of(parsed.get(), CURLUPART_USER).empty()) return false;
    const auto scheme = part_of(parsed.get(), CURLUPART_SCHEME);
    return scheme == "https" ||
           (scheme == "http" && is_this_machine(part_of(parsed.get(), CURLUPART_HOST)));
}

}  // namespace kalends::fetch
