#include "support/issuer.hpp"

#include "base/text.hpp"

#include <ctime>

namespace kalends::test {

/// The client that may ask is "us" with the secret "of us".
class Issuer::Answers final : public http::Handler {
public:
    explicit Answers(const Issuer& issuer) : issuer_(issuer) {}

    std::optional<http::Response> try_from_memory(const http::Request& request) override {
        http::Response response;
        response.headers.add("Content-Type", "application/json");
        if (request.path == "/.well-known/openid-configuration") {
            ++asked.discovery;
            response.body = R"({"issuer":")" + issuer_.url() + R"(","jwks_uri":")" + issuer_.url() +
                            R"(/keys","introspection_endpoint":")" + issuer_.url() +
                            "/introspect\"}";
        } else if (request.path == "/keys") {
            ++asked.keys;
            response.body = key_set(issuer_.key.jwk());
        } else if (request.path == "/introspect" && request.method == "POST") {
            ++asked.introspection;
            introspect(request, response);
        } else {
            response.status = http::Status::not_found;
        }
        return response;
    }
    http::Lane lane(const http::Request& /*request*/) override { return http::Lane::read; }
    http::Response handle(const http::Request& /*request*/) override { return {}; }

    void knows(const std::string& token, const std::string& answer) {
        const std::lock_guard lock(mutex_);
        known_["token=" + token + "&token_type_hint=access_token"] = answer;
    }

    Asked asked;

private:
    void introspect(const http::Request& request, http::Response& response) {
        if (request.headers.find("Authorization") != "Basic " + text::base64_encode("us:of%20us")) {
            response.status = http::Status::unauthorized;
            return;
        }
        const std::lock_guard lock(mutex_);
        const auto found = known_.find(request.body);
        response.body = found != known_.end() ? found->second : R"({"active":false})";
    }

    const Issuer& issuer_;
    std::mutex mutex_;
    std::map<std::string, std::string> known_;
};

Issuer::Issuer() : answers_(std::make_unique<Answers>(*this)) {
    http::ServerSettings settings;
    settings.listeners.emplace_back();
    server_ = std::make_unique<http::Server>(settings, *answers_);
    server_->start();
    url_ = "http://127.0.0.1:" + std::to_string(server_->ports().front());
}

Issuer::~Issuer() { stop(); }

std::string Issuer::url() const { return url_; }

void Issuer::stop() { server_->stop(); }

std::string Issuer::token(const std::string& login, const std::string& more, long lasts) const {
    return make_jwt(key, "ES256",
                    R"({"iss":")" + url() + R"(","aud":"kalends","exp":)" +
                        std::to_string(std::time(nullptr) + lasts) + R"(,"preferred_username":")" +
                        login + '"' + (more.empty() ? "" : "," + more) + "}");
}

void Issuer::knows(const std::string& token, const std::string& answer) {
    answers_->knows(token, answer);
}

const Issuer::Asked& Issuer::asked() const { return answers_->asked; }

}  // namespace kalends::test
