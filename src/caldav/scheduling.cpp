#include "caldav/scheduling.hpp"

#include "base/text.hpp"
#include "caldav/precondition.hpp"
#include "dav/error.hpp"
#include "dav/precondition.hpp"
#include "dav/schedule_tag.hpp"
#include "ical/budget.hpp"
#include "itip/message.hpp"
#include "sched/silence.hpp"
#include "xml/writer.hpp"

#include <array>

namespace kalends::caldav {
namespace {

using dav::DavError;
using http::Status;

struct RuleRow {
    itip::Rule rule;
    xml::NameView precondition;
    xml::NameView in_drafts;
};
constexpr std::array rules{
    RuleRow{itip::Rule::allowed_organizer_change, precondition::allowed_organizer_change,
            precondition::organizer_allowed},
    RuleRow{itip::Rule::allowed_organizer, precondition::allowed_organizer_change,
            precondition::organizer_allowed},
    RuleRow{itip::Rule::allowed_attendee_change, precondition::allowed_attendee_change,
            precondition::valid_attendee_change},
    RuleRow{itip::Rule::allowed_attendee, precondition::allowed_attendee_change,
            precondition::attendee_allowed},
    RuleRow{itip::Rule::same_organizer, precondition::same_organizer, {}},
    RuleRow{itip::Rule::duplicate_comment, precondition::no_duplicate_comments, {}},
    RuleRow{itip::Rule::valid_message, precondition::valid_calendar_data, {}},
};

RuleRow row_of(itip::Rule rule) {
    for (const auto& row : rules)
        if (row.rule == rule) return row;
    return {rule, precondition::valid_calendar_data, {}};
}

std::string href_element(const std::string& href) {
    std::string content;
    xml::Writer{content}.element({xml::dav, "href"}, href);
    return content;
}

/// DAV:need-privileges, of the outbox. RFC 3744 7.1.1.
std::string missing_on_outbox(const dav::Resource& target, access::Privileges missing) {
    std::string content;
    xml::Writer writer{content};
    for (const auto& row : access::privilege_tree()) {
        if (row.bits != missing) continue;
        writer.open({xml::dav, "resource"});
        writer.element({xml::dav, "href"}, outbox_href(*target.home));
        writer.open({xml::dav, "privilege"});
        writer.empty({row.ns, row.name});
        writer.close({xml::dav, "privilege"});
        writer.close({xml::dav, "resource"});
    }
    return content;
}

std::string href_of(const store::Home& home, store::CollectionId in, const std::string& name) {
    const auto collection = home.find(in);
    return collection ? dav::href::object(dav::own_href(home, *collection), name) : std::string();
}

}  // namespace

std::string outbox_href(const store::Home& home) {
    const auto outbox = home.scheduling(store::CollectionKind::outbox);
    return outbox ? dav::own_href(home, *outbox) : std::string();
}

sched::Actor actor_of(const dav::View& view, const http::Request& request,
                      const dav::Resource& target) {
    const auto outbox = target.home->scheduling(store::CollectionKind::outbox);
    const auto reply = request.headers.find("Schedule-Reply");
    return {.owner = target.home,
            .may_send = outbox ? view.privileges(*target.home, *outbox) : access::none,
            .reply = !reply || text::trim(*reply) != "F",
            .silent = target.collection && sched::is_silent(*target.collection),
            .merges = dav::has_schedule_tag_condition(request),
            .tag_matches = [&request](std::string_view tag) {
                return dav::schedule_tag_matches(request, tag);
            }};
}

void rethrow_refusal(const dav::Resource& target, const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const itip::Refused& refused) {
        const auto row = row_of(refused.rule());
        throw DavError(Status::forbidden, row.precondition, refused.what()).also(row.in_drafts);
    } catch (const sched::MayNotSend& refused) {
        throw DavError(Status::forbidden, dav::precondition::need_privileges, refused.what(),
                       missing_on_outbox(target, refused.missing()));
    } catch (const sched::NotUnique& refused) {
        throw DavError(Status::forbidden, precondition::unique_scheduling_object, refused.what(),
                       href_element(href_of(*target.home, refused.collection(), refused.name())));
    } catch (const ical::TooExpensive& refused) {
        throw DavError(Status::forbidden, precondition::max_instances, refused.what());
    }
}

}  // namespace kalends::caldav
