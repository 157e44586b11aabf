#include "fetch/fetch.hpp"

#include "base/c_ptr.hpp"
#include "fetch/address.hpp"
#include "fetch/url.hpp"

#include <sys/socket.h>

#include <array>
#include <curl/curl.h>
#include <memory>

namespace kalends::fetch {
namespace {

using Handle = CPtr<CURL, curl_easy_cleanup>;

using Handles = CPtr<CURLM, curl_multi_cleanup>;

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

/// Where a connection is about to go: the name in the URL has been looked up by then.
curl_socket_t open_public_socket(void* /*ours*/, curlsocktype /*purpose*/, curl_sockaddr* to) {
    if (!is_public(to->addr)) return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
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
    if (!settings.public_only) return;
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_public_socket);
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

/// One request on its way. Stays where it is: libcurl has its address.
class Transfer {
public:
    /// Throws Unreachable.
    Transfer(const Settings& settings, const Request& request)
        : url_(request.url),
          handle_(curl_easy_init()), receiver_{.body = {}, .max_bytes = settings.max_bytes} {
        if (!is_safe(url_))
            throw Unreachable(url_ + " is not https, so what is said there could be heard");
        if (!handle_) throw Unreachable("libcurl has no memory");
        set_limits(handle(), settings);
        set_request(handle(), request);
        curl_easy_setopt(handle(), CURLOPT_ERRORBUFFER, why_.data());
        curl_easy_setopt(handle(), CURLOPT_WRITEFUNCTION, receive);
        curl_easy_setopt(handle(), CURLOPT_WRITEDATA, &receiver_);
    }
    ~Transfer() = default;
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    [[nodiscard]] CURL* handle() const { return handle_.get(); }

    /// Throws Unreachable.
    Reply finish(CURLcode result) {
        if (receiver_.too_large) throw Unreachable(url_ + " answers with too much");
        if (result != CURLE_OK)
            throw Unreachable(url_ + ": " +
                              (why_[0] != 0 ? why_.data() : curl_easy_strerror(result)));
        Reply reply{.status = 0, .body = std::move(receiver_.body)};
        curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &reply.status);
        return reply;
    }

private:
    std::string url_;
    Handle handle_;
    Receiver receiver_;
    std::array<char, CURL_ERROR_SIZE> why_{};
};

using TransferPtr = std::unique_ptr<Transfer>;

/// Runs until all have ended; each has its own timeout.
void run(CURLM* handles) {
    constexpr int longest_wait = 1000;  // ms
    for (int running = 1; running > 0;) {
        if (curl_multi_perform(handles, &running) != CURLM_OK) return;
        if (running > 0 && curl_multi_poll(handles, nullptr, 0, longest_wait, nullptr) != CURLM_OK)
            return;
    }
}

/// How the transfers ended; those that did not, by CURLE_ABORTED_BY_CALLBACK.
std::vector<CURLcode> results_of(CURLM* handles, const std::vector<TransferPtr>& transfers) {
    std::vector<CURLcode> results(transfers.size(), CURLE_ABORTED_BY_CALLBACK);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(handles, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        for (std::size_t i = 0; i < transfers.size(); ++i)
            if (transfers[i] && transfers[i]->handle() == message->easy_handle)
                results[i] = message->data.result;
    }
    return results;
}

}  // namespace

Reply fetch(const Settings& settings, const Request& request) {
    set_up();
    Transfer transfer(settings, request);
    return transfer.finish(curl_easy_perform(transfer.handle()));
}

std::vector<Outcome> fetch_all(const Settings& settings, const std::vector<Request>& requests) {
    set_up();
    const Handles handles{curl_multi_init()};
    if (!handles) throw Unreachable("libcurl has no memory");
    std::vector<Outcome> outcomes(requests.size());
    std::vector<TransferPtr> transfers(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
        try {
            transfers[i] = std::make_unique<Transfer>(settings, requests[i]);
            curl_multi_add_handle(handles.get(), transfers[i]->handle());
        } catch (const Unreachable& error) {
            outcomes[i].why = error.what();
        }
    }
    run(handles.get());
    const auto results = results_of(handles.get(), transfers);
    for (std::size_t i = 0; i < transfers.size(); ++i) {
        if (!transfers[i]) continue;
        curl_multi_remove_handle(handles.get(), transfers[i]->handle());
        try {
            outcomes[i].reply = transfers[i]->finish(results[i]);
        } catch (const Unreachable& error) {
            outcomes[i].why = error.what();
        }
    }
    return outcomes;
}

std::string form_encode(const std::string& text) {
    using Text = CPtr<char, curl_free>;
    const Text encoded{curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()))};
    return encoded ? encoded.get() : std::string();
}

}  // namespace kalends::fetch
