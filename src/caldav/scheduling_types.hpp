#pragma once
// What inbox and outbox are to dav. RFC 6638 2.1, 2.2.

#include "caldav/calendar_type.hpp"
#include "fetch/fetch.hpp"

#include <optional>

namespace kalends::caldav {

/// Holds the messages that have come. Clients read and delete them; only deliveries make them.
class InboxType final : public CalendarType {
public:
    InboxType() : CalendarType(nullptr) {}
    [[nodiscard]] store::CollectionKind kind() const override {
        return store::CollectionKind::inbox;
    }
    [[nodiscard]] xml::NameView resourcetype() const override {
        return {xml::caldav, "schedule-inbox"};
    }
    store::PutObject accept(const dav::View& view, const dav::Resource& collection,
                            std::string_view content_type, std::string body) const override;
    http::Response post(const dav::View& view, const http::Request& request,
                        const dav::Resource& collection) const override;
};

/// Takes requests for free-busy times; it holds nothing. RFC 6638 5.
class OutboxType final : public CalendarType {
public:
    /// `outside`: see query_busy_time().
    explicit OutboxType(std::optional<fetch::Settings> outside)
        : CalendarType(nullptr), outside_(std::move(outside)) {}
    [[nodiscard]] store::CollectionKind kind() const override {
        return store::CollectionKind::outbox;
    }
    [[nodiscard]] xml::NameView resourcetype() const override {
        return {xml::caldav, "schedule-outbox"};
    }
    store::PutObject accept(const dav::View& view, const dav::Resource& collection,
                            std::string_view content_type, std::string body) const override;
    http::Response post(const dav::View& view, const http::Request& request,
                        const dav::Resource& collection) const override;

private:
    std::optional<fetch::Settings> outside_;
};

}  // namespace kalends::caldav
