#pragma once
// What a calendar is to dav: which objects it accepts (RFC 4791 4.1, 5.3.2), and that storing one
// may mean something to others (RFC 6638).

#include "caldav/precondition.hpp"
#include "dav/collection_type.hpp"
#include "sched/scheduler.hpp"

namespace kalends::caldav {

class CalendarType : public dav::CollectionType {
public:
    /// nullptr: meetings are stored, and nobody is told.
    explicit CalendarType(sched::Scheduler* scheduler) : scheduler_(scheduler) {}

    [[nodiscard]] store::CollectionKind kind() const override {
        return store::CollectionKind::calendar;
    }
    [[nodiscard]] xml::NameView resourcetype() const override { return {xml::caldav, "calendar"}; }
    [[nodiscard]] xml::NameView no_uid_conflict() const override {
        return precondition::no_uid_conflict;
    }
    [[nodiscard]] xml::NameView max_resource_size() const override {
        return precondition::max_resource_size;
    }
    [[nodiscard]] xml::NameView location_ok() const override {
        return precondition::calendar_collection_location_ok;
    }

    /// The default calendar stays that one under its new address. RFC 6638 9.2.
    void after_move(const dav::View& view, const store::Home& before) const override;

    store::PutObject accept(const dav::View& view, const dav::Resource& collection,
                            std::string_view content_type, std::string body) const override;
    store::WriteOutcome put(const dav::View& view, const http::Request& request,
                            const dav::Resource& target, store::PutObject& object) const override;
    store::WriteOutcome erase(const dav::View& view, const http::Request& request,
                              const dav::Resource& target,
                              const store::DeleteObject& object) const override;
    store::Changed before_removal(const dav::View& view, const http::Request& request,
                                  const dav::Resource& collection) const override;

    [[nodiscard]] std::string content_type(const store::ObjectView& object) const override;

    /// calendarserver caldav-privateevents 4.2.2.
    [[nodiscard]] dav::Shown shown_to_others(const store::ObjectView& object) const override;
    [[nodiscard]] std::string part_for_others(std::string_view data) const override;

    /// Time zones by reference. RFC 7809 3.1.3.
    [[nodiscard]] std::string_view vary() const override { return "CalDAV-Timezones"; }
    [[nodiscard]] std::string_view variant(const http::Headers& headers) const override;
    std::optional<std::string> convert(std::string_view variant, std::string_view data,
                                       std::string& type) const override;

    [[nodiscard]] std::string_view extension(std::string_view /*content_type*/) const override {
        return ".ics";
    }
    [[nodiscard]] std::string_view export_type() const override {
        return "text/calendar; charset=utf-8";
    }
    [[nodiscard]] std::shared_ptr<dav::Export> begin_export(std::string_view name) const override;
    [[nodiscard]] std::shared_ptr<const dav::ReportContext>
    report_context(const http::Headers& headers) const override;
    void check_new(store::NewCollection& collection) const override;

private:
    store::WriteOutcome put_as_it_is(const dav::View& view, const http::Request& request,
                                     const dav::Resource& target, store::PutObject& object) const;

    sched::Scheduler* scheduler_;
};

/// One that tells nobody: for imports.
const CalendarType& calendar_type();

}  // namespace kalends::caldav
