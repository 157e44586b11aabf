#include "fetch/fetch.hpp"

#include "base/c_ptr.hpp"
#include "fetch/url.hpp"

#include <array>
#include <curl/curl.h>

namespace kalends::fetch {
namespace {

using Handle = CPtr<CURL, curl_easy_cleanup>;

/// libcurl must be set up once, before it is used.
void set_up() {
    static const auto result = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (result != CURLE_OK) throw Unreachable("libcurl can't be set up");
}

/// Where an answer goes, and how large it may become.
struct Receiver {
    std::string body;
    std::size_t max_bytes;
    bool too_large = false;
};

/// Less than it was given ends the transfer.
std::size_t receive(const char* bytes, std::size_t /*one*/, std::size_t size, void* to) {
    auto& receiver = *static_cast<Receiver*>(to);
    receiver.too_large = size > receiver.max_bytes - receiver.body.size();
    if (receiver.too_large) return 0;
    receiver.body.append(bytes, size);
    return size;
}

void set_limits(CURL* handle, const Settings& settings) {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout.count()));
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);  // there are threads
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "Kalends");
    if (!settings.ca_file.empty())
        curl_easy_setopt(handle, CURLOPT_CAINFO, settings.ca_file.c_str());
}

void set_request(CURL* handle, const Request& request) {
    curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    // Nothing that is in clear leaves this machine, whatever the environment says of proxies.
    if (!request.url.starts_with("https:")) curl_easy_setopt(handle, CURLOPT_PROXY, "");
    if (!request.form.empty()) {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.form.size()));
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.form.c_str());
    }
    if (!request.login.empty()) {
        curl_easy_setopt(handle, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        curl_easy_setopt(handle, CURLOPT_USERNAME, request.login.c_str());
        curl_easy_setopt(handle, CURLOPT_PASSWORD, request.password.c_str());
    }
}

}  // namespace

Reply fetch(const Settings& settings, const Request& request) {
    if (!is_safe(request.url))
        throw Unreachable(request.url + " is not https, so what is said there could be heard");
    set_up();
    const Handle handle{curl_easy_init()};
    if (!handle) throw Unreachable("libcurl has no memory");
    Receiver receiver{.body = {}, .max_bytes = settings.max_bytes};
    std::array<char, CURL_ERROR_SIZE> why{};
    set_limits(handle.get(), settings);
    set_request(handle.get(), request);
    curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, why.data());
    curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &receiver);
    const auto result = curl_easy_perform(handle.get());
    if (receiver.too_large) throw Unreachable(request.url + " answers with too much");
    if (result != CURLE_OK)
        throw Unreachable(request.url + ": " +
                          (why[0] != 0 ? why.data() : curl_easy_strerror(result)));
    Reply reply{.status = 0, .body = std::move(receiver.body)};
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &reply.status);
    return reply;
}

std::string form_encode(const std::string& text) {
    using Text = CPtr<char, curl_free>;
    const Text encoded{curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()))};
    return encoded ? encoded.get() : std::string();
}

}  // namespace kalends::fetch
