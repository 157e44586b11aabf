#pragma once
// Between a request and the room that schedules: who acts, and what a refusal is in WebDAV. RFC
// 6638 3.2.

#include "dav/resource.hpp"
#include "http/message.hpp"
#include "sched/scheduler.hpp"

#include <exception>

namespace kalends::caldav {

/// Who writes to `target`, a calendar or an object in it, with what the headers say.
sched::Actor actor_of(const dav::View& view, const http::Request& request,
                      const dav::Resource& target);

/// The address of its outbox.
std::string outbox_href(const store::Home& home);

/// Throws the DavError for what sched and itip refuse; anything else as it is.
[[noreturn]] void rethrow_refusal(const dav::Resource& target, const std::exception_ptr& error);

/// What `work()` gives.
template <class Work> auto scheduling(const dav::Resource& target, Work work) {
    try {
        return work();
    } catch (const std::runtime_error&) {
        rethrow_refusal(target, std::current_exception());
    }
}

}  // namespace kalends::caldav
