#pragma once
// From a request to the method that answers it: who asks, which handler, and what becomes of
// errors.

#include "base/outage.hpp"
#include "dav/door.hpp"
#include "dav/error.hpp"
#include "dav/live_property.hpp"
#include "dav/page.hpp"
#include "http/message.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace kalends::dav {

class Dispatcher {
public:
    /// Both live longer than this.
    Dispatcher(const Services& services, auth::Authenticator& authenticator,
               std::vector<Page> pages = {});

    /// Whether one of the pages is at the path.
    [[nodiscard]] bool has_page(std::string_view path) const { return page_at(path) != nullptr; }

    /// The doors of http::Handler, for paths below /dav/, "/", and those of pages.
    http::BodyRule body_rule(const http::Request& head);
    http::BodyRule body_rule_by_worker(const http::Request& head);
    std::optional<http::Response> from_memory(const http::Request& request);
    http::Lane lane(const http::Request& request);
    http::Response handle(const http::Request& request);

private:
    [[nodiscard]] const Page* page_at(std::string_view path) const;
    http::Response run(const View& view, const http::Request& request);
    http::Response refused(const View& view, const http::Request& request, const DavError& error);
    http::BodyRule rule_for(const auth::Result& who, const http::Request& head, bool memory_only);
    http::Response unavailable(const http::Request& request, const std::exception& error);

    const Services& services_;
    Door door_;
    std::vector<Page> pages_;
    Outage outage_{"store.unavailable"};
};

}  // namespace kalends::dav
